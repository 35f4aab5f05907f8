use crate::cascade::Cascade;
use crate::quality::KeyQuality;
use crate::register::PersonIndex;
use crate::withdrawal::Standing;
use crate::{
    Error, EvaluatedKey, EvaluatedTable, KeyDeclaration, Keys, LinkId, LinkagePolicy,
    LinkageQuality, MatchKey, Register, RowId, SeenDelivery, SensitivityRange,
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// One row fits two persons by strict keys: they are probably the same person.
    MergeProposed {
        /// The person to whom the row was linked.
        kept: LinkId,
        /// The person who is probably the same.
        other: LinkId,
        /// The key that says so.
        key: MatchKey,
    },
}

/// What linking one delivery gave.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkedDelivery {
    /// The institution's code.
    pub institution: String,
    /// The number of the delivery.
    pub number: u32,
    /// For every row that is not refused its link id, ordered by row id: what the study team
    /// gets.
    pub links: Vec<(RowId, LinkId)>,
    /// The rows of clients who withdrew, ordered by row id: the study team may not keep them.
    pub refused: Vec<RowId>,
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
/// each, the declared match keys are tried strictest first; a key links a row to a person only
/// where no other unlinked row of the delivery and no other unlinked person of the register has
/// it.
/// `docs/methods/linkage.md` gives the rules in full. `rng` is used for new link ids only.
///
/// # Errors
/// A delivery with other keys than declared, that was given twice, is not newer than the last one
/// of its institution, or has a row id twice; the register is then lost to the caller, who still
/// has its bytes.
pub fn link<R: CryptoRng + ?Sized>(
    mut register: Register,
    mut deliveries: Vec<Delivery>,
    policy: &LinkagePolicy,
    rng: &mut R,
) -> Result<LinkOutcome, Error> {
    deliveries
        .sort_by(|a, b| (&a.institution, a.seen.number).cmp(&(&b.institution, b.seen.number)));
    register.align(&policy.keys);
    let mut linked = Vec::with_capacity(deliveries.len());
    let mut events = Vec::new();
    for delivery in deliveries {
        check(&delivery, &register, &policy.keys)?;
        let matched = Matched::new(&register, &delivery.table, policy);
        events.extend(matched.merge_proposals());
        let matched = matched.decide();
        linked.push(enter(&mut register, &delivery, matched, rng)?);
    }
    events.sort_unstable();
    events.dedup();
    register.propose(&events);
    Ok(LinkOutcome {
        deliveries: linked,
        register,
        events,
    })
}

fn check(delivery: &Delivery, register: &Register, keys: &KeyDeclaration) -> Result<(), Error> {
    if delivery.table.width() != keys.len() {
        return Err(Error::OtherKeys);
    }
    let institution = &delivery.institution;
    let last = register.last_delivery(institution);
    if let Some(last) = last.filter(|last| delivery.seen.number <= last.number) {
        return Err(Error::OldDelivery {
            institution: institution.clone(),
            number: delivery.seen.number,
            last: last.number,
        });
    }
    let mut pairs = delivery.table.row_ids().windows(2);
    if pairs.any(|pair| pair[0] == pair[1]) {
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
    /// It is somebody who withdrew: no link id, and the register learns nothing.
    Refused,
    /// It cannot be told apart from somebody else, or has no key: it gets a link id of its own,
    /// and the register learns nothing, so that the next, mended delivery starts clean.
    Undecided(ReviewReason),
}

/// Enters a decided delivery in the register.
fn enter<R: CryptoRng + ?Sized>(
    register: &mut Register,
    delivery: &Delivery,
    decided: Decided,
    rng: &mut R,
) -> Result<LinkedDelivery, Error> {
    let table = &delivery.table;
    let mut links = Vec::with_capacity(table.len());
    let mut refused = Vec::new();
    let mut learned = Vec::with_capacity(table.len());
    for (index, fate) in decided.fates.iter().enumerate() {
        let link = match fate {
            Fate::Known(person) => {
                let really = register.decisions.of_row(&delivery.institution, *person);
                // Keys of a row that only looks like this person are no keys of it.
                if really == *person {
                    learned.push((*person, table.keys(index)));
                }
                register.link_id(really)
            }
            Fate::New => {
                let link = LinkId::generate(rng);
                let person = register.add_person(Standing::Known(link))?;
                learned.push((person, table.keys(index)));
                Some(link)
            }
            Fate::Refused => None,
            Fate::Undecided(_) => Some(LinkId::generate(rng)),
        };
        let row = table.row_ids()[index];
        match link {
            Some(link) => links.push((row, link)),
            None => refused.push(row),
        }
    }
    register.learn(&learned);
    register.mark_seen(&delivery.institution, delivery.seen);
    Ok(LinkedDelivery {
        institution: delivery.institution.clone(),
        number: delivery.seen.number,
        links,
        refused,
        review: decided.review(table),
        quality: decided.quality(delivery),
    })
}

/// A delivery after the cascade.
struct Matched<'a> {
    register: &'a Register,
    table: &'a EvaluatedTable,
    declaration: &'a KeyDeclaration,
    cascade: Cascade<'a>,
    any_refused: bool,
}

impl<'a> Matched<'a> {
    fn new(register: &'a Register, table: &'a EvaluatedTable, policy: &'a LinkagePolicy) -> Self {
        let mut cascade = Cascade::new(register, table, policy);
        cascade.run();
        Self {
            register,
            table,
            declaration: &policy.keys,
            cascade,
            any_refused: register.refused() > 0,
        }
    }

