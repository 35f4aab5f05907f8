use crate::keytext::{self, KeyError};
use age::secrecy::ExposeSecret;
use ed25519_dalek::Signer;
use rand::CryptoRng;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

const VERIFYING_PREFIX: &str = "doorstroom-teken-openbaar-";
const SIGNING_PREFIX: &str = "doorstroom-teken-geheim-";
const RECIPIENT_NAME: &str = "age1…";
const IDENTITY_PREFIX: &str = "age-secret-key-";

/// The public half of a [`SigningKey`]; one line of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Strict verification (RFC 8032 with the checks of "Taming the many EdDSAs"): one message
    /// and key have no second valid signature form, and weak keys are refused.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&keytext::encode(VERIFYING_PREFIX, self.0.as_bytes()))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifyingKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = keytext::decode(VERIFYING_PREFIX, text)?;
        match ed25519_dalek::VerifyingKey::from_bytes(&bytes) {
            Ok(key) if !key.is_weak() => Ok(Self(key)),
            _ => Err(KeyError::Unreadable(VERIFYING_PREFIX)),
        }
    }
}

/// The Ed25519 key under which a party signs; wiped from memory when dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A fresh key.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(ed25519_dalek::SigningKey::from_bytes(&bytes))
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// The key as one line of text, for the key file.
    pub fn to_text(&self) -> Zeroizing<String> {
        keytext::encode(SIGNING_PREFIX, self.0.as_bytes())
    }

    /// Reads what [`SigningKey::to_text`] wrote.
    ///
    /// # Errors
    /// Text that is no signing key, or mistyped.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = keytext::decode(SIGNING_PREFIX, text)?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&bytes)))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey { … }")
    }
}

/// To whom a file is encrypted (age X25519); one line of text, `age1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(age::x25519::Recipient);

impl Recipient {
    pub(crate) fn as_age(&self) -> &dyn age::Recipient {
        &self.0
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let recipient = text.trim().parse();
        recipient
            .map(Self)
            .map_err(|_| KeyError::Unreadable(RECIPIENT_NAME))
    }
}

/// The secret that decrypts what was encrypted to its [`Recipient`]; wiped when dropped.
pub struct Identity(age::x25519::Identity);

impl Identity {
    /// A fresh identity.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self::from_bytes(&bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let prefix = bech32::Hrp::parse(IDENTITY_PREFIX).expect("a short ASCII prefix");
        let text = bech32::encode::<bech32::Bech32>(prefix, bytes);
        let text = Zeroizing::new(text.expect("32 bytes fit Bech32").to_uppercase());
        Self::parse(&text).expect("age reads its own form of any 32 bytes")
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }

    /// The identity as one line of text, for the key file.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// Reads what [`Identity::to_text`] wrote.
    ///
    /// # Errors
    /// Text that is no identity, or mistyped.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let identity = text.trim().parse();
        identity
            .map(Self)
            .map_err(|_| KeyError::Unreadable(IDENTITY_PREFIX))
    }

    pub(crate) fn as_age(&self) -> &dyn age::Identity {
        &self.0
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity { … }")
    }
}

/// The two secrets that every party has: one to sign with, one to decrypt with.
#[derive(Debug)]
pub struct SecretKeys {
    /// Signs what the party sends.
    pub signing_key: SigningKey,
    /// Decrypts what the party receives.
    pub identity: Identity,
}

/// The public halves of a party's [`SecretKeys`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeys {
    /// Verifies what the party sends.
    pub verifying_key: VerifyingKey,
    /// Encrypts what the party receives.
    pub recipient: Recipient,
}

impl SecretKeys {
    /// Fresh keys.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self {
            signing_key: SigningKey::generate(rng),
            identity: Identity::generate(rng),
        }
    }

    /// The public halves.
    pub fn public(&self) -> PublicKeys {
        PublicKeys {
            verifying_key: self.signing_key.verifying_key(),
            recipient: self.identity.recipient(),
        }
    }

    /// The text of the key file, with comments in Dutch that say what it is.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "# Geheime sleutels van Doorstroom. Deel dit bestand met niemand en bewaar een kopie op een veilige plaats.\n\
             # Om bestanden mee te ondertekenen:\n{}\n\
             # Om ontvangen bestanden mee te openen:\n{}\n",
            self.signing_key.to_text().as_str(),
            self.identity.to_text().as_str(),
        ))
    }

    /// Reads what [`SecretKeys::to_text`] wrote; order and comments do not matter.
    ///
    /// # Errors
    /// A key that is missing, mistyped or there twice; a line that is no key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut signing_key = None;
        let mut identity = None;
        for (number, line) in keytext::secret_lines(text) {
            if let (None, Ok(key)) = (&signing_key, SigningKey::parse(line)) {
                signing_key = Some(key);
            } else if let (None, Ok(key)) = (&identity, Identity::parse(line)) {
                identity = Some(key);
            } else {
                return Err(KeyError::UnexpectedLine(number));
            }
        }
        Ok(Self {
            signing_key: signing_key.ok_or(KeyError::Missing(SIGNING_PREFIX))?,
            identity: identity.ok_or(KeyError::Missing(IDENTITY_PREFIX))?,
        })
    }
}

/// The two public keys on one line, with a space between them.
impl fmt::Display for PublicKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verifying_key, self.recipient)
    }
}

impl FromStr for PublicKeys {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (verifying_key, recipient) = text
            .trim()
            .split_once(char::is_whitespace)
            .ok_or(KeyError::Missing(RECIPIENT_NAME))?;
        Ok(Self {
            verifying_key: verifying_key.parse()?,
            recipient: recipient.parse()?,
        })
    }
}
