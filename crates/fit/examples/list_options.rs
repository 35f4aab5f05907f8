//! Prints the list of procedures and options, as kept in `docs/fit-options.md`.

fn main() {
    print!("{}", fit::manual::markdown());
}
