use crate::context::Context;
use crate::survival_rows::SurvivalRows;
use crate::{
    attrition, blocked, characteristics, destination, exit_kind, factors, flow, length_of_stay,
    outlook, participation, returns, security_step,
};
use cohort::StudyDefinition;
use estimate::{Estimate, Provenance};
use rayon::prelude::*;
use record::LinkedContent;

/// The results, in the order of the story.
pub const RESULT_IDS: [&str; 24] = [
    "deelname",
    "instroom-verloop",
    "kenmerken",
    "verblijfsduur",
    "verblijfsduur-instelling",
    "uitstroom-soort",
    "uitstroom-verloop",
    "bestemming",
    "stroom",
    "stroom-matrix",
    "stap-beveiliging",
    "geblokkeerde-dagen",
    "terugkeer-elke-borg",
    "terugkeer-zelfde-borg",
    "terugkeer-elke-borg-met-timeout",
    "terugkeer-instroomcohort",
    "factoren-gepland",
    "factoren-gepland-kans",
    "factoren-voortijdig",
    "factoren-voortijdig-kans",
    "factoren-terugkeer",
    "factoren-terugkeer-kans",
    "vooruitblik-plaatsen",
    "vooruitblik-wachten",
];

/// What [`analyse_with`] is about to do, for a progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Putting rows in order per person.
    Assembling,
    /// Selecting the cohorts.
    Selecting,
    /// Making the result with this id.
    Estimating(&'static str),
}

/// Makes every result.
pub fn analyse(
    linked: &LinkedContent,
    study: &StudyDefinition,
    provenance: &Provenance,
) -> Vec<Estimate> {
    analyse_with(linked, study, provenance, |_| ())
}

/// Makes every result and tells `progress` before each stage; results are made side by side.
pub fn analyse_with(
    linked: &LinkedContent,
    study: &StudyDefinition,
    provenance: &Provenance,
    progress: impl Fn(Stage) + Sync,
) -> Vec<Estimate> {
    let context = Context::prepare(linked, study, provenance, &progress);
    RESULT_IDS
        .par_iter()
        .map(|&id| {
            progress(Stage::Estimating(id));
            estimate(&context, id)
        })
        .collect()
}

fn estimate(context: &Context<'_>, id: &'static str) -> Estimate {
    match id {
        "deelname" => participation::estimate(context),
        "instroom-verloop" => attrition::intake(context),
        "uitstroom-verloop" => attrition::exits(context),
        "kenmerken" => characteristics::estimate(context),
        "verblijfsduur" => length_of_stay::overall(context),
        "verblijfsduur-instelling" => length_of_stay::per_institution(context),
        "uitstroom-soort" => exit_kind::estimate(context),
        "bestemming" => destination::estimate(context),
        "stroom" => flow::flow(context),
        "stroom-matrix" => flow::matrix(context),
        "stap-beveiliging" => security_step::estimate(context),
        "geblokkeerde-dagen" => blocked::estimate(context),
        id if factors::FACTOR_IDS.contains(&id) => factors::estimate(context, id),
        "vooruitblik-plaatsen" | "vooruitblik-wachten" => outlook::estimate(context, id),
        _ => returns::estimate(context, id),
    }
}

/// The rows behind each curve, whether or not there are enough events to show it.
///
/// These are individual data: for checks on the restricted side only.
pub fn survival_export(linked: &LinkedContent, study: &StudyDefinition) -> Vec<SurvivalRows> {
    let provenance = Context::no_provenance();
    let context = Context::prepare(linked, study, &provenance, &|_| ());
    let mut exports = vec![
        length_of_stay::overall_rows(&context),
        length_of_stay::per_institution_rows(&context),
        exit_kind::rows(&context),
    ];
    exports.extend(returns::RETURN_IDS.map(|id| returns::rows(&context, id)));
    exports
}
