//! `doorstroom seal`: a delivery in two sealed files.

use crate::arguments::Seal;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use crate::stream::{self, Sealing};
use store::Placing;

/// Checks and seals a delivery.
pub fn run(options: &Seal, reporter: &Reporter) -> Result<Exit, Failure> {
    let sealing = Sealing {
        delivery: &options.dir,
        profile: options.profile.as_deref(),
        study: &options.study,
        keys: &options.keys,
        out: &options.out,
        placing: placing(options),
    };
    let sealed = stream::seal(&sealing, reporter)?;
    for client in &sealed.to_withdraw {
        eprintln!(
            "Cliënt {client} is eerder geleverd en heeft geen grondslag meer. Laat wissen wat er al is: `doorstroom erasure request --client {client} --delivery {} --study {} --keys {} --out {}`{}.",
            options.dir.display(),
            options.study.display(),
            options.keys.display(),
            options.out.display(),
            options
                .profile
                .as_deref()
                .map_or(String::new(), |profile| format!(
                    " met `--profile {}`",
                    profile.display()
                ))
        );
    }
    Ok(sealed.exit)
}

fn placing(options: &Seal) -> Placing {
    match options.after.as_deref() {
        Some("geen") => Placing::First,
        Some(digest) => Placing::After(digest.to_owned()),
        None if options.replace_unsent => Placing::ReplaceUnsent,
        None if options.correction => Placing::Correction,
        None => Placing::Next,
    }
}
