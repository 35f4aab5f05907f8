use crate::cascade::{Cascade, KeyedRow};
use crate::quality::{KeyQuality, TwoLists};
use crate::register::PersonIndex;
use crate::{
    Error, EvaluatedKey, EvaluatedTable, KeyLabel, Keys, LinkId, LinkagePolicy, LinkageQuality,
    Register, RowId, SeenDelivery,
};
use rand::CryptoRng;
use rayon::prelude::*;

/// One institution's evaluated rows.
#[derive(Debug)]
pub struct Delivery {
    /// The institution's code.
    pub institution: String,
    /// The number of the delivery, and the digest of its signed header.
    pub seen: SeenDelivery,
    /// The rows.
    pub table: EvaluatedTable,
}

/// Why a row should be looked at again where its identity is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewReason {
    /// Too little is known of the client to make any key.
    NoKey,
    /// Another row of the same delivery has the same strictest key.
    TwiceInDelivery,
    /// A key fits several persons or several rows.
    SeveralPersons,
    /// The names fit a known person, but a personal number differs.
    ConflictingNumber,
    /// Only a weak key fits, in a group so large that this can be chance.
    WeakKeyOnly,
}

impl ReviewReason {
    const ALL: [Self; 5] = [
        Self::NoKey,
        Self::TwiceInDelivery,
        Self::SeveralPersons,
        Self::ConflictingNumber,
        Self::WeakKeyOnly,
    ];

    /// One Dutch sentence for the institution.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoKey => {
                "Er zijn te weinig gegevens om deze cliënt te herkennen: vul naam, geboortedatum of postcode aan."
            }
            Self::TwiceInDelivery => {
                "Deze cliënt lijkt twee keer in de levering te staan: voeg de rijen samen of verbeter de naam."
            }
            Self::SeveralPersons => {
                "De gegevens passen bij meer dan één persoon: controleer naam, geboortedatum en postcode."
            }
            Self::ConflictingNumber => {
                "De naam past bij een bekende persoon, maar het persoonsnummer wijkt af: controleer het nummer."
            }
            Self::WeakKeyOnly => {
                "De gegevens passen maar ten dele bij een bekende persoon: controleer de schrijfwijze van de naam."
            }
        }
    }

    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// A row that an institution should look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReviewRow {
    /// The row.
    pub row: RowId,
    /// Why.
    pub reason: ReviewReason,
}

/// Something that a person has to decide on; nothing is changed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// One row fits two persons by strict keys: they are probably the same person.
    MergeProposed {
        /// The person to whom the row was linked.
        kept: LinkId,
        /// The person who is probably the same.
        other: LinkId,
        /// The key that says so.
        key: KeyLabel,
    },
}

/// What linking one delivery gave.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkedDelivery {
    /// The institution's code.
    pub institution: String,
    /// The number of the delivery.
    pub number: u32,
    /// For every row its link id, ordered by row id: what the study team gets.
    pub links: Vec<(RowId, LinkId)>,
    /// The rows that the institution should look at again, ordered by row id.
    pub review: Vec<ReviewRow>,
    /// How well it went.
    pub quality: LinkageQuality,
}

/// What linking gave.
#[derive(Clone, Debug)]
pub struct LinkOutcome {
    /// Per delivery, ordered by institution and number.
    pub deliveries: Vec<LinkedDelivery>,
    /// What the koppelpunt remembers from now on.
    pub register: Register,
    /// What a person has to decide on.
    pub events: Vec<Event>,
}

