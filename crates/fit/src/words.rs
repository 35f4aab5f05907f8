//! Splits a line into words as a shell does: quotes and backslashes, nothing else.

use crate::Failure;

/// The words of a line.
pub(crate) fn split(line: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let text = word.get_or_insert_default();
                until_quote(&mut letters, '\'', text)?;
            }
            '"' => {
                let text = word.get_or_insert_default();
                until_quote(&mut letters, '"', text)?;
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            _ if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

fn until_quote(
    letters: &mut impl Iterator<Item = char>,
    quote: char,
    text: &mut String,
) -> Result<(), Failure> {
    loop {
        match letters.next() {
            None => {
                let message = format!("Een aanhalingsteken {quote} wordt niet gesloten.");
                return Err(Failure::new("bad_call", message));
            }
            Some(letter) if letter == quote => return Ok(()),
            // In double quotes a backslash keeps only what would else have a meaning.
            Some('\\') if quote == '"' => match letters.next() {
                Some(letter @ ('"' | '\\' | '$' | '`')) => text.push(letter),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            Some(letter) => text.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn quotes_keep_words_together() {
        let words = split(r#"km "a b.csv" 'Surv(t, d) ~ "x"' --set d=1\ 2 ''"#).unwrap();
        assert_eq!(
            words,
            ["km", "a b.csv", r#"Surv(t, d) ~ "x""#, "--set", "d=1 2", ""]
        );
        assert!(split("km 'open").is_err());
    }
}
