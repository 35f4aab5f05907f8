//! Passphrases: from the terminal, or from a file where no person sits at it.

use crate::exit::{Exit, Failure};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use store::{KeyFolder, Prompt};
use zeroize::Zeroizing;

/// The file whose first line is the passphrase, for timers and servers.
const PASSPHRASE_FILE: &str = "DOORSTROOM_WACHTZIN_BESTAND";

/// The same for a new passphrase.
const NEW_PASSPHRASE_FILE: &str = "DOORSTROOM_NIEUWE_WACHTZIN_BESTAND";

/// A folder with keys, whose passphrase is asked where it has one. One question is asked once
/// in a command.
pub fn key_folder(path: &Path) -> KeyFolder {
    static TERMINAL: OnceLock<Arc<Terminal>> = OnceLock::new();
    let terminal = TERMINAL.get_or_init(|| Arc::new(Terminal::default()));
    KeyFolder::asking(path, terminal.clone())
}

/// The folder in which the secrets of a party lie: of a study the one within.
pub fn secrets_folder(dir: &Path) -> KeyFolder {
    if dir.join("study.toml").exists() {
        key_folder(&dir.join("sleutels"))
    } else {
        key_folder(dir)
    }
}

#[derive(Default)]
struct Terminal {
    answers: Mutex<BTreeMap<String, Zeroizing<String>>>,
}

impl Prompt for Terminal {
    fn ask(&self, question: &str) -> Option<Zeroizing<String>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = answers.get(question) {
            return Some(known.clone());
        }
        let answer = from_file(PASSPHRASE_FILE).or_else(|| from_terminal(question))?;
        answers.insert(question.to_owned(), answer.clone());
        Some(answer)
    }

    fn tell(&self, message: &str) {
        eprintln!("{message}");
    }
}

/// Asks for a new passphrase, twice where a person types it.
///
/// # Errors
/// Nobody to ask; two different answers.
pub fn new_passphrase() -> Result<Zeroizing<String>, Failure> {
    if let Some(passphrase) = from_file(NEW_PASSPHRASE_FILE) {
        return Ok(passphrase);
    }
    let nobody = || {
        Failure::new(
            Exit::Refused,
            format!(
                "Er is niemand om een wachtzin aan te vragen. Voer de opdracht uit in een terminal, of geef in {NEW_PASSPHRASE_FILE} een bestand met de nieuwe wachtzin op."
            ),
        )
    };
    let question = format!(
        "Nieuwe wachtzin (ten minste {} tekens)",
        store::SHORTEST_PASSPHRASE
    );
    let first = from_terminal(&question).ok_or_else(nobody)?;
    let second = from_terminal("Nog een keer").ok_or_else(nobody)?;
    if *first == *second {
        Ok(first)
    } else {
        Err(Failure::new(
            Exit::Refused,
            "De twee wachtzinnen zijn niet gelijk; er is niets veranderd.",
        ))
    }
}

/// The first line of the file that this variable names.
fn from_file(variable: &str) -> Option<Zeroizing<String>> {
    let path = std::env::var_os(variable)?;
    let text = store::files::read_text(Path::new(&path)).map(Zeroizing::new);
    match text {
        Ok(text) => text
            .lines()
            .next()
            .map(|line| Zeroizing::new(line.to_owned())),
        Err(error) => {
            eprintln!("{variable}: {}", error.sentence());
            None
        }
    }
}

fn from_terminal(question: &str) -> Option<Zeroizing<String>> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    let answer = rpassword::prompt_password(format!("{question}: "));
    answer.ok().map(Zeroizing::new)
}
