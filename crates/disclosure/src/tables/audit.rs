//! What a reader can work out of tables as they are.

use super::join::{Joined, JoinedLine, join};
use super::rules::{Measure, Rules};
use super::table::{Entry, Table};
use crate::protect::{Number, Problem, Range, Status, ranges, settle_on_some_world};
use crate::system::Display;
use serde::Serialize;
use std::collections::BTreeSet;

/// What was found of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A small count is shown.
    Small,
    /// A hidden number follows exactly.
    Exact,
    /// A hidden number is known too well.
    Narrow,
    /// Nearly everybody in a line is alike.
    Group,
    /// Two tables differ by a small count.
    Difference,
    /// Numbers do not add up.
    Contradiction,
    /// The table is too large, or nothing fits what it says.
    Unchecked,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was found.
    pub kind: FindingKind,
    /// The table.
    pub table: String,
    /// The cell, by its labels.
    pub place: String,
    /// The least that the number can be; nothing where the finding is about something else.
    pub least: Option<i64>,
    /// The most that it can be; nothing where it is not bounded.
    pub most: Option<i64>,
    /// The finding in words.
    pub sentence: String,
    /// The table and cell by index.
    #[serde(skip)]
    pub at: (usize, usize),
}

/// The outcome of an audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// What was found, by table and cell.
    pub findings: Vec<Finding>,
    /// How many cells were looked at.
    pub cells: usize,
    /// How many of them are not shown as a number.
    pub hidden: usize,
    /// How many sums bind them.
    pub sums: usize,
    /// Decimals of the numbers above: they are whole numbers of the last decimal.
    pub decimals: u32,
}

impl Audit {
    /// What a reader can work out of one cell, if that is a finding.
    pub fn of(&self, table: usize, cell: usize) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.at == (table, cell))
    }
}

/// Works out what a reader can of these tables together.
pub fn audit(tables: &[Table], rules: &Rules) -> Audit {
    let joined = join(tables, rules);
    let mut auditor = Auditor::new(tables, rules, &joined);
    let sums = auditor.sums_that_hold();
    let ranges = auditor.ranges(&sums);
    auditor.numbers(&ranges);
    auditor.lines(&ranges);
    auditor.differences();
    let mut findings = auditor.findings;
    findings.sort_by_key(|finding| (finding.at, finding.kind));
    findings.dedup();
    let entries = || {
        tables
            .iter()
            .flat_map(|table| &table.cells)
            .map(|cell| cell.entry)
    };
    Audit {
        cells: entries().count(),
        hidden: entries()
            .filter(|entry| !matches!(entry, Entry::Shown(_)))
            .count(),
        sums: sums.len(),
        decimals: auditor.decimals,
        findings,
    }
}

/// What a reader can work out of each number, whatever the rules say: for the audit above and
/// for tests. Per table and cell the least and, where there is one, the most.
pub fn feasible(tables: &[Table], rules: &Rules) -> Vec<Vec<(i64, Option<i64>)>> {
    let joined = join(tables, rules);
    let mut auditor = Auditor::new(tables, rules, &joined);
    let sums = auditor.sums_that_hold();
    let ranges = auditor.ranges(&sums);
    let of = |&number: &usize| (ranges[number].least, ranges[number].most);
    joined
        .of
        .iter()
        .map(|numbers| numbers.iter().map(of).collect())
        .collect()
}

struct Auditor<'a> {
    tables: &'a [Table],
    rules: &'a Rules,
    joined: &'a Joined,
    decimals: u32,
    findings: Vec<Finding>,
}

impl<'a> Auditor<'a> {
    fn new(tables: &'a [Table], rules: &'a Rules, joined: &'a Joined) -> Self {
        Self {
            tables,
            rules,
            joined,
            decimals: tables.iter().map(|table| table.decimals).max().unwrap_or(0),
            findings: Vec::new(),
        }
    }

