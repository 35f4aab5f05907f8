//! The command line of Doorstroom: it wires the crates together and decides nothing itself.
//!
//! Results go to standard output, messages to standard error. Each cause has an exit code of
//! its own ([`exit::Exit`]), listed in `--help`.

mod arguments;
mod commands;
mod delivery;
mod exit;
mod help;
mod keyboard;
mod progress;
mod stream;
mod tables;
mod usage;

use arguments::{Arguments, Command};
use clap::FromArgMatches;
use clap::error::ErrorKind;
use exit::{Exit, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    let parsed = help::command()
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return no_command(&error),
    };
    match run(arguments) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            eprintln!("{}", failure.sentence());
            failure.exit().into()
        }
    }
}

/// Help that was asked for, or a sentence on what is wrong with the command line.
fn no_command(error: &clap::Error) -> ExitCode {
    let asks_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if error.use_stderr() && !asks_help {
        eprintln!("{}", usage::sentence(error));
    } else {
        // A closed pipe while printing help is nobody's problem.
        let _ = error.print();
    }
    if error.use_stderr() {
        Exit::Usage.into()
    } else {
        Exit::Fine.into()
    }
}

fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let progress = progress::Reporter::new(arguments.quiet);
    match arguments.command {
        Command::Dictionary(options) => commands::dictionary::run(&options),
        Command::Template(options) => commands::dictionary::template(&options),
        Command::Map(options) => commands::map::run(&options, &progress),
        Command::Check(options) => commands::check::run(&options, &progress),
        Command::Instrument(options) => commands::instrument::run(&options),
        Command::Key(options) => commands::key::run(&options, &progress),
        Command::Seal(options) => commands::seal::run(&options, &progress),
        Command::Link(options) => commands::link::run(&options, &progress),
        Command::Register(options) => commands::register::run(&options),
        Command::Review(options) => commands::review::run(&options),
        Command::Receipt(options) => commands::receipt::run(&options),
        Command::Log(options) => commands::log::run(&options),
        Command::Erasure(options) => commands::erasure::run(&options, &progress),
        Command::New(options) => commands::new::run(&options),
        Command::Receive(options) => commands::receive::run(&options, &progress),
        Command::Run(options) => commands::run::run(&options, &progress),
        Command::Release(options) => commands::release::run(&options),
        Command::Report(options) => commands::report::run(&options, &progress),
        Command::Audit(options) => commands::audit::run(&options),
        Command::Protect(options) => commands::protect::run(&options),
        Command::Fit(call) => commands::fit::run(&call),
        Command::Demo(options) => commands::demo::run(&options, &progress),
    }
}
