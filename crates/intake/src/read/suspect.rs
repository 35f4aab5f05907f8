//! Looks for identifiers where they have no business.

use crate::Suspicion;

/// Whether nine digits pass the eleven-test of the BSN (weights 9 to 2 and −1).
pub(crate) fn passes_eleven_test(digits: &[u8]) -> bool {
    if digits.len() != 9 || !digits.iter().all(u8::is_ascii_digit) || digits == b"000000000" {
        return false;
    }
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| i32::from(digit - b'0') * weight)
        .sum();
    sum % 11 == 0
}

/// What the text looks like, if it looks like anything that may not be there.
pub(super) fn suspicion(text: &str) -> Option<Suspicion> {
    if has_bsn(text.as_bytes()) {
        Some(Suspicion::Bsn)
    } else if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        looks_like_telephone(text).then_some(Suspicion::Address)
    } else if looks_like_address(text) || looks_like_telephone(text) {
        Some(Suspicion::Address)
    } else {
        looks_like_name(text).then_some(Suspicion::Name)
    }
}

/// Nine digits on their own, also grouped with points or spaces as in 123.456.782.
fn has_bsn(text: &[u8]) -> bool {
    let mut run: Vec<u8> = Vec::new();
    for (at, byte) in text.iter().enumerate() {
        let next_is_digit = text.get(at + 1).is_some_and(u8::is_ascii_digit);
        let groups = matches!(byte, b'.' | b' ') && matches!(run.len(), 3 | 6) && next_is_digit;
        if byte.is_ascii_digit() {
            run.push(*byte);
        } else if !groups {
            if passes_eleven_test(&run) {
                return true;
            }
            run.clear();
        }
    }
    passes_eleven_test(&run)
}

fn looks_like_address(text: &str) -> bool {
    has_email(text) || has_postcode(text.as_bytes()) || has_street(text)
}

fn has_email(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        word.split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && host.len() > 3)
    })
}

/// Four digits (not starting with 0), perhaps a space, two capitals, on their own.
fn has_postcode(text: &[u8]) -> bool {
    (0..text.len()).any(|at| {
        let rest = &text[at..];
        let alone = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        if !alone || rest.len() < 6 || rest[0] == b'0' || !rest[..4].iter().all(u8::is_ascii_digit)
        {
            return false;
        }
        let letters = if rest[4] == b' ' {
            &rest[5..]
        } else {
            &rest[4..]
        };
        letters.len() >= 2
            && letters[..2].iter().all(u8::is_ascii_uppercase)
            && !letters.get(2).is_some_and(u8::is_ascii_alphanumeric)
    })
}

/// A word that ends as Dutch streets do, with a number behind it.
fn has_street(text: &str) -> bool {
    const ENDS: [&str; 14] = [
        "straat",
        "laan",
        "weg",
        "plein",
        "gracht",
        "kade",
        "singel",
        "dreef",
        "steeg",
        "hof",
        "pad",
        "dijk",
        "plantsoen",
        "str.",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let street = pair[0].to_lowercase();
        ENDS.iter().any(|end| street.ends_with(end))
            && pair[1].starts_with(|first: char| first.is_ascii_digit())
    })
}

/// Ten digits from 0, or from +31, with perhaps spaces and hyphens.
fn looks_like_telephone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let marks = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'+' | b'(' | b')'));
    let trimmed = text.trim_start_matches('(');
    marks
        && ((digits == 10 && trimmed.starts_with('0'))
            || ((11..=12).contains(&digits)
                && (trimmed.starts_with("+31") || trimmed.starts_with("0031")))
            || (digits == 13 && trimmed.starts_with("0031")))
}

/// Titles and prefixes that stand before Dutch surnames.
const TITLES: [&str; 8] = [
    "dhr", "dhr.", "mw", "mw.", "mevr", "mevr.", "meneer", "mevrouw",
];
const PREFIXES: [&str; 12] = [
    "van", "de", "der", "den", "ten", "ter", "te", "het", "'t", "el", "von", "v.d.",
];

fn looks_like_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return false;
    }
    let title = words.windows(2).any(|pair| {
        TITLES.contains(&pair[0].to_lowercase().as_str())
            && (is_capitalised(pair[1]) || is_initials(pair[1]) || PREFIXES.contains(&pair[1]))
    });
    title || has_initials_and_name(&words) || has_prefixed_name(&words) || is_surname_first(&words)
}

/// `J.P. Jansen`, `A. van den Berg`, `Jansen, J.P.`
fn has_initials_and_name(words: &[&str]) -> bool {
    let named = |from: &[&str]| {
        from.iter()
            .find(|word| !PREFIXES.contains(&word.to_lowercase().as_str()))
            .is_some_and(|word| is_capitalised(word))
    };
    (0..words.len()).any(|at| {
        is_initials(words[at])
            && (named(&words[at + 1..])
                || (at > 0 && words[at - 1].ends_with(',') && is_capitalised(words[at - 1])))
    })
}

/// `Jan van Dijk`, `Fatima el Amrani`: a capitalised word, one or more prefixes, another.
fn has_prefixed_name(words: &[&str]) -> bool {
    words.windows(3).any(|three| {
        is_capitalised(three[0])
            && PREFIXES.contains(&three[1])
            && three[0].len() > 2
            && (is_capitalised(three[2]) || PREFIXES.contains(&three[2]))
    }) && words.len() <= 6
}

/// `Jansen, Piet`
fn is_surname_first(words: &[&str]) -> bool {
    matches!(words, [surname, given] if surname.ends_with(',') && is_capitalised(surname) && is_capitalised(given))
}

fn is_capitalised(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ';']);
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && word.chars().count() > 1
        && letters.all(|letter| {
            letter.is_lowercase() || letter == '-' || letter == '\'' || letter.is_uppercase()
        })
        && word.chars().any(char::is_lowercase)
}

/// `J.`, `J.P.`, `Th.M.`
fn is_initials(word: &str) -> bool {
    let word = word.trim_end_matches(',');
    word.ends_with('.')
        && word.len() <= 14
        && word.split_terminator('.').all(|part| {
            matches!(part.chars().count(), 1 | 2) && part.starts_with(char::is_uppercase)
        })
}
