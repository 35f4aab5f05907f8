//! What must hold of the text before anything is run.

use crate::run::{cargo, run};
use crate::tidy;
use anyhow::Result;

/// Format, architecture, lints and documentation.
pub fn check() -> Result<()> {
    run("cargo fmt", cargo().args(["fmt", "--all", "--check"]))?;
    tidy::tidy()?;
    run(
        "cargo clippy",
        cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    run(
        "cargo doc",
        cargo().env("RUSTDOCFLAGS", "-D warnings").args([
            "doc",
            "--workspace",
            "--no-deps",
            "--locked",
            "--quiet",
        ]),
    )
}
