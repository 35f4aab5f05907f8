use disclosure::{
    Publication, Published, Released, ReleasedCurves, ReleasedDurations, ReleasedTable,
};
use estimate::Section;
use figure::dutch;

/// A number for the first page, with where it is explained.
pub(crate) struct Headline {
    pub number: String,
    pub label: String,
    pub detail: String,
    pub page: &'static str,
    pub section_title: &'static str,
    pub result_id: String,
}

/// The first number of each section, in the order of the menu.
pub(crate) fn headlines(publication: &Publication) -> Vec<Headline> {
    crate::section::sections(publication)
        .filter_map(|section| headline_of(publication, section))
        .collect()
}

fn headline_of(publication: &Publication, section: Section) -> Option<Headline> {
    let mut results = publication
        .results()
        .iter()
        .filter(|r| r.section() == section);
    results.find_map(|result| {
        let (number, label, detail) = numbers(result)?;
        let text = crate::section::text(section);
        Some(Headline {
            number,
            label,
            detail,
            page: text.file,
            section_title: text.title,
            result_id: result.id().as_str().to_owned(),
        })
    })
}

/// Number, what it is, and how to take it.
fn numbers(result: &Published) -> Option<(String, String, String)> {
    match result.released() {
        Released::Table(table) => of_table(result, table),
        Released::Characteristics(table) => {
            let count = table.sizes().last()?.count()?;
            Some((dutch::count(count), unit(result), result.title().to_owned()))
        }
        Released::Curves(curves) => of_curves(result, curves),
        Released::Attrition(attrition) => {
            let remaining = attrition
                .steps()
                .last()
                .map_or(attrition.start(), |step| step.2);
            let label = format!("{} in het onderzoek", result.unit().label());
            Some((
                dutch::count(remaining.count()?),
                label,
                result.title().to_owned(),
            ))
        }
        Released::Durations(durations) => of_durations(result, durations),
        // A model or a quotation has no first number that can stand alone.
        Released::Flow(_)
        | Released::Regression(_)
        | Released::Course(_)
        | Released::Projection(_)
        | Released::Measures(_)
        | Released::Quotations(_)
        | Released::Withheld(_) => None,
    }
}

fn unit(result: &Published) -> String {
    result.unit().label().to_owned()
}

/// The largest row with its share, or the total where no share may be shown.
fn of_table(result: &Published, table: &ReleasedTable) -> Option<(String, String, String)> {
    let largest = (0..table.rows().len())
        .filter_map(|row| Some((table.row_totals()[row].count()?, row)))
        .max_by_key(|&(count, row)| (count, std::cmp::Reverse(row)));
    let total = table.total().count()?;
    match largest.and_then(|(count, row)| Some((count, row, table.row_share(row)?))) {
        Some((count, row, share)) => Some((
            dutch::percentage(share, 0),
            table.rows()[row].clone(),
            format!(
                "De grootste groep: {} van de {} {}. {}",
                dutch::count(count),
                dutch::count(total),
                result.unit().label(),
                result.title()
            ),
        )),
        None => Some((dutch::count(total), unit(result), result.title().to_owned())),
    }
}

/// The first curve at its last horizon.
fn of_curves(result: &Published, curves: &ReleasedCurves) -> Option<(String, String, String)> {
    let series = curves.series().first()?;
    let mut horizons = series.horizons().iter().rev();
    let shown = horizons.find(|horizon| horizon.estimate().is_some())?;
    let (estimate, lower, upper) = shown.estimate()?;
    let band = dutch::percentage_interval(lower, upper, 0);
    let label = format!("{}, na {}", series.label(), figure::duration(shown.day()));
    let detail = format!("95%-betrouwbaarheidsinterval {band}. {}", result.title());
    Some((dutch::percentage(estimate, 0), label, detail))
}

fn of_durations(
    result: &Published,
    durations: &ReleasedDurations,
) -> Option<(String, String, String)> {
    let total = durations.per_group().last()?.as_ref()?;
    let quartiles = total.quartiles().map(|(lower, upper)| {
        let days = dutch::interval(lower, upper, 0);
        format!("Bij de middelste helft {days} dagen")
    });
    let n = total
        .n()
        .count()
        .map(|n| format!(" (n = {})", dutch::count(n)));
    let detail = quartiles.map(|text| format!("{text}{}.", n.unwrap_or_default()));
    let label = format!("{}, mediaan", result.title());
    Some((
        dutch::days(total.median()?),
        label,
        detail.unwrap_or_default(),
    ))
}
