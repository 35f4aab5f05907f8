//! The page for the people who check a release: one file, without scripts.

use crate::Error;
use crate::table::TableView;
use askama::Template;
use disclosure::{
    CurveLoss, Explanation, HiddenNumber, Loss, PolicyDraft, PublicationHeader, Published,
    Released, ScreenedResult, ScreenedSet, Span,
};
use figure::dutch;
use std::collections::BTreeMap;

/// The style of the site, without the fonts that lie beside it.
const STYLE: &str = include_str!("../assets/site.css");
/// What this page has besides.
const OWN_STYLE: &str = include_str!("../assets/review.css");
/// Protected places that are named; of more, the number is told.
const NAMED: usize = 4;

#[derive(Template)]
#[template(path = "review.html")]
struct Review<'a> {
    header: &'a PublicationHeader,
    digest_short: &'a str,
    style: String,
    settings: Vec<(&'static str, String)>,
    /// What rules did to several results alike.
    common: Vec<CheckView>,
    results: Vec<ResultView>,
    checkers: Vec<usize>,
}

impl Review<'_> {
    fn hidden(&self) -> &'static str {
        dutch::HIDDEN_SIGN
    }

    /// All counts that are hidden, in words.
    fn all_hidden(&self) -> String {
        let hidden = self.results.iter().map(|result| result.hidden.len()).sum();
        amount(hidden, "getal", "getallen")
    }
}

struct ResultView {
    id: String,
    title: String,
    plain: String,
    definition: String,
    withheld: Option<String>,
    tables: Vec<TableView>,
    checks: Vec<CheckView>,
    hidden: Vec<HiddenView>,
    summary: SummaryView,
    losses: Vec<String>,
    curves: Vec<CurveView>,
}

/// What a rule did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct CheckView {
    code: &'static str,
    sentence: String,
    /// Whether it is about numbers of its result alone.
    has_places: bool,
}

/// A line of the table of all results.
struct SummaryView {
    counts: String,
    share: String,
    measures: String,
    merged: String,
}

struct HiddenView {
    place: String,
    why: String,
    span: String,
    protects: String,
}

struct CurveView {
    label: String,
    points: String,
    events: String,
    largest_step: String,
    cut_at: String,
    horizons: String,
}

/// The page about a proposed release: what would go out, what each rule did, of each hidden
/// number why it is hidden and what is known of it all the same, and what each result lost.
///
/// It tells small counts from those that protect them, so it is for checkers only.
///
/// # Errors
/// If the template could not be filled in.
pub fn review_page(
    screened: &ScreenedSet,
    explained: &[Explanation],
    header: &PublicationHeader,
) -> Result<String, Error> {
    let parts = screened.results().iter().zip(screened.proposed());
    let parts = parts.zip(explained);
    let mut results: Vec<ResultView> = parts
        .map(|((screened, proposed), explained)| {
            ResultView::new(screened, proposed, explained, header)
        })
        .collect();
    let common = take_common(&mut results);
    let own = STYLE.find(":root").map_or(STYLE, |start| &STYLE[start..]);
    let page = Review {
        header,
        digest_short: header.digest.get(..12).unwrap_or(&header.digest),
        style: format!("{own}\n{OWN_STYLE}"),
        settings: settings(screened.policy().settings()),
        common,
        results,
        checkers: (1..=screened.policy().settings().checkers).collect(),
    };
    Ok(page.render()?)
}

/// Takes what is told of more than one result in the same words out of each of them.
fn take_common(results: &mut [ResultView]) -> Vec<CheckView> {
    let mut times: BTreeMap<CheckView, usize> = BTreeMap::new();
    let checks = results.iter().flat_map(|result| &result.checks);
    for check in checks.filter(|check| !check.has_places) {
        *times.entry(check.clone()).or_default() += 1;
    }
    times.retain(|_, times| *times > 1);
    for result in results {
        result.checks.retain(|check| !times.contains_key(check));
    }
    times.into_keys().collect()
}

impl ResultView {
    fn new(
        screened: &ScreenedResult,
        proposed: &Published,
        explained: &Explanation,
        header: &PublicationHeader,
    ) -> Self {
        let tables = figure::data_tables(proposed, header);
        let checks = screened.checks.iter();
        let withheld = match proposed.released() {
            Released::Withheld(withheld) => Some(withheld.sentence().to_owned()),
            _ => None,
        };
        let loss = &explained.loss;
        Self {
            id: screened.id.as_str().to_owned(),
            title: screened.title.clone(),
            plain: proposed.plain().to_owned(),
            definition: proposed.definition().to_owned(),
            tables: tables.iter().map(TableView::new).collect(),
            checks: checks
                .map(|record| CheckView {
                    code: record.check.code(),
                    sentence: record.sentence.clone(),
                    has_places: !record.hidden.is_empty(),
                })
                .collect(),
            hidden: explained.hidden.iter().map(HiddenView::new).collect(),
            summary: SummaryView::new(loss),
            losses: losses(loss),
            curves: loss.curves.iter().map(CurveView::new).collect(),
            withheld,
        }
    }
}

