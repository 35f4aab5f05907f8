use crate::context::Context;
use crate::dutch;
use crate::table::{Column, DataTable, Measure, Row, Value};
use disclosure::{ReleasedLevel, ReleasedRegression, ReleasedTerm};
use estimate::{Caveat, Effect, Method};

/// A row per level: how many, events, and the coefficient with its limits.
pub(super) fn table(context: Context<'_>, released: &ReleasedRegression) -> DataTable {
    let mut columns = vec![Column::text("Kenmerk"), Column::number("Aantal")];
    if released.events().is_some() {
        columns.push(Column::number(dutch::sentence_case(released.outcome())));
    }
    columns.push(Column::number("95%-interval"));
    columns.push(Column::number(dutch::sentence_case(effect(
        released.effect(),
    ))));
    let title = context.title().to_owned();
    let mut table = DataTable::new(context.part_id(""), title, columns);
    table.keep_order();
    // Before the terms: in a file, what stands under a heading belongs to it.
    table.push(Row::total(cells(
        released,
        ("In het model", context.value(released.size())),
        released.events().map(|events| context.value(events)),
        None,
    )));
    for term in released.terms() {
        push_term(context, released, (&mut table, term));
    }
    for note in notes(released) {
        table.note(note);
    }
    table
}

/// What a coefficient is called.
pub(crate) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::HazardRatio => "verhouding van snelheden",
        Effect::SubdistributionRatio => "verhouding van kansen in de tijd",
        Effect::RateRatio => "verhouding van aantallen in de tijd",
        Effect::OddsRatio => "kansverhouding (odds)",
        Effect::Difference => "verschil",
    }
}

/// What a reader must know of a model.
pub(crate) fn notes(released: &ReleasedRegression) -> Vec<String> {
    let mut notes = vec![
        format!("Zo mag het worden opgeschreven: {}", sentences(released)),
        "Een verband is geen oorzaak: andere verschillen tussen cliënten kunnen erachter zitten."
            .to_owned(),
    ];
    match released.method() {
        Method::Plain => {}
        Method::Firth => notes.push(
            "Er zijn weinig gebeurtenissen per schatting. Daarom is een schatter met een \
             correctie gebruikt (Firth)."
                .to_owned(),
        ),
        Method::Ridge => notes.push(
            "Er zijn zeer weinig gebeurtenissen per schatting. Daarom zijn de schattingen naar \
             ‘geen verband’ toe getrokken (ridge); lees ze als een beschrijving."
                .to_owned(),
        ),
    }
    notes.extend(
        released
            .caveats()
            .iter()
            .map(|caveat| caveat_text(released, *caveat)),
    );
    notes
}

/// What may be written about a model: the terms whose interval leaves out "no difference", each with
/// its numbers, and that nothing clear was seen of the others.
pub(crate) fn sentences(released: &ReleasedRegression) -> String {
    let (mut clear, mut others) = (Vec::new(), Vec::new());
    for term in released.terms() {
        let own: Vec<String> = clear_levels(released, term).collect();
        match own.is_empty() {
            true => others.push(format!("‘{}’", term.label())),
            false => clear.extend(own),
        }
    }
    let rest = dutch::list(&others);
    match (clear.is_empty(), others.is_empty()) {
        (true, _) => format!(
            "van {rest} is geen duidelijk verband met {} gezien.",
            released.outcome()
        ),
        (false, true) => format!("{}.", clear.join("; ")),
        (false, false) => {
            let clear = clear.join("; ");
            format!(
                "{clear}. Van {rest} is geen duidelijk verband met {} gezien.",
                released.outcome()
            )
        }
    }
}

/// A sentence for each level of which the interval leaves out "no difference".
fn clear_levels<'a>(
    released: &'a ReleasedRegression,
    term: &'a ReleasedTerm,
) -> impl Iterator<Item = String> + 'a {
    let neutral = released.effect().neutral();
    let reference = term.levels().iter().find(|level| level.is_reference());
    term.levels().iter().filter_map(move |level| {
        let (estimate, lower, upper) = level.effect()?;
        if lower <= neutral && neutral <= upper {
            return None;
        }
        let direction = direction(released.effect(), estimate > neutral);
        let beside = reference.map(|reference| format!(" dan bij ‘{}’", reference.label()));
        Some(format!(
            "bij {}, ‘{}’ {direction} {}{} ({}; 95%-interval {})",
            dutch_lower(term.label()),
            level.label(),
            released.outcome(),
            beside.unwrap_or_default(),
            dutch::number(estimate, 2),
            dutch::interval(lower, upper, 2)
        ))
    })
}

