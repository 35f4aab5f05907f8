//! The signed state of a log: how many events, and the digest of the chain that they form.
//! Whoever keeps one can later see whether anything in front of it was changed or left out.

use crate::digest::{read_hex, write_hex};
use crate::{Digest, SigningKey, VerifyingKey};
use std::fmt;
use std::str::FromStr;

const LABEL: &str = "doorstroom/logstand/v1";

/// The state of a study's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The study.
    pub study: String,
    /// How many events the chain holds.
    pub events: u64,
    /// The digest of the last of them, in which all before it are.
    pub head: Digest,
    /// When this was said, `jjjj-mm-ddTuu:mm:ssZ`.
    pub made_at: String,
}

/// A [`Checkpoint`] with a signature; six lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    signature: [u8; 64],
}

impl Checkpoint {
    /// Signs it.
    pub fn sign(self, key: &SigningKey) -> SignedCheckpoint {
        let signature = key.sign(self.to_string().as_bytes());
        SignedCheckpoint {
            checkpoint: self,
            signature,
        }
    }
}

/// What is signed: each part on a line of its own, so that no part can run into another.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (study, events) = (&self.study, self.events);
        let (head, made_at) = (&self.head, &self.made_at);
        write!(f, "{LABEL}\n{study}\n{events}\n{head}\n{made_at}\n")
    }
}

impl SignedCheckpoint {
    /// What was signed, if this key signed it.
    pub fn verified_by(&self, key: &VerifyingKey) -> Option<&Checkpoint> {
        let message = self.checkpoint.to_string();
        key.verifies(message.as_bytes(), &self.signature)
            .then_some(&self.checkpoint)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.checkpoint, f)?;
        write_hex(f, &self.signature)?;
        f.write_str("\n")
    }
}

/// Text that is no signed state of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the signed state of a log")]
pub struct CheckpointError;

impl FromStr for SignedCheckpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
        let [LABEL, study, events, head, made_at, signature] = lines.as_slice() else {
            return Err(CheckpointError);
        };
        Ok(Self {
            checkpoint: Checkpoint {
                study: (*study).to_owned(),
                events: events.parse().map_err(|_| CheckpointError)?,
                head: head.parse().map_err(|_| CheckpointError)?,
                made_at: (*made_at).to_owned(),
            },
            signature: read_hex(signature).ok_or(CheckpointError)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            study: "proef".into(),
            events: 12,
            head: Digest::of(b"twaalf"),
            made_at: "2026-07-02T10:00:00Z".into(),
        }
    }

    #[test]
    fn only_its_signer_vouches_and_for_every_line() {
        let mut rng = StdRng::seed_from_u64(1);
        let (own, other) = (
            SigningKey::generate(&mut rng),
            SigningKey::generate(&mut rng),
        );
        let text = checkpoint().sign(&own).to_string();
        let read: SignedCheckpoint = text.parse().unwrap();
        assert_eq!(read.verified_by(&own.verifying_key()), Some(&checkpoint()));
        assert_eq!(read.verified_by(&other.verifying_key()), None);
        for (line, wrong) in [
            (1, "ander"),
            (2, "11"),
            (3, &Digest::of(b"elf").to_string()),
            (4, "2026-07-02T10:00:01Z"),
        ] {
            let mut lines: Vec<&str> = text.lines().collect();
            lines[line] = wrong;
            let changed: SignedCheckpoint = lines.join("\n").parse().unwrap();
            assert_eq!(
                changed.verified_by(&own.verifying_key()),
                None,
                "line {line}"
            );
        }
    }

    #[test]
    fn other_text_is_no_checkpoint() {
        let own = SigningKey::generate(&mut StdRng::seed_from_u64(1));
        let text = checkpoint().sign(&own).to_string();
        assert!(
            text.replace("v1", "v2")
                .parse::<SignedCheckpoint>()
                .is_err()
        );
        assert!(format!("{text}meer").parse::<SignedCheckpoint>().is_err());
        assert!("".parse::<SignedCheckpoint>().is_err());
    }
}
