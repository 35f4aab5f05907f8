//! The command line with all of its help in Dutch, the headings and hints of `clap` included.

use crate::arguments::Arguments;
use clap::{Arg, ArgAction, Command, CommandFactory};

const TEMPLATE: &str =
    "{before-help}{about-with-newline}\nGebruik: {usage}\n\n{all-args}{after-help}";

/// The whole command line.
pub fn command() -> Command {
    let version = Arg::new("versie")
        .long("version")
        .short('V')
        .action(ArgAction::Version)
        .help("Toon de versie.");
    let root = Arguments::command().disable_version_flag(true).arg(version);
    dutch(root, "doorstroom")
}

fn dutch(command: Command, path: &str) -> Command {
    let help = Arg::new("hulp")
        .long("help")
        .short('h')
        .action(ArgAction::Help)
        .help("Toon deze hulp.");
    let command = command
        .disable_help_flag(true)
        .arg(help)
        .subcommand_help_heading("Opdrachten")
        .subcommand_value_name("OPDRACHT")
        .help_template(TEMPLATE)
        .mut_args(argument)
        .mut_subcommands(|below| {
            let path = format!("{path} {}", below.get_name());
            dutch(below, &path)
        });
    let usage = usage(command.clone().bin_name(path));
    command.override_usage(usage)
}

/// The line of usage, without the word in front of it.
fn usage(mut command: Command) -> String {
    let written = command.render_usage().to_string();
    let line = written.split_once(": ").map_or("", |(_, line)| line);
    line.replace("[OPTIONS]", "[OPTIES]")
}

/// An argument under a Dutch heading, with its choices and default told in its own sentence.
fn argument(argument: Arg) -> Arg {
    let heading = if argument.is_positional() {
        "Argumenten"
    } else {
        "Opties"
    };
    let mut help = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    if !argument.get_action().takes_values() {
        return argument.help_heading(heading);
    }
    help += &choices(&argument);
    help += &default(&argument);
    argument
        .help_heading(heading)
        .hide_possible_values(true)
        .hide_default_value(true)
        .help(help)
}

fn choices(argument: &Arg) -> String {
    let values = argument.get_possible_values();
    let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" [keuze: {}]", names.join(", "))
}

fn default(argument: &Arg) -> String {
    let values = argument.get_default_values();
    let texts: Vec<_> = values.iter().map(|value| value.to_string_lossy()).collect();
    if texts.is_empty() {
        return String::new();
    }
    format!(" [standaard: {}]", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `clap` says by itself.
    const ENGLISH: [&str; 13] = [
        "Research",
        "Usage",
        "Options",
        "OPTIONS",
        "Commands",
        "COMMAND",
        "Arguments",
        "Print ",
        "possible values",
        "Possible values",
        "default:",
        "aliases",
        "more with",
    ];

    fn check(command: &mut Command, seen: &mut usize) {
        command.build();
        let helps = [command.render_help(), command.render_long_help()];
        for help in helps.map(|help| help.to_string()) {
            for word in ENGLISH {
                assert!(!help.contains(word), "`{word}` in:\n{help}");
            }
            assert!(help.contains("Gebruik: doorstroom"), "{help}");
            assert!(help.contains("Opties:"), "{help}");
        }
        *seen += 1;
        for below in command.get_subcommands_mut() {
            check(below, seen);
        }
    }

    #[test]
    fn all_help_is_dutch() {
        let mut seen = 0;
        check(&mut command(), &mut seen);
        assert!(seen >= 26, "{seen} commands");
    }

    #[test]
    fn choices_and_defaults_are_told() {
        let mut command = command();
        command.build();
        let check = command.find_subcommand_mut("check").unwrap();
        let help = check.render_help().to_string();
        assert!(
            help.contains("[keuze: text, json, xlsx, sarif] [standaard: text]"),
            "{help}"
        );
        assert!(
            help.contains("Gebruik: doorstroom check [OPTIES] <LEVERING>"),
            "{help}"
        );
    }
}
