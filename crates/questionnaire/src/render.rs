//! Definitions as people read them: a list, a sheet per instrument, and the table of the manual.

use crate::change::ChangePolicy;
use crate::definition::InstrumentDefinition;
use crate::library::Library;
use crate::reliability::Reliability;
use crate::scale::{Direction, Members, Scale};
use codes::Coded;
use std::fmt::Write;

/// What stands above the columns of the list.
const HEADINGS: [&str; 7] = [
    "code",
    "naam",
    "licentie",
    "items",
    "totaal",
    "hoog is",
    "verandering per cliënt",
];

/// All definitions as a table of text, one line each.
///
/// ```
/// let list = questionnaire::render::list(questionnaire::Library::shipped());
/// assert!(list.contains("HoNOS-LD (HoNOS for people with learning disabilities)"));
/// ```
pub fn list(library: &Library) -> String {
    let rows: Vec<[String; 7]> = std::iter::once(HEADINGS.map(str::to_owned))
        .chain(library.iter().map(row))
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: [usize; 7] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// The same as a Markdown table, for the manual.
pub fn markdown(library: &Library) -> String {
    let line = |cells: &[String; 7]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&HEADINGS.map(str::to_owned));
    text.push_str(&format!("|{}\n", "---|".repeat(HEADINGS.len())));
    library
        .iter()
        .for_each(|one| text.push_str(&line(&row(one))));
    text
}

fn row(definition: &InstrumentDefinition) -> [String; 7] {
    let structure = definition.structure();
    let items = match (structure.items, structure.item_scores) {
        (None, _) => "–".to_owned(),
        (Some(items), None) => items.to_string(),
        (Some(items), Some((min, max))) => format!("{items}, {min} t/m {max}"),
    };
    let total = definition.total();
    let direction = match total.map(Scale::direction) {
        None => "–",
        Some(Direction::Unknown) => "onbekend",
        Some(Direction::HigherIsWorse) => "slechter",
        Some(Direction::HigherIsBetter) => "beter",
    };
    [
        definition.code().key().to_owned(),
        definition.name().to_owned(),
        definition.licence().class.letter().to_owned(),
        items,
        total.map_or("geen".to_owned(), range),
        direction.to_owned(),
        individual(definition),
    ]
}

fn range(scale: &Scale) -> String {
    scale.range().map_or("–".to_owned(), |range| {
        format!("{} t/m {}", range.min, range.max)
    })
}

/// On which scales the change of one person may be judged.
fn individual(definition: &InstrumentDefinition) -> String {
    let policy = ChangePolicy::default();
    let may = |scale: Option<&str>| definition.individual_reliability(scale, policy).is_ok();
    let total = may(None).then_some("totaal");
    let scales = definition.scales().iter().map(Scale::code);
    let allowed: Vec<&str> = total
        .into_iter()
        .chain(scales.filter(|code| may(Some(code))))
        .collect();
    if allowed.is_empty() {
        "alleen groep".to_owned()
    } else {
        allowed.join(", ")
    }
}

/// All that is known of one instrument.
pub fn sheet(definition: &InstrumentDefinition) -> String {
    let mut lines = Lines::default();
    lines.line("", definition.name());
    lines.line("Code", definition.code().key());
    lines.line("Versie van dit bestand", definition.version());
    if let Some(origin) = definition.origin() {
        lines.line("Herkomst", origin);
    }
    let licence = definition.licence();
    let class = format!("{} ({})", licence.class.letter(), licence.class.label());
    lines.line("Licentie", &format!("{class}. {}", licence.note));
    let structure = definition.structure();
    let items = structure.items.map(|items| format!("{items} items"));
    let scores = structure
        .item_scores
        .map(|(min, max)| format!("scores {min} tot en met {max}"));
    let known: Vec<String> = items.into_iter().chain(scores).collect();
    let built = if known.is_empty() {
        "niet bekend".to_owned()
    } else {
        known.join(", ")
    };
    lines.line("Bouw", &built);
    lines.line(
        "Bron",
        &format!("{} ({})", structure.source, structure.certainty.label()),
    );
    for scale in definition.total().into_iter().chain(definition.scales()) {
        lines.scale(definition, scale);
    }
    if !definition.notes().is_empty() {
        lines.0.push('\n');
    }
    definition
        .notes()
        .iter()
        .for_each(|note| lines.line("Let op", note));
    lines.0
}

/// Lines of a sheet, label first.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, label: &str, text: &str) {
        if label.is_empty() {
            self.0.push_str(&format!("{text}\n\n"));
        } else {
            self.0.push_str(&format!("{label}: {text}\n"));
        }
    }

    fn scale(&mut self, definition: &InstrumentDefinition, scale: &Scale) {
        self.0
            .push_str(&format!("\n{} – {}\n", scale.code(), scale.name()));
        self.line("  Items", &members(scale));
        let scoring = scale
            .scoring()
            .map_or("niet bekend", |scoring| scoring.label());
        self.line("  Score", &format!("{scoring}, bereik {}", range(scale)));
        self.line("  Richting", scale.direction().label());
        self.line("  Ontbrekende items", &missing(scale));
        let of_total = definition
            .total()
            .is_some_and(|total| std::ptr::eq(total, scale));
        let code = (!of_total).then(|| scale.code());
        let published = definition.reliabilities().iter();
        for one in published.filter(|one| one.scale.as_deref() == code) {
            self.line("  Betrouwbaarheid", &reliability(one));
        }
        let judged = definition.individual_reliability(code, ChangePolicy::default());
        let change = match judged {
            Ok((_, used)) => format!("mag worden beoordeeld, met r = {}", number(used.value)),
            Err(refusal) => format!("alleen op groepsniveau: {refusal}"),
        };
        self.line("  Verandering van één cliënt", &change);
    }
}

fn members(scale: &Scale) -> String {
    let items = match scale.members() {
        Members::Unknown => return "niet bekend".to_owned(),
        Members::Count(count) => return format!("{count}; welke, is hier niet bekend"),
        Members::Items(items) => items,
    };
    let mut text = String::new();
    for (at, member) in items.iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        let reversed = if member.reversed { " (omgekeerd)" } else { "" };
        let weight = if (member.weight - 1.0).abs() > 0.0 {
            format!(" (× {})", number(member.weight))
        } else {
            String::new()
        };
        write!(text, "{separator}{}{weight}{reversed}", member.item)
            .expect("writing to a text does not fail");
    }
    text
}

fn missing(scale: &Scale) -> String {
    let rule = scale.missing();
    match (rule.allowed, rule.prorated) {
        (0, _) => "geen: anders geen score".to_owned(),
        (allowed, true) => format!("hooguit {allowed}; naar rato aangevuld"),
        (allowed, false) => format!("hooguit {allowed}; zonder aanvulling"),
    }
}

fn reliability(one: &Reliability) -> String {
    let relation = if one.lower_bound { ">" } else { "=" };
    format!(
        "{} {relation} {} ({}: {}; {})",
        one.kind.label(),
        number(one.value),
        one.population.label(),
        one.described,
        one.source
    )
}

/// A number as Dutch readers write it.
fn number(value: f64) -> String {
    value.to_string().replace('.', ",")
}