    /// The lines that can hold with what is known; the others are findings.
    fn sums_that_hold(&mut self) -> Vec<&'a JoinedLine> {
        let joined = self.joined;
        let mut sums = Vec::new();
        for line in &joined.lines {
            let mut least = 0;
            let mut most = Some(0);
            for (number, c) in line.terms() {
                let one = &self.joined.numbers[number];
                let (low, high) = (Some(one.least), one.most);
                let (down, up) = if c > 0 { (low, high) } else { (high, low) };
                least = down.map_or(i64::MIN / 2, |down| (least + c * down).max(i64::MIN / 2));
                most = most.zip(up).map(|(most, up)| most + c * up);
            }
            if least > 0 || most.is_some_and(|most| most < 0) {
                self.contradiction(line);
            } else {
                sums.push(line);
            }
        }
        sums
    }

    fn contradiction(&mut self, line: &JoinedLine) {
        let dimension = &self.tables[line.table].dimensions[line.dimension].name;
        let over = if dimension.is_empty() {
            String::new()
        } else {
            format!(" over {dimension}")
        };
        if let Some(at) = self.standing(line.whole, line.table) {
            self.find(FindingKind::Contradiction, at, None, |place| {
                format!("{place}: de delen{over} tellen niet op tot dit totaal; deze som is niet gebruikt.")
            });
        }
    }

    /// What each number can be.
    fn ranges(&mut self, sums: &[&JoinedLine]) -> Vec<Range> {
        let number = |one: &super::join::JoinedNumber| Number {
            display: Display::Cell,
            least: one.least,
            most: one.most,
            ..Number::count(
                one.least,
                if one.known().is_some() {
                    Status::Known
                } else {
                    Status::Hidden
                },
            )
        };
        let numbers = self.joined.numbers.iter().map(number).collect();
        let terms: BTreeSet<Vec<(usize, i64)>> = sums.iter().map(|line| line.terms()).collect();
        let mut problem = Problem::new(numbers, terms.into_iter().collect(), Vec::new());
        for part in settle_on_some_world(&mut problem) {
            self.unchecked(part.first().copied());
            part.into_iter()
                .for_each(|n| problem.numbers[n].status = Status::Known);
        }
        let found = ranges(&problem).unwrap_or_else(|_| {
            self.unchecked(
                (0..problem.numbers.len()).find(|&n| !problem.numbers[n].status.is_known()),
            );
            vec![None; problem.numbers.len()]
        });
        let known = |(found, one): (Option<Range>, &super::join::JoinedNumber)| {
            found.unwrap_or(Range {
                least: one.least,
                most: one.most,
            })
        };
        found
            .into_iter()
            .zip(&self.joined.numbers)
            .map(known)
            .collect()
    }

    fn unchecked(&mut self, number: Option<usize>) {
        let at = number.and_then(|number| self.joined.numbers[number].stands.first().copied());
        self.find(FindingKind::Unchecked, at.unwrap_or((0, 0)), None, |place| {
            format!(
                "{place} en wat ermee samenhangt: niet nagerekend. De tabel is te groot, of geen \
                 getallen passen bij wat er staat."
            )
        });
    }

    /// Small counts that are shown, and hidden numbers that are known too well.
    fn numbers(&mut self, ranges: &[Range]) {
        for (number, one) in self.joined.numbers.iter().enumerate() {
            let shown = one
                .stands
                .iter()
                .find(|&&at| matches!(self.entry(at), Entry::Shown(_)));
            let hidden = one
                .stands
                .iter()
                .find(|&&at| !matches!(self.entry(at), Entry::Shown(_)));
            let range = ranges[number];
            if let (Some(&shown), true) = (shown, self.surely_small(range)) {
                self.find(FindingKind::Small, shown, Some(range), |place| {
                    format!("{place}: een klein aantal staat open.")
                });
            }
            if let Some(&at) = hidden.filter(|_| shown.is_none() || one.known().is_some()) {
                self.hidden(at, range);
            }
        }
    }

    fn hidden(&mut self, at: (usize, usize), range: Range) {
        let marked = match self.entry(at) {
            Entry::Between(least, most) => {
                let scale = self.joined.scale[at.0];
                Some((least * scale, most.map(|most| most * scale)))
            }
            _ => None,
        };
        let says_so_itself =
            marked.is_some_and(|(least, most)| range.least <= least && range.most == most);
        if range.most == Some(range.least) {
            let value = self.written(range.least);
            self.find(FindingKind::Exact, at, Some(range), |place| {
                format!("{place}: verborgen, maar precies uit te rekenen: {value}.")
            });
        } else if self.too_narrow(range) && !says_so_itself {
            let between = self.between(range);
            self.find(FindingKind::Narrow, at, Some(range), |place| {
                format!("{place}: verborgen, maar te goed te schatten: {between}.")
            });
        }
    }

    fn surely_small(&self, range: Range) -> bool {
        range.least > 0 && range.most.is_some_and(|most| self.rules.is_small(most))
    }

    /// Whatever the number is, it is known better than it may be.
    fn too_narrow(&self, range: Range) -> bool {
        let Some(most) = range.most else { return false };
        match self.rules.measure {
            Measure::Counts => self.rules.is_small(most),
            Measure::Magnitudes => {
                let percent = self.rules.percent();
                (most as f64) * (100.0 - percent) < (range.least as f64) * (100.0 + percent)
            }
        }
    }

    /// Lines in which nearly everybody is in one cell.
    fn lines(&mut self, ranges: &[Range]) {
        if self.rules.measure != Measure::Counts {
            return;
        }
        let exact = |number: usize| {
            ranges[number]
                .most
                .filter(|&most| most == ranges[number].least)
        };
        for line in self
            .joined
            .lines
            .iter()
            .filter(|line| line.complete && line.parts.len() > 1)
        {
            let Some(total) = exact(line.whole) else {
                continue;
            };
            let tops = line
                .parts
                .iter()
                .filter_map(|&part| Some((exact(part)?, part)));
            let Some((most, top)) = tops.max() else {
                continue;
            };
            let Some(rest) = self.rules.rest_of_line(total, most) else {
                continue;
            };
            let Some(at) = self.standing(top, line.table) else {
                continue;
            };
            let dimension = &self.tables[line.table].dimensions[line.dimension].name;
            let over = if dimension.is_empty() {
                String::new()
            } else {
                format!(" ({dimension})")
            };
            let (most, total) = (self.written(most), self.written(total));
            self.find(FindingKind::Group, at, None, |place| {
                let who = if rest == 0 {
                    "iedereen"
                } else {
                    "bijna iedereen"
                };
                format!("{place}: {who} in deze lijn{over} valt in deze cel: {most} van {total}.")
            });
        }
    }

    /// Tables that differ by few in the same group.
    fn differences(&mut self) {
        for apart in &self.joined.apart {
            let number = |at: (usize, usize)| match self.entry(at) {
                Entry::Shown(value) => Some(value * self.joined.scale[at.0]),
                _ => None,
            };
            let Some((one, other)) = number(apart.one).zip(number(apart.other)) else {
                continue;
            };
            let difference = (one - other).abs();
            if self.rules.is_small(difference) {
                let before = &self.tables[apart.one.0].name;
                self.find(FindingKind::Difference, apart.other, None, |place| {
                    format!(
                        "{place}: verschilt {difference} van dezelfde groep in {before}; zo volgt \
                         een klein aantal uit twee tabellen."
                    )
                });
            }
        }
    }

    fn entry(&self, at: (usize, usize)) -> Entry {
        self.tables[at.0].cells[at.1].entry
    }

    /// Where a number stands in a table, or else anywhere.
    fn standing(&self, number: usize, table: usize) -> Option<(usize, usize)> {
        let stands = &self.joined.numbers[number].stands;
        stands
            .iter()
            .find(|at| at.0 == table)
            .or(stands.first())
            .copied()
    }

    fn find(
        &mut self,
        kind: FindingKind,
        at: (usize, usize),
        range: Option<Range>,
        words: impl Fn(&str) -> String,
    ) {
        let table = &self.tables[at.0];
        let place = table.place(at.1);
        self.findings.push(Finding {
            kind,
            table: table.name.clone(),
            sentence: words(&place),
            place,
            least: range.map(|range| range.least),
            most: range.and_then(|range| range.most),
            at,
        });
    }

    fn between(&self, range: Range) -> String {
        let least = self.written(range.least);
        match range.most {
            Some(most) => format!("tussen {least} en {}", self.written(most)),
            None => format!("ten minste {least}"),
        }
    }

    fn written(&self, value: i64) -> String {
        super::written(value, self.decimals)
    }
}
