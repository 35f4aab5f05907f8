use crate::{Policy, Refusal};
use estimate::Digest;

/// The word of the checkers on one set of screened results, and on no other.
#[derive(Debug)]
pub struct Approval {
    pub(crate) author: String,
    pub(crate) checkers: Vec<String>,
    pub(crate) digest: Digest,
}

impl Approval {
    /// The approval by `checkers` of what `author` made and [`crate::ScreenedSet::digest`] names.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] where a name is missing, the author is among the checkers, two of them are
    /// the same person (whatever capitals or spaces are used), or there are fewer than the
    /// policy asks for.
    pub fn new(
        author: &str,
        checkers: &[&str],
        digest: Digest,
        policy: &Policy,
    ) -> Result<Self, Refusal> {
        let author_key = person(author)?;
        let mut keys = Vec::with_capacity(checkers.len());
        for checker in checkers {
            let key = person(checker)?;
            if key == author_key {
                return Err(Refusal::AuthorChecks);
            }
            if keys.contains(&key) {
                return Err(Refusal::SamePerson);
            }
            keys.push(key);
        }
        enough(checkers.len(), policy)?;
        Ok(Self {
            author: author.trim().to_owned(),
            checkers: checkers.iter().map(|name| name.trim().to_owned()).collect(),
            digest,
        })
    }
}

/// Whether there are as many checkers as the policy asks for.
pub(crate) fn enough(given: usize, policy: &Policy) -> Result<(), Refusal> {
    let needed = policy.settings().checkers;
    if given < needed {
        return Err(Refusal::TooFewCheckers { needed, given });
    }
    Ok(())
}

/// A name as it is compared: letters and digits only, in lower case.
fn person(name: &str) -> Result<String, Refusal> {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    let key: String = kept.flat_map(char::to_lowercase).collect();
    if key.is_empty() {
        return Err(Refusal::NameMissing);
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicyDraft;

    fn approve(author: &str, checkers: &[&str]) -> Option<Refusal> {
        let policy = Policy::new(PolicyDraft::default()).unwrap();
        Approval::new(author, checkers, Digest([1; 32]), &policy).err()
    }

    #[test]
    fn two_others_may_approve() {
        assert_eq!(approve("An Visser", &["Bo Smit", "Cas Mulder"]), None);
    }

    #[test]
    fn the_author_equal_persons_and_too_few_are_refused() {
        assert_eq!(
            approve("An Visser", &["an  VISSER", "Bo"]),
            Some(Refusal::AuthorChecks)
        );
        assert_eq!(
            approve("An", &["Bo Smit", "B.o. smit "]),
            Some(Refusal::SamePerson)
        );
        assert_eq!(approve("An", &["Bo", " - "]), Some(Refusal::NameMissing));
        let few = Refusal::TooFewCheckers {
            needed: 2,
            given: 1,
        };
        assert_eq!(approve("An", &["Bo"]), Some(few));
    }
}
