//! The stream, step by step: seal, link, receive, run, release, report.
//!
//! Each step is a function over folders and files, so that the commands and the demo do
//! exactly the same.

mod link;
mod publish;
mod seal;
mod study;

pub use link::link;
pub use publish::{Shown, details, publication, release, report, show};
pub use seal::{Sealing, seal};
pub use study::{receive, run};

use crate::exit::Failure;
use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};
use std::path::Path;
use store::Protocol;

/// A cryptographically secure generator, seeded by the operating system.
pub fn secure_rng() -> StdRng {
    StdRng::try_from_rng(&mut SysRng)
        .expect("an operating system without randomness cannot keep secrets")
}

/// Reads `study.toml`.
///
/// # Errors
/// A file that is not there or not a protocol.
pub fn read_protocol(path: &Path) -> Result<Protocol, Failure> {
    Ok(Protocol::parse(&store::files::read_text(path)?, path)?)
}

/// A public key in `study.toml`.
fn public_key<T: std::str::FromStr>(text: &str, what: &str, path: &Path) -> Result<T, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            crate::exit::Exit::Unreadable,
            format!(
                "{}: `{what}` ontbreekt of is geen openbare sleutel. Kopieer de regel uit `doorstroom key show`.",
                path.display()
            ),
        )
    })
}