/// How more or less of an outcome is said.
fn direction(effect: Effect, is_more: bool) -> &'static str {
    match (effect, is_more) {
        (Effect::HazardRatio, true) => "was er sneller",
        (Effect::HazardRatio, false) => "was er minder snel",
        (Effect::SubdistributionRatio | Effect::OddsRatio, true) => "was er een grotere kans op",
        (Effect::SubdistributionRatio | Effect::OddsRatio, false) => "was er een kleinere kans op",
        (Effect::RateRatio, true) => "was er vaker",
        (Effect::RateRatio, false) => "was er minder vaak",
        (Effect::Difference, true) => "was er een hogere",
        (Effect::Difference, false) => "was er een lagere",
    }
}

/// A label inside a sentence: its first letter small, unless it is an abbreviation.
fn dutch_lower(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

fn caveat_text(released: &ReleasedRegression, caveat: Caveat) -> String {
    match caveat {
        Caveat::NotProportional(term) => format!(
            "Het verband met ‘{}’ verandert met de tijd; de uitkomst is een gemiddelde.",
            released.terms()[term].label()
        ),
        Caveat::Imputed(times) => format!(
            "Ontbrekende waarden zijn {times} keer geschat en samengenomen (regels van Rubin)."
        ),
        Caveat::TermsLeftOut(1) => {
            "Eén kenmerk uit het onderzoeksplan ontbreekt, omdat groepen te klein zouden zijn."
                .to_owned()
        }
        Caveat::TermsLeftOut(terms) => format!(
            "{terms} kenmerken uit het onderzoeksplan ontbreken, omdat groepen te klein zouden \
             zijn."
        ),
        Caveat::NoExperiment => {
            "Wie deelnam, is niet door loting bepaald; verschillen kunnen er al eerder zijn \
             geweest."
                .to_owned()
        }
    }
}

/// A level of a term with what it is called on its own.
pub(crate) fn level_label(term: &ReleasedTerm, level: &ReleasedLevel) -> String {
    match level.is_reference() {
        true => format!("{} (vergelijking)", level.label()),
        false if term.is_slope() => dutch::sentence_case(level.label()),
        false => level.label().to_owned(),
    }
}

fn push_term(
    context: Context<'_>,
    released: &ReleasedRegression,
    (table, term): (&mut DataTable, &ReleasedTerm),
) {
    table.push(Row::section(term.label(), table.columns().len()));
    for level in term.levels() {
        let label = level_label(term, level);
        let events = level.events().map(|events| context.value(events));
        table.push(Row::body(cells(
            released,
            (&label, context.value(level.size())),
            events,
            Some(level),
        )));
    }
    if term.missing().count() != Some(0) {
        let missing = context.value(term.missing());
        table.push(Row::body(cells(
            released,
            ("onbekend", missing),
            None,
            None,
        )));
    }
}

fn cells(
    released: &ReleasedRegression,
    (label, size): (&str, Value),
    events: Option<Value>,
    level: Option<&ReleasedLevel>,
) -> Vec<Value> {
    let mut cells = vec![Value::Text(label.to_owned()), size];
    if released.events().is_some() {
        cells.push(events.unwrap_or(Value::Empty));
    }
    let (interval, estimate) = match level {
        None => (Value::Empty, Value::Empty),
        Some(level) => coefficient(level, released.effect()),
    };
    cells.extend([interval, estimate]);
    cells
}

fn coefficient(level: &ReleasedLevel, effect: Effect) -> (Value, Value) {
    let number = |value| Value::Number { value, decimals: 2 };
    match level.effect() {
        Some((estimate, lower, upper)) => {
            let interval = Value::Interval {
                lower: Some(lower),
                upper: Some(upper),
                measure: Measure::Number(2),
            };
            (interval, number(estimate))
        }
        None if level.is_reference() => (Value::Empty, number(effect.neutral())),
        None => (Value::Withheld, Value::Withheld),
    }
}
