use crate::Error;
use envelope::{DeliveryId, Digest, ObservedPeriod};
use serde::{Deserialize, Serialize};

/// The least part of a digest that may stand for the whole.
const SHORTEST: usize = 12;

/// One delivery that an institution sealed: a file for the koppelpunt and one for the study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedDelivery {
    /// Its number.
    pub delivery: u32,
    /// What both files share.
    pub delivery_id: DeliveryId,
    /// The days that it covers.
    pub period: ObservedPeriod,
    /// The day on which it was sealed, `jjjj-mm-dd`.
    pub sealed_on: String,
    /// The digest of the header of the file for the koppelpunt.
    pub keys: Digest,
    /// The digest of the header of the file for the study.
    pub content: Digest,
}

/// All that an institution sealed for one study, oldest first. It is only added to: a delivery
/// that was replaced stays, for its files may have gone out after all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedLog {
    entries: Vec<LogEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogEntry {
    sealed: SealedDelivery,
    /// The delivery that it names as its predecessor.
    after: Option<DeliveryId>,
}

/// Where in the order of deliveries a new one comes. Only the institution knows what it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placing {
    /// After the newest one, over another period.
    Next,
    /// After the newest one, which was sent; over the same period it is a correction.
    Correction,
    /// In the place of the newest one, which was not sent.
    ReplaceUnsent,
    /// After the delivery of which a file has this digest, or the beginning of it.
    After(String),
    /// The first, whatever was sealed before.
    First,
}

impl SealedLog {
    /// The newest delivery.
    pub fn newest(&self) -> Option<&SealedDelivery> {
        self.entries.last().map(|entry| &entry.sealed)
    }

    /// All deliveries, oldest first, those that were replaced too.
    pub fn deliveries(&self) -> impl Iterator<Item = &SealedDelivery> {
        self.entries.iter().map(|entry| &entry.sealed)
    }

    /// The delivery that a new one over `period` names as its predecessor.
    ///
    /// # Errors
    /// A Dutch sentence where the institution has to say what it sent, or says what cannot be.
    pub fn predecessor(
        &self,
        placing: &Placing,
        period: &ObservedPeriod,
    ) -> Result<Option<&SealedDelivery>, Error> {
        match placing {
            Placing::Next => match self.newest() {
                Some(newest) if newest.period == *period => Err(sealed_already(newest)),
                newest => Ok(newest),
            },
            Placing::Correction => match self.newest() {
                None => Err(nothing_sealed("--correction")),
                newest => Ok(newest),
            },
            Placing::ReplaceUnsent => match self.entries.last() {
                None => Err(nothing_sealed("--replace-unsent")),
                Some(newest) => Ok(newest.after.and_then(|id| self.find(id))),
            },
            Placing::After(digest) => self.starting_with(digest).map(Some),
            Placing::First => Ok(None),
        }
    }

    /// Whether a delivery with this number was sealed, of which the file for the study has a
    /// header with this digest.
    pub fn has_sealed(&self, delivery: u32, content: Digest) -> bool {
        let mut all = self.entries.iter().map(|entry| &entry.sealed);
        all.any(|sealed| sealed.delivery == delivery && sealed.content == content)
    }

    /// Adds a delivery with its predecessor.
    pub fn add(&mut self, sealed: SealedDelivery, after: Option<DeliveryId>) {
        self.entries.push(LogEntry { sealed, after });
    }

    fn find(&self, id: DeliveryId) -> Option<&SealedDelivery> {
        let mut all = self.entries.iter().map(|entry| &entry.sealed);
        all.find(|sealed| sealed.delivery_id == id)
    }

    fn starting_with(&self, digest: &str) -> Result<&SealedDelivery, Error> {
        let wanted = digest.trim().to_lowercase();
        let starts = |digest: Digest| digest.to_string().starts_with(&wanted);
        let mut all = self.entries.iter().map(|entry| &entry.sealed);
        let found = all.find(|sealed| starts(sealed.keys) || starts(sealed.content));
        found.filter(|_| wanted.len() >= SHORTEST).ok_or_else(|| {
            Error::Refused(format!(
                "Met deze sleutels is geen levering met kenmerk {wanted} verzegeld. Neem het kenmerk over uit de melding van de ontvanger, minstens {SHORTEST} tekens; `--after geen` begint opnieuw."
            ))
        })
    }
}

