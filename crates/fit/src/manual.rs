//! The list of procedures and options, for `docs/fit-options.md`.

use crate::FitCall;
use crate::arguments::SurvivalArguments;
use clap::{Arg, Args, Command};
use std::collections::HashSet;
use std::fmt::Write;

/// The procedures and their options in Markdown, as kept in `docs/fit-options.md`.
///
/// ```
/// assert!(fit::manual::markdown().contains("## `km`"));
/// ```
pub fn markdown() -> String {
    let mut text = String::from(
        "# Opties van `doorstroom fit`\n\n\
         Dit bestand is gemaakt uit de definities in `crates/fit/src/`; verander het daar en draai\n\
         `cargo run -p fit --example list_options > docs/fit-options.md`.\n\n\
         Aanroep: `doorstroom fit PROCEDURE GEGEVENS FORMULE [OPTIES]`. Uitleg van formules, van de\n\
         JSON-uitvoer en van fouten staat in `docs/fit.md`.\n",
    );
    let shared = SurvivalArguments::augment_args(Command::new("shared"));
    let shared_names: HashSet<&str> = shared.get_arguments().map(name).collect();
    text.push_str("\n## Opties die veel procedures kennen\n\n");
    for argument in shared.get_arguments() {
        describe(&mut text, argument);
    }
    let call = FitCall::augment_args(Command::new("fit"));
    for argument in call.get_arguments() {
        describe(&mut text, argument);
    }
    for procedure in call.get_subcommands() {
        // Writing to a String cannot fail.
        let about = procedure
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        let _ = write!(text, "\n## `{}`\n\n{about}\n\n", procedure.get_name());
        let _ = writeln!(text, "    {}\n", usage(procedure));
        let own = procedure
            .get_arguments()
            .filter(|a| !shared_names.contains(name(a)));
        for argument in own {
            describe(&mut text, argument);
        }
        let known = procedure
            .get_arguments()
            .filter(|a| shared_names.contains(name(a)));
        let known: Vec<String> = known
            .filter_map(|argument| Some(format!("`--{}`", argument.get_long()?)))
            .collect();
        if !known.is_empty() {
            let _ = writeln!(text, "\nKent ook {}.", known.join(", "));
        }
    }
    text
}

fn name(argument: &Arg) -> &str {
    argument.get_id().as_str()
}

/// The positional arguments, and the shared options that the procedure knows.
fn usage(procedure: &Command) -> String {
    let mut usage = procedure.get_name().to_owned();
    for argument in procedure.get_positionals() {
        let _ = write!(usage, " {}", value(argument));
    }
    usage.push_str(" [OPTIES]");
    usage
}

fn value(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    names
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

fn describe(text: &mut String, argument: &Arg) {
    let help = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let label = match argument.get_long() {
        None => value(argument),
        Some(long) if argument.get_action().takes_values() => {
            format!("--{long} {}", value(argument))
        }
        Some(long) => format!("--{long}"),
    };
    let _ = write!(text, "- `{}`: {}", label.trim_end(), one_line(&help));
    if !argument.get_action().takes_values() {
        text.push('\n');
        return;
    }
    let choices = argument.get_possible_values();
    if !choices.is_empty() {
        let names: Vec<&str> = choices.iter().map(|choice| choice.get_name()).collect();
        let _ = write!(text, " Keuze: {}.", names.join(", "));
    }
    let defaults = argument.get_default_values();
    if !defaults.is_empty() {
        let texts: Vec<_> = defaults
            .iter()
            .map(|default| default.to_string_lossy())
            .collect();
        let _ = write!(text, " Standaard: {}.", texts.join(", "));
    }
    text.push('\n');
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.ends_with(['.', '?', ':']) || line.is_empty() {
        true => line,
        false => line + ".",
    }
}
