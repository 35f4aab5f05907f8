//! A study with four institutions, a koppelpunt and a study team, and all their keys.

use super::population::Recorded;
use calendar::Day;
use codes::{Institution, LegalGround, Sex};
use envelope::{
    Expected, FileKind, InstitutionCode, Manifest, ObservedPeriod, Party, SealedFile, Sealing,
    SecretKeys, VerifiedFile, VerifyingKey,
};
use linkage::{Delivery, KoppelSecret, LinkagePolicy, MatchSecret, SeenDelivery};
use pseudonym::{
    IdentifiedClient, Identifiers, KeyPolicy, KeysExpected, Outputs, RecordedDecision, SealKeys,
    SealOrder, SealReceipt, Split, open_content, open_keys, seal,
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use record::{Admission, Client, ClientIndex, Content};
use std::collections::BTreeMap;
use std::io::Cursor;

pub const CODES: [&str; 4] = ["MIDDENWEG", "STEVIG", "TRAJECTUM", "WIER"];

/// Everybody's keys; in real life no party holds more than its own.
pub struct Study {
    pub name: &'static str,
    pub match_secret: MatchSecret,
    pub koppel_secret: KoppelSecret,
    pub institutions: Vec<SecretKeys>,
    pub koppelpunt: SecretKeys,
    pub study: SecretKeys,
    pub senders: BTreeMap<Party, VerifyingKey>,
    pub policy: KeyPolicy,
}

/// The two files of one delivery.
pub struct Sealed {
    pub place: usize,
    pub keys: Vec<u8>,
    pub content: Vec<u8>,
    pub receipt: SealReceipt,
}

impl Sealed {
    pub fn clients(&self) -> u64 {
        self.receipt.clients
    }
}

impl Study {
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let institutions: Vec<_> = CODES
            .iter()
            .map(|_| SecretKeys::generate(&mut rng))
            .collect();
        let senders = CODES.iter().zip(&institutions).map(|(code, keys)| {
            let party = Party::institution(code).unwrap();
            (party, keys.signing_key.verifying_key())
        });
        Self {
            name: "borg",
            match_secret: MatchSecret::generate(&mut rng),
            koppel_secret: KoppelSecret::generate(&mut rng),
            senders: senders.collect(),
            institutions,
            koppelpunt: SecretKeys::generate(&mut rng),
            study: SecretKeys::generate(&mut rng),
            policy: KeyPolicy::default().with_bsn(decision()),
        }
    }

    pub fn order(&self, place: usize, number: u32) -> SealOrder {
        let day = |year| Day::from_ymd(year, 1, 1).unwrap();
        SealOrder {
            study: self.name.into(),
            institution: InstitutionCode::new(CODES[place]).unwrap(),
            delivery: number,
            period: ObservedPeriod {
                from: day(2020),
                until: day(2026),
            },
            created_on: day(2026),
            previous_keys: None,
            previous_content: None,
            key_epoch: 1,
            policy: self.policy.clone(),
        }
    }

    pub fn seal(&self, place: usize, number: u32, split: Split, rng: &mut ChaCha20Rng) -> Sealed {
        let (mut keys, mut content) = (Vec::new(), Vec::new());
        let out = Outputs {
            keys: &mut keys,
            content: &mut content,
        };
        let with = SealKeys {
            match_secret: &self.match_secret,
            signing_key: &self.institutions[place].signing_key,
            koppelpunt: &[self.koppelpunt.identity.recipient()],
            study: &[self.study.identity.recipient()],
        };
        let receipt = seal(split, &self.order(place, number), with, out, rng).unwrap();
        Sealed {
            place,
            keys,
            content,
            receipt,
        }
    }

    /// File A alone, sealed again under a manifest that names this method: what an institution
    /// with an older program, or one that wants keys to be weaker, would send.
    pub fn seal_with(
        &self,
        order: &SealOrder,
        split: Split,
        method: &str,
        rng: &mut ChaCha20Rng,
    ) -> Vec<u8> {
        let (mut keys, mut content) = (Vec::new(), Vec::new());
        let out = Outputs {
            keys: &mut keys,
            content: &mut content,
        };
        let place = 0;
        let koppelpunt = [self.koppelpunt.identity.recipient()];
        let with = SealKeys {
            match_secret: &self.match_secret,
            signing_key: &self.institutions[place].signing_key,
            koppelpunt: &koppelpunt,
            study: &[self.study.identity.recipient()],
        };
        let receipt = seal(split, order, with, out, rng).unwrap();
        let payload = self
            .verified(FileKind::KeysForKoppelpunt, &keys)
            .decrypt_to_vec(&self.koppelpunt.identity)
            .unwrap();
        let manifest = Manifest {
            method: method.into(),
            ..receipt.keys_manifest
        };
        let sealing = Sealing {
            signing_key: &self.institutions[place].signing_key,
            recipients: &koppelpunt,
        };
        let mut again = Vec::new();
        envelope::seal(&manifest, sealing, &mut again, |out| {
            out.write_all(&payload)
        })
        .unwrap();
        again
    }

    pub fn verified<'a>(&self, kind: FileKind, file: &'a [u8]) -> VerifiedFile<Cursor<&'a [u8]>> {
        let addressee = match kind {
            FileKind::KeysForKoppelpunt => Party::Koppelpunt,
            _ => Party::Study,
        };
        let expected = Expected {
            study: self.name,
            kind,
            addressee,
            senders: &self.senders,
        };
        let file = SealedFile::read(Cursor::new(file)).unwrap();
        file.verify(&expected).unwrap()
    }

    /// File A, as the koppelpunt opens it.
    pub fn delivery(&self, sealed: &Sealed) -> Delivery {
        let file = self.verified(FileKind::KeysForKoppelpunt, &sealed.keys);
        let seen = SeenDelivery {
            number: file.manifest().delivery,
            manifest: *file.manifest_digest().as_bytes(),
        };
        Delivery {
            institution: CODES[sealed.place].into(),
            seen,
            table: open_keys(
                file,
                &self.koppelpunt.identity,
                &self.koppel_secret,
                KeysExpected {
                    declaration: &self.policy.declaration(),
                    key_epoch: 1,
                },
            )
            .unwrap(),
        }
    }

    /// File B, as the study team opens it.
    pub fn content(&self, sealed: &Sealed) -> Content<Day> {
        let file = self.verified(FileKind::ContentForStudy, &sealed.content);
        open_content(file, &self.study.identity).unwrap()
    }
}

