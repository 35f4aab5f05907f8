//! The states of rows, the transitions between them, and which effects each has.

use super::effects::{StateName, TransitionFormula, labels};
use crate::Failure;
use formula::{Design, Factor, Survival};
use statistics::multistate::{Effects, Transitions};

/// States by name, and the state of each row before and after.
pub struct StateTable {
    pub names: Vec<String>,
    pub from: Vec<u32>,
    pub to: Vec<Option<u32>>,
}

impl StateTable {
    /// As R's `survcheck`: without a column for it, a person is in the state entered last.
    pub fn of(survival: &Survival, begin: Option<Factor>, id: &Factor) -> Self {
        let mut names = match &begin {
            Some(begin) => begin.levels.clone(),
            None => vec!["(s0)".into()],
        };
        for state in &survival.states {
            if !names.contains(state) {
                names.push(state.clone());
            }
        }
        let place =
            |state: &String| names.iter().position(|name| name == state).unwrap_or(0) as u32;
        let entered: Vec<u32> = survival.states.iter().map(place).collect();
        let to: Vec<Option<u32>> = survival
            .status
            .iter()
            .map(|&status| status.checked_sub(1).map(|event| entered[event as usize]))
            .collect();
        let from = match begin {
            Some(begin) => begin.codes,
            None => followed(survival, &to, id),
        };
        // Whoever "enters" the state they are in makes no transition.
        let moves = to
            .iter()
            .zip(&from)
            .map(|(to, from)| to.filter(|to| to != from));
        Self {
            to: moves.collect(),
            from,
            names,
        }
    }

    /// The transitions that occur, by state entered and then state left, as R orders them.
    pub fn transitions(&self) -> Result<Transitions, Failure> {
        let pairs = self.from.iter().zip(&self.to);
        let mut pairs: Vec<(usize, usize)> = pairs
            .filter_map(|(&from, to)| Some((from as usize, (*to)? as usize)))
            .collect();
        pairs.sort_unstable_by_key(|&(from, to)| (to, from));
        pairs.dedup();
        if pairs.is_empty() {
            return Err(statistics::NotEstimable::NoEvents.into());
        }
        Ok(Transitions::new(self.names.len(), &pairs)?)
    }

    fn matches(&self, wanted: &[StateName], state: usize) -> bool {
        wanted.is_empty()
            || wanted.iter().any(|name| match name {
                StateName::Number(number) => *number == state + 1,
                StateName::Name(name) => *name == self.names[state],
            })
    }

    fn check(&self, names: &[StateName]) -> Result<(), Failure> {
        for name in names {
            let (known, shown) = match name {
                StateName::Number(number) => (*number <= self.names.len(), number.to_string()),
                StateName::Name(name) => (self.names.contains(name), name.clone()),
            };
            if !known {
                let message = format!("'{shown}' is geen toestand");
                return Err(Failure::option("effect", message));
            }
        }
        Ok(())
    }
}

/// The state that each row begins in, from the rows of the same person before it.
fn followed(survival: &Survival, to: &[Option<u32>], id: &Factor) -> Vec<u32> {
    let mut order: Vec<usize> = (0..to.len()).collect();
    order.sort_by(|&a, &b| {
        let stops = survival.stop[a].total_cmp(&survival.stop[b]);
        id.codes[a].cmp(&id.codes[b]).then(stops)
    });
    let mut from = vec![0; to.len()];
    for pair in order.windows(2) {
        let (before, row) = (pair[0], pair[1]);
        if id.codes[before] == id.codes[row] {
            from[row] = to[before].unwrap_or(from[before]);
        }
    }
    from
}

/// The effects of all transitions, with R's names.
pub struct NamedEffects {
    pub effects: Effects,
    pub names: Vec<String>,
    /// R's `cmap`: rows with their numbers per transition, 0 for none.
    pub rows: Vec<(String, Vec<usize>)>,
}

/// Where a term of a transition gets its coefficient from.
#[derive(Clone, PartialEq)]
struct OwnTerm {
    label: String,
    /// The formula whose transitions share it.
    common: Option<usize>,
}

impl NamedEffects {
    /// Applies the formulas in their order: terms of `base` for all transitions, then what the
    /// others add, take away, and share.
    pub fn of(
        (states, transitions): (&StateTable, Transitions),
        base: &[String],
        formulas: &[TransitionFormula],
        (design, columns): (&Design, &[String]),
    ) -> Result<Self, Failure> {
        let count = transitions.len();
        let own = |label: &String| OwnTerm {
            label: label.clone(),
            common: None,
        };
        let mut terms: Vec<Vec<OwnTerm>> = vec![base.iter().map(own).collect(); count];
        let mut baseline: Vec<usize> = (0..count).collect();
        for (number, formula) in formulas.iter().enumerate() {
            let chosen = chosen(states, &transitions, formula)?;
            for &transition in &chosen {
                apply(&mut terms[transition], formula, number, columns)?;
            }
            if let (true, Some(&first)) = (formula.shared, chosen.first()) {
                chosen
                    .iter()
                    .for_each(|&transition| baseline[transition] = first);
            }
        }
        let strata = |terms: &[OwnTerm]| terms.iter().filter(|term| is_strata(&term.label)).count();
        let most = terms.iter().map(|terms| strata(terms)).max().unwrap_or(0);
        if terms
            .iter()
            .any(|terms| strata(terms) != 0 && strata(terms) != most)
        {
            let message = "Een overgang heeft alle strata() van het model, of geen.";
            return Err(Failure::new("unsupported_strata", message));
        }
        let stratified = terms.iter().map(|terms| strata(terms) > 0).collect();
        let mut effects = Effects {
            map: numbered(&terms, design),
            coefficients: 0,
            proportional: vec![None; count],
            baseline,
            stratified,
            transitions,
        };
        let used = effects.map.iter().flatten().flatten();
        effects.coefficients = used.max().map_or(0, |&last| last + 1);
        for transition in 0..count {
            if effects.baseline[transition] != transition {
                effects.proportional[transition] = Some(effects.coefficients);
                effects.coefficients += 1;
            }
        }
        Ok(Self::named(effects, design))
    }

