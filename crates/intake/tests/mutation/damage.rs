//! Kinds of damage, each with the rule that is meant to find it.

use crate::delivery::Delivery;
use intake::ParsedTables;

/// What is done.
pub enum Edit {
    /// To the files.
    Files(fn(&mut Delivery)),
    /// To what was read of them, for what text files cannot show.
    Read(fn(&mut ParsedTables)),
}

/// One kind of damage.
pub struct Damage {
    /// What is done, in a few words.
    pub name: &'static str,
    /// The rule meant for it.
    pub rule: &'static str,
    /// Other rules that rightly find it too.
    pub also: &'static [&'static str],
    /// Does it.
    pub edit: Edit,
}

/// Damage to the files that one rule finds.
pub const fn damage(name: &'static str, rule: &'static str, edit: fn(&mut Delivery)) -> Damage {
    Damage {
        name,
        rule,
        also: &[],
        edit: Edit::Files(edit),
    }
}

impl Damage {
    /// That other rules rightly find too.
    pub const fn also(mut self, rules: &'static [&'static str]) -> Self {
        self.also = rules;
        self
    }
}
