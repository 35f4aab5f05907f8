//! Quotations: only those that the speaker agreed to and two people read, without anything in
//! them that looks like a name, a number or a date; a voice only where enough people have it.

use super::{Plan, Planner};
use crate::check::Check;
use crate::{Refusal, ReleasedQuotation, ReleasedQuotations};
use estimate::{Quotation, Quotations};
use std::collections::BTreeSet;

/// Who is quoted where a voice has too few speakers.
const SOMEBODY: &str = "deelnemer";
/// So many people read a quotation before it may be shown.
const READERS: usize = 2;
/// Digits in a row that may be a date, an age, a room or a file.
const DIGITS: usize = 2;
/// The words with a capital that are nobody's name.
const CAPITALS: [&str; 12] = [
    "De Borg", "LVB", "SGLVG", "Wlz", "Wzd", "Wvggz", "Wfz", "TBS", "GGZ", "FPK", "FPA", "ROM",
];
/// Words of the calendar, with which a moment can be told.
const MOMENTS: [&str; 19] = [
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
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
];

pub(super) fn plan(planner: &mut Planner<'_>, shape: &Quotations) -> Result<Plan, Refusal> {
    for quotation in &shape.quotations {
        planner.ensure_count(&quotation.speakers)?;
    }
    let mut shown = Vec::new();
    for (position, quotation) in (1..).zip(&shape.quotations) {
        match obstacle(quotation) {
            None => shown.push(released(planner, quotation)),
            Some(why) => {
                let sentence = format!("Citaat {position} is niet getoond: {why}.");
                planner.record(Check::Quotation, sentence);
            }
        }
    }
    if shown.is_empty() {
        return Ok(Plan::Withheld(
            "Er zijn geen citaten die getoond mogen worden.".to_owned(),
        ));
    }
    Ok(Plan::Quotations(ReleasedQuotations { quotations: shown }))
}

fn released(planner: &mut Planner<'_>, quotation: &Quotation) -> ReleasedQuotation {
    let few = quotation.speakers.clients < planner.policy.settings().threshold;
    if few {
        let sentence = format!(
            "Bij een citaat staat ‘{SOMEBODY}’ in plaats van de rol, omdat weinig mensen die rol hadden."
        );
        planner.record(Check::Quotation, sentence);
    }
    ReleasedQuotation {
        theme: planner.naming.text(&quotation.theme),
        voice: if few {
            SOMEBODY.to_owned()
        } else {
            planner.naming.text(&quotation.voice)
        },
        words: quotation.words.clone(),
    }
}

/// Why a quotation may not be shown; never with words of it.
fn obstacle(quotation: &Quotation) -> Option<&'static str> {
    let readers: BTreeSet<String> = quotation
        .read_by
        .iter()
        .map(|name| name.trim().to_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    if !quotation.agreed {
        return Some("de spreker gaf geen toestemming voor een citaat");
    }
    if readers.len() < READERS {
        return Some("het is niet door twee verschillende mensen gelezen op herkenbaarheid");
    }
    recognisable(&quotation.words)
}

/// What in a text may point to a person, a place or a moment.
fn recognisable(words: &str) -> Option<&'static str> {
    let text = CAPITALS
        .iter()
        .fold(words.to_owned(), |text, known| text.replace(known, ""));
    if text.contains('@') || text.contains("http") || text.contains("www.") {
        return Some("er staat een adres in");
    }
    if text
        .split(|c: char| !c.is_ascii_digit())
        .any(|run| run.len() >= DIGITS)
    {
        return Some("er staat een getal in");
    }
    let lower = text.to_lowercase();
    let mut parts = lower.split(|c: char| !c.is_alphabetic());
    if parts.any(|word| MOMENTS.contains(&word)) {
        return Some("er staat een dag of maand in");
    }
    has_name(&text).then_some(
        "er staat midden in een zin een woord met een hoofdletter, dat een naam kan zijn",
    )
}

/// Whether a word in a sentence, other than its first, begins with a capital.
fn has_name(text: &str) -> bool {
    let mut starts = true;
    for word in text.split_whitespace() {
        let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        // The bracket of what an editor added does not start a sentence.
        if bare.chars().next().is_some_and(char::is_uppercase) && !starts {
            return true;
        }
        starts = word.ends_with(['.', '!', '?', '…', ':']) || (starts && bare.is_empty());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::recognisable;

    #[test]
    fn what_points_to_somebody_is_seen() {
        let plain = [
            "Ik wist niet waar ik heen moest. Niemand zei iets.",
            "Er was 1 begeleider die bleef.",
            "Bij De Borg was het anders: ik mocht [naam begeleider] bellen.",
            "“Je bent overal te veel”, zei mijn moeder… Dat bleef hangen.",
        ];
        for words in plain {
            assert_eq!(recognisable(words), None, "{words}");
        }
        let pointing = [
            "Toen kwam ik bij Willem terecht.",
            "Ik was 34 toen ik terugkwam.",
            "In maart moest ik weg.",
            "Mail me op a@b.nl.",
            "Ik zat eerst in Boschoord.",
        ];
        for words in pointing {
            assert!(recognisable(words).is_some(), "{words}");
        }
    }
}
