//! `doorstroom release`: shows what would go out, and releases it when the checkers agree.

use crate::arguments::{Release, ShowFormat};
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::stream::{self, Shown};
use disclosure::{Explanation, HiddenNumber, PublicationHeader, Published, Released};
use serde_json::{Value, json};
use std::path::Path;
use store::Study;

/// Shows, or releases.
pub fn run(options: &Release) -> Result<Exit, Failure> {
    let study = if options.checkers.is_empty() {
        Study::open_to_read(key_folder(&options.study))?
    } else {
        Study::open(key_folder(&options.study))?
    };
    let shown = stream::show(&study)?;
    let header = shown.screened.proposed_header(stream::details(&study));
    let explained = shown.screened.explained();
    let text = match options.format {
        ShowFormat::Text => preview(&shown, &explained, &header),
        ShowFormat::Json => json(&shown, &explained),
    };
    println!("{text}");
    if let Some(path) = &options.page {
        write_page(path, &shown, &explained, &header)?;
    }
    if options.checkers.is_empty() {
        eprintln!(
            "Er is nog niets vrijgegeven. Laat {} anderen dit controleren en geef daarna vrij met:\n  doorstroom release {} --digest {} --checker \"NAAM\" --checker \"NAAM\"",
            study.protocol().policy().settings().checkers,
            options.study.display(),
            shown.digest().short()
        );
        return Ok(Exit::Fine);
    }
    check_seen(options, &shown)?;
    let author = options
        .author
        .clone()
        .unwrap_or_else(|| study.protocol().study.author.clone());
    let number = stream::release(&study, shown, &author, &options.checkers)?;
    eprintln!(
        "Publicatie {number} is vrijgegeven. Maak de stukken met `doorstroom report {}`.",
        options.study.display()
    );
    Ok(Exit::Fine)
}

/// What is released must be what the checkers saw.
fn check_seen(options: &Release, shown: &Shown) -> Result<(), Failure> {
    let seen = options.digest.as_deref().unwrap_or_default().to_lowercase();
    if seen.len() >= 12 && shown.digest().to_string().starts_with(&seen) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        format!(
            "Geef met --digest de kenmerkcode op van wat is gecontroleerd. Wat nu klaarstaat heeft kenmerk {}; is dat een andere dan de controleurs zagen, dan is er sindsdien iets veranderd en moet opnieuw worden gecontroleerd.",
            shown.digest().short()
        ),
    ))
}

/// Writes the page for the checkers.
fn write_page(
    path: &Path,
    shown: &Shown,
    explained: &[Explanation],
    header: &PublicationHeader,
) -> Result<(), Failure> {
    let page = site::review_page(&shown.screened, explained, header).map_err(|error| {
        Failure::new(
            Exit::Io,
            format!("De pagina kon niet worden gemaakt: {error}."),
        )
    })?;
    store::files::write_bytes(path, page.as_bytes())?;
    eprintln!(
        "De pagina voor de controleurs staat in {}. Geef haar niet verder door: de redenen zeggen meer dan de publicatie.",
        path.display()
    );
    Ok(())
}

/// The results with what each rule did, and each hidden number with what is known of it.
fn preview(shown: &Shown, explained: &[Explanation], header: &PublicationHeader) -> String {
    let mut text = format!(
        "Dit gaat naar buiten als u vrijgeeft (kenmerk {}):\n",
        shown.digest().short()
    );
    let results = shown.screened.results().iter();
    for ((result, proposed), explained) in results.zip(shown.screened.proposed()).zip(explained) {
        text.push_str(&format!("\n{}  [{}]\n", result.title, result.id.as_str()));
        text.push_str(&numbers(proposed, header));
        for check in &result.checks {
            text.push_str(&line(check.check.code(), &check.sentence));
        }
        for number in &explained.hidden {
            text.push_str(&line("  verborgen", &hidden(number)));
        }
        for sentence in site::losses(&explained.loss) {
            text.push_str(&line("verlies", &sentence));
        }
    }
    text
}

fn line(code: &str, sentence: &str) -> String {
    format!("  {code:<14} {sentence}\n")
}

/// A hidden number: why, what an outsider still knows, and what it protects.
fn hidden(number: &HiddenNumber) -> String {
    format!(
        "{} ({}); een buitenstaander weet: {}; beschermt {}",
        number.place,
        number.check.code(),
        site::span(number.span),
        site::protected(&number.protects)
    )
}

/// The numbers themselves, as the tables would show them.
fn numbers(proposed: &Published, header: &PublicationHeader) -> String {
    let mut text = String::new();
    if let Released::Withheld(withheld) = proposed.released() {
        return format!("  {}\n", withheld.sentence());
    }
    for table in figure::data_tables(proposed, header) {
        let titles: Vec<String> = table
            .columns()
            .iter()
            .map(|column| column.full_title())
            .collect();
        text.push_str(&format!(
            "  {}\n    {}\n",
            table.caption(),
            titles.join(" | ")
        ));
        for row in table.rows() {
            let cells: Vec<String> = row.cells.iter().map(|cell| cell.text()).collect();
            text.push_str(&format!("    {}\n", cells.join(" | ")));
        }
    }
    text
}

/// The same for machines; the fields are described in `docs/methods/disclosure.md`.
fn json(shown: &Shown, explained: &[Explanation]) -> String {
    let results = shown.screened.results().iter().zip(explained);
    let results: Vec<Value> = results
        .map(|(result, explained)| {
            let checks = result.checks.iter();
            let checks: Vec<Value> = checks
                .map(|record| json!({ "check": record.check, "sentence": record.sentence }))
                .collect();
            json!({
                "id": result.id.as_str(),
                "title": result.title,
                "checks": checks,
                "hidden": explained.hidden,
                "loss": explained.loss,
            })
        })
        .collect();
    let whole =
        json!({ "digest": shown.digest().to_string(), "run": shown.run, "results": results });
    serde_json::to_string_pretty(&whole).expect("plain JSON always prints")
}