fn sealed_already(newest: &SealedDelivery) -> Error {
    Error::Refused(format!(
        "Over deze periode ({} tot {}) is op {} al levering {} verzegeld (kenmerk {}). Is die nog niet verstuurd, vervang haar dan met `--replace-unsent`. Is ze wel verstuurd en is dit een correctie daarop, geef dan `--correction`.",
        newest.period.from,
        newest.period.until,
        newest.sealed_on,
        newest.delivery,
        newest.content.short()
    ))
}

fn nothing_sealed(flag: &str) -> Error {
    Error::Refused(format!(
        "Met deze sleutels is voor deze studie nog geen levering verzegeld. Laat `{flag}` weg."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Day;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn period(until: i32) -> ObservedPeriod {
        ObservedPeriod {
            from: Day::from_ymd(2019, 1, 1).unwrap(),
            until: Day::from_ymd(until, 1, 1).unwrap(),
        }
    }

    fn sealed(number: u32, seed: u64, until: i32) -> SealedDelivery {
        SealedDelivery {
            delivery: number,
            delivery_id: DeliveryId::generate(&mut StdRng::seed_from_u64(seed)),
            period: period(until),
            sealed_on: "2026-07-01".into(),
            keys: Digest::of(&[seed as u8, 0]),
            content: Digest::of(&[seed as u8, 1]),
        }
    }

    /// 1, then 2 after it.
    fn log() -> (SealedLog, SealedDelivery, SealedDelivery) {
        let (one, two) = (sealed(1, 1, 2025), sealed(2, 2, 2026));
        let mut log = SealedLog::default();
        log.add(one.clone(), None);
        log.add(two.clone(), Some(one.delivery_id));
        (log, one, two)
    }

    #[test]
    fn the_same_period_asks_what_was_sent() {
        let (log, one, two) = log();
        let error = log.predecessor(&Placing::Next, &period(2026)).unwrap_err();
        let sentence = error.sentence();
        assert!(sentence.contains("--replace-unsent") && sentence.contains("--correction"));
        assert!(
            sentence.contains(two.content.short().as_str()),
            "{sentence}"
        );
        let after = |placing| log.predecessor(&placing, &period(2026)).unwrap().cloned();
        assert_eq!(after(Placing::Correction), Some(two.clone()));
        assert_eq!(after(Placing::ReplaceUnsent), Some(one));
        assert_eq!(after(Placing::First), None);
        let next = log.predecessor(&Placing::Next, &period(2027)).unwrap();
        assert_eq!(next, Some(&two));
    }

    #[test]
    fn a_replaced_delivery_can_still_be_followed() {
        let (mut log, one, two) = log();
        let instead = sealed(2, 3, 2026);
        log.add(instead.clone(), Some(one.delivery_id));
        // Replacing again replaces what replaced, after the same predecessor.
        let again = log.predecessor(&Placing::ReplaceUnsent, &period(2026));
        assert_eq!(again.unwrap(), Some(&one));
        for digest in [two.keys.to_string(), two.content.short().to_uppercase()] {
            let placing = Placing::After(digest);
            assert_eq!(
                log.predecessor(&placing, &period(2026)).unwrap(),
                Some(&two)
            );
        }
        for wrong in ["", "0", "nergens", &two.keys.to_string()[..8]] {
            let placing = Placing::After(wrong.into());
            assert!(log.predecessor(&placing, &period(2026)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_sealed_is_nothing_to_replace_or_correct() {
        let log = SealedLog::default();
        for placing in [Placing::ReplaceUnsent, Placing::Correction] {
            assert!(log.predecessor(&placing, &period(2026)).is_err());
        }
        assert_eq!(
            log.predecessor(&Placing::Next, &period(2026)).unwrap(),
            None
        );
    }
}
