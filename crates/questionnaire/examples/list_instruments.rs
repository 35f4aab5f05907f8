//! Prints the table of `docs/methods/instruments.md`.

use questionnaire::{Library, render};

fn main() {
    print!("{}", render::markdown(Library::shipped()));
}
