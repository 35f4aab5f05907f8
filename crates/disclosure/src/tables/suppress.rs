//! Hides what must be hidden of tables, and makes sure of it.

use super::audit::{Audit, FindingKind, audit};
use super::join::{Joined, JoinedLine, join};
use super::merging::{Merge, merges};
use super::rules::{Cost, Measure, Rules};
use super::table::{Entry, Table};
use crate::protect::{Attacker, Demand, Number, Problem, Status, ZERO_COST, decide};
use crate::system::Display;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How much dearer a margin is than a cell.
const MARGIN_COST: f64 = 20.0;
/// Numbers times sums of the largest tables that are protected: some 1,500 cells in three dimensions.
const MOST_ENTRIES: usize = 1_500_000;

/// Why a cell is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hiding {
    /// It is unsafe itself.
    Primary,
    /// Another one would follow from it.
    Secondary,
}

/// Tables with what must be hidden.
#[derive(Clone, Debug, PartialEq)]
pub struct Protected {
    /// The tables as they may be shown.
    pub tables: Vec<Table>,
    /// Per table and cell, why it is hidden.
    pub hidden: Vec<Vec<Option<Hiding>>>,
    /// What taking labels together beforehand would save.
    pub merges: Vec<Merge>,
    /// The audit of the tables as they may be shown.
    pub audit: Audit,
}

/// Why tables were not protected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProtected {
    /// A number is not there, so that there is nothing to hide it by.
    #[error("{table}, {place}: hier staat geen getal; beschermen kan alleen met alle getallen")]
    Missing {
        /// The table.
        table: String,
        /// The cell.
        place: String,
    },
    /// A number is negative.
    #[error("{table}, {place}: een negatief getal; daarvoor bestaan deze regels niet")]
    Negative {
        /// The table.
        table: String,
        /// The cell.
        place: String,
    },
    /// A total is not the sum of its parts.
    #[error("{table}, {place}: de delen tellen niet op tot dit totaal; herstel de tabel eerst")]
    NotAdditive {
        /// The table.
        table: String,
        /// The cell.
        place: String,
    },
    /// Whatever is hidden, a number can be worked out; or the search did not end, or the audit
    /// afterwards found something. Nothing may be shown.
    #[error("de tabel wordt geheel achtergehouden: {reason}. Voeg eerst rijen of kolommen samen")]
    Withheld {
        /// Why.
        reason: &'static str,
    },
}

/// Decides what to hide of tables that will be shown together, and audits the outcome as a
/// reader would.
///
/// # Errors
///
/// [`NotProtected`] says why nothing may be shown.
pub fn protect(tables: &[Table], rules: &Rules) -> Result<Protected, NotProtected> {
    let exact = Rules {
        rounding_base: 1,
        ..rules.clone()
    };
    let joined = join(tables, &exact);
    refuse(tables, &joined)?;
    if joined.numbers.len() * joined.lines.len() > MOST_ENTRIES {
        return Err(NotProtected::Withheld {
            reason: "hij is te groot om na te rekenen",
        });
    }
    let primary = Primary::new(tables, &exact, &joined);
    let mut problem = primary.problem();
    let decision = decide(&mut problem, false).map_err(|_| NotProtected::Withheld {
        reason: "wat er ook wordt verborgen, een klein aantal blijft te herleiden",
    })?;
    if decision.gave_up {
        return Err(NotProtected::Withheld {
            reason: "het zoeken naar wat verborgen moet worden eindigt niet op tijd",
        });
    }
    let mut hidden: Vec<Option<Hiding>> = (0..joined.numbers.len())
        .map(|number| {
            match (
                primary.unsafe_numbers.contains(&number),
                decision.hidden[number],
            ) {
                (true, _) => Some(Hiding::Primary),
                (false, true) => Some(Hiding::Secondary),
                (false, false) => None,
            }
        })
        .collect();
    let mut shown = shown(tables, &joined, &hidden);
    let mut found = audit(&shown, &exact);
    // What readers can work out anyway and is no secret need not be hidden.
    let needless: BTreeSet<usize> = found
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::Exact)
        .map(|finding| joined.of[finding.at.0][finding.at.1])
        .filter(|&number| hidden[number] == Some(Hiding::Secondary))
        .collect();
    if !needless.is_empty() {
        needless
            .into_iter()
            .for_each(|number| hidden[number] = None);
        shown = self::shown(tables, &joined, &hidden);
        found = audit(&shown, &exact);
    }
    let allowed = |kind: FindingKind| kind == FindingKind::Difference;
    if found.findings.iter().any(|finding| !allowed(finding.kind)) {
        return Err(NotProtected::Withheld {
            reason: "bij het narekenen bleek een verborgen getal te herleiden",
        });
    }
    if joined
        .of
        .iter()
        .any(|numbers| numbers.iter().all(|&number| hidden[number].is_some()))
    {
        return Err(NotProtected::Withheld {
            reason: "geen enkel getal kan open blijven",
        });
    }
    let of = |numbers: &Vec<usize>| numbers.iter().map(|&number| hidden[number]).collect();
    Ok(Protected {
        hidden: joined.of.iter().map(of).collect(),
        merges: merges(tables, &exact),
        tables: shown,
        audit: found,
    })
}

