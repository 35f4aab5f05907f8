//! Characteristics of who came in.

mod background;
mod classes;
mod clinical;
mod legal;

pub(crate) use background::age_at;

use crate::context::{Context, Wording, first_per_client};
use crate::summary::Values;
use crate::tally::Tally;
use cohort::Covariate;
use estimate::{Block, Characteristics, Count, Estimate, NotEstimable, Section, Shape, Unit};
use trajectory::Stay;

/// The clients that are described: the first admission of each, with its institution's column.
pub(crate) struct Described<'a> {
    context: &'a Context<'a>,
    stays: Vec<(Stay, usize)>,
    groups: usize,
}

impl Described<'_> {
    /// A characteristic of which everybody has one level.
    fn exclusive(&self, title: &str, levels: Vec<String>, level: impl Fn(&Stay) -> usize) -> Block {
        let mut tally = Tally::new(levels.len() * self.groups);
        for (stay, group) in &self.stays {
            tally.add(level(stay) * self.groups + group, stay);
        }
        Block::Categories {
            title: title.to_owned(),
            levels,
            cells: tally.cells(),
            exclusive: true,
        }
    }

    /// A characteristic of which somebody may have several levels: bit `i` of `levels_of` says
    /// whether a client has level `i`.
    fn overlapping(
        &self,
        title: &str,
        levels: Vec<String>,
        levels_of: impl Fn(&Stay) -> u32,
    ) -> Block {
        let mut tally = Tally::new(levels.len() * self.groups);
        for (stay, group) in &self.stays {
            let set = levels_of(stay);
            for level in (0..levels.len()).filter(|level| set >> level & 1 == 1) {
                tally.add(level * self.groups + group, stay);
            }
        }
        Block::Categories {
            title: title.to_owned(),
            levels,
            cells: tally.cells(),
            exclusive: false,
        }
    }

    /// A measured characteristic.
    fn quantity(&self, title: &str, value: impl Fn(&Stay) -> Option<f64>) -> Block {
        let mut values = vec![Values::default(); self.groups];
        for (stay, group) in &self.stays {
            values[*group].add(stay.institution as usize, value(stay));
        }
        let mut total = Values::default();
        values.iter().for_each(|group| total.extend(group));
        Block::Quantity {
            title: title.to_owned(),
            per_group: values.into_iter().map(Values::summary).collect(),
            total: total.summary(),
        }
    }
}

fn blocks(described: &Described<'_>, covariate: Covariate) -> Vec<Block> {
    match covariate {
        Covariate::Age => background::age(described),
        Covariate::Sex => background::sex(described),
        Covariate::Origin => background::origin(described),
        Covariate::EarlierAdmissions => background::earlier_admissions(described),
        Covariate::Iq => clinical::iq(described),
        Covariate::Diagnoses => clinical::diagnoses(described),
        Covariate::Substances => clinical::substances(described),
        Covariate::Title => legal::title(described),
        Covariate::Funding => legal::funding(described),
        Covariate::Security => legal::security(described),
        Covariate::Offences => legal::offences(described),
    }
}

pub(crate) fn estimate(context: &Context<'_>) -> Estimate {
    let admitted = |stay: &Stay| stay.admitted.number();
    let stays = first_per_client(context.admissions(), admitted).into_iter();
    let groups = context.institution_labels();
    let described = Described {
        context,
        stays: stays
            .map(|stay| (stay, context.column(stay.institution)))
            .collect(),
        groups: groups.len(),
    };
    let everyone = described.stays.iter();
    let basis = everyone
        .map(|(stay, _)| Count::one(stay.institution as usize))
        .fold(Count::default(), Count::plus);
    let period = context.study.intake.period_text();
    let wording = Wording {
        id: "kenmerken",
        section: Section::Inflow,
        unit: Unit::Clients,
        title: "Kenmerken van cliënten bij opname".into(),
        definition: format!(
            "Alle cliënten met een opname in {period}, bij hun eerste opname in die periode. Lopen \
             er op de dag van opname meer juridische titels, dan telt de zwaarste (strafrechtelijk, \
             civielrechtelijk, vrijwillig); lopen er meer financieringen, dan telt de laatst \
             begonnen. Bij diagnosen en delicten kan een cliënt op meer regels staan. Spreken instellingen \
             elkaar tegen over geslacht of geboortejaar, dan telt dat als onbekend."
        ),
        plain: "De tabel laat zien wie er zijn opgenomen.",
    };
    let outcome = if basis.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Characteristics(table(&described, groups)))
    };
    context.result(wording, basis, outcome)
}

fn table(described: &Described<'_>, groups: Vec<String>) -> Characteristics {
    let mut sizes = Tally::new(groups.len());
    for (stay, group) in &described.stays {
        sizes.add(*group, stay);
    }
    let covariates = described.context.study.covariates.iter();
    Characteristics {
        groups,
        sizes: sizes.cells(),
        groups_are_institutions: true,
        blocks: covariates
            .flat_map(|&covariate| blocks(described, covariate))
            .collect(),
    }
}
