use crate::digest::{read_hex, write_hex};
use crate::{Digest, Error, Party};
use calendar::Day;
use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// What a sealed file holds, and so who may send it to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// File A: row ids and match keys, from an institution to the koppelpunt.
    #[serde(rename = "A")]
    KeysForKoppelpunt,
    /// File B: row ids and content, from an institution to the study team.
    #[serde(rename = "B")]
    ContentForStudy,
    /// Row ids and link ids, from the koppelpunt to the study team.
    #[serde(rename = "koppelingen")]
    LinksForStudy,
    /// Row ids that could not be linked for certain, from the koppelpunt to an institution.
    #[serde(rename = "controlelijst")]
    ReviewForInstitution,
    /// What the study team received and when, with the state of its log, to an institution.
    #[serde(rename = "ontvangstbewijs")]
    ReceiptForInstitution,
    /// A new secret of the institutions, from one of them to another.
    #[serde(rename = "koppelgeheim")]
    SecretForInstitution,
    /// New secret / old secret, from an institution to the koppelpunt.
    #[serde(rename = "verhouding")]
    RatioForKoppelpunt,
    /// The keys of a client who withdrew, from an institution to the koppelpunt; around
    /// [`FileKind::WithdrawnRowsForStudy`].
    #[serde(rename = "intrekking")]
    WithdrawalForKoppelpunt,
    /// The row ids of a client who withdrew, from an institution to the study team.
    #[serde(rename = "intrekking-rijen")]
    WithdrawnRowsForStudy,
    /// The link ids to erase, from the koppelpunt to the study team; around
    /// [`FileKind::WithdrawnRowsForStudy`].
    #[serde(rename = "wisopdracht")]
    ErasureForStudy,
    /// What was erased, from the study team to the koppelpunt; around
    /// [`FileKind::ErasedForInstitution`].
    #[serde(rename = "wisbericht")]
    ErasedForKoppelpunt,
    /// That it was erased, from the study team to an institution.
    #[serde(rename = "wisbewijs")]
    ErasedForInstitution,
    /// That a client is refused from now on, from the koppelpunt to an institution; around
    /// [`FileKind::ErasedForInstitution`].
    #[serde(rename = "weigerbewijs")]
    RefusedForInstitution,
}

impl FileKind {
    /// The name of the kind in Dutch sentences.
    pub fn label(self) -> &'static str {
        match self {
            Self::KeysForKoppelpunt => "bestand A (sleutels voor het koppelpunt)",
            Self::ContentForStudy => "bestand B (inhoud voor het studieteam)",
            Self::LinksForStudy => "een koppelbestand voor het studieteam",
            Self::ReviewForInstitution => "een controlelijst voor een instelling",
            Self::ReceiptForInstitution => "een ontvangstbewijs voor een instelling",
            Self::SecretForInstitution => "een nieuw koppelgeheim voor een andere instelling",
            Self::RatioForKoppelpunt => "een verhouding van koppelgeheimen voor het koppelpunt",
            Self::WithdrawalForKoppelpunt => "een intrekking voor het koppelpunt",
            Self::WithdrawnRowsForStudy => "de rijen van een intrekking voor het studieteam",
            Self::ErasureForStudy => "een wisopdracht voor het studieteam",
            Self::ErasedForKoppelpunt => "een wisbericht voor het koppelpunt",
            Self::ErasedForInstitution => "het deel van een wisbewijs dat van het studieteam komt",
            Self::RefusedForInstitution => "een wisbewijs voor een instelling",
        }
    }

    /// Whether a file of this kind may go from `sender` to `addressee`.
    pub fn fits(self, sender: &Party, addressee: &Party) -> bool {
        use Party::{Institution, Koppelpunt, Study};
        match (self, sender, addressee) {
            (
                Self::KeysForKoppelpunt | Self::RatioForKoppelpunt | Self::WithdrawalForKoppelpunt,
                Institution(_),
                Koppelpunt,
            )
            | (Self::ContentForStudy | Self::WithdrawnRowsForStudy, Institution(_), Study)
            | (Self::LinksForStudy | Self::ErasureForStudy, Koppelpunt, Study)
            | (
                Self::ReviewForInstitution | Self::RefusedForInstitution,
                Koppelpunt,
                Institution(_),
            )
            | (Self::ErasedForKoppelpunt, Study, Koppelpunt)
            | (Self::ReceiptForInstitution | Self::ErasedForInstitution, Study, Institution(_)) => {
                true
            }
            (Self::SecretForInstitution, Institution(from), Institution(to)) => from != to,
            _ => false,
        }
    }
}

