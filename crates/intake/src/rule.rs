use crate::{Finding, ParsedTables, Place, Severity};
use calendar::Day;

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The delivery.
    pub tables: &'a ParsedTables,
    /// The day of the check.
    pub today: Day,
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
    /// Looks for breaches.
    pub check: fn(&Context<'_>, &mut Reporter),
    /// Says what is wrong and how to mend it, in Dutch.
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

    pub(crate) fn into_parts(self) -> (Vec<Finding>, u64) {
        (self.found, self.left_out)
    }
}