fn refuse(tables: &[Table], joined: &Joined) -> Result<(), NotProtected> {
    for table in tables {
        for (index, cell) in table.cells.iter().enumerate() {
            let (name, place) = (table.name.clone(), table.place(index));
            match cell.entry {
                Entry::Shown(value) if value < 0 => {
                    return Err(NotProtected::Negative { table: name, place });
                }
                Entry::Shown(_) => {}
                _ => return Err(NotProtected::Missing { table: name, place }),
            }
        }
    }
    for line in joined.lines.iter().filter(|line| line.complete) {
        let value = |(number, c): (usize, i64)| c * joined.numbers[number].least;
        if line.terms().into_iter().map(value).sum::<i64>() != 0 {
            let (table, cell) = joined.numbers[line.whole].stands[0];
            let table = &tables[table];
            return Err(NotProtected::NotAdditive {
                table: table.name.clone(),
                place: table.place(cell),
            });
        }
    }
    Ok(())
}

fn shown(tables: &[Table], joined: &Joined, hidden: &[Option<Hiding>]) -> Vec<Table> {
    let mut tables = tables.to_vec();
    for (table, of) in tables.iter_mut().zip(&joined.of) {
        for (cell, &number) in table.cells.iter_mut().zip(of) {
            if hidden[number].is_some() {
                cell.entry = Entry::Hidden;
            }
        }
    }
    tables
}

/// What is unsafe, and what must stay unknown of it.
struct Primary<'a> {
    rules: &'a Rules,
    joined: &'a Joined,
    unsafe_numbers: BTreeSet<usize>,
    demands: Vec<Demand>,
    /// Per number, the party that it is about.
    owners: Vec<Option<usize>>,
    /// Rests of lines: their value and the cells that they are the sum of.
    rests: Vec<(i64, Vec<usize>)>,
    /// Empty cells that may be hidden.
    open_zeros: BTreeSet<usize>,
}

impl<'a> Primary<'a> {
    fn new(tables: &[Table], rules: &'a Rules, joined: &'a Joined) -> Self {
        let mut primary = Self {
            rules,
            joined,
            unsafe_numbers: BTreeSet::new(),
            demands: Vec::new(),
            owners: owners(tables, rules, joined),
            rests: Vec::new(),
            open_zeros: BTreeSet::new(),
        };
        primary.single_numbers(tables);
        for line in joined.lines.iter().filter(|line| line.parts.len() > 1) {
            primary.group(line);
            primary.own_part(line);
        }
        if rules.measure == Measure::Magnitudes && rules.singletons {
            primary.singletons(tables);
        }
        primary
    }

    fn value(&self, number: usize) -> i64 {
        self.joined.numbers[number].least
    }

    fn demand(&mut self, number: usize, attacker: Attacker, between: (i64, i64)) {
        self.unsafe_numbers.insert(number);
        let (at_most, at_least) = between;
        self.demands.push(Demand {
            number,
            attacker,
            at_most,
            at_least,
        });
    }

    /// Numbers that are unsafe by themselves, for readers and for parties that they are not of.
    fn single_numbers(&mut self, tables: &[Table]) {
        let parties: BTreeSet<usize> = self.owners.iter().copied().flatten().collect();
        for number in 0..self.joined.numbers.len() {
            let Some(between) = self.must_span(tables, number) else {
                continue;
            };
            self.demand(number, Attacker::Public, between);
            for &party in &parties {
                if self.owners[number] != Some(party) {
                    self.demand(number, Attacker::Institution(party), between);
                }
            }
        }
    }

    fn must_span(&self, tables: &[Table], number: usize) -> Option<(i64, i64)> {
        let stands = &self.joined.numbers[number].stands;
        let contributors = stands.iter().find_map(|&(table, cell)| {
            let scale = self.joined.scale[table];
            let mut contributors = tables[table].cells[cell].contributors?;
            contributors.largest *= scale;
            contributors.second *= scale;
            Some(contributors)
        });
        self.rules.must_span(self.value(number), contributors)
    }

    /// Where all but a few of a line lie in one cell, those few must seem able to be more.
    fn group(&mut self, line: &JoinedLine) {
        let top = line
            .parts
            .iter()
            .copied()
            .max_by_key(|&part| (self.value(part), part));
        let total = self.value(line.whole);
        let Some((top, rest)) =
            top.and_then(|top| Some((top, self.rules.rest_of_line(total, self.value(top))?)))
        else {
            return;
        };
        let others: Vec<usize> = line
            .parts
            .iter()
            .copied()
            .filter(|&part| part != top)
            .collect();
        let empty = others
            .iter()
            .filter(|&&other| self.value(other) == 0)
            .copied();
        let empty: Vec<usize> = empty.collect();
        self.open_zeros.extend(empty);
        let number = self.joined.numbers.len() + self.rests.len();
        self.rests.push((rest, others));
        let share = ((1.0 - self.rules.group_share) * total as f64).ceil() as i64;
        let at_least = share.max(self.rules.threshold as i64);
        self.demands.push(Demand {
            number,
            attacker: Attacker::Public,
            at_most: 1,
            at_least,
        });
    }

