//! What is wrong with a TOML file, in Dutch: where, and what was expected there.

/// One sentence on `error`, which reading `text` gave.
pub(crate) fn sentence(text: &str, error: &toml::de::Error) -> String {
    let place = error.span().map_or(String::new(), |span| {
        let (line, column) = place(text, span.start);
        format!("regel {line}, teken {column}: ")
    });
    // What reads as TOML but not as a protocol has a fault in a field, not in the writing.
    let what = if text.parse::<toml::Table>().is_err() {
        syntax(error.message())
    } else {
        field(error.message())
    };
    format!("{place}{what}.")
}

/// Line and character of a byte, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}

/// What the parser's words are about, the first that fits.
const FAULTS: [(&str, &str); 7] = [
    ("duplicate", "dit veld of deze kop staat er twee keer"),
    ("array table", "deze kop is niet goed afgesloten met `]]`"),
    ("table", "deze kop is niet goed afgesloten met `]`"),
    (
        "array",
        "in deze lijst ontbreekt of staat een komma of `]` te veel",
    ),
    (
        "string",
        "deze tekst staat niet tussen aanhalingstekens, of is niet afgesloten",
    ),
    (
        "quote",
        "deze tekst staat niet tussen aanhalingstekens, of is niet afgesloten",
    ),
    ("value", "hier ontbreekt een `=` of een waarde"),
];

fn syntax(message: &str) -> String {
    let found = FAULTS.iter().find(|(word, _)| message.contains(word));
    let fault = found.map_or("dit hoort hier niet", |(_, fault)| fault);
    format!("dit is geen geldige TOML: {fault}")
}

fn field(message: &str) -> String {
    let named = quoted(message);
    let Some(first) = named.first() else {
        return other(message);
    };
    if message.starts_with("missing field") {
        format!("het veld `{first}` ontbreekt")
    } else if message.starts_with("unknown field") {
        format!("het veld `{first}` bestaat niet; {}", one_of(&named[1..]))
    } else if message.starts_with("unknown variant") {
        format!("`{first}` kan hier niet; {}", one_of(&named[1..]))
    } else if message.starts_with("duplicate field") {
        format!("het veld `{first}` staat er twee keer")
    } else {
        other(message)
    }
}

/// A value of another kind, or what our own readers say, which is Dutch.
fn other(message: &str) -> String {
    let Some(rest) = message.strip_prefix("invalid ") else {
        return message.trim_end_matches('.').to_owned();
    };
    let expected = rest.split_once("expected ").map_or("", |(_, kind)| kind);
    let found = rest.split_once(": ").map_or("", |(_, found)| found);
    if rest.starts_with("value") {
        return format!("deze waarde kan hier niet; hier hoort {}", kind(expected));
    }
    format!("hier hoort {}, niet {}", kind(expected), kind(found))
}

fn one_of(names: &[&str]) -> String {
    match names {
        [] => "hier horen geen velden".into(),
        names => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("kies uit {}", names.join(", "))
        }
    }
}

/// The words between backticks.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// What the parser calls a kind of value.
fn kind(name: &str) -> &'static str {
    const KINDS: [(&str, &str); 17] = [
        ("string", "een tekst tussen aanhalingstekens"),
        ("a string", "een tekst tussen aanhalingstekens"),
        ("boolean", "`true` of `false`"),
        ("a boolean", "`true` of `false`"),
        ("integer", "een geheel getal"),
        ("u", "een geheel getal, niet onder nul"),
        ("i", "een geheel getal"),
        ("floating", "een getal met een punt"),
        ("f", "een getal"),
        ("sequence", "een lijst tussen `[` en `]`"),
        ("a sequence", "een lijst tussen `[` en `]`"),
        ("array", "een lijst tussen `[` en `]`"),
        ("map", "een groep velden"),
        ("a map", "een groep velden"),
        ("struct", "een groep velden"),
        ("datetime", "een datum"),
        ("unit", "niets"),
    ];
    // Widths: u16, i64, f64, usize.
    let is_width = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit()) || rest == "size";
    let is = |wanted: &str| match wanted {
        "u" | "i" | "f" => name.strip_prefix(wanted).is_some_and(is_width),
        wanted => name.starts_with(wanted),
    };
    let found = KINDS.iter().find(|(wanted, _)| is(wanted));
    found.map_or("iets anders", |(_, dutch)| dutch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        #[expect(dead_code, reason = "only read")]
        studie: Section,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Section {
        titel: String,
        drempel: Option<u32>,
        aan: Option<bool>,
        lijst: Option<Vec<u8>>,
        soort: Option<Sort>,
    }

    #[derive(Debug, Deserialize)]
    enum Sort {
        #[serde(rename = "instroom")]
        Intake,
        #[serde(rename = "ontslag")]
        Exit,
    }

    fn wrong(text: &str) -> String {
        sentence(text, &toml::from_str::<Written>(text).unwrap_err())
    }

    #[test]
    fn every_fault_is_told_in_dutch_with_its_place() {
        let cases = [
            (
                "[studie\n",
                "regel 1, teken 8: dit is geen geldige TOML: deze kop is niet goed afgesloten met `]`.",
            ),
            (
                "[studie]\ntitel = \"a\"\ntitel = \"b\"\n",
                "regel 3, teken 1: dit is geen geldige TOML: dit veld of deze kop staat er twee keer.",
            ),
            (
                "[studie]\n",
                "regel 1, teken 1: het veld `titel` ontbreekt.",
            ),
            (
                "[studie]\ntitel = 3\n",
                "regel 2, teken 9: hier hoort een tekst tussen aanhalingstekens, niet een geheel getal.",
            ),
            (
                "[studie]\ntitel = \"é\"\nkop = 1\n",
                "regel 3, teken 1: het veld `kop` bestaat niet; kies uit `titel`, `drempel`, `aan`, `lijst`, `soort`.",
            ),
            (
                "[studie]\ntitel = \"é\"  \ndrempel = \"3\"\n",
                "regel 3, teken 11: hier hoort een geheel getal, niet onder nul, niet een tekst tussen aanhalingstekens.",
            ),
            (
                "[studie]\ntitel = \"a\"\ndrempel = -3\n",
                "regel 3, teken 11: deze waarde kan hier niet; hier hoort een geheel getal, niet onder nul.",
            ),
            (
                "[studie]\ntitel = \"a\"\naan = 1.5\n",
                "regel 3, teken 7: hier hoort `true` of `false`, niet een getal met een punt.",
            ),
            (
                "[studie]\ntitel = \"a\"\nlijst = true\n",
                "regel 3, teken 9: hier hoort een lijst tussen `[` en `]`, niet `true` of `false`.",
            ),
            (
                "[studie]\ntitel = \"a\"\nsoort = \"door\"\n",
                "regel 3, teken 9: `door` kan hier niet; kies uit `instroom`, `ontslag`.",
            ),
        ];
        for (text, says) in cases {
            assert_eq!(wrong(text), says, "{text}");
        }
        for text in ["titel", "titel = \"open\n", "a = [1, 2\n", "= 3\n"] {
            let sentence = wrong(text);
            assert!(
                sentence.contains("dit is geen geldige TOML: "),
                "{sentence}"
            );
            assert!(!sentence.contains("expected"), "{sentence}");
        }
    }
}
