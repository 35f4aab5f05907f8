use crate::study::Stage;
use calendar::HalfYear;
use codes::Institution;
use cohort::{Selected, StudyDefinition, institutions, select};
use estimate::{
    Count, Digest, Estimate, NotEstimable, Provenance, ResultId, ResultMeta, Section, Shape, Unit,
};
use record::{LinkedContent, PersonIndex};
use trajectory::{Stay, StayIndex, Trajectories};

/// Everything that the analyses share.
pub(crate) struct Context<'a> {
    pub(crate) linked: &'a LinkedContent,
    pub(crate) study: &'a StudyDefinition,
    pub(crate) provenance: &'a Provenance,
    pub(crate) trajectories: Trajectories,
    pub(crate) institutions: Vec<Institution>,
    pub(crate) intake: Selected,
    pub(crate) exit: Selected,
}

/// What an analysis says about itself. None of it depends on the data.
pub(crate) struct Wording {
    pub(crate) id: &'static str,
    pub(crate) section: Section,
    pub(crate) unit: Unit,
    pub(crate) title: String,
    pub(crate) definition: String,
    pub(crate) plain: &'static str,
}

/// "1 dag", "2 dagen".
pub(crate) fn days_text(days: u32) -> String {
    match days {
        1 => "1 dag".to_owned(),
        _ => format!("{days} dagen"),
    }
}

impl<'a> Context<'a> {
    pub(crate) fn prepare(
        linked: &'a LinkedContent,
        study: &'a StudyDefinition,
        provenance: &'a Provenance,
        progress: &impl Fn(Stage),
    ) -> Self {
        progress(Stage::Assembling);
        let trajectories = Trajectories::assemble(linked);
        progress(Stage::Selecting);
        let cohort = |definition| select(definition, study.returns, &trajectories, linked);
        let (intake, exit) = rayon::join(|| cohort(&study.intake), || cohort(&study.exit));
        Self {
            linked,
            study,
            provenance,
            institutions: institutions(linked),
            intake,
            exit,
            trajectories,
        }
    }

    /// Stands in where only rows are asked for.
    pub(crate) fn no_provenance() -> Provenance {
        Provenance {
            inputs: Vec::new(),
            protocol: Digest([0; 32]),
            code_version: String::new(),
            data_until: HalfYear::of(calendar::Day::from_number(0)),
            linkage_sensitivity: None,
            synthetic: false,
        }
    }

    pub(crate) fn stay(&self, index: StayIndex) -> &Stay {
        self.trajectories.stay(index)
    }

    /// Stays of a list, which is in order of persons.
    pub(crate) fn stays<'s>(
        &'s self,
        indices: &'s [StayIndex],
    ) -> impl Iterator<Item = &'s Stay> + 's {
        indices.iter().map(|&index| self.stay(index))
    }

    /// One stay per client: the first by time among those listed.
    pub(crate) fn first_per_client<'s>(
        &'s self,
        indices: &'s [StayIndex],
        day: impl Fn(&Stay) -> i32 + 's,
    ) -> impl Iterator<Item = &'s Stay> + 's {
        indices
            .chunk_by(|&a, &b| self.stay(a).person == self.stay(b).person)
            .filter_map(move |own| {
                let stays = own.iter().map(|&index| self.stay(index));
                stays.min_by_key(|stay| day(stay))
            })
    }

    /// The column of an institution in tables that have one per institution.
    pub(crate) fn column(&self, institution: Institution) -> usize {
        self.institutions
            .iter()
            .position(|&delivered| delivered == institution)
            .expect("a stay has an institution that delivered it")
    }

    /// Labels of the institutions that delivered.
    pub(crate) fn institution_labels(&self) -> Vec<String> {
        use codes::Coded;
        let labels = self.institutions.iter();
        labels
            .map(|institution| institution.label().to_owned())
            .collect()
    }

    /// Puts a result together; `basis` is all it rests on.
    pub(crate) fn result(
        &self,
        wording: Wording,
        basis: Count,
        outcome: Result<Shape, NotEstimable>,
    ) -> Estimate {
        Estimate {
            meta: ResultMeta {
                id: ResultId::new(wording.id).expect("result ids are lower case with hyphens"),
                section: wording.section,
                title: wording.title,
                definition: wording.definition,
                plain: wording.plain.to_owned(),
                unit: wording.unit,
                n: basis.count,
                clients: basis.clients,
                per_institution: basis.per_institution,
                provenance: self.provenance.clone(),
            },
            outcome,
        }
    }

    /// The basis of a list of stays.
    pub(crate) fn basis(&self, indices: &[StayIndex]) -> Count {
        let mut basis = Count::default();
        let mut last: Option<PersonIndex> = None;
        for stay in self.stays(indices) {
            basis.count += 1;
            basis.clients += u64::from(last != Some(stay.person));
            basis.per_institution[stay.institution as usize] += 1;
            last = Some(stay.person);
        }
        basis
    }
}
