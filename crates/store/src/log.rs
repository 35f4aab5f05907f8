//! The chain of audit events, and its signed state, by which others can hold the study to it.

use crate::{Error, EventRow, Study, clock};
use envelope::{Checkpoint, Digest, SignedCheckpoint};
use sha2::{Digest as _, Sha256};

const LABEL: &str = "doorstroom/event/v1";

/// The digest before the first event.
const START: Digest = Digest::from_bytes([0; 32]);

/// The digest of an event and of all before it. Lengths in front keep texts apart.
pub(crate) fn chained(previous: Option<Digest>, event: &[&str; 4]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(LABEL);
    hasher.update(previous.unwrap_or(START).as_bytes());
    for text in event {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    }
    Digest::from_bytes(hasher.finalize().into())
}

/// A log that is what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// Every event, oldest first.
    pub events: Vec<EventRow>,
    /// How many of them form the chain; older ones were made before there was one.
    pub chained: usize,
}

impl Study {
    /// The state of the log now, signed.
    ///
    /// # Errors
    /// What the ledger says; a chain that is broken.
    pub fn checkpoint(&self) -> Result<SignedCheckpoint, Error> {
        let heads = heads(&self.database().events()?)?;
        let checkpoint = Checkpoint {
            study: self.protocol().study.id.clone(),
            events: heads.len() as u64,
            head: heads.last().copied().unwrap_or(START),
            made_at: clock::timestamp(),
        };
        Ok(checkpoint.sign(self.signing_key()))
    }

    /// Whether the log is whole, and still says what it said when these were signed.
    ///
    /// # Errors
    /// An event that was changed, left out or put in; a checkpoint of another study, or that this
    /// study did not sign.
    pub fn check_log(&self, checkpoints: &[SignedCheckpoint]) -> Result<LogState, Error> {
        let events = self.database().events()?;
        let heads = heads(&events)?;
        let own = self.signing_key().verifying_key();
        for signed in checkpoints {
            let known = signed
                .verified_by(&own)
                .filter(|known| known.study == self.protocol().study.id);
            let known = known.ok_or_else(|| {
                Error::Refused("Deze logstand is niet door deze studie ondertekend. Controleer of hij bij deze studie hoort en ongewijzigd is.".into())
            })?;
            let place = usize::try_from(known.events).unwrap_or(usize::MAX);
            let now = match place {
                0 => Some(&START),
                _ => heads.get(place - 1),
            };
            if now != Some(&known.head) {
                return Err(changed(&format!(
                    "de eerste {place} gebeurtenissen zijn niet meer die van {}",
                    known.made_at
                )));
            }
        }
        Ok(LogState {
            chained: heads.len(),
            events,
        })
    }
}

/// The digest of each chained event, computed again.
fn heads(events: &[EventRow]) -> Result<Vec<Digest>, Error> {
    let mut heads: Vec<Digest> = Vec::with_capacity(events.len());
    for (number, event) in (1..).zip(events) {
        let Some(kept) = &event.digest else {
            if heads.is_empty() {
                continue;
            }
            return Err(changed(&format!(
                "gebeurtenis {number} hoort niet bij de keten"
            )));
        };
        let texts = [&event.at, &event.what, &event.object, &event.outcome];
        let head = chained(heads.last().copied(), &texts.map(String::as_str));
        if *kept != head.to_string() {
            return Err(changed(&format!(
                "gebeurtenis {number} klopt niet met de keten"
            )));
        }
        heads.push(head);
    }
    Ok(heads)
}

fn changed(how: &str) -> Error {
    Error::Refused(format!(
        "Het logboek van de studie is veranderd: {how}. Zet de studiemap uit een reservekopie terug en zoek uit wat er is gebeurd."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewStudy;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn study(folder: &std::path::Path) -> Study {
        let new = NewStudy {
            id: "proef".into(),
            ..NewStudy::default()
        };
        let study = Study::create(folder, &new, &mut StdRng::seed_from_u64(1)).unwrap();
        for number in 0..5 {
            let object = number.to_string();
            study
                .database()
                .add_event("proef", &object, "gedaan")
                .unwrap();
        }
        study
    }

    #[test]
    fn a_checkpoint_holds_for_all_that_came_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let study = study(folder.path());
        let early = study.checkpoint().unwrap();
        study
            .database()
            .add_event("proef", "later", "gedaan")
            .unwrap();
        let late = study.checkpoint().unwrap();
        let state = study.check_log(&[early.clone(), late]).unwrap();
        assert_eq!((state.events.len(), state.chained), (6, 6));
        let elsewhere = tempfile::tempdir().unwrap();
        let other = Study::create(
            elsewhere.path(),
            &NewStudy {
                id: "proef".into(),
                ..NewStudy::default()
            },
            &mut StdRng::seed_from_u64(2),
        )
        .unwrap();
        assert!(other.check_log(&[early]).is_err(), "signed by another");
    }

    #[test]
    fn a_changed_missing_or_added_event_is_seen() {
        for statement in [
            "UPDATE event SET outcome = 'anders' WHERE id = 3",
            "DELETE FROM event WHERE id = 3",
            "INSERT INTO event (at, what, object, outcome) VALUES ('a','b','c','d')",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let study = study(folder.path());
            for trigger in ["u", "d"] {
                let drop = match trigger {
                    "u" => "DROP TRIGGER event_is_only_added_to_u",
                    _ => "DROP TRIGGER event_is_only_added_to_d",
                };
                study.database().execute(drop);
            }
            study.database().execute(statement);
            let seen = study.check_log(&[]).unwrap_err();
            assert!(seen.sentence().contains("logboek"), "{statement}");
        }
    }

    /// Whoever has the whole folder can make a new chain; the checkpoint that somebody else
    /// keeps shows it.
    #[test]
    fn a_log_that_was_cut_short_or_written_anew_is_seen_by_whoever_kept_a_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let study = study(folder.path());
        let kept = study.checkpoint().unwrap();
        study
            .database()
            .execute("DROP TRIGGER event_is_only_added_to_d");
        study.database().execute("DELETE FROM event WHERE id = 5");
        assert!(study.check_log(&[]).is_ok(), "the end alone shows nothing");
        assert!(study.check_log(std::slice::from_ref(&kept)).is_err());
        study
            .database()
            .add_event("proef", "in de plaats", "gedaan")
            .unwrap();
        assert!(study.check_log(&[]).is_ok());
        assert!(study.check_log(&[kept]).is_err());
    }
}
