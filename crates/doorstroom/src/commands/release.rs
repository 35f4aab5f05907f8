//! `doorstroom release`: shows what would go out, and releases it when the checkers agree.

use crate::arguments::{Release, ShowFormat};
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::stream::{self, Shown};
use disclosure::{PublicationHeader, Published, Released};
use store::Study;

/// Shows, or releases.
pub fn run(options: &Release) -> Result<Exit, Failure> {
    let study = if options.checkers.is_empty() {
        Study::open_to_read(key_folder(&options.study))?
    } else {
        Study::open(key_folder(&options.study))?
    };
    let shown = stream::show(&study)?;
    let text = match options.format {
        ShowFormat::Text => preview(
            &shown,
            &shown.screened.proposed_header(stream::details(&study)),
        ),
        ShowFormat::Json => json(&shown),
    };
    println!("{text}");
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

/// The results with what each rule did, for people.
fn preview(shown: &Shown, header: &PublicationHeader) -> String {
    let mut text = format!(
        "Dit gaat naar buiten als u vrijgeeft (kenmerk {}):\n",
        shown.digest().short()
    );
    for (result, proposed) in shown
        .screened
        .results()
        .iter()
        .zip(shown.screened.proposed())
    {
        text.push_str(&format!("\n{}  [{}]\n", result.title, result.id.as_str()));
        text.push_str(&numbers(proposed, header));
        for check in &result.checks {
            text.push_str(&format!(
                "  {:<14} {}\n",
                check.check.code(),
                check.sentence
            ));
            for cell in check.hidden.iter().take(8) {
                text.push_str(&format!("  {:<14}   – {}: {}\n", "", cell.place, cell.why));
            }
            if check.hidden.len() > 8 {
                text.push_str(&format!(
                    "  {:<14}   – en nog {}\n",
                    "",
                    check.hidden.len() - 8
                ));
            }
        }
    }
    text
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

fn json(shown: &Shown) -> String {
    let results: Vec<_> = shown
        .screened
        .results()
        .iter()
        .map(|result| {
            let checks: Vec<_> = result
                .checks
                .iter()
                .map(|check| {
                    let hidden: Vec<_> = check
                        .hidden
                        .iter()
                        .map(|cell| serde_json::json!({ "place": cell.place, "why": cell.why }))
                        .collect();
                    serde_json::json!({ "check": check.check.code(), "sentence": check.sentence, "hidden": hidden })
                })
                .collect();
            serde_json::json!({ "id": result.id.as_str(), "title": result.title, "checks": checks })
        })
        .collect();
    let whole = serde_json::json!({ "digest": shown.digest().to_string(), "run": shown.run, "results": results });
    serde_json::to_string_pretty(&whole).expect("plain JSON always prints")
}
