//! Findings as a person wants to read them in a terminal.

use super::grouping::{AtSource, Group, Line, group};
use crate::{Finding, Findings, ParsedTables, RemarkKind, Severity};
use std::fmt::Write;

/// How findings are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether to use colours (ANSI).
    pub colour: bool,
    /// Columns of the screen.
    pub width: usize,
    /// How many places of each source are written out; the rest is counted.
    pub max_places: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            colour: false,
            width: 100,
            max_places: 8,
        }
    }
}

/// How many different sentences of one rule are written out; the rest is counted.
const MAX_GROUPS: usize = 12;
/// Below the rule's code, which takes four columns.
const INDENT: usize = 8;

/// Findings by severity, then rule, then table: counted, with the first places, how to mend
/// them, and what to do next.
pub fn text(findings: &Findings, tables: &ParsedTables, options: TextOptions) -> String {
    let mut page = Page {
        text: String::new(),
        tables,
        options: TextOptions {
            width: options.width.clamp(48, 120),
            ..options
        },
    };
    page.opening();
    page.unreadable();
    for severity in Severity::WORST_FIRST {
        page.section(findings, severity);
    }
    page.closing(findings);
    page.text
}

struct Page<'a> {
    text: String,
    tables: &'a ParsedTables,
    options: TextOptions,
}

#[derive(Clone, Copy)]
enum Style {
    Bold,
    Dim,
    Of(Severity),
}

impl Style {
    fn ansi(self) -> &'static str {
        match self {
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Of(Severity::Blocking) => "\x1b[1;31m",
            Self::Of(Severity::Warning) => "\x1b[1;33m",
            Self::Of(Severity::Note) => "\x1b[1;36m",
        }
    }
}

