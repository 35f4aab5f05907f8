use crate::outlook::Simulated;
use crate::study::Stage;
use calendar::HalfYear;
use codes::Institution;
use cohort::{
    CohortDefinition, Episodes, Observed, Selected, StayOutcome, StudyDefinition, TimeOuts,
    institutions, select,
};
use estimate::{
    Count, Digest, Estimate, NotEstimable, Provenance, ResultId, ResultMeta, Section, Shape, Unit,
};
use record::LinkedContent;
use std::sync::OnceLock;
use trajectory::{Stay, StayIndex, Trajectories};

/// Everything that the analyses share.
pub(crate) struct Context<'a> {
    pub(crate) linked: &'a LinkedContent,
    pub(crate) study: &'a StudyDefinition,
    pub(crate) provenance: &'a Provenance,
    pub(crate) episodes: Episodes,
    pub(crate) institutions: Vec<Institution>,
    pub(crate) intake: Selected,
    pub(crate) exit: Selected,
    /// The exits that are followed where time-outs are read in the other way than the protocol
    /// does in its cohort of exits.
    exits_read_otherwise: Vec<StayIndex>,
    /// Per admission whether its exit had both a warm handover and outreach, where that is known.
    handovers: Vec<Option<bool>>,
    /// The simulated chain, which two results read.
    pub(crate) simulated: OnceLock<Simulated>,
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

/// What a cohort leaves out, for who reads its definition: time-outs and short stays, where the
/// protocol does so. Empty, or sentences with a space before them.
pub(crate) fn left_out_text(study: &StudyDefinition, definition: &CohortDefinition) -> String {
    let mut text = String::new();
    if definition.time_outs == TimeOuts::Drop {
        let days = days_text(study.returns.time_out_max_days);
        text += &format!(
            " Time-outs tellen niet mee: een kort verblijf voor een time-out is geen verblijf, en \
             wie voor een time-out weg was en binnen {days} terugkwam in dezelfde instelling, is \
             niet vertrokken."
        );
    }
    if definition.min_stay_days > 0 {
        let days = days_text(definition.min_stay_days);
        text += &format!(" Alleen verblijven van ten minste {days} tellen mee.");
    }
    text
}

/// What [`left_out_text`] means for a curve from admission on.
pub(crate) fn at_risk_text(study: &StudyDefinition) -> String {
    let definition = &study.intake;
    let mut text = left_out_text(study, definition);
    if definition.min_stay_days > 0 {
        let days = days_text(definition.min_stay_days);
        text += &format!(
            " Zij tellen mee vanaf dat aantal dagen; de lijn gaat dus over wie er na {days} nog was."
        );
    }
    if definition.time_outs == TimeOuts::Drop {
        let days = days_text(study.returns.time_out_max_days);
        text += &format!(
            " Pas na {days} staat vast wat een time-out was; daarom tellen de laatste {days} van de \
             waarneming niet mee."
        );
    }
    text
}

impl<'a> Context<'a> {
    pub(crate) fn prepare(
        linked: &'a LinkedContent,
        study: &'a StudyDefinition,
        provenance: &'a Provenance,
        progress: &impl Fn(Stage),
    ) -> Self {
        progress(Stage::Assembling);
        let episodes = Episodes::find(Trajectories::assemble(linked), study.returns);
        progress(Stage::Selecting);
        let cohort = |definition| select(definition, &episodes, linked);
        let otherwise = CohortDefinition {
            time_outs: match study.exit.time_outs {
                TimeOuts::Keep => TimeOuts::Drop,
                TimeOuts::Drop => TimeOuts::Keep,
            },
            ..study.exit.clone()
        };
        let ((intake, exit), exits_read_otherwise) = rayon::join(
            || rayon::join(|| cohort(&study.intake), || cohort(&study.exit)),
            || cohort(&otherwise).cohort.followed,
        );
        Self {
            linked,
            study,
            provenance,
            institutions: institutions(linked),
            intake,
            exit,
            exits_read_otherwise,
            handovers: handovers(linked),
            simulated: OnceLock::new(),
            episodes,
        }
    }

    /// Stands in where only rows are asked for.
    pub(crate) fn no_provenance() -> Provenance {
        Provenance {
            inputs: Vec::new(),
            protocol: Digest([0; 32]),
            code_version: String::new(),
            data_until: HalfYear::of(calendar::Day::from_number(0)),
            linkage: None,
            synthetic: false,
        }
    }

    pub(crate) fn trajectories(&self) -> &Trajectories {
        self.episodes.trajectories()
    }

    /// The admissions of the intake cohort.
    pub(crate) fn admissions(&self) -> impl Iterator<Item = Stay> + '_ {
        self.intake.cohort.member_stays(&self.episodes)
    }

    /// The admissions that are followed, with what is seen of them.
    pub(crate) fn followed_admissions(
        &self,
    ) -> impl Iterator<Item = (Stay, Observed<StayOutcome>)> + '_ {
        let stays = self.intake.cohort.followed_stays(&self.episodes);
        stays.filter_map(|stay| {
            let person = &self.linked.persons[stay.person.position()];
            let window = person.windows[stay.institution as usize];
            let definition = &self.study.intake;
            Some((stay, definition.follow(self.study.returns, &stay, window)?))
        })
    }

    /// The days at which curves from admission on are read: none before anybody is at risk.
    pub(crate) fn stay_horizons(&self) -> Vec<u32> {
        let horizons = self.study.horizons.iter().copied();
        let shortest = self.study.intake.min_stay_days;
        horizons.filter(|&day| day >= shortest).collect()
    }

    /// The exits of the exit cohort.
    pub(crate) fn exits(&self) -> impl Iterator<Item = Stay> + '_ {
        self.exit.cohort.member_stays(&self.episodes)
    }

    /// The exits from which return is followed, where time-outs are read in this way.
    pub(crate) fn index_exits(&self, time_outs: TimeOuts) -> &[StayIndex] {
        if time_outs == self.study.exit.time_outs {
            &self.exit.cohort.followed
        } else {
            &self.exits_read_otherwise
        }
    }

    /// Whether the last exit of a stay had both a warm handover and outreach: 1, or 0.
    pub(crate) fn handover(&self, stay: &Stay) -> Option<usize> {
        self.handovers[stay.admission.position()].map(usize::from)
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
}

fn handovers(linked: &LinkedContent) -> Vec<Option<bool>> {
    let mut handovers = vec![None; linked.content.admissions.len()];
    for exit in &linked.content.exits {
        let both = exit.warm_handover.zip(exit.outreach);
        handovers[exit.admission.position()] = both.map(|(warm, outreach)| warm && outreach);
    }
    handovers
}

/// One stay per client, of stays in order of persons: the first by day.
pub(crate) fn first_per_client(
    stays: impl Iterator<Item = Stay>,
    day: impl Fn(&Stay) -> i32,
) -> Vec<Stay> {
    let mut first: Vec<Stay> = Vec::new();
    for stay in stays {
        match first.last_mut() {
            Some(known) if known.person == stay.person => {
                if day(&stay) < day(known) {
                    *known = stay;
                }
            }
            _ => first.push(stay),
        }
    }
    first
}
