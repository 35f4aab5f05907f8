//! The mapping profile that goes with a dialect.

use crate::dialect::{DateForm, Dialect, FileKind, Part, Plan};
use codes::Coded;
use std::fmt::Write;

pub(crate) fn toml(dialect: &Dialect) -> String {
    let institution = dialect.institution;
    let mut text = format!(
        "# Synthetisch: deze instelling, dit systeem en deze gegevens zijn verzonnen.\n\n\
         [profiel]\nnaam = {}\ninstelling = {}\nversie = 1\n",
        quoted(&format!("{} – {}", institution.label(), dialect.system)),
        quoted(institution.key()),
    );
    for plan in &dialect.plans {
        for part in &plan.parts {
            table(&mut text, dialect, plan, part).expect("writing into a String cannot fail");
        }
    }
    text
}

fn table(text: &mut String, dialect: &Dialect, plan: &Plan, part: &Part) -> std::fmt::Result {
    let file = match plan.kind {
        FileKind::ZippedComma => format!("{}.csv", plan.file),
        _ => plan.file.to_owned(),
    };
    writeln!(text, "\n[[tabel]]\nbestand = {}", quoted(&file))?;
    if let Some(sheet) = plan.sheet {
        writeln!(text, "blad = {}", quoted(sheet))?;
    }
    if plan.header_line > 1 {
        writeln!(text, "kopregel = {}", plan.header_line)?;
    }
    writeln!(text, "tabel = {}", quoted(part.table))?;
    if let Some(field) = part.only_if {
        writeln!(text, "alleen_als = {}", quoted(field))?;
    }
    match (plan.kind, dialect.forms.date) {
        (FileKind::Tab, _) | (_, DateForm::Iso) => writeln!(text, "datumvorm = \"jjjj-mm-dd\"")?,
        (_, DateForm::Dutch) => writeln!(text, "datumvorm = \"dd-mm-jjjj\"")?,
        (_, DateForm::Cell) => {}
    }
    if plan.kind == FileKind::Semicolon {
        writeln!(text, "decimaalteken = \",\"")?;
    }
    writeln!(text, "\n[tabel.kolommen]")?;
    for (field, own) in &part.columns {
        writeln!(text, "{} = {}", quoted(own), quoted(field))?;
    }
    for (field, pairs) in &part.codes {
        writeln!(text, "\n[tabel.codes.{field}]")?;
        for (code, own) in pairs {
            writeln!(text, "{} = {}", quoted(own), quoted(code))?;
        }
    }
    if !part.constants.is_empty() {
        writeln!(text, "\n[tabel.vast]")?;
        for (field, value) in &part.constants {
            writeln!(text, "{field} = {}", quoted(value))?;
        }
    }
    Ok(())
}

/// A basic TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
