//! Sealed files: the only form in which data travel between the parties of a study.
//!
//! A sealed file is a signed [`Manifest`] around an age (X25519) ciphertext:
//!
//! ```text
//! magic (8) | version (2) | header length (4) | manifest as JSON | ciphertext
//!           | SHA-256 of the ciphertext (32) | its length (8) | Ed25519 signature (64) | end magic (8)
//! ```
//!
//! Numbers are big-endian. The signature covers everything in front of the ciphertext, and the
//! ciphertext through its digest and length. It stands at the end, so that a file can be written
//! in one pass to something that cannot seek. The plaintext starts with the digest of the
//! header, so that nobody can put his own manifest around a ciphertext that he cannot read.
//!
//! Reading takes two passes over the ciphertext: the first verifies, only the second decrypts,
//! and it checks the digest again. Nothing of an unverified file is ever decrypted or parsed.
//!
//! What this crate does not do: it opens no files, keeps no keys and does not remember which
//! deliveries came before. The caller passes readers, writers, keys and the last known
//! [`SenderState`]. Only `age` draws randomness of its own (file key and nonce), from the
//! operating system.

mod checkpoint;
mod cover;
mod digest;
mod error;
mod format;
mod keys;
mod keytext;
mod manifest;
mod open;
mod party;
mod seal;
mod shares;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use cover::Cover;
pub use digest::Digest;
pub use error::{Error, Part};
pub use keys::{Identity, PublicKeys, Recipient, SecretKeys, SigningKey, VerifyingKey};
pub use keytext::KeyError;
pub use manifest::{DeliveryId, FileKind, LeftBehind, Manifest, ObservedPeriod, SenderState};
pub use open::{Expected, SealedFile, VerifiedFile};
pub use party::{InstitutionCode, Party, PartyError};
pub use seal::{Receipt, Sealing, seal};
pub use shares::{IdentityPart, PARTS, PARTS_NEEDED, divide, unite};
