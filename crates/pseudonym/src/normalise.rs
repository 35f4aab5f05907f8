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

/// How many letters the start and the end of a name have.
const PIECE: usize = 3;

/// The first three letters of a normalised name; `None` where there are fewer.
pub(crate) fn start(name: &str) -> Option<String> {
    let letters: Vec<char> = name.chars().collect();
    Some(letters.get(..PIECE)?.iter().collect())
}

/// The last three letters of a normalised name; `None` where there are fewer.
pub(crate) fn end(name: &str) -> Option<String> {
    let letters: Vec<char> = name.chars().collect();
    let from = letters.len().checked_sub(PIECE)?;
    Some(letters[from..].iter().collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_surname_has_one_spelling() {
        for (text, expected) in [
            ("de Vries", "vries"),
            ("Vries", "vries"),
            ("Vries, de", "vries"),
            ("VAN DER BERG", "berg"),
            ("v.d. Berg", "berg"),
            ("v/d Berg", "berg"),
            ("vd Berg", "berg"),
            ("Van 't Hof", "hof"),
            ("in ’t Veld", "veld"),
            ("Jansen-de Vries", "vries"),
            ("Jansen - de Vries", "vries"),
            ("Visser–Hooft", "hooft"),
            ("Müller", "muller"),
            ("Şahin", "sahin"),
            ("Groß", "gross"),
            ("Sørensen", "sorensen"),
            ("d'Ancona", "ancona"),
            ("El Khatib", "khatib"),
            ("Dijkstra", "dykstra"),
            ("Dĳkstra", "dykstra"),
            ("Dykstra", "dykstra"),
            ("Ten", "ten"),
            ("Smit-", "smit"),
            ("  Bakker  ", "bakker"),
        ] {
            assert_eq!(surname(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", " ", "-", "Onbekend", "123", "nvt"] {
            assert_eq!(surname(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_given_name_and_initial_count() {
        assert_eq!(given_name("Jan Willem").as_deref(), Some("jan"));
        assert_eq!(given_name("Jan-Willem").as_deref(), Some("jan"));
        assert_eq!(given_name("Renée").as_deref(), Some("renee"));
        assert_eq!(given_name("onbekend"), None);
        assert_eq!(initial(Some("J.W."), Some("Hans")), Some('j'));
        assert_eq!(initial(Some(""), Some("Hans")), Some('h'));
        assert_eq!(initial(None, Some("IJsbrand")), Some('y'));
        assert_eq!(initial(Some("IJ."), None), Some('y'));
        assert_eq!(initial(None, None), None);
    }

    #[test]
    fn a_name_starts_and_ends_with_three_letters() {
        for (name, first, last) in [("berg", "ber", "erg"), ("jan", "jan", "jan")] {
            assert_eq!(start(name).as_deref(), Some(first));
            assert_eq!(end(name).as_deref(), Some(last));
        }
        assert_eq!((start("bo"), end("bo"), end("")), (None, None, None));
    }

    /// Worked by hand: 9·1+8·1+7·1+6·2+5·2+4·2+3·3+2·3−3 = 66 = 6·11.
    #[test]
    fn a_bsn_passes_the_eleven_test() {
        assert_eq!(bsn("111222333").as_deref(), Some("111222333"));
        assert_eq!(bsn("1112.22.333").as_deref(), Some("111222333"));
        // 9·0+8·1+7·2+6·3+5·4+4·5+3·6+2·7−2 = 110 = 10·11; the leading zero is put back.
        assert_eq!(bsn("012345672").as_deref(), Some("012345672"));
        assert_eq!(bsn("12345672").as_deref(), Some("012345672"));
        for text in [
            "111222334",
            "000000000",
            "1112223",
            "1112223330",
            "11122233a",
            "",
            "１１１２２２３３３",
        ] {
            assert_eq!(bsn(text), None, "{text}");
        }
    }

    #[test]
    fn one_wrong_or_exchanged_digit_never_passes() {
        let right = b"111222333";
        for position in 0..9 {
            for digit in b'0'..=b'9' {
                let mut typed = *right;
                typed[position] = digit;
                let typed = std::str::from_utf8(&typed).unwrap();
                assert_eq!(bsn(typed).is_some(), digit == right[position], "{typed}");
            }
        }
        for position in [2, 5] {
            let mut typed = *right;
            typed.swap(position, position + 1);
            assert_eq!(bsn(std::str::from_utf8(&typed).unwrap()), None);
        }
    }

    #[test]
    fn of_a_postcode_four_digits_are_kept() {
        for text in ["1234", "1234AB", "1234 ab", " 1234  AB "] {
            assert_eq!(postcode4(text).as_deref(), Some("1234"), "{text}");
        }
        for text in [
            "", "0123 AB", "123", "12345", "12a4", "1234 ABC", "é1234", "123é",
        ] {
            assert_eq!(postcode4(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_of_the_chain_loses_its_leading_zeros() {
        assert_eq!(skn("0012345678").as_deref(), Some("12345678"));
        assert_eq!(skn("000"), None);
        assert_eq!(skn("12x"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_and_a_spelling_spells_itself(text in "\\PC{0,30}") {
            if let Some(name) = surname(&text) {
                prop_assert_eq!(surname(&name), Some(name.clone()));
                prop_assert!(name.chars().all(char::is_alphabetic));
            }
            given_name(&text);
            bsn(&text);
            postcode4(&text);
        }

        #[test]
        fn case_and_surrounding_space_do_not_matter(text in "[a-z]{2,12}( [a-z]{2,12})?") {
            let shouted = format!("  {} ", text.to_uppercase());
            prop_assert_eq!(surname(&text), surname(&shouted));
        }
    }
}