impl Page<'_> {
    fn opening(&mut self) {
        let delivered = self.tables.tables.iter().filter(|table| table.rows > 0);
        let line = format!(
            "Gecontroleerd: {}, {}, {}.",
            counted(self.tables.rows() as u64, "rij", "rijen"),
            counted(delivered.count() as u64, "tabel", "tabellen"),
            counted(
                self.tables.sources.len() as u64,
                "bestand of blad",
                "bestanden en bladen"
            ),
        );
        self.paragraph(&line, 0, "");
        for remark in &self.tables.remarks {
            if remark.kind == RemarkKind::ReadAsWindows1252 {
                let source = self.source(remark.source);
                self.paragraph(&format!("Gelezen als Windows-1252: {source}."), 0, "");
            }
        }
    }

    fn unreadable(&mut self) {
        if self.tables.unreadable.is_empty() {
            return;
        }
        self.line("");
        let title = self.styled("NIET TE LEZEN", Style::Of(Severity::Blocking));
        self.line(&title);
        let rule = self.styled(&"─".repeat(self.options.width), Style::Dim);
        self.line(&rule);
        for file in &self.tables.unreadable {
            self.paragraph(&file.to_string(), 2, "");
        }
    }

    fn section(&mut self, findings: &Findings, severity: Severity) {
        let count = findings.count_as(severity);
        if count == 0 {
            return;
        }
        let of_severity = |found: &&[Finding]| found[0].rule.severity == severity;
        let rules = findings.by_rule().filter(of_severity).count() as u64;
        let title = severity.label().to_uppercase();
        let counts = format!(
            "{}, {}",
            counted(count, "plek", "plekken"),
            counted(rules, "regel", "regels")
        );
        let fill = self.gap(title.chars().count(), counts.chars().count());
        self.line("");
        let title = self.styled(&title, Style::Of(severity));
        self.line(&format!("{title}{fill}{counts}"));
        let rule = self.styled(&"─".repeat(self.options.width), Style::Dim);
        self.line(&rule);
        for found in findings.by_rule().filter(of_severity) {
            self.rule(found, findings.count_of(found[0].rule));
        }
    }

    fn rule(&mut self, found: &[Finding], count: u64) {
        let rule = found[0].rule;
        let counts = thousands(count);
        let used = INDENT + rule.title.chars().count();
        let fill = self.gap(used, counts.chars().count());
        let code = self.styled(rule.code, Style::Of(rule.severity));
        let title = self.styled(rule.title, Style::Bold);
        self.line("");
        self.line(&format!("  {code}  {title}{fill}{counts}"));
        let groups = group(found, self.tables, self.options.max_places);
        for group in groups.iter().take(MAX_GROUPS) {
            self.group(group);
        }
        if let Some(more) = groups.get(MAX_GROUPS..).filter(|more| !more.is_empty()) {
            let places: usize = more.iter().map(|group| group.count).sum();
            let places = counted(places as u64, "plek", "plekken");
            self.paragraph(&format!("… en nog {places} van deze soort."), INDENT, "");
        }
        self.paragraph(rule.mend, INDENT, "→ ");
    }

    fn group(&mut self, group: &Group) {
        self.paragraph(&group.sentence, INDENT, "");
        let table = group.table.map(|table| format!("tabel {table}"));
        for at in &group.sources {
            let source = at.source.map(|position| self.source(position));
            let lines = lines(at);
            let parts = [table.clone(), source, lines];
            let place: Vec<String> = parts.into_iter().flatten().collect();
            if !place.is_empty() {
                self.place(&place.join(" · "));
            }
        }
    }

    fn source(&self, position: usize) -> String {
        let source = &self.tables.sources[position];
        match &source.sheet {
            Some(sheet) => format!("{}, blad {sheet}", source.file),
            None => source.file.clone(),
        }
    }

    fn place(&mut self, place: &str) {
        for (at, line) in wrap(place, self.options.width - INDENT - 4)
            .iter()
            .enumerate()
        {
            let indent = " ".repeat(INDENT + if at == 0 { 2 } else { 4 });
            let line = self.styled(line, Style::Dim);
            self.line(&format!("{indent}{line}"));
        }
    }

    fn closing(&mut self, findings: &Findings) {
        self.line("");
        if !findings.is_empty() {
            let rule = self.styled(&"─".repeat(self.options.width), Style::Dim);
            self.line(&rule);
            let summary = self.styled(&summary(findings), Style::Bold);
            self.line(&summary);
        }
        let next = if self.tables.unreadable.is_empty() {
            next_step(findings.worst())
        } else {
            UNREADABLE
        };
        self.paragraph(next, 0, "");
    }

    fn paragraph(&mut self, text: &str, indent: usize, mark: &str) {
        let hanging = indent + mark.chars().count();
        for (at, line) in wrap(text, self.options.width - hanging).iter().enumerate() {
            let start = if at == 0 { indent } else { hanging };
            let mark = if at == 0 { mark } else { "" };
            self.line(&format!("{}{mark}{line}", " ".repeat(start)));
        }
    }

    fn gap(&self, left: usize, right: usize) -> String {
        " ".repeat(self.options.width.saturating_sub(left + right).max(2))
    }

    fn styled(&self, text: &str, style: Style) -> String {
        if self.options.colour {
            format!("{}{text}\x1b[0m", style.ansi())
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The first lines of a source, and how many more there are.
fn lines(at: &AtSource) -> Option<String> {
    let known: Vec<&Line> = at.lines.iter().filter(|(line, _)| line.is_some()).collect();
    let (first, _) = known.first()?;
    let mut text = String::from(if at.count == 1 { "rij " } else { "rijen " });
    for (position, (line, other)) in known.iter().enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        let line = line
            .or(*first)
            .expect("only lines that are known were kept");
        write!(text, "{comma}{line}").expect("writing to a string cannot fail");
        if let Some(other) = other {
            write!(text, " (met rij {other})").expect("writing to a string cannot fail");
        }
    }
    if at.count > known.len() {
        let more = thousands((at.count - known.len()) as u64);
        write!(text, " en nog {more}").expect("writing to a string cannot fail");
    }
    Some(text)
}

fn summary(findings: &Findings) -> String {
    let count = |severity| findings.count_as(severity);
    format!(
        "Samengevat: {} blokkerend, {}, {}.",
        thousands(count(Severity::Blocking)),
        counted(count(Severity::Warning), "waarschuwing", "waarschuwingen"),
        counted(count(Severity::Note), "opmerking", "opmerkingen"),
    )
}

const UNREADABLE: &str = "Wat nu: herstel eerst de bestanden die niet te lezen zijn en controleer opnieuw. Wat hierboven over de andere bestanden staat, kan daardoor nog veranderen.";

fn next_step(worst: Option<Severity>) -> &'static str {
    match worst {
        Some(Severity::Blocking) => {
            "Wat nu: herstel eerst wat blokkeert, in de bron of in het mappingprofiel. Maak daarna de export opnieuw en controleer nog eens. Zolang er iets blokkeert, kan de levering niet worden verzegeld."
        }
        Some(Severity::Warning) => {
            "Wat nu: loop de waarschuwingen na en herstel wat fout is. Klopt wat er staat, dan kan de levering zo worden verzegeld."
        }
        Some(Severity::Note) => {
            "Wat nu: u hoeft niets te herstellen. De levering kan worden verzegeld."
        }
        None => "Niets gevonden. De levering kan worden verzegeld.",
    }
}

fn counted(count: u64, one: &str, more: &str) -> String {
    let noun = if count == 1 { one } else { more };
    format!("{} {noun}", thousands(count))
}

/// A number with a point between its thousands.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// Breaks text between words, so that lines fit where the words do.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("there is always a line");
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_a_point() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1.000");
        assert_eq!(thousands(1_234_567), "1.234.567");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("een twee drie", 8), ["een twee", "drie"]);
        assert_eq!(wrap("onafbreekbaar", 4), ["onafbreekbaar"]);
    }
}
