//! Numbers, marks and labels as people write them in tables.

use super::table::Entry;

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    kind: Kind,
    /// How many decimals it is written with.
    pub(super) decimals: u32,
    /// Whether anything is written at all.
    pub(super) is_said: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number(i64),
    Between(i64, Option<i64>),
    Hidden,
}

impl Value {
    /// The entry, in units of the last of so many decimals.
    pub(super) fn entry(self, decimals: u32) -> Entry {
        let scale = 10_i64.saturating_pow(decimals.saturating_sub(self.decimals));
        match self.kind {
            Kind::Number(number) => Entry::Shown(number.saturating_mul(scale)),
            Kind::Between(least, most) => {
                Entry::Between(least * scale, most.map(|most| most * scale))
            }
            Kind::Hidden => Entry::Hidden,
        }
    }
}

/// Marks that hide a number: `x` and `.` as Statistics Netherlands writes them, and others in use.
const HIDDEN: &[&str] = &["x", ".", "..", "...", "*", "#", "?", "geheim", "n.b.", "nb"];
/// Marks for nothing.
const NIL: &[&str] = &["-", "–", "—"];
/// Names of a margin.
const TOTALS: &[&str] = &[
    "totaal",
    "total",
    "totalen",
    "alle",
    "allen",
    "alles",
    "som",
    "eindtotaal",
];
/// Names of the column of numbers in a list.
const VALUES: &[&str] = &[
    "waarde",
    "value",
    "aantal",
    "aantallen",
    "count",
    "n",
    "freq",
    "frequentie",
];

pub(super) fn is_total(text: &str) -> bool {
    text.is_empty() || TOTALS.contains(&text.to_lowercase().as_str())
}

pub(super) fn is_value_name(text: &str) -> bool {
    VALUES.contains(&text.to_lowercase().as_str())
}

/// What a text says of a number; nothing if it is neither a number nor a mark.
pub(super) fn value(text: &str) -> Option<Value> {
    let of = |kind, decimals| {
        Some(Value {
            kind,
            decimals,
            is_said: !text.is_empty(),
        })
    };
    if text.is_empty() || HIDDEN.contains(&text.to_lowercase().as_str()) {
        return of(Kind::Hidden, 0);
    }
    if NIL.contains(&text) {
        return of(Kind::Number(0), 0);
    }
    let limit = |rest: &str| number(rest.trim()).filter(|(_, decimals)| *decimals == 0);
    // A mark below a limit stands for somebody: nobody has its own sign.
    if let Some(rest) = text.strip_prefix("<=").or(text.strip_prefix('≤')) {
        return of(Kind::Between(1, Some(limit(rest)?.0)), 0);
    }
    if let Some(rest) = text.strip_prefix('<') {
        return of(Kind::Between(1, Some(limit(rest)?.0 - 1)), 0);
    }
    if let Some(rest) = text.strip_prefix(">=").or(text.strip_prefix('≥')) {
        return of(Kind::Between(limit(rest)?.0, None), 0);
    }
    if let Some(rest) = text.strip_prefix('>') {
        return of(Kind::Between(limit(rest)?.0 + 1, None), 0);
    }
    if let Some((least, most)) = text
        .split_once(['-', '–'])
        .filter(|(least, _)| !least.is_empty())
    {
        let (least, most) = (limit(least)?.0, limit(most)?.0);
        return (least <= most).then_some(Value {
            kind: Kind::Between(least, Some(most)),
            decimals: 0,
            is_said: true,
        });
    }
    let (number, decimals) = number(text)?;
    of(Kind::Number(number), decimals)
}

/// A number and its decimals: `1.234`, `1 234` and `1234` are the same, `12,5` and `12.5` too.
fn number(text: &str) -> Option<(i64, u32)> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let (whole, decimals) = match text.split_once(',') {
        Some((whole, decimals)) => (without_points(whole)?, decimals.to_owned()),
        None => match without_points(&text) {
            Some(whole) => (whole, String::new()),
            None => {
                let (whole, decimals) = text.split_once('.')?;
                (whole.to_owned(), decimals.to_owned())
            }
        },
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let decimals = decimals.trim_end_matches('0');
    if whole.is_empty() || !digits(&whole) || !digits(decimals) || whole.len() + decimals.len() > 15
    {
        return None;
    }
    let number: i64 = format!("{whole}{decimals}").parse().ok()?;
    Some((
        if negative { -number } else { number },
        decimals.len() as u32,
    ))
}

/// A whole number with or without points between thousands.
fn without_points(text: &str) -> Option<String> {
    let mut groups = text.split('.');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let fits = rest.iter().all(|group| group.len() == 3)
        && (rest.is_empty() || (1..=3).contains(&first.len()));
    fits.then(|| format!("{first}{}", rest.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Option<Entry> {
        value(text).map(|value| value.entry(value.decimals))
    }

    #[test]
    fn numbers_and_marks() {
        assert_eq!(entry("1.234"), Some(Entry::Shown(1234)));
        assert_eq!(entry("1 234"), Some(Entry::Shown(1234)));
        assert_eq!(entry("12,5"), Some(Entry::Shown(125)));
        assert_eq!(entry("12.5"), Some(Entry::Shown(125)));
        assert_eq!(entry("-3"), Some(Entry::Shown(-3)));
        assert_eq!(entry("-"), Some(Entry::Shown(0)));
        for mark in ["x", "X", ".", "*", "geheim", ""] {
            assert_eq!(entry(mark), Some(Entry::Hidden), "{mark}");
        }
        assert_eq!(entry("<5"), Some(Entry::Between(1, Some(4))));
        assert_eq!(entry("≤ 4"), Some(Entry::Between(1, Some(4))));
        assert_eq!(entry("1-4"), Some(Entry::Between(1, Some(4))));
        assert_eq!(entry(">100"), Some(Entry::Between(101, None)));
        for text in ["Drenthe", "12%", "1.2.3", "4-1"] {
            assert_eq!(entry(text), None, "{text}");
        }
    }
}
