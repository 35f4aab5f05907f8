//! Prints the list of rules, as kept in `docs/rules.md`.

fn main() {
    print!("{}", intake::render::rules_markdown());
}
