//! Sentences and numbers that more than one product needs.

use disclosure::{Cell, PublicationHeader, Published};
use estimate::LinkageEvidence;
use figure::dutch;

/// Days in a month and in a year, on average; for reading only.
const DAYS_PER_MONTH: f64 = 30.4375;
const DAYS_PER_YEAR: f64 = 365.25;
/// Shorter than this is told in days, shorter than the other in months.
const MONTHS_FROM_DAYS: f64 = 61.0;
const YEARS_FROM_DAYS: f64 = 731.0;

const NUMERALS: [&str; 13] = [
    "nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf",
    "twaalf",
];

/// A duration as people say it: number and unit apart.
pub(crate) fn duration(days: f64) -> (String, &'static str) {
    if days < MONTHS_FROM_DAYS {
        let number = dutch::number(days, 0);
        let unit = if number == "1" { "dag" } else { "dagen" };
        (number, unit)
    } else if days < YEARS_FROM_DAYS {
        (dutch::number(days / DAYS_PER_MONTH, 0), "maanden")
    } else {
        (dutch::number(days / DAYS_PER_YEAR, 1), "jaar")
    }
}

/// A small number in words, a larger one in digits.
pub(crate) fn numeral(number: usize) -> String {
    match NUMERALS.get(number) {
        Some(word) => (*word).to_owned(),
        None => dutch::count(number as u64),
    }
}

/// A number of persons: `twee personen`.
pub(crate) fn persons(number: usize) -> String {
    let noun = if number == 1 { "persoon" } else { "personen" };
    format!("{} {noun}", numeral(number))
}

/// A count, or what stands for it when it is hidden.
pub(crate) fn count(cell: Cell) -> String {
    cell.count()
        .map_or_else(|| dutch::HIDDEN_SIGN.to_owned(), dutch::count)
}

/// What a result rests on: `n = 400 opnames`.
pub(crate) fn basis(published: &Published) -> String {
    let unit = published.unit().label();
    match published.n() {
        Cell::Count(n) => format!("n = {} {unit}", dutch::count(n)),
        Cell::Suppressed => format!("n {} ({unit})", dutch::HIDDEN),
    }
}

/// The share of true links that were found: `naar schatting 97,3–99,7%`.
pub(crate) fn found_links(linkage: &LinkageEvidence) -> String {
    let (low, high) = linkage.sensitivity;
    format!(
        "naar schatting {}",
        dutch::percentage_interval(low, high, 1)
    )
}

/// How much larger the share that returns elsewhere is than was counted, if it is known:
/// `0,3–2,8% groter dan hier geteld`.
pub(crate) fn missed_returns(linkage: &LinkageEvidence) -> Option<String> {
    let (least, most) = linkage.return_factors?;
    Some(format!(
        "{} groter dan hier geteld",
        dutch::percentage_interval(least - 1.0, most - 1.0, 1)
    ))
}

/// The first digits of a digest, enough for people to tell releases apart.
pub(crate) fn short_digest(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Day of release in running text.
pub(crate) fn released_on(header: &PublicationHeader) -> Result<String, crate::Error> {
    dutch::long_date(&header.released_on).ok_or(crate::Error::ReleaseDay)
}

/// How small numbers are protected, in sentences.
pub(crate) fn protection(header: &PublicationHeader) -> Vec<String> {
    let threshold = header.threshold;
    let mut sentences = vec![
        format!(
            "Een aantal onder de {threshold} wordt niet getoond. Er staat dan {}.",
            dutch::HIDDEN_SIGN
        ),
        format!(
            "Soms staat {} bij een groter aantal, omdat anders een klein aantal uit te rekenen is.",
            dutch::HIDDEN_SIGN
        ),
    ];
    if header.rounding_base > 1 {
        sentences.push(format!(
            "Aantallen zijn afgerond op {}-tallen. Percentages zijn daarmee berekend.",
            header.rounding_base
        ));
    }
    sentences.push("Een lijn stopt waar nog maar weinig mensen gevolgd worden.".to_owned());
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_grow_their_unit() {
        assert_eq!(duration(1.0), ("1".to_owned(), "dag"));
        assert_eq!(duration(60.0), ("60".to_owned(), "dagen"));
        assert_eq!(duration(549.0), ("18".to_owned(), "maanden"));
        assert_eq!(duration(900.0), ("2,5".to_owned(), "jaar"));
    }

    #[test]
    fn small_numbers_are_words() {
        assert_eq!(persons(1), "een persoon");
        assert_eq!(persons(2), "twee personen");
        assert_eq!(numeral(13), "13");
    }
}
