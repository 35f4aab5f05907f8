//! What is shown while a command works: on standard error, and only to a person.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// Shows steps and bars, or nothing.
pub struct Reporter {
    shown: bool,
    terminal: bool,
}

impl Reporter {
    /// A reporter; quiet ones show nothing.
    pub fn new(quiet: bool) -> Self {
        Self {
            shown: !quiet,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// A line that stays.
    pub fn say(&self, line: &str) {
        if self.shown {
            eprintln!("{line}");
        }
    }

    /// A bar over bytes.
    pub fn bytes(&self, what: &str, total: u64) -> ProgressBar {
        let bar = self.bar(total);
        if let Ok(style) = ProgressStyle::with_template(
            "{msg:24} {wide_bar:.cyan/dim} {bytes:>10} van {total_bytes:10} {eta:>6}",
        ) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar
    }

    /// A turning sign for a step of unknown length.
    pub fn step(&self, what: &str) -> ProgressBar {
        let bar = if self.shown && self.terminal {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        if self.shown && !self.terminal {
            eprintln!("{what} …");
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    fn bar(&self, total: u64) -> ProgressBar {
        if self.shown && self.terminal {
            ProgressBar::new(total)
        } else {
            ProgressBar::hidden()
        }
    }
}
