//! All tests: ours in Rust, and those that hold our output against other people's programs.

use crate::run::{cargo, run};
use crate::tools;
use anyhow::Result;

/// Installs what is needed and runs everything.
pub fn test() -> Result<()> {
    tools::debian()?;
    rust_tests()
}

/// The Rust tests alone.
pub fn rust_tests() -> Result<()> {
    run(
        "cargo test",
        cargo().args(["test", "--workspace", "--locked", "--quiet"]),
    )
}
