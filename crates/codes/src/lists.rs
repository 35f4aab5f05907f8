//! The lists themselves. Sources are named per list; "lokaal" marks a list of this project.

mod care;
mod clinical;
mod law;
mod person;
mod stay;

pub use care::*;
pub use clinical::*;
pub use law::*;
pub use person::*;
pub use stay::*;

#[cfg(test)]
mod tests {
    use crate::{CodeList, all_lists};
    use std::collections::HashSet;

    fn keys_are_unique(list: &CodeList) {
        let keys: HashSet<_> = list.codes.iter().map(|code| code.key).collect();
        assert_eq!(keys.len(), list.codes.len(), "{} repeats a key", list.id);
    }

    #[test]
    fn every_list_has_a_source_unique_keys_and_real_dates() {
        let ids: HashSet<_> = all_lists().iter().map(|list| list.id).collect();
        assert_eq!(ids.len(), all_lists().len());
        for list in all_lists() {
            keys_are_unique(list);
            assert!(
                !list.source.is_empty() && !list.title.is_empty(),
                "{}",
                list.id
            );
            for code in list.codes {
                let (from, until) = (code.validity.from(), code.validity.until());
                assert!(
                    from.zip(until).is_none_or(|(from, until)| from < until),
                    "{}",
                    code.key
                );
                assert!(!code.label.is_empty());
            }
        }
    }
}
