//! One spelling for what record systems write in many ways.
//!
//! The rules are part of the method (`docs/methods/linkage.md`): changing one changes every
//! key, and so needs a new method version.

use unicode_normalization::UnicodeNormalization;

/// Words that stand in front of a surname and are left out of it, wherever they are written.
/// Spelled as [`words`] leaves them.
const PREFIXES: &[&str] = &[
    "a", "aan", "af", "al", "am", "auf", "aus", "ben", "bij", "bin", "boven", "d", "da", "dal",
    "dalla", "de", "deca", "degli", "dei", "del", "della", "den", "der", "des", "di", "die", "do",
    "don", "dos", "du", "el", "het", "i", "im", "in", "l", "la", "las", "le", "les", "lo", "los",
    "of", "onder", "op", "over", "s", "t", "te", "ten", "ter", "tho", "thoe", "thor", "to", "toe",
    "tot", "uijt", "uit", "unter", "v", "van", "vande", "vanden", "vander", "vd", "ver", "vom",
    "von", "voor", "vor", "zu", "zum", "zur",
];

/// What is written where a name is not known.
const NO_NAMES: &[&str] = &[
    "anoniem", "geen", "nb", "nn", "nnb", "nvt", "onb", "onbekend",
];

/// The words of a text: lower-case letters without accents, everything else separates.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in text.nfkd().flat_map(char::to_lowercase) {
        match plain(letter) {
            Letter::Same => words.last_mut().expect("never empty").push(letter),
            Letter::As(spelled) => words.last_mut().expect("never empty").push_str(spelled),
            Letter::Mark => {}
            Letter::Between => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

enum Letter {
    Same,
    As(&'static str),
    /// An accent that NFKD set apart.
    Mark,
    Between,
}

fn plain(letter: char) -> Letter {
    match letter {
        'ß' => Letter::As("ss"),
        'ø' => Letter::As("o"),
        'æ' => Letter::As("ae"),
        'œ' => Letter::As("oe"),
        'ł' => Letter::As("l"),
        'đ' | 'ð' => Letter::As("d"),
        'ı' => Letter::As("i"),
        'þ' => Letter::As("th"),
        _ if letter.is_alphabetic() => Letter::Same,
        _ if unicode_normalization::char::is_combining_mark(letter) => Letter::Mark,
        _ => Letter::Between,
    }
}

/// `ij`, `ÿ` and `y` are one letter in Dutch names (NFKD already makes the ligature `ĳ` `ij`).
fn one_y(word: String) -> String {
    word.replace("ij", "y")
}

fn known(name: String) -> Option<String> {
    (!name.is_empty() && !NO_NAMES.contains(&name.as_str())).then_some(name)
}

/// The surname at birth without prefixes, as one word.
///
/// Of a double name the part behind the last hyphen counts: a Dutch married name puts the
/// partner's name first (`Jansen-de Vries` was born `De Vries`). A prefix behind a comma
/// (`Berg, van den`) is left out like one in front.
pub fn surname(text: &str) -> Option<String> {
    let text = text
        .split(',')
        .map(str::trim)
        .find(|part| !part.is_empty())?;
    let hyphens = ['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}'];
    let mut parts = text.rsplit(hyphens).map(words);
    let words = parts.find(|words| !words.is_empty())?;
    let stem = words
        .iter()
        .position(|word| !PREFIXES.contains(&word.as_str()));
    // A name of nothing but prefixes (`Ten`, `Van den Op`) is a name after all.
    let stem = stem.unwrap_or(words.len() - 1);
    known(one_y(words[stem..].concat()))
}

/// The first given name.
pub fn given_name(text: &str) -> Option<String> {
    known(one_y(words(text).into_iter().next()?))
}

/// The first initial: of the initials where there are any, of the given names otherwise.
pub fn initial(initials: Option<&str>, given_names: Option<&str>) -> Option<char> {
    let of = |text: &str| one_y(words(text).into_iter().next()?).chars().next();
    initials.and_then(of).or_else(|| {
        let name = given_name(given_names?)?;
        name.chars().next()
    })
}

/// A citizen service number of nine digits that passes the eleven-test.
///
/// Eight digits are taken for nine whose leading zero was lost in a spreadsheet.
pub fn bsn(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let digits = match digits.len() {
        8 => format!("0{digits}"),
        9 => digits,
        _ => return None,
    };
    passes_eleven_test(&digits).then_some(digits)
}

/// 9·d₁ + 8·d₂ + … + 2·d₈ − d₉ is a multiple of eleven, and the number is not zero.
fn passes_eleven_test(digits: &str) -> bool {
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let values = digits.bytes().map(|digit| i32::from(digit - b'0'));
    let sum: i32 = values
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    sum % 11 == 0 && digits.bytes().any(|digit| digit != b'0')
}

/// A number in the criminal-justice chain: its digits, without leading zeros.
pub(crate) fn skn(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let significant = digits.trim_start_matches('0');
    (!significant.is_empty()).then(|| significant.to_owned())
}

/// The digits of a number; `None` where anything else than spaces, dots and hyphens is in it.
fn digits(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(9);
    for letter in text.trim().chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            ' ' | '.' | '-' | '\u{a0}' => {}
            _ => return None,
        }
    }
    Some(digits)
}

/// The four digits of a Dutch postcode.
pub fn postcode4(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.get(..4)?;
    let rest = text[4..].trim();
    let letters =
        rest.is_empty() || rest.len() == 2 && rest.bytes().all(|b| b.is_ascii_alphabetic());
    let fine = letters && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    fine.then(|| digits.to_owned())
}