impl SummaryView {
    fn new(loss: &Loss) -> Self {
        let none = || dutch::HIDDEN_SIGN.to_owned();
        if loss.withheld {
            let share = "alles achtergehouden".to_owned();
            return Self {
                counts: "–".to_owned(),
                share,
                measures: "–".to_owned(),
                merged: "–".to_owned(),
            };
        }
        let of = |hidden: usize, all: usize| match all {
            0 => "–".to_owned(),
            _ => format!("{hidden} van {all}"),
        };
        Self {
            counts: of(loss.counts_hidden, loss.counts),
            share: match (loss.counts_hidden, loss.share_hidden) {
                (0, _) => "niets".to_owned(),
                (_, Some(share)) => dutch::percentage(share, 0),
                (_, None) => none(),
            },
            measures: of(loss.measures_hidden, loss.measures),
            merged: loss.merged.to_string(),
        }
    }
}

impl HiddenView {
    fn new(number: &HiddenNumber) -> Self {
        Self {
            place: number.place.clone(),
            why: format!("{}: {}", number.check.code(), number.why),
            span: span(number.span),
            protects: protected(&number.protects),
        }
    }
}

impl CurveView {
    fn new(curve: &CurveLoss) -> Self {
        let events = curve.events.count();
        Self {
            label: curve.label.clone(),
            points: match curve.points {
                0 => "geen curve".to_owned(),
                points => points.to_string(),
            },
            events: events.map_or_else(|| dutch::HIDDEN_SIGN.to_owned(), dutch::count),
            largest_step: match curve.points {
                0 => "–".to_owned(),
                _ => dutch::number(curve.largest_step, 2),
            },
            cut_at: curve.cut_at.map_or_else(
                || "nee".to_owned(),
                |day| format!("na {}", dutch::days(f64::from(day))),
            ),
            horizons: format!("{} van {}", curve.horizons_hidden, curve.horizons),
        }
    }
}

/// What a hidden number protects, in words: the first few places, and how many more.
pub fn protected(places: &[String]) -> String {
    let more = places.len().saturating_sub(NAMED);
    let mut named: Vec<String> = places.iter().take(NAMED).cloned().collect();
    if more > 0 {
        let more = amount(more, "ander getal", "andere getallen");
        named.push(format!("nog {more}"));
    }
    match named.is_empty() {
        true => "zichzelf".to_owned(),
        false => dutch::list(&named),
    }
}

/// What an outsider can tell a number to be, in words.
pub fn span(span: Option<Span>) -> String {
    match span {
        None => "niet uitgerekend; beschermd volgens de aanval".to_owned(),
        Some(Span { least, most: None }) => format!("{} of meer", dutch::count(least)),
        Some(Span {
            least,
            most: Some(most),
        }) => format!("{} tot en met {}", dutch::count(least), dutch::count(most)),
    }
}

/// What a result lost, in sentences.
pub fn losses(loss: &Loss) -> Vec<String> {
    if loss.withheld {
        return vec!["Het hele resultaat is achtergehouden.".to_owned()];
    }
    let mut all = Vec::new();
    if loss.counts_hidden > 0 {
        let of = amount(loss.counts, "aantal", "aantallen");
        let mut sentence = format!("{} van {of} verborgen", loss.counts_hidden);
        if let Some(share) = loss.share_hidden {
            let share = dutch::percentage(share, 0);
            sentence.push_str(&format!("; daarin zit ongeveer {share} van het totaal"));
        }
        all.push(sentence + ".");
    }
    if loss.measures_hidden > 0 {
        let of = amount(loss.measures, "maat", "maten");
        all.push(format!(
            "{} van {of} (gemiddelden, medianen en kwartielen) niet getoond.",
            loss.measures_hidden
        ));
    }
    if loss.merged > 0 {
        all.push(format!(
            "{} met andere samengenomen.",
            amount(loss.merged, "klasse", "klassen")
        ));
    }
    if all.is_empty() && loss.curves.is_empty() {
        all.push("Alleen de afronding.".to_owned());
    }
    all
}

/// The settings of the policy that decide what is shown, in words.
fn settings(policy: &PolicyDraft) -> Vec<(&'static str, String)> {
    let yes = |is: bool| if is { "ja" } else { "nee" }.to_owned();
    let rounding = match policy.rounding_base {
        1 => "niet".to_owned(),
        base => format!("op veelvouden van {base}"),
    };
    vec![
        (
            "Kleinste aantal dat wordt getoond",
            policy.threshold.to_string(),
        ),
        ("Afronding van aantallen", rounding),
        (
            "Deel van een groep dat bijna iedereen is",
            dutch::percentage(policy.group_share, 0),
        ),
        (
            "Instellingen achter een samengenomen getal",
            format!("minstens {}", policy.min_institutions),
        ),
        ("p van de p%-regel", dutch::number(policy.p_percent, 0)),
        (
            "Curve stopt onder",
            amount(policy.curve_min_at_risk as usize, "gevolgde", "gevolgden"),
        ),
        (
            "Gebeurtenissen tussen twee punten van een curve",
            format!("minstens {}", policy.curve_events_between_points),
        ),
        (
            "Dagen van een curve",
            format!("veelvouden van {}", policy.curve_day_step),
        ),
        ("Decimalen van een kans", policy.curve_decimals.to_string()),
        ("Instellingen met naam", yes(policy.name_institutions)),
        ("Kleine klassen samennemen", yes(policy.merge_suggestions)),
        ("Controleurs", policy.checkers.to_string()),
    ]
}

/// A number with its noun.
fn amount(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        dutch::count(count as u64),
        if count == 1 { one } else { many }
    )
}