impl Study {
    /// How the koppelpunt links.
    pub fn linkage(&self) -> LinkagePolicy {
        LinkagePolicy::usual(self.policy.declaration())
    }
}

pub fn decision() -> RecordedDecision {
    RecordedDecision {
        reference: "test".into(),
        decided_on: Day::from_ymd(2026, 1, 1).unwrap(),
    }
}

/// A delivery of these records. The client at position `i` has `i % 60` years of care and an
/// admission on the `i`th day of 2020, so that tests can recognise it.
pub fn split(records: &[Recorded], place: usize) -> Split {
    let mut content = Content::default();
    let mut who = Vec::new();
    for (index, record) in (0..).zip(records) {
        let client = ClientIndex(index);
        content
            .clients
            .push(client_row(index, Institution::ALL[place]));
        content.admissions.push(admission(client, index));
        who.push(IdentifiedClient {
            client,
            identifiers: identifiers(record),
        });
    }
    Split {
        identifiers: who,
        content,
    }
}

pub fn identifiers(of: &Recorded) -> Identifiers {
    Identifiers {
        bsn: of.number.clone(),
        skn: None,
        surname: Some(of.surname.clone()),
        initials: None,
        given_names: Some(of.given.clone()),
        birth_date: Some(of.birth),
        sex: Some(if of.male { Sex::Male } else { Sex::Female }),
        postcode: Some(of.postcode.clone()),
    }
}

fn client_row(index: u32, institution: Institution) -> Client {
    Client {
        care_years: Some((index % 60) as u8),
        ground: LegalGround::Consent,
        ..Client::unknown(institution)
    }
}

fn admission(client: ClientIndex, days: u32) -> Admission<Day> {
    let start = Day::from_ymd(2020, 1, 1).unwrap().number();
    Admission {
        client,
        admitted: Day::from_number(start + days as i32),
        origin: None,
        referrer: None,
        ready_for_exit: None,
    }
}
