//! The proposal as TOML, and as a few sentences.

use super::{Certainty, ProposedColumn, ProposedProfile, ProposedTable};
use std::fmt::Write;

impl ProposedProfile {
    /// The profile as TOML. Only what is sure is in force; the rest stands there as comments,
    /// with how sure it is, for a person to switch on.
    pub fn to_toml(&self) -> String {
        let mut text = String::from(
            "# Voorstel voor een mappingprofiel, gemaakt door `doorstroom map`.\n\
             # Regels met een # ervoor zijn niet zeker en doen niets: haal de # weg als ze kloppen.\n\
             # Uitleg: docs/profile-format.md.\n\n\
             [profiel]\nnaam = \"nog in te vullen\"\n# instelling = \"\"   # code van lijst CL01\nversie = 1\n",
        );
        for table in &self.tables {
            write_table(&mut text, table).expect("writing into a String cannot fail");
        }
        for place in &self.without_table {
            writeln!(
                text,
                "\n# Geen voorstel voor {}: geen tabel past.",
                one_line(place)
            )
            .expect("writing into a String cannot fail");
        }
        text
    }

    /// What was proposed, in a few Dutch sentences.
    pub fn summary(&self) -> String {
        let columns = || self.tables.iter().flat_map(|table| &table.columns);
        let count = |certainty| {
            columns()
                .filter(|column| column.certainty == certainty)
                .count()
        };
        let sure_tables = self
            .tables
            .iter()
            .filter(|table| table.certainty == Certainty::Sure)
            .count();
        format!(
            "{} tabellen voorgesteld, waarvan {sure_tables} zeker; kolommen: {} zeker, {} waarschijnlijk, {} onzeker. \
             Wat niet zeker is staat als commentaar in het profiel: loop die regels na.",
            self.tables.len(),
            count(Certainty::Sure),
            count(Certainty::Likely),
            count(Certainty::Unsure),
        )
    }
}

fn write_table(text: &mut String, table: &ProposedTable) -> std::fmt::Result {
    // All lines of an unsure table are comments.
    let off = if table.certainty == Certainty::Sure {
        ""
    } else {
        "# "
    };
    writeln!(
        text,
        "\n# {} → {}: {}",
        one_line(&place(table)),
        table.table.name,
        table.certainty.label()
    )?;
    writeln!(
        text,
        "{off}[[tabel]]\n{off}bestand = {}",
        quoted(&table.file)
    )?;
    if let Some(sheet) = &table.sheet {
        writeln!(text, "{off}blad = {}", quoted(sheet))?;
    }
    if table.header_line > 1 {
        writeln!(text, "{off}kopregel = {}", table.header_line)?;
    }
    writeln!(
        text,
        "{off}tabel = {}\n\n{off}[tabel.kolommen]",
        quoted(table.table.name)
    )?;
    for column in &table.columns {
        let mark = if column.certainty == Certainty::Sure {
            off
        } else {
            "# "
        };
        writeln!(
            text,
            "{mark}{} = {}   # {} ({:.2})",
            quoted(&column.column),
            quoted(column.field),
            column.certainty.label(),
            column.score,
        )?;
    }
    for column in &table.unused {
        writeln!(text, "# {} = \"\"   # geen voorstel", quoted(column))?;
    }
    let missing: Vec<&str> = table
        .table
        .fields
        .iter()
        .filter(|field| {
            field.required
                && table
                    .columns
                    .iter()
                    .all(|column| column.field != field.name)
        })
        .map(|field| field.name)
        .collect();
    if !missing.is_empty() {
        writeln!(
            text,
            "# Nog nodig voor {}: {}.",
            table.table.name,
            missing.join(", ")
        )?;
    }
    for column in table
        .columns
        .iter()
        .filter(|column| !column.codes.is_empty())
    {
        write_codes(text, column, off)?;
    }
    Ok(())
}

fn write_codes(text: &mut String, column: &ProposedColumn, off: &str) -> std::fmt::Result {
    let off = if column.certainty == Certainty::Sure {
        off
    } else {
        "# "
    };
    writeln!(text, "\n{off}[tabel.codes.{}]", column.field)?;
    for code in &column.codes {
        let mark = if code.certainty == Certainty::Sure {
            off
        } else {
            "# "
        };
        match code.ours {
            Some(ours) => writeln!(
                text,
                "{mark}{} = {}   # {}",
                quoted(&code.theirs),
                quoted(ours),
                code.certainty.label()
            )?,
            None => writeln!(text, "# {} = \"\"   # geen voorstel", quoted(&code.theirs))?,
        }
    }
    Ok(())
}

fn place(table: &ProposedTable) -> String {
    match &table.sheet {
        Some(sheet) => format!("{}, blad {sheet}", table.file),
        None => table.file.clone(),
    }
}

/// Names of files and columns may hold anything; a comment must stay on its line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            letter if letter.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(letter))
                    .expect("writing into a String cannot fail");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