/// Links deliveries to the register and so to each other.
///
/// Deliveries are taken in order of institution and number, whatever order they come in. In
/// each, the match keys are tried strictest first; a key links a row to a person only where no
/// other unlinked row of the delivery and no other unlinked person of the register has it.
/// `docs/methods/linkage.md` gives the rules in full. `rng` is used for new link ids only.
///
/// # Errors
/// A delivery that was given twice, is not newer than the last one of its institution, or has a
/// row id twice; the register is then lost to the caller, who still has its bytes.
pub fn link<R: CryptoRng + ?Sized>(
    mut register: Register,
    mut deliveries: Vec<Delivery>,
    policy: &LinkagePolicy,
    rng: &mut R,
) -> Result<LinkOutcome, Error> {
    deliveries
        .sort_by(|a, b| (&a.institution, a.seen.number).cmp(&(&b.institution, b.seen.number)));
    let mut linked = Vec::with_capacity(deliveries.len());
    let mut events = Vec::new();
    for delivery in deliveries {
        check(&delivery, &register)?;
        let rows = &delivery.table.rows;
        let matched = Matched::new(&register, rows, *policy);
        events.extend(matched.merge_proposals(&register, rows));
        linked.push(enter(&mut register, &delivery, matched, rng)?);
    }
    events.sort_unstable();
    events.dedup();
    Ok(LinkOutcome {
        deliveries: linked,
        register,
        events,
    })
}

fn check(delivery: &Delivery, register: &Register) -> Result<(), Error> {
    let institution = &delivery.institution;
    let last = register.last_delivery(institution);
    if let Some(last) = last.filter(|last| delivery.seen.number <= last.number) {
        return Err(Error::OldDelivery {
            institution: institution.clone(),
            number: delivery.seen.number,
            last: last.number,
        });
    }
    let mut pairs = delivery.table.rows.windows(2);
    if pairs.any(|pair| pair[0].0 == pair[1].0) {
        return Err(Error::RowTwice {
            institution: institution.clone(),
        });
    }
    Ok(())
}

/// What becomes of a row.
#[derive(Clone, Copy)]
enum Fate {
    /// It is this person, who was known already.
    Known(PersonIndex),
    /// It is somebody who was not known yet.
    New,
    /// It cannot be told apart from somebody else, or has no key: it gets a link id of its own,
    /// and the register learns nothing, so that the next, mended delivery starts clean.
    Undecided(ReviewReason),
}

/// Enters a matched delivery in the register.
fn enter<R: CryptoRng + ?Sized>(
    register: &mut Register,
    delivery: &Delivery,
    matched: Matched,
    rng: &mut R,
) -> Result<LinkedDelivery, Error> {
    let rows = &delivery.table.rows;
    let fates = matched.fates(register, rows);
    let mut links = Vec::with_capacity(rows.len());
    let mut learned = Vec::with_capacity(rows.len());
    for ((row, keys), fate) in rows.iter().zip(&fates) {
        let link = match fate {
            Fate::Known(person) => {
                learned.push((*person, keys));
                register.link_id(*person)
            }
            Fate::New => {
                let link = LinkId::generate(rng);
                learned.push((register.add_person(link)?, keys));
                link
            }
            Fate::Undecided(_) => LinkId::generate(rng),
        };
        links.push((*row, link));
    }
    register.learn(&learned);
    register.mark_seen(&delivery.institution, delivery.seen);
    Ok(LinkedDelivery {
        institution: delivery.institution.clone(),
        number: delivery.seen.number,
        links,
        review: matched.review(rows, &fates),
        quality: matched.quality(delivery, &fates),
    })
}

/// A delivery after the cascade.
struct Matched {
    person_of: Vec<Option<PersonIndex>>,
    taken: Vec<bool>,
    doubt: Vec<Option<ReviewReason>>,
    keys: [KeyQuality; KeyLabel::COUNT],
    two_lists: TwoLists,
}

impl Matched {
    fn new(register: &Register, rows: &[KeyedRow], policy: LinkagePolicy) -> Self {
        let mut cascade = Cascade::new(register, rows, policy);
        cascade.run();
        let (keys, two_lists) = cascade.agreement();
        Self {
            person_of: cascade.person_of,
            taken: cascade.taken,
            doubt: cascade.doubt,
            keys,
            two_lists,
        }
    }