    /// Persons who share a strict key with a row that was linked to somebody else, and who are
    /// not another row of the same delivery.
    fn merge_proposals(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let strict = self.declaration.keys().iter().enumerate();
        let strict: Vec<(usize, &MatchKey)> = strict.filter(|(_, key)| key.is_strict()).collect();
        for (row, person) in self.cascade.person_of.iter().enumerate() {
            let Some(kept) = person.and_then(|person| self.register.link_id(person)) else {
                continue;
            };
            for (position, key) in &strict {
                let Some(value) = self.table.keys(row)[*position] else {
                    continue;
                };
                let holders = self.register.holders(*position, &value).iter();
                let others = holders.map(|(_, other)| *other);
                // The person of the row itself is taken.
                let free = others.filter(|other| !self.cascade.taken[*other as usize]);
                let known = free.filter_map(|other| self.register.link_id(other));
                events.extend(known.map(|other| Event::MergeProposed {
                    kept,
                    other,
                    key: (*key).clone(),
                }));
            }
        }
        events
    }

    /// What becomes of each row.
    fn decide(self) -> Decided {
        let twice = twice_in_delivery(self.table);
        let fates = (0..self.table.len()).map(|row| self.fate(row, twice[row]));
        let fates: Vec<Fate> = fates.collect();
        let undecided = fates
            .iter()
            .filter(|fate| matches!(fate, Fate::Undecided(_)));
        Decided {
            keys: self.cascade.agreement(),
            sensitivity: self.cascade.sensitivity(undecided.count() as u64),
            fates,
            doubt: self.cascade.doubt,
        }
    }

    fn fate(&self, row: usize, twice: bool) -> Fate {
        let linked = self.cascade.person_of[row];
        if let Some(person) = linked.filter(|person| self.register.link_id(*person).is_some()) {
            return Fate::Known(person);
        }
        if linked.is_some() || self.shares_with_refused(row) {
            return Fate::Refused;
        }
        let Some((position, key)) = strictest(self.table.keys(row)) else {
            return Fate::Undecided(ReviewReason::NoKey);
        };
        if twice {
            Fate::Undecided(ReviewReason::TwiceInDelivery)
        } else if self.register.holders(position, &key).is_empty() {
            Fate::New
        } else {
            Fate::Undecided(self.cascade.doubt[row].unwrap_or(ReviewReason::SeveralPersons))
        }
    }
}

impl Matched<'_> {
    /// Whether the row has a strict key of somebody who withdrew, and not another number. Where
    /// the cascade found nobody for certain, refusing is the lesser evil.
    fn shares_with_refused(&self, row: usize) -> bool {
        if !self.any_refused {
            return false;
        }
        let keys = self.table.keys(row);
        let held = self.cascade.held();
        let sharing = self
            .register
            .sharing_strict_key(keys, self.declaration, held);
        let mut sharing = sharing.into_iter();
        sharing.any(|person| self.register.link_id(person).is_none())
    }
}

/// A delivery of which is decided what becomes of each row.
struct Decided {
    fates: Vec<Fate>,
    doubt: Vec<Option<ReviewReason>>,
    keys: Vec<KeyQuality>,
    sensitivity: Option<SensitivityRange>,
}

impl Decided {
    fn review(&self, table: &EvaluatedTable) -> Vec<ReviewRow> {
        let reason = |index: usize| match self.fates[index] {
            // Whoever withdrew, did so somewhere: a reason would tell that.
            Fate::Known(_) | Fate::Refused => None,
            Fate::New => self.doubt[index],
            Fate::Undecided(reason) => Some(reason),
        };
        let entry = |(index, row): (usize, &RowId)| {
            reason(index).map(|reason| ReviewRow { row: *row, reason })
        };
        table
            .row_ids()
            .iter()
            .enumerate()
            .filter_map(entry)
            .collect()
    }

    fn quality(self, delivery: &Delivery) -> LinkageQuality {
        let count =
            |test: fn(&Fate) -> bool| self.fates.iter().filter(|fate| test(fate)).count() as u64;
        LinkageQuality {
            institution: delivery.institution.clone(),
            number: delivery.seen.number,
            rows: self.fates.len() as u64,
            linked: count(|fate| matches!(fate, Fate::Known(_))),
            new: count(|fate| matches!(fate, Fate::New)),
            refused: count(|fate| matches!(fate, Fate::Refused)),
            undecided: count(|fate| matches!(fate, Fate::Undecided(_))),
            keys: self.keys,
            sensitivity: self.sensitivity,
        }
    }
}

/// The strictest key that a row has, and its position.
fn strictest(keys: &Keys<EvaluatedKey>) -> Option<(usize, EvaluatedKey)> {
    let mut present = keys.iter().enumerate();
    present.find_map(|(position, key)| Some((position, (*key)?)))
}

/// Per row whether another row of the delivery has its strictest key.
fn twice_in_delivery(table: &EvaluatedTable) -> Vec<bool> {
    let mut twice = vec![false; table.len()];
    for position in 0..table.width() {
        let rows = 0..table.len();
        let mut keyed: Vec<(EvaluatedKey, usize)> = rows
            .filter_map(|row| Some((table.keys(row)[position]?, row)))
            .collect();
        keyed.par_sort_unstable();
        let shared = keyed
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() > 1);
        for (_, row) in shared.flatten() {
            let of_row = strictest(table.keys(*row));
            twice[*row] |= of_row.is_some_and(|(strictest, _)| strictest == position);
        }
    }
    twice
}
