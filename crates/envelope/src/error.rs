use crate::{Digest, FileKind, Party, SenderState};
use std::io;

/// The part of a sealed file that is not what its sender made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The manifest, or what stands around it.
    Header,
    /// The encrypted content.
    Payload,
}

/// Why a sealed file could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not start as a sealed file does.
    #[error("not a sealed file")]
    NotSealed,
    /// It was made by another version of the format.
    #[error("unknown version {0} of the sealed-file format")]
    UnknownVersion(u16),
    /// The header claims to be longer than a manifest can be.
    #[error("the header claims {0} bytes")]
    HeaderTooLarge(u32),
    /// The header is no manifest.
    #[error("the header is no manifest: {0}")]
    HeaderUnreadable(#[source] serde_json::Error),
    /// The end of the file is missing.
    #[error("the file is incomplete")]
    Truncated,
    /// The sender is not one whose key is known.
    #[error("no known key for sender {0}")]
    UnknownSender(Party),
    /// The file names one sender and was signed with the key of another.
    #[error("the file names sender {0}, but was signed with another known key")]
    WrongSender(Party),
    /// The file was changed after it was signed, or signed with an unknown key.
    #[error("signature or digest does not fit ({0:?})")]
    Tampered(Part),
    /// The file was made for another study.
    #[error("made for study `{found}`, not for `{expected}`")]
    WrongStudy {
        /// The study that was expected.
        expected: String,
        /// The study that the file names.
        found: String,
    },
    /// The file holds something else than was asked for.
    #[error("holds {found:?}, not {expected:?}")]
    WrongKind {
        /// The kind that was expected.
        expected: FileKind,
        /// The kind that the file names.
        found: FileKind,
    },
    /// A file of this kind does not go from this sender to this addressee.
    #[error("a file of kind {kind:?} does not go from {sender} to {addressee}")]
    WrongRoute {
        /// The kind of file.
        kind: FileKind,
        /// Its sender.
        sender: Party,
        /// Its addressee.
        addressee: Party,
    },
    /// The file is meant for somebody else.
    #[error("made for {found}, not for {expected}")]
    WrongAddressee {
        /// Who opened it.
        expected: Party,
        /// For whom it was made.
        found: Party,
    },
    /// The key does not open the file.
    #[error("the identity does not decrypt this file")]
    WrongRecipient,
    /// The ciphertext was made for another manifest than the one around it.
    #[error("the ciphertext belongs to another manifest")]
    Repackaged,
    /// The ciphertext is damaged although its digest fits: it was sealed wrongly.
    #[error("the ciphertext cannot be decrypted: {0}")]
    Undecryptable(String),
    /// A delivery with this or a higher number was accepted before.
    #[error("delivery {delivery} comes after delivery {last}")]
    OldDelivery {
        /// The number of this delivery.
        delivery: u32,
        /// The last accepted number.
        last: u32,
    },
    /// Another file with this number was accepted before.
    #[error("delivery {delivery} of {sender} was accepted as another file")]
    Fork {
        /// Whose delivery it is.
        sender: Party,
        /// The number of both.
        delivery: u32,
        /// The header digest of the one that was accepted.
        accepted: Digest,
    },
    /// The file does not name the previous accepted file as its predecessor.
    #[error("delivery {delivery} of {sender} does not follow the last accepted one")]
    BrokenChain {
        /// Whose delivery it is.
        sender: Party,
        /// The number of this delivery.
        delivery: u32,
        /// The last accepted one, if any.
        last: Option<SenderState>,
    },
    /// The payload, decrypted and verified, is not what its kind promises.
    #[error("the payload cannot be read: {0}")]
    Payload(String),
    /// Reading or writing failed.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
}

