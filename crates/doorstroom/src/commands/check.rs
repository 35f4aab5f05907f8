//! `doorstroom check`: findings on a delivery.

use crate::arguments::{Check, CheckFormat};
use crate::commands::dictionary::{workbook_failure, write_out};
use crate::delivery;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use intake::render::{self, TextOptions};
use std::io::IsTerminal;

/// Checks a delivery and shows the findings.
pub fn run(options: &Check, reporter: &Reporter) -> Result<Exit, Failure> {
    let checked = delivery::check(&options.dir, options.profile.as_deref(), reporter)?;
    let (findings, tables) = (&checked.findings, &checked.tables);
    let to_screen = options.out.is_none() && std::io::stdout().is_terminal();
    let bytes = match options.format {
        CheckFormat::Text => {
            let look = TextOptions {
                colour: to_screen,
                width: 100,
                max_places: options.places,
            };
            render::text(findings, tables, look).into_bytes()
        }
        CheckFormat::Json => render::json(findings, tables)
            .map_err(json_failure)?
            .into_bytes(),
        CheckFormat::Sarif => render::sarif(findings, tables)
            .map_err(json_failure)?
            .into_bytes(),
        CheckFormat::Xlsx => render::workbook(findings, tables).map_err(workbook_failure)?,
    };
    write_out(
        &bytes,
        options.out.as_deref(),
        options.format == CheckFormat::Xlsx,
    )?;
    Ok(checked.exit())
}

fn json_failure(error: serde_json::Error) -> Failure {
    Failure::new(
        Exit::Io,
        format!("De uitvoer kon niet worden gemaakt: {error}."),
    )
}
