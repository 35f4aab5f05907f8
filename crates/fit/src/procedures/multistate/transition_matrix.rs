//! Which transitions there are: R's `transMat`.

use crate::Failure;
use clap::Args;
use formula::Frame;
use serde_json::Value;
use statistics::multistate::Transitions;

/// The transitions of a model.
#[derive(Args, Clone, Debug)]
pub struct TransitionArguments {
    /// Mogelijke overgangen in de volgorde van hun nummer: "1>2, 1>3, 2>3", of met namen van
    /// toestanden. Zonder deze optie: uit de kolommen from, to en trans van de gegevens.
    #[arg(long, value_name = "A>B,…")]
    pub transitions: Option<String>,
    /// De overgangen zoals in transMat: per toestand waarheen, gescheiden door een puntkomma:
    /// "2,3; 3; " (R: transMat(list(c(2,3), c(3), c()))).
    #[arg(long, value_name = "2,3;3;", conflicts_with = "transitions")]
    pub tmat: Option<String>,
    /// Namen van de toestanden, in volgorde: "Tx,PR,RelDeath".
    #[arg(long, value_name = "NAMEN", value_delimiter = ',')]
    pub states: Vec<String>,
}

/// Transitions between named states.
#[derive(Clone, Debug)]
pub struct StateModel {
    pub names: Vec<String>,
    pub transitions: Transitions,
}

impl TransitionArguments {
    /// The model, from the options or else from the table.
    pub fn model(&self, frame: &Frame) -> Result<StateModel, Failure> {
        let names: Vec<String> = self.states.iter().map(|name| name.trim().into()).collect();
        let pairs = match (&self.transitions, &self.tmat) {
            (Some(text), _) => arrows(text, &names)?,
            (None, Some(text)) => matrix(text)?,
            (None, None) => of_table(frame)?,
        };
        let largest = pairs.iter().map(|&(from, to)| from.max(to) + 1).max();
        let rows = self.tmat.as_ref().map_or(0, |text| text.split(';').count());
        let states = largest.unwrap_or(0).max(names.len()).max(rows);
        if states > LARGEST {
            let message = format!("meer dan {LARGEST} toestanden");
            return Err(Failure::option("transitions", message));
        }
        let known = 1..=states;
        let names = match names.len() == states {
            true => names,
            false if names.is_empty() => known.map(|state| state.to_string()).collect(),
            false => {
                let message = format!("{} namen voor {states} toestanden", names.len());
                return Err(Failure::option("states", message));
            }
        };
        let transitions = Transitions::new(states, &pairs)?;
        Ok(StateModel { names, transitions })
    }
}

/// States that a model may have: more is a mistake in the data.
const LARGEST: usize = 1000;

impl StateModel {
    /// R's matrix: the number of each transition, NA where there is none.
    pub fn matrix(&self) -> Value {
        let states = self.names.len();
        let cell = |from, to| self.transitions.find(from, to).map(|number| number + 1);
        let row = |from| (0..states).map(|to| cell(from, to)).collect::<Value>();
        (0..states).map(row).collect()
    }

    /// "Tx -> PR".
    pub fn name(&self, transition: usize) -> String {
        let (from, to) = self.transitions.pair(transition);
        format!("{} -> {}", self.names[from], self.names[to])
    }
}

fn arrows(text: &str, names: &[String]) -> Result<Vec<(usize, usize)>, Failure> {
    let state = |name: &str| {
        let name = name.trim();
        let named = names.iter().position(|known| known == name);
        named
            .or_else(|| name.parse::<usize>().ok()?.checked_sub(1))
            .ok_or_else(|| {
                Failure::option(
                    "transitions",
                    format!("'{name}' is geen nummer of naam van een toestand"),
                )
            })
    };
    let pairs = text.split(',').filter(|pair| !pair.trim().is_empty());
    pairs
        .map(|pair| {
            let (from, to) = pair
                .split_once("->")
                .or_else(|| pair.split_once('>'))
                .or_else(|| pair.split_once(':'))
                .ok_or_else(|| Failure::option("transitions", "verwacht A>B, C>D, …"))?;
            Ok((state(from)?, state(to)?))
        })
        .collect()
}

fn matrix(text: &str) -> Result<Vec<(usize, usize)>, Failure> {
    let wrong = || {
        Failure::option(
            "tmat",
            "verwacht nummers van toestanden, zoals \"2,3; 3; \"",
        )
    };
    let mut pairs = Vec::new();
    for (from, row) in text.split(';').enumerate() {
        let mut targets = Vec::new();
        for target in row
            .split(',')
            .map(str::trim)
            .filter(|target| !target.is_empty())
        {
            let number: usize = target.parse().map_err(|_| wrong())?;
            targets.push(number.checked_sub(1).ok_or_else(wrong)?);
        }
        // transMat numbers along the row of the matrix.
        targets.sort_unstable();
        pairs.extend(targets.into_iter().map(|to| (from, to)));
    }
    Ok(pairs)
}

fn of_table(frame: &Frame) -> Result<Vec<(usize, usize)>, Failure> {
    let missing = || {
        Failure::new(
            "no_transitions",
            "Geef de overgangen met --transitions of --tmat; de gegevens hebben geen kolommen from, to en trans.",
        )
    };
    let column = |name: &str| frame.numbers(name).map_err(|_| missing());
    let (from, to, trans) = (column("from")?, column("to")?, column("trans")?);
    let mut pairs: Vec<Option<(usize, usize)>> = Vec::new();
    for ((from, to), trans) in from.iter().zip(&to).zip(&trans) {
        let place =
            |value: f64| (value >= 1.0 && value <= LARGEST as f64).then(|| value as usize - 1);
        let (Some(from), Some(to)) = (place(*from), place(*to)) else {
            return Err(missing());
        };
        let number =
            (*trans >= 1.0 && *trans <= (LARGEST * LARGEST) as f64).then(|| *trans as usize - 1);
        let number = number.ok_or_else(missing)?;
        if pairs.len() <= number {
            pairs.resize(number + 1, None);
        }
        if *pairs[number].get_or_insert((from, to)) != (from, to) {
            let message = format!(
                "Overgang {} verbindt niet steeds dezelfde toestanden.",
                number + 1
            );
            return Err(Failure::new("inconsistent_transitions", message));
        }
    }
    pairs
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_are_read_in_each_form() {
        let names = ["Tx", "PR", "Dead"].map(String::from);
        let expected = vec![(0, 1), (0, 2), (1, 2)];
        assert_eq!(
            arrows("Tx>PR, Tx>Dead,PR>Dead", &names).expect("names"),
            expected
        );
        assert_eq!(arrows("1>2,1->3,2:3", &[]).expect("numbers"), expected);
        assert_eq!(matrix("3,2; 3; ").expect("transMat"), expected);
        assert!(arrows("Tx>Nowhere", &names).is_err());
        assert!(matrix("0").is_err());
    }
}