    /// A party that subtracts its own part of a total is left with nobody or with enough.
    fn own_part(&mut self, line: &JoinedLine) {
        for &part in &line.parts {
            let (own, total) = (self.value(part), self.value(line.whole));
            let Some(party) = self.owners[part].filter(|_| own > 0) else {
                continue;
            };
            if self.rules.is_small(total - own) && self.owners[line.whole].is_none() {
                let threshold = self.rules.threshold as i64;
                let between = (own + 1, own + threshold);
                self.demand(line.whole, Attacker::Institution(party), between);
            }
        }
    }

    /// Who is alone behind a magnitude knows it, and so do its neighbours' numbers need more.
    fn singletons(&mut self, tables: &[Table]) {
        let alone = |number: &usize| {
            let stands = &self.joined.numbers[*number].stands;
            stands.iter().any(|&(table, cell)| {
                let contributors = tables[table].cells[cell].contributors;
                contributors.is_some_and(|contributors| contributors.count == 1)
            })
        };
        let mut pairs = BTreeSet::new();
        for line in &self.joined.lines {
            let single: Vec<usize> = line.parts.iter().copied().filter(alone).collect();
            let others = line
                .parts
                .iter()
                .filter(|part| self.unsafe_numbers.contains(part));
            for &other in others {
                pairs.extend(
                    single
                        .iter()
                        .filter(|&&one| one != other)
                        .map(|&one| (other, one)),
                );
            }
        }
        for (number, one) in pairs {
            if let Some(between) = self.must_span(tables, number) {
                self.demand(number, Attacker::Contributor(one), between);
            }
        }
    }

    fn problem(&self) -> Problem {
        let total: i64 = (0..self.joined.numbers.len())
            .map(|number| self.value(number))
            .sum();
        let number = |index: usize| {
            let value = self.value(index);
            let one = &self.joined.numbers[index];
            let cost = self.cost(index, total);
            let status = if self.unsafe_numbers.contains(&index) || one.stands.is_empty() {
                Status::Hidden
            } else if value > 0 {
                Status::Choice(cost)
            } else if self.open_zeros.contains(&index) {
                Status::Choice(ZERO_COST)
            } else {
                Status::Zero
            };
            Number {
                display: match (one.stands.is_empty(), one.is_margin) {
                    (true, _) => Display::Implied,
                    (false, true) => Display::Margin,
                    (false, false) => Display::Cell,
                },
                owner: self.owners[index],
                ..Number::count(value, status)
            }
        };
        let mut numbers: Vec<Number> = (0..self.joined.numbers.len()).map(number).collect();
        let mut sums: BTreeSet<Vec<(usize, i64)>> =
            self.joined.lines.iter().map(JoinedLine::terms).collect();
        for (value, cells) in &self.rests {
            let terms = cells
                .iter()
                .map(|&cell| (cell, 1))
                .chain([(numbers.len(), -1)]);
            sums.insert(terms.collect());
            numbers.push(Number {
                display: Display::Implied,
                ..Number::count(*value, Status::Hidden)
            });
        }
        Problem::new(numbers, sums.into_iter().collect(), self.demands.clone())
    }

    fn cost(&self, number: usize, total: i64) -> f64 {
        let value = self.value(number) as f64;
        match self.rules.cost {
            Cost::Values => value,
            Cost::Cells => {
                let cost = 1.0 + 0.5 * value / (total as f64).max(1.0);
                if self.joined.numbers[number].is_margin {
                    MARGIN_COST * cost
                } else {
                    cost
                }
            }
        }
    }
}

/// Per number, the label of the owners' dimension that it stands under.
fn owners(tables: &[Table], rules: &Rules, joined: &Joined) -> Vec<Option<usize>> {
    let mut owners = vec![None; joined.numbers.len()];
    let Some(wanted) = rules.owners.as_ref().map(|name| name.to_lowercase()) else {
        return owners;
    };
    let mut parties: BTreeMap<String, usize> = BTreeMap::new();
    for (table, of) in tables.iter().zip(&joined.of) {
        let dimension = table
            .dimensions
            .iter()
            .position(|d| d.name.to_lowercase() == wanted);
        let Some(dimension) = dimension else { continue };
        for (cell, &number) in table.cells.iter().zip(of) {
            let label = &table.dimensions[dimension].labels[cell.at[dimension]];
            if !label.is_total() {
                let next = parties.len();
                owners[number] = Some(*parties.entry(label.text().to_lowercase()).or_insert(next));
            }
        }
    }
    owners
}
