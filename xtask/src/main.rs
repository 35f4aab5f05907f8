//! The chores of this repository: `cargo xtask check`, `test`, `tidy`, `bench`, `reference`.

mod bench;
mod check;
mod fuzz;
mod outside;
mod reference;
mod run;
mod test;
mod tidy;
mod tools;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask check          format, lints, architecture, licences: what must hold of the text
cargo xtask test           install what the tests need, then run them all
cargo xtask test --quick   only the Rust tests, nothing installed
cargo xtask tidy           architecture, sizes, wording and licences alone
cargo xtask fuzz [SECONDS] [TARGET…]
                           hostile input for the readers of outside files, 600 s each (nightly)
cargo xtask advisories     licences, sources and published advisories of every library
cargo xtask bench [N]      time every stage on N clients (default 1000000) beside its peers
cargo xtask bench statistics [N…] [TASK…]
                           time the statistics engine beside its peers on tables of N rows
                           (default 10000 100000), all tasks or those named
cargo xtask bench linkage [febrl4] [N…] [koppelpunt]
                           link febrl4 and N + N invented people beside splink, and hold the
                           koppelpunt's cost against its bare multiplications (default: all)
cargo xtask bench disclosure [N]
                           attack N protected tables (default 1000) with scipy, and time others
                           beside the fewest cells that could be hidden
cargo xtask bench chains     time simulated chains of a network beside ciw, and compare outcomes
cargo xtask reference DIR [--calls FILE] [--only REGEX] [--details]
                           hold the statistics engine against a folder of reference cases";

fn main() -> ExitCode {
    match chore() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn chore() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["check"] => check::check(),
        ["test"] => test::test(),
        ["test", "--quick"] => test::rust_tests(),
        ["fuzz", what @ ..] => fuzz::fuzz(what),
        ["advisories"] => fuzz::advisories(),
        ["tidy"] => tidy::tidy(),
        ["bench"] => bench::bench(1_000_000),
        ["bench", "statistics", what @ ..] => bench::statistics::bench(what),
        ["bench", "linkage", what @ ..] => bench::linkage::bench(what),
        ["bench", "disclosure", what @ ..] => outside::bench(what),
        ["bench", "chains"] => bench::chains::bench(),
        ["bench", clients] => bench::bench(clients.parse()?),
        ["reference", folder, options @ ..] => reference::reference(folder, options),
        _ => bail!("usage:\n{USAGE}"),
    }
}
