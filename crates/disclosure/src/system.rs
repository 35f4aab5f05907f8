//! All counts of a release as one system of linear equations.
//!
//! Each number that is shown, or follows from what is shown, is a [`Variable`]; each sum that
//! a reader knows to hold (a margin, a flow through a node, what remains after a step) is an
//! [`Equation`]. Margins of the same people in different tables are one variable, so that a
//! number hidden in one table is not shown by another.

use estimate::{Count, INSTITUTIONS, Unit};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A number in the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VarId(pub(crate) usize);

/// How a number reaches the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Display {
    /// In a cell that can be hidden.
    Cell,
    /// As a margin that readers need most; hidden only where there is no other way.
    Margin,
    /// Not at all, but it follows from what is shown ("the others").
    Implied,
}

/// One number.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    /// Stable name, for the ledger: result and labels.
    pub(crate) key: String,
    /// Where people find it, with public labels.
    pub(crate) place: String,
    /// The true count.
    pub(crate) value: u64,
    /// What each institution contributed, where that is known.
    pub(crate) parts: [u64; INSTITUTIONS],
    /// The institution that it is about, which knows it anyway.
    pub(crate) owner: Option<usize>,
    /// Whether the distinct clients behind it are fewer than the threshold.
    pub(crate) few_clients: bool,
    /// Whether it pools institutions that are not told apart beside it.
    pub(crate) pooled: bool,
    /// How it reaches the reader.
    pub(crate) display: Display,
}

impl Variable {
    /// The name of the result that brought it in.
    pub(crate) fn result(&self) -> &str {
        self.key.split('|').next().unwrap_or(&self.key)
    }
}

/// `Σ coefficient × variable = 0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Equation {
    pub(crate) terms: Vec<(VarId, i64)>,
}

/// A row or column in which nearly all may lie in one cell.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) cells: Vec<VarId>,
    pub(crate) total: VarId,
}

/// The counts and equations of a release.
#[derive(Clone, Debug, Default)]
pub(crate) struct System {
    variables: Vec<Variable>,
    equations: Vec<Equation>,
    lines: Vec<Line>,
    margins: BTreeMap<(String, u64, [u64; INSTITUTIONS]), VarId>,
    /// Every place where a number is shown or hidden: one number may stand in several results.
    stands: Vec<(VarId, Place)>,
    threshold: u64,
}

impl System {
    pub(crate) fn new(threshold: u64) -> Self {
        Self {
            threshold,
            ..Self::default()
        }
    }

    pub(crate) fn variables(&self) -> &[Variable] {
        &self.variables
    }

    pub(crate) fn equations(&self) -> &[Equation] {
        &self.equations
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The places in a result where readers meet a number, each number once.
    pub(crate) fn places_in<'a>(
        &'a self,
        result: &'a str,
    ) -> impl Iterator<Item = (VarId, &'a Place)> {
        let mut seen = BTreeSet::new();
        let in_result = self
            .stands
            .iter()
            .filter(move |(_, at)| at.result() == result);
        in_result
            .filter(move |(id, _)| seen.insert(*id))
            .map(|(id, at)| (*id, at))
    }

    pub(crate) fn variable(&self, id: VarId) -> &Variable {
        &self.variables[id.0]
    }

    pub(crate) fn value(&self, id: VarId) -> u64 {
        self.variables[id.0].value
    }

    /// A cell of its own.
    pub(crate) fn cell(&mut self, at: Place, count: &Count, owner: Option<usize>) -> VarId {
        self.add(at, count, owner, Display::Cell)
    }

    /// The number of a well-known group; the same group elsewhere is the same variable.
    pub(crate) fn margin(
        &mut self,
        at: Place,
        group: &str,
        count: &Count,
        owner: Option<usize>,
    ) -> VarId {
        let same = (group.to_owned(), count.count, count.per_institution);
        if let Some(&id) = self.margins.get(&same) {
            self.variables[id.0].few_clients |= self.few(count);
            self.variables[id.0].display = Display::Margin;
            self.stands.push((id, at));
            return id;
        }
        let id = self.add(at, count, owner, Display::Margin);
        self.margins.insert(same, id);
        id
    }

    /// A number that is not shown but follows from others.
    pub(crate) fn implied(&mut self, at: Place, count: &Count, owner: Option<usize>) -> VarId {
        self.add(at, count, owner, Display::Implied)
    }

    /// A well-known group that is not shown here, but may be elsewhere.
    pub(crate) fn implied_margin(
        &mut self,
        at: Place,
        group: &str,
        count: &Count,
        owner: Option<usize>,
    ) -> VarId {
        let same = (group.to_owned(), count.count, count.per_institution);
        if let Some(&id) = self.margins.get(&same) {
            self.variables[id.0].few_clients |= self.few(count);
            return id;
        }
        let id = self.add(at, count, owner, Display::Implied);
        self.margins.insert(same, id);
        id
    }

    /// Shows a number that was only implied so far.
    pub(crate) fn show(&mut self, id: VarId) {
        let variable = &mut self.variables[id.0];
        if variable.display == Display::Implied {
            variable.display = Display::Margin;
            let (key, place) = (variable.key.clone(), variable.place.clone());
            self.stands.push((id, Place { key, place }));
        }
    }

    /// Marks a number as pooled over institutions that are not told apart beside it.
    pub(crate) fn mark_pooled(&mut self, id: VarId) {
        self.variables[id.0].pooled = true;
    }

    /// States that the parts add up to the whole; nothing where they do not.
    pub(crate) fn sum(&mut self, whole: VarId, parts: &[VarId]) {
        let sum: u64 = parts.iter().map(|&part| self.value(part)).sum();
        if sum != self.value(whole) || parts.contains(&whole) {
            return;
        }
        let terms = parts
            .iter()
            .map(|&part| (part, 1))
            .chain([(whole, -1)])
            .collect();
        self.equations.push(Equation { terms });
    }

    /// States that the cells add up to the total, and that nearly all of them in one cell
    /// would say something of everyone in the line.
    pub(crate) fn line(&mut self, total: VarId, cells: &[VarId]) {
        self.sum(total, cells);
        if cells.len() > 1 {
            self.lines.push(Line {
                cells: cells.to_vec(),
                total,
            });
        }
    }

    fn few(&self, count: &Count) -> bool {
        count.clients > 0 && count.clients < self.threshold
    }

    fn add(&mut self, at: Place, count: &Count, owner: Option<usize>, display: Display) -> VarId {
        let id = VarId(self.variables.len());
        if display != Display::Implied {
            self.stands.push((id, at.clone()));
        }
        self.variables.push(Variable {
            key: at.key,
            place: at.place,
            value: count.count,
            parts: count.per_institution,
            owner,
            few_clients: self.few(count),
            pooled: false,
            display,
        });
        id
    }
}

/// Where a number stands: for the ledger by its own labels, for people by the public ones.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) key: String,
    pub(crate) place: String,
}

impl Place {
    /// The name of the result that it is in.
    pub(crate) fn result(&self) -> &str {
        self.key.split('|').next().unwrap_or(&self.key)
    }
}

/// The sum of counts. Where the unit is not the client, one client may be behind several of
/// them; then only the largest number of clients among them is sure.
pub(crate) fn total(unit: Unit, counts: impl IntoIterator<Item = Count>) -> Count {
    let mut whole = Count::default();
    for count in counts {
        let clients = whole.clients.max(count.clients);
        whole = whole.plus(count);
        if unit != Unit::Clients {
            whole.clients = clients;
        }
    }
    whole
}