    fn named(effects: Effects, design: &Design) -> Self {
        let count = effects.transitions.len();
        let pair = |transition: usize| {
            let (from, to) = effects.transitions.pair(transition);
            format!("{}:{}", from + 1, to + 1)
        };
        let mut names = vec![String::new(); effects.coefficients];
        let mut rows = Vec::new();
        for (column, name) in design.names.iter().enumerate() {
            let numbers: Vec<Option<usize>> = (0..count)
                .map(|transition| effects.map[transition][column])
                .collect();
            let mut distinct: Vec<usize> = numbers.iter().flatten().copied().collect();
            distinct.dedup();
            distinct.sort_unstable();
            distinct.dedup();
            for &coefficient in &distinct {
                let first = numbers
                    .iter()
                    .position(|&number| number == Some(coefficient));
                names[coefficient] = match distinct.len() {
                    1 => name.clone(),
                    _ => format!("{name}_{}", pair(first.unwrap_or(0))),
                };
            }
            if !distinct.is_empty() {
                let shown = numbers
                    .iter()
                    .map(|number| number.map_or(0, |number| number + 1));
                rows.push((name.clone(), shown.collect()));
            }
        }
        for first in 0..count {
            let shares = |transition: &usize| effects.baseline[*transition] == first;
            let numbers: Vec<usize> = (0..count)
                .map(|transition| {
                    let number = effects.proportional[transition].filter(|_| shares(&transition));
                    number.map_or(0, |number| number + 1)
                })
                .collect();
            for (transition, &number) in numbers.iter().enumerate().filter(|(_, n)| **n > 0) {
                names[number - 1] = format!("ph({}/{})", pair(transition), pair(first));
            }
            if numbers.iter().any(|&number| number > 0) {
                rows.push((format!("ph({})", pair(first)), numbers));
            }
        }
        Self {
            effects,
            names,
            rows,
        }
    }
}

fn is_strata(label: &str) -> bool {
    label.starts_with("strata(")
}

fn chosen(
    states: &StateTable,
    transitions: &Transitions,
    formula: &TransitionFormula,
) -> Result<Vec<usize>, Failure> {
    for (from, to) in &formula.pairs {
        states.check(from)?;
        states.check(to)?;
    }
    let named = |transition: &usize| {
        let (from, to) = transitions.pair(*transition);
        let pairs = formula.pairs.iter();
        pairs
            .clone()
            .any(|pair| states.matches(&pair.0, from) && states.matches(&pair.1, to))
    };
    let chosen: Vec<usize> = (0..transitions.len()).filter(named).collect();
    match chosen.is_empty() {
        true => Err(Failure::option(
            "effect",
            "geen van deze overgangen komt voor",
        )),
        false => Ok(chosen),
    }
}

fn apply(
    terms: &mut Vec<OwnTerm>,
    formula: &TransitionFormula,
    number: usize,
    columns: &[String],
) -> Result<(), Failure> {
    for piece in &formula.removed {
        let gone = labels(piece, columns)?;
        terms.retain(|term| !gone.contains(&term.label));
    }
    for piece in &formula.added {
        for label in labels(piece, columns)? {
            let common = formula.common.then_some(number);
            match terms.iter_mut().find(|term| term.label == label) {
                Some(term) => term.common = common,
                None => terms.push(OwnTerm { label, common }),
            }
        }
    }
    Ok(())
}

/// Numbers coefficients transition after transition, column after column; common ones once.
fn numbered(terms: &[Vec<OwnTerm>], design: &Design) -> Vec<Vec<Option<usize>>> {
    let mut shared: Vec<(usize, usize, usize)> = Vec::new();
    let mut next = 0;
    let mut number = |own: &[OwnTerm], column: usize| {
        let label = design.terms.get(design.assign[column].checked_sub(1)?)?;
        let term = own.iter().find(|term| term.label == *label)?;
        let known = term.common.and_then(|formula| {
            let known = shared
                .iter()
                .find(|known| (known.0, known.1) == (formula, column));
            known.map(|known| known.2)
        });
        Some(known.unwrap_or_else(|| {
            if let Some(formula) = term.common {
                shared.push((formula, column, next));
            }
            next += 1;
            next - 1
        }))
    };
    terms
        .iter()
        .map(|own| {
            (0..design.columns())
                .map(|column| number(own, column))
                .collect()
        })
        .collect()
}