impl Error {
    /// One Dutch sentence for the person who runs the command.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotSealed => "Dit is geen verzegeld Doorstroom-bestand. Kies een bestand dat eindigt op .verzegeld.".into(),
            Self::UnknownVersion(version) => format!(
                "Dit bestand heeft versie {version} van het bestandsformaat, die dit programma niet kent; gebruik aan beide kanten dezelfde versie van Doorstroom."
            ),
            Self::HeaderTooLarge(_) | Self::HeaderUnreadable(_) => {
                "De kop van dit bestand is onleesbaar; vraag de afzender het opnieuw te sturen.".into()
            }
            Self::Truncated => {
                "Dit bestand is niet compleet: het einde ontbreekt. Kopieer of download het opnieuw.".into()
            }
            Self::UnknownSender(party) => format!(
                "Van afzender „{party}” is geen openbare sleutel bekend in deze studie. Zet haar in study.toml (`doorstroom key show`), of gebruik dit bestand niet."
            ),
            Self::WrongSender(party) => format!(
                "Het bestand noemt „{party}” als afzender, maar is met de sleutel van een andere partij ondertekend. Gebruik het niet en vraag de afzender wat er is gebeurd."
            ),
            Self::Tampered(Part::Header) => {
                "De ondertekening klopt niet: de kop van dit bestand is veranderd, of het is met een onbekende sleutel ondertekend. Gebruik het niet en vraag de afzender het opnieuw te sturen.".into()
            }
            Self::Tampered(Part::Payload) => {
                "De inhoud van dit bestand is na het ondertekenen veranderd; gebruik het niet en vraag de afzender het opnieuw te sturen.".into()
            }
            Self::WrongStudy { expected, found } => format!(
                "Dit bestand is gemaakt voor studie „{found}”, niet voor „{expected}”. Gebruik het bij die studie, of laat het opnieuw verzegelen met het juiste study.toml."
            ),
            Self::WrongKind { expected, found } => format!(
                "Dit is {}; hier hoort {}. Kies dat bestand.",
                found.label(),
                expected.label()
            ),
            Self::WrongRoute { kind, sender, addressee } => format!(
                "Dit is {}; dat kan niet van „{sender}” naar „{addressee}” gaan. Vraag de afzender het opnieuw te maken.",
                kind.label()
            ),
            Self::WrongAddressee { expected, found } => format!(
                "Dit bestand is bestemd voor „{found}”, niet voor „{expected}”. Kies het bestand dat voor u is gemaakt."
            ),
            Self::WrongRecipient => {
                "De eigen sleutel past niet op dit bestand; het is voor een ander (of voor een oude sleutel) versleuteld. Vraag de afzender opnieuw te verzegelen met het nieuwste study.toml.".into()
            }
            Self::Repackaged => {
                "De versleutelde inhoud hoort bij een andere kop; gebruik dit bestand niet.".into()
            }
            Self::Undecryptable(_) => {
                "De inhoud is niet te ontsleutelen; vraag de afzender het bestand opnieuw te maken.".into()
            }
            Self::OldDelivery { delivery, last } => format!(
                "Levering {delivery} is al verwerkt of ouder dan de laatst verwerkte levering ({last}). Er hoeft niets te gebeuren; voor nieuwe gegevens verzegelt de afzender een nieuwe levering."
            ),
            Self::Fork { sender, delivery, accepted } => format!(
                "Levering {delivery} van „{sender}” is hier al ontvangen, als een ander bestand (kenmerk {}). Dat wordt niet vervangen.{}",
                accepted.short(),
                seal_after(sender, Some(accepted))
            ),
            Self::BrokenChain { sender, delivery, last: Some(last) } => format!(
                "Levering {delivery} van „{sender}” sluit niet aan op levering {} (kenmerk {}), de laatste die hier is ontvangen. Ontvang eerst de levering ertussen.{}",
                last.delivery,
                last.manifest.short(),
                seal_after(sender, Some(&last.manifest))
            ),
            Self::BrokenChain { sender, delivery, last: None } => format!(
                "Levering {delivery} van „{sender}” sluit niet aan: zij volgt op een levering die hier niet is ontvangen. Ontvang eerst de eerdere leveringen.{}",
                seal_after(sender, None)
            ),
            Self::Payload(_) => {
                "De ontsleutelde inhoud heeft niet de vorm die hier hoort; gebruik aan beide kanten dezelfde versie van Doorstroom.".into()
            }
            Self::Io(_) => "Lezen of schrijven is niet gelukt.".into(),
        }
    }
}

/// How an institution seals a delivery that does follow; the koppelpunt always can send what is
/// missing.
fn seal_after(sender: &Party, last: Option<&Digest>) -> String {
    let Party::Institution(_) = sender else {
        return String::new();
    };
    let last = last.map_or("geen".into(), Digest::short);
    format!(
        " Kan dat niet, laat de instelling dan opnieuw verzegelen met `doorstroom seal … --after {last}`."
    )
}
