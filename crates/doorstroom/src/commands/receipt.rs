//! `doorstroom receipt`: what the study team says that it received.

use crate::arguments::Receipt;
use crate::exit::{Exit, Failure};
use crate::stream;

/// Tells a receipt, and prints the signed state of the study's log that it carries.
pub fn run(options: &Receipt) -> Result<Exit, Failure> {
    let receipt = stream::receipt(&options.file, &options.study, &options.keys)?;
    eprintln!(
        "Levering {} (kenmerk {}) is ontvangen op {}{}: {} cliënten, {} rijen. Dat is wat met deze sleutels is verzegeld.",
        receipt.delivery,
        receipt.manifest.short(),
        receipt.received_at,
        if receipt.correction {
            ", als correctie"
        } else {
            ""
        },
        receipt.clients,
        receipt.rows
    );
    eprintln!(
        "De stand van het logboek van de studie is bewaard bij de sleutels. Wie het logboek controleert, vraagt erom (`doorstroom log STUDIE --checkpoint BESTAND`):"
    );
    print!("{}", receipt.checkpoint);
    Ok(Exit::Fine)
}
