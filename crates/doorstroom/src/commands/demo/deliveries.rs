//! Only the deliveries of an invented network, of any size.

use crate::arguments::Demo;
use crate::commands::dictionary::write_out;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use store::files;

/// Writes one folder of CSV per institution, and tells on stdout how many rows there are.
pub fn write(root: &Path, options: &Demo, reporter: &Reporter) -> Result<Exit, Failure> {
    let step = reporter.step("Leveringen verzinnen");
    let rows = dummy::write_csv_scale(options.clients, options.seed, |name| {
        let path = root.join(name);
        let folder = path.parent().unwrap_or(root);
        files::create_folder(folder).map_err(std::io::Error::other)?;
        let file = File::create_new(&path)?;
        Ok(Box::new(BufWriter::with_capacity(1 << 20, file)) as Box<dyn Write>)
    });
    step.finish_and_clear();
    let rows = rows.map_err(|error| {
        Failure::new(
            Exit::Io,
            format!("De leveringen konden niet worden geschreven: {error}."),
        )
    })?;
    write_out(format!("{rows}\n").as_bytes(), None, false)?;
    reporter.say(&format!(
        "Leveringen van {} verzonnen cliënten staan in {}.",
        options.clients,
        root.display()
    ));
    Ok(Exit::Fine)
}