    /// Persons who share a strict key with a row that was linked to somebody else, and who are
    /// not another row of the same delivery.
    fn merge_proposals(&self, register: &Register, rows: &[KeyedRow]) -> Vec<Event> {
        let mut events = Vec::new();
        for ((_, keys), person) in rows.iter().zip(&self.person_of) {
            let Some(kept) = *person else { continue };
            for key in KeyLabel::ALL.into_iter().filter(|key| key.is_strict()) {
                let Some(value) = keys[key.position()] else {
                    continue;
                };
                let others = register
                    .holders(key, &value)
                    .iter()
                    .map(|(_, other)| *other);
                let free = others.filter(|other| *other != kept && !self.taken[*other as usize]);
                events.extend(free.map(|other| Event::MergeProposed {
                    kept: register.link_id(kept),
                    other: register.link_id(other),
                    key,
                }));
            }
        }
        events
    }

    fn fates(&self, register: &Register, rows: &[KeyedRow]) -> Vec<Fate> {
        let twice = twice_in_delivery(rows);
        let fate = |index: usize| {
            let keys = &rows[index].1;
            if let Some(person) = self.person_of[index] {
                return Fate::Known(person);
            }
            let Some((label, key)) = strictest(keys) else {
                return Fate::Undecided(ReviewReason::NoKey);
            };
            if twice[index] {
                Fate::Undecided(ReviewReason::TwiceInDelivery)
            } else if register.holders(label, &key).is_empty() {
                Fate::New
            } else {
                Fate::Undecided(self.doubt[index].unwrap_or(ReviewReason::SeveralPersons))
            }
        };
        (0..rows.len()).map(fate).collect()
    }

    fn review(&self, rows: &[KeyedRow], fates: &[Fate]) -> Vec<ReviewRow> {
        let reason = |index: usize| match fates[index] {
            Fate::Known(_) => None,
            Fate::New => self.doubt[index],
            Fate::Undecided(reason) => Some(reason),
        };
        let entry = |index: usize| {
            let row = rows[index].0;
            reason(index).map(|reason| ReviewRow { row, reason })
        };
        (0..rows.len()).filter_map(entry).collect()
    }

    fn quality(self, delivery: &Delivery, fates: &[Fate]) -> LinkageQuality {
        let count = |test: fn(&Fate) -> bool| fates.iter().filter(|fate| test(fate)).count() as u64;
        LinkageQuality {
            institution: delivery.institution.clone(),
            number: delivery.seen.number,
            rows: fates.len() as u64,
            linked: count(|fate| matches!(fate, Fate::Known(_))),
            new: count(|fate| matches!(fate, Fate::New)),
            undecided: count(|fate| matches!(fate, Fate::Undecided(_))),
            keys: self.keys,
            two_lists: self.two_lists,
        }
    }
}

/// The strictest key that a row has.
fn strictest(keys: &Keys<EvaluatedKey>) -> Option<(KeyLabel, EvaluatedKey)> {
    let mut present = KeyLabel::ALL
        .into_iter()
        .filter_map(|label| Some((label, keys[label.position()]?)));
    present.next()
}

/// Per row whether another row of the delivery has its strictest key.
fn twice_in_delivery(rows: &[KeyedRow]) -> Vec<bool> {
    let mut twice = vec![false; rows.len()];
    for label in KeyLabel::ALL {
        let mut keyed: Vec<(EvaluatedKey, usize)> = rows
            .iter()
            .enumerate()
            .filter_map(|(index, (_, keys))| Some((keys[label.position()]?, index)))
            .collect();
        keyed.par_sort_unstable();
        let shared = keyed
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() > 1);
        for (_, index) in shared.flatten() {
            let of_row = strictest(&rows[*index].1);
            twice[*index] |= of_row.is_some_and(|(strictest, _)| strictest == label);
        }
    }
    twice
}
