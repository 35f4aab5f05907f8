use crate::rules::Index;
use crate::{Finding, ParsedTables, Place, Severity};
use calendar::Day;

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The delivery.
    pub tables: &'a ParsedTables,
    /// The day of the check.
    pub today: Day,
    /// Rows by key, stays by client and the like, made once for all rules.
    pub(crate) index: &'a Index,
}

/// One rule of the check. Each rule has a file of its own in `rules/`.
#[derive(Debug)]
pub struct Rule {
    /// Stable code, as `D203`: a letter for the family and a number.
    pub code: &'static str,
    /// How bad a breach is.
    pub severity: Severity,
    /// Dutch title, as in the list of rules.
    pub title: &'static str,
    /// Why the rule is there, in Dutch.
    pub why: &'static str,
    /// An invented example of a breach, in Dutch.
    pub example: &'static str,
    /// How to mend a breach, in Dutch.
    pub mend: &'static str,
    /// Looks for breaches.
    pub check: fn(&Context<'_>, &mut Reporter),
    /// Says what is wrong, in Dutch; depends on the table, field, column, source and numbers
    /// of the place, so that findings that differ in their row alone can be told together.
    pub sentence: fn(&Place, &ParsedTables) -> String,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

/// Takes down the findings of one rule.
#[derive(Debug)]
pub struct Reporter {
    rule: &'static Rule,
    found: Vec<Finding>,
    left_out: u64,
}

impl Reporter {
    /// How many findings of one rule are kept; more are only counted.
    pub const KEPT: usize = 200_000;

    pub(crate) fn new(rule: &'static Rule) -> Self {
        Self {
            rule,
            found: Vec::new(),
            left_out: 0,
        }
    }

    /// Takes down a finding.
    pub fn report(&mut self, place: Place) {
        if self.found.len() < Self::KEPT {
            self.found.push(Finding {
                rule: self.rule,
                place,
            });
        } else {
            self.left_out += 1;
        }
    }

    /// The findings kept, and how many there were in all.
    pub(crate) fn into_parts(self) -> (Vec<Finding>, u64) {
        let count = self.found.len() as u64 + self.left_out;
        (self.found, count)
    }
}
