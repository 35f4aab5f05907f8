//! The rules, one file each.

use crate::Rule;

/// Every rule, in the order of their codes.
pub fn all_rules() -> &'static [&'static Rule] {
    &[]
}
