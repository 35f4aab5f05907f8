//! `doorstroom seal`: a delivery in two sealed files.

use crate::arguments::Seal;
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use crate::stream::{self, Sealing};

/// Checks and seals a delivery.
pub fn run(options: &Seal, reporter: &Reporter) -> Result<Exit, Failure> {
    let sealing = Sealing {
        delivery: &options.dir,
        profile: options.profile.as_deref(),
        study: &options.study,
        keys: &options.keys,
        out: &options.out,
    };
    stream::seal(&sealing, reporter).map(|sealed| sealed.exit)
}
