//! The list of rules, for `docs/rules.md`.

use crate::{Rule, Severity, all_rules};
use std::fmt::Write;

const FAMILIES: &[(char, &str)] = &[
    ('S', "Structuur"),
    ('T', "Vorm van datums, getallen en nummers"),
    ('C', "Codes"),
    ('K', "Sleutels en dubbele rijen"),
    ('D', "Volgorde van datums"),
    ('O', "Overlap en gaten"),
    ('L', "Titel, financiering en beveiliging"),
    ('A', "Leeftijd"),
    ('R', "Grenzen en scores"),
    ('P', "Privacy"),
    ('G', "Grondslag"),
    ('X', "Ontslag"),
    ('Q', "Aansluiting"),
];

/// The list of rules in Markdown, as kept in `docs/rules.md`.
pub fn rules_markdown() -> String {
    let mut text = String::from(
        "# Regels van de controle\n\n\
         Dit bestand is gemaakt uit de definities in `crates/intake/src/rules/`; verander het daar.\n\n",
    );
    let count = |severity| {
        all_rules()
            .iter()
            .filter(|rule| rule.severity == severity)
            .count()
    };
    writeln!(
        text,
        "Er zijn {} regels: {} blokkerend, {} waarschuwingen en {} opmerkingen. Wat blokkeert, moet \
         eerst worden hersteld. Een bevinding noemt bestand, blad, rij en kolom, nooit wat er in de cel staat.",
        all_rules().len(),
        count(Severity::Blocking),
        count(Severity::Warning),
        count(Severity::Note),
    )
    .expect("writing to a string cannot fail");
    for (letter, family) in FAMILIES {
        let of_family = all_rules()
            .iter()
            .filter(|rule| rule.code.starts_with(*letter));
        writeln!(text, "\n## {letter} – {family}").expect("writing to a string cannot fail");
        of_family.for_each(|rule| describe(&mut text, rule));
    }
    text
}

fn describe(text: &mut String, rule: &Rule) {
    let Rule {
        code,
        title,
        why,
        example,
        mend,
        ..
    } = rule;
    write!(
        text,
        "\n### {code} {title}\n\nErnst: {}.\n\n{why}\n\n- Voorbeeld (verzonnen): {example}\n- Herstel: {mend}\n",
        rule.severity.label(),
    )
    .expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_belongs_to_a_family() {
        let text = rules_markdown();
        for rule in all_rules() {
            assert!(
                text.contains(&format!("### {} ", rule.code)),
                "{}",
                rule.code
            );
        }
    }
}
