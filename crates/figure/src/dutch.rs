//! The one place where numbers and dates become Dutch text.

/// Minus sign (U+2212), not a hyphen.
const MINUS: char = '−';
/// En dash (U+2013) between the ends of an interval.
const EN_DASH: char = '–';
/// What stands for a limit that is not reached.
const NOT_REACHED: &str = "niet bereikt";

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// A whole number: `1.234`.
pub fn count(value: u64) -> String {
    group_thousands(&value.to_string())
}

/// A number with a fixed number of decimals: `1.234,5`, `−0,3`.
pub fn number(value: f64, decimals: u8) -> String {
    let text = format!("{:.*}", usize::from(decimals), value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let mut out = String::new();
    if value < 0.0 && !is_zero {
        out.push(MINUS);
    }
    out.push_str(&group_thousands(whole));
    if !fraction.is_empty() {
        out.push(',');
        out.push_str(fraction);
    }
    out
}

/// A share (0–1) as a percentage: `12,3%`.
pub fn percentage(share: f64, decimals: u8) -> String {
    format!("{}%", number(share * 100.0, decimals))
}

/// An interval of numbers: `12,1–16,0`.
pub fn interval(lower: f64, upper: f64, decimals: u8) -> String {
    format!(
        "{}{EN_DASH}{}",
        number(lower, decimals),
        number(upper, decimals)
    )
}

/// An interval of shares (0–1): `12,1–16,0%`.
pub fn percentage_interval(lower: f64, upper: f64, decimals: u8) -> String {
    format!("{}%", interval(lower * 100.0, upper * 100.0, decimals))
}

/// An interval of which an end may not be reached: `210–niet bereikt`.
pub fn open_interval(lower: Option<f64>, upper: Option<f64>, decimals: u8) -> String {
    let end = |value: Option<f64>| value.map_or(NOT_REACHED.to_owned(), |v| number(v, decimals));
    format!("{}{EN_DASH}{}", end(lower), end(upper))
}

/// What stands for a hidden count in running text, after "n" for example.
pub const HIDDEN: &str = "verborgen";
/// What stands for a hidden count where there is little room. It is the same whatever the
/// reason: another mark for small counts than for those that protect them would tell which
/// counts are small, and `<10` would not be true of the others.
pub const HIDDEN_SIGN: &str = "x";

/// Days: `1 dag`, `1.234 dagen`.
pub fn days(value: f64) -> String {
    let text = number(value, 0);
    let noun = if text == "1" { "dag" } else { "dagen" };
    format!("{text} {noun}")
}

/// A date in running text, from `jjjj-mm-dd`: `1 februari 2024`; `None` if it is no date.
pub fn long_date(iso: &str) -> Option<String> {
    let (year, month, day) = parts(iso)?;
    Some(format!("{day} {} {year}", MONTHS[month as usize - 1]))
}

/// A date in a table, from `jjjj-mm-dd`: `01-02-2024`; `None` if it is no date.
pub fn short_date(iso: &str) -> Option<String> {
    let (year, month, day) = parts(iso)?;
    Some(format!("{day:02}-{month:02}-{year}"))
}

/// A list in a sentence: `a, b en c`.
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} en {}", first.join(", "), last.as_ref())
        }
    }
}

/// The same text with a capital first, as at the start of a sentence.
pub fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn parts(iso: &str) -> Option<(u32, u32, u32)> {
    let mut fields = iso.split('-');
    let year: u32 = fields.next().filter(|f| f.len() == 4)?.parse().ok()?;
    let month: u32 = fields.next().filter(|f| f.len() == 2)?.parse().ok()?;
    let day: u32 = fields.next().filter(|f| f.len() == 2)?.parse().ok()?;
    let fits = fields.next().is_none() && (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then_some((year, month, day))
}

fn group_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dutch() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234), "1.234");
        assert_eq!(count(1_234_567), "1.234.567");
        assert_eq!(number(1234.5, 1), "1.234,5");
        assert_eq!(number(-0.25, 2), "−0,25");
        assert_eq!(number(-0.001, 1), "0,0");
        assert_eq!(number(-1234.0, 0), "−1.234");
    }

    #[test]
    fn shares_and_intervals_are_dutch() {
        assert_eq!(percentage(0.123, 1), "12,3%");
        assert_eq!(percentage(1.0, 0), "100%");
        assert_eq!(interval(12.1, 16.0, 1), "12,1–16,0");
        assert_eq!(percentage_interval(0.121, 0.16, 1), "12,1–16,0%");
        assert_eq!(open_interval(Some(210.0), None, 0), "210–niet bereikt");
    }

    #[test]
    fn days_are_dutch() {
        assert_eq!(days(1.0), "1 dag");
        assert_eq!(days(1234.0), "1.234 dagen");
    }

    #[test]
    fn dates_are_dutch_and_checked() {
        assert_eq!(long_date("2024-02-01").as_deref(), Some("1 februari 2024"));
        assert_eq!(short_date("2024-02-01").as_deref(), Some("01-02-2024"));
        for no_date in [
            "",
            "2024",
            "2024-13-01",
            "2024-01-32",
            "24-01-01",
            "2024-01-01-01",
        ] {
            assert_eq!(long_date(no_date), None, "{no_date}");
        }
    }

    #[test]
    fn lists_and_sentences() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b en c");
        assert_eq!(sentence_case("één twee"), "Één twee");
    }
}