/// A random number that the files of one delivery share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId([u8; 16]);

impl DeliveryId {
    /// A fresh number.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::str::FromStr for DeliveryId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read_hex(text)
            .map(Self)
            .ok_or("a delivery id has 32 lower-case hexadecimal digits")
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DeliveryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeliveryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The run of days over which the delivery is complete: `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedPeriod {
    /// The first day.
    #[serde(with = "iso_day")]
    pub from: Day,
    /// The first day that is no longer covered.
    #[serde(with = "iso_day")]
    pub until: Day,
}

/// How many clients of a delivery stayed behind at the institution, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftBehind {
    /// They objected to use in research.
    pub objected: u64,
    /// They were not asked, or nobody knows whether they were.
    pub not_asked: u64,
}

/// What a sealed file says about itself, readable before decryption and signed by the sender.
///
/// It holds counts and digests, and never anything about a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The study for which the file was made.
    pub study: String,
    /// What it holds.
    pub kind: FileKind,
    /// Who made and signed it.
    pub sender: Party,
    /// For whom it is encrypted.
    pub addressee: Party,
    /// The sender's number of this delivery, strictly increasing per sender and kind.
    pub delivery: u32,
    /// Shared by all files of the delivery.
    pub delivery_id: DeliveryId,
    /// The days that the delivery covers.
    pub period: ObservedPeriod,
    /// The day on which the file was made.
    #[serde(with = "iso_day")]
    pub created_on: Day,
    /// The version of the payload's layout.
    pub schema_version: u32,
    /// Rows per table in the payload.
    pub rows: BTreeMap<String, u64>,
    /// Who stayed behind, where the file holds content. Without it nothing is known of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<LeftBehind>,
    /// The digest of the ciphertext of the delivery's other file, in the file that is made last.
    pub sibling: Option<Digest>,
    /// The digest of the header of this sender's previous file of this kind.
    pub previous: Option<Digest>,
    /// The version of the pseudonymisation method.
    pub method: String,
    /// The epoch of the sender's key under which pseudonyms in the payload were made.
    pub key_epoch: u32,
}

/// What a receiver remembers of the last accepted file of one sender and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SenderState {
    /// Its delivery number.
    pub delivery: u32,
    /// The digest of its header.
    pub manifest: Digest,
}

impl Manifest {
    /// The manifest of a file that belongs to no delivery: about one thing, on one day, with the
    /// random number by which answers name it.
    pub fn single(
        study: &str,
        kind: FileKind,
        (sender, addressee): (Party, Party),
        id: DeliveryId,
        created_on: Day,
    ) -> Self {
        Self {
            study: study.to_owned(),
            kind,
            sender,
            addressee,
            delivery: 1,
            delivery_id: id,
            period: ObservedPeriod {
                from: created_on,
                until: created_on,
            },
            created_on,
            schema_version: 1,
            rows: BTreeMap::new(),
            left_behind: None,
            sibling: None,
            previous: None,
            method: String::new(),
            key_epoch: 1,
        }
    }

    /// Whether this file comes after `last`, the state left by the previous accepted one.
    ///
    /// # Errors
    /// [`Error::OldDelivery`] for a number that is not higher; [`Error::BrokenChain`] where the
    /// manifest names another predecessor, so that a file in between is missing or was replaced.
    pub fn check_order(&self, last: Option<&SenderState>) -> Result<(), Error> {
        if let Some(last) = last.filter(|last| self.delivery <= last.delivery) {
            return Err(Error::OldDelivery {
                delivery: self.delivery,
                last: last.delivery,
            });
        }
        if self.previous == last.map(|last| last.manifest) {
            Ok(())
        } else {
            Err(Error::BrokenChain {
                sender: self.sender.clone(),
                delivery: self.delivery,
                last: last.copied(),
            })
        }
    }
}

/// Days as `jjjj-mm-dd`.
mod iso_day {
    use calendar::Day;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        let text = String::deserialize(deserializer)?;
        Day::parse_iso(&text).ok_or_else(|| serde::de::Error::custom("a day reads jjjj-mm-dd"))
    }
}
