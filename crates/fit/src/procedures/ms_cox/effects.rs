//! Formulas for single transitions: `1:2 + 1:3 ~ age / common + shared`.

use crate::Failure;
use formula::Formula;

/// A formula for some transitions.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitionFormula {
    /// Pairs of from and to; an empty list is any state.
    pub pairs: Vec<(Vec<StateName>, Vec<StateName>)>,
    /// Terms to be added, as they are written.
    pub added: Vec<String>,
    /// Terms to be taken away.
    pub removed: Vec<String>,
    /// One coefficient for all these transitions.
    pub common: bool,
    /// One baseline hazard for all these transitions.
    pub shared: bool,
}

/// A state by number (from 1) or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateName {
    Number(usize),
    Name(String),
}

impl TransitionFormula {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::option("effect", format!("'{text}': {why}"));
        let (left, right) = split_once(text, '~').ok_or_else(|| wrong("verwacht 1:2 ~ termen"))?;
        let pairs = split(left, &['+'])
            .into_iter()
            .map(|(_, pair)| pair_of(pair).ok_or_else(|| wrong("verwacht overgangen 1:2 + 1:3")))
            .collect::<Result<Vec<_>, _>>()?;
        let (terms, options) = match split_once(right, '/') {
            Some((terms, options)) => (terms, split(options, &['+'])),
            None => (right, Vec::new()),
        };
        let mut formula = Self {
            pairs,
            added: Vec::new(),
            removed: Vec::new(),
            common: false,
            shared: false,
        };
        for (_, option) in options {
            match option {
                "common" => formula.common = true,
                "shared" => formula.shared = true,
                _ => return Err(wrong("na / komt common of shared")),
            }
        }
        for (sign, term) in split(terms, &['+', '-']) {
            match (sign, term) {
                (_, "" | "1" | "0") => {}
                ('-', term) => formula.removed.push(term.into()),
                (_, term) => formula.added.push(term.into()),
            }
        }
        Ok(formula)
    }
}

/// The names of the terms that a piece of a formula stands for.
pub fn labels(piece: &str, columns: &[String]) -> Result<Vec<String>, Failure> {
    Ok(Formula::parse(&format!("~ {piece}"))?
        .terms(columns)?
        .labels())
}

/// Positions outside brackets and quotes.
fn outside(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let (mut depth, mut quote) = (0_usize, None);
    text.char_indices().filter(move |&(_, letter)| {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, _) => return depth == 0,
        }
        false
    })
}

fn split_once(text: &str, at: char) -> Option<(&str, &str)> {
    let (place, _) = outside(text).find(|&(_, letter)| letter == at)?;
    Some((text[..place].trim(), text[place + at.len_utf8()..].trim()))
}

/// Parts with the sign before each.
fn split<'a>(text: &'a str, signs: &[char]) -> Vec<(char, &'a str)> {
    let mut parts = Vec::new();
    let (mut start, mut sign) = (0, '+');
    for (place, letter) in outside(text).filter(|(_, letter)| signs.contains(letter)) {
        parts.push((sign, text[start..place].trim()));
        (start, sign) = (place + letter.len_utf8(), letter);
    }
    parts.push((sign, text[start..].trim()));
    parts
}

fn pair_of(text: &str) -> Option<(Vec<StateName>, Vec<StateName>)> {
    let (from, to) = split_once(text, ':')?;
    Some((states(from)?, states(to)?))
}

/// `2`, `"death"`, `death`, `c(1, 2)`, `state(c("a", "b"))`; 0 is any.
fn states(text: &str) -> Option<Vec<StateName>> {
    let text = text.trim();
    for function in ["state", "c"] {
        let inner = text.strip_prefix(function).map(str::trim_start);
        if let Some(inner) = inner.and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')')) {
            let parts: Option<Vec<Vec<StateName>>> = split(inner, &[','])
                .into_iter()
                .map(|(_, part)| states(part))
                .collect();
            return parts.map(|parts| parts.concat());
        }
    }
    let quoted = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(name) = quoted('"').or_else(|| quoted('\'')) {
        return Some(vec![StateName::Name(name.into())]);
    }
    match text.parse() {
        Ok(0) => Some(Vec::new()),
        Ok(number) => Some(vec![StateName::Number(number)]),
        Err(_) if text.is_empty() => None,
        Err(_) => Some(vec![StateName::Name(text.into())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_and_options_are_read() {
        let formula = TransitionFormula::parse("1:3 + 2:'death' ~ age:sex - trt / common + shared");
        let formula = formula.expect("a formula");
        assert!(formula.common && formula.shared);
        assert_eq!(formula.added, ["age:sex"]);
        assert_eq!(formula.removed, ["trt"]);
        let death = StateName::Name("death".into());
        assert_eq!(formula.pairs[1], (vec![StateName::Number(2)], vec![death]));
        let any = TransitionFormula::parse("0:c(4, 5) ~ 1 / shared").expect("a formula");
        assert!(any.added.is_empty() && any.pairs[0].0.is_empty());
        assert_eq!(any.pairs[0].1.len(), 2);
        assert!(TransitionFormula::parse("1:2 ~ age / other").is_err());
        assert!(TransitionFormula::parse("age").is_err());
    }
}
