use std::io;

/// Why keys could not be read, evaluated or linked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key is no element of the group, or its identity.
    #[error("key {position} is no element of the group")]
    NotAnElement {
        /// The position among the keys that were given.
        position: usize,
    },
    /// The bytes are no key table, link list or review list, or of another version.
    #[error("the bytes are no {0} of this version")]
    Unreadable(&'static str),
    /// The rows have other keys than the study declares.
    #[error("other match keys than the study declares")]
    OtherKeys,
    /// The register is not one, or of another version.
    #[error("the bytes are no register of this version")]
    RegisterUnreadable,
    /// A row id occurs twice in a delivery.
    #[error("a row id of {institution} occurs twice")]
    RowTwice {
        /// The institution that delivered it.
        institution: String,
    },
    /// The delivery is not newer than the last one that was linked.
    #[error("delivery {number} of {institution} comes after delivery {last}")]
    OldDelivery {
        /// The institution that delivered it.
        institution: String,
        /// The number of the delivery.
        number: u32,
        /// The last number that was linked.
        last: u32,
    },
    /// The withdrawal was answered before, or another institution asked it.
    #[error("a withdrawal that was dealt with before")]
    WithdrawnBefore,
    /// The withdrawal is not waiting for an answer.
    #[error("a withdrawal that waits for no answer")]
    NoSuchWithdrawal,
    /// No person of the register, or one with whom this cannot be done.
    #[error("no such person")]
    NoSuchPerson,
    /// Two persons with different personal numbers.
    #[error("different personal numbers")]
    NumbersDiffer,
    /// More rows than the register can hold.
    #[error("more than {} persons or rows", u32::MAX)]
    TooMany,
    /// Reading or writing failed.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
}

impl Error {
    /// One Dutch sentence for the person who runs the command.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotAnElement { .. } => {
                "Een sleutel in dit bestand is geen geldige sleutel; vraag de instelling het opnieuw te verzegelen.".into()
            }
            Self::Unreadable(_) => {
                "De inhoud van dit bestand heeft niet de vorm die hier hoort; gebruik aan beide kanten dezelfde versie van Doorstroom.".into()
            }
            Self::OtherKeys => {
                "Dit bestand is gemaakt met andere koppelsleutels dan het protocol noemt; verzegel de levering opnieuw met dezelfde study.toml.".into()
            }
            Self::RegisterUnreadable => {
                "Het register is niet leesbaar: een ander bestand, beschadigd, of van een andere versie van Doorstroom.".into()
            }
            Self::RowTwice { institution } => format!(
                "In de levering van {institution} komt een rijnummer twee keer voor."
            ),
            Self::OldDelivery { institution, number, last } => format!(
                "Levering {number} van {institution} is al gekoppeld of ouder dan de laatst gekoppelde levering ({last})."
            ),
            Self::WithdrawnBefore => {
                "Deze intrekking is al afgehandeld. Er hoeft niets te gebeuren; voor een andere cliënt maakt de instelling een nieuwe intrekking.".into()
            }
            Self::NoSuchWithdrawal => {
                "Dit wisbericht hoort niet bij een intrekking die nog op antwoord wacht. Verwerk eerst de intrekking (`doorstroom erasure detach`); is ze al beantwoord, dan hoeft er niets te gebeuren.".into()
            }
            Self::NoSuchPerson => {
                "Dit koppelnummer is van niemand in het register, of er is al over beslist. Kijk in `doorstroom register MAP` wat openstaat.".into()
            }
            Self::NumbersDiffer => {
                "Deze twee hebben verschillende persoonsnummers en zijn dus twee personen. Is een van de nummers fout, laat de instelling het dan verbeteren en opnieuw leveren.".into()
            }
            Self::TooMany => "Er zijn meer rijen dan het register kan bevatten.".into(),
            Self::Io(_) => "Lezen of schrijven is niet gelukt.".into(),
        }
    }
}
