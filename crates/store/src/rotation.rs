//! Replacing secrets without a new delivery.
//!
//! Each secret lies in a file of its own epoch. The new file is there before anything is said
//! to use it, and the old one goes when nothing needs it any more; a crash in between leaves a
//! folder that still works, and in which the same command goes on.

use crate::party::secret_name;
use crate::study::{LETTERS, parse_secret, pseudonym_name};
use crate::{Error, InstitutionKeys, Koppelpunt, Lock, Study};
use linkage::{KoppelSecret, MatchRatio, MatchSecret, StudySecret};
use rand::CryptoRng;

/// What accepting a secret of another institution did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is the secret that was here already.
    Known,
    /// The folder had sealed nothing yet; the secret took the place of its own.
    Instead,
    /// It is the next secret; the koppelpunt must get the ratio to the former one.
    Next,
}

impl InstitutionKeys {
    /// Replaces the institutions' secret by a fresh one. The former stays until
    /// [`InstitutionKeys::forget_former_secret`]; where it is still here, nothing is replaced, so
    /// that a rotation that was interrupted goes on instead of beginning another.
    ///
    /// # Errors
    /// Whatever the file system or the cipher says.
    pub fn replace_secret<R: CryptoRng + ?Sized>(&mut self, rng: &mut R) -> Result<(), Error> {
        if self.former_secret()?.is_some() {
            return Ok(());
        }
        self.take_next(MatchSecret::generate(rng))
    }

    /// Takes over the secret of this epoch from another institution.
    ///
    /// # Errors
    /// A secret of an epoch that is neither this folder's nor the next; another secret of the
    /// epoch with which this folder has sealed.
    pub fn accept_secret(&mut self, secret: MatchSecret, epoch: u32) -> Result<Accepted, Error> {
        if epoch == self.key_epoch && *secret.to_text() == *self.match_secret.to_text() {
            return Ok(Accepted::Known);
        }
        if self.sealed_nothing() {
            return self.take_instead(secret, epoch);
        }
        if epoch == self.key_epoch {
            return Err(Error::Refused(format!(
                "Dit is een ander koppelgeheim van periode {epoch} dan dat waarmee al is verzegeld. Hebben twee instellingen het tegelijk vervangen? Spreek af welk geheim geldt, en laat die instelling het opnieuw vervangen (`doorstroom key rotate`)."
            )));
        }
        if epoch != self.key_epoch + 1 || self.former_secret()?.is_some() {
            return Err(Error::Refused(format!(
                "Dit koppelgeheim is van periode {epoch}; in deze map is het nu periode {}. Neem de geheimen een voor een en in volgorde over, en rond een vervanging eerst af (`doorstroom key rotate`).",
                self.key_epoch
            )));
        }
        self.take_next(secret).map(|()| Accepted::Next)
    }

    /// New secret / former secret, while the former is still here.
    ///
    /// # Errors
    /// Whatever the file system or the cipher says.
    pub fn ratio_to_former(&self) -> Result<Option<MatchRatio>, Error> {
        let former = self.former_secret()?;
        Ok(former.map(|former| former.ratio_to(&self.match_secret)))
    }

    /// Removes the former secret: the koppelpunt's ratio is written, nothing needs it any more.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn forget_former_secret(&mut self) -> Result<(), Error> {
        (1..self.key_epoch).try_for_each(|epoch| self.keyring.remove(&secret_name(epoch)))
    }

    /// Puts the keys behind a lock, or behind another one.
    ///
    /// # Errors
    /// A passphrase that is too short; a hardware key that is not there.
    pub fn lock<R: CryptoRng + ?Sized>(&mut self, lock: &Lock, rng: &mut R) -> Result<(), Error> {
        self.keyring.lock(lock, rng)
    }

    fn former_secret(&self) -> Result<Option<MatchSecret>, Error> {
        let name = secret_name(self.key_epoch.saturating_sub(1));
        if self.key_epoch == 1 || !self.keyring.holds(&name) {
            return Ok(None);
        }
        let parse = |text: &str| MatchSecret::parse(text).map_err(|error| error.sentence());
        self.keyring.key(&name, parse).map(Some)
    }

    fn take_next(&mut self, secret: MatchSecret) -> Result<(), Error> {
        let name = secret_name(self.key_epoch + 1);
        self.keyring.write(&name, &secret.to_text())?;
        self.key_epoch += 1;
        self.match_secret = secret;
        Ok(())
    }

    fn take_instead(&mut self, secret: MatchSecret, epoch: u32) -> Result<Accepted, Error> {
        let own = secret_name(self.key_epoch);
        self.keyring
            .replace(&secret_name(epoch), &secret.to_text())?;
        if own != secret_name(epoch) {
            self.keyring.remove(&own)?;
        }
        (self.key_epoch, self.match_secret) = (epoch, secret);
        Ok(Accepted::Instead)
    }
}

impl Koppelpunt {
    /// Carries the register over to a fresh secret of the koppelpunt. Register and the epoch of
    /// its secret change in one step.
    ///
    /// # Errors
    /// A register with keys that are no group elements; whatever the file system or the cipher
    /// says.
    pub fn replace_secret<R: CryptoRng + ?Sized>(&mut self, rng: &mut R) -> Result<(), Error> {
        let fresh = KoppelSecret::generate(rng);
        let rotated = self.register.rotate_koppel_secret(&self.secret, &fresh);
        rotated.map_err(|error| Error::Refused(error.sentence()))?;
        // One of an interrupted attempt was never used.
        self.keyring
            .replace(&secret_name(self.secret_epoch + 1), &fresh.to_text())?;
        self.secret_epoch += 1;
        self.secret = fresh;
        self.save()?;
        (1..self.secret_epoch).try_for_each(|epoch| self.keyring.remove(&secret_name(epoch)))
    }

    /// Carries the register over to another secret of the institutions.
    ///
    /// # Errors
    /// As [`Koppelpunt::replace_secret`].
    pub fn accept_ratio(&mut self, ratio: &MatchRatio) -> Result<(), Error> {
        let rotated = self.register.rotate_match_secret(ratio);
        rotated.map_err(|error| Error::Refused(error.sentence()))?;
        self.save()
    }

    /// Puts the keys behind a lock, or behind another one.
    ///
    /// # Errors
    /// As [`InstitutionKeys::lock`].
    pub fn lock<R: CryptoRng + ?Sized>(&mut self, lock: &Lock, rng: &mut R) -> Result<(), Error> {
        self.keyring.lock(lock, rng)
    }
}

impl Study {
    /// Replaces the secret under which link ids become pseudonyms. Pseudonyms are made anew at
    /// the next joining; letters of institutions stay what they were.
    ///
    /// # Errors
    /// Whatever the file system, the cipher or the ledger says.
    pub fn replace_secret<R: CryptoRng + ?Sized>(&mut self, rng: &mut R) -> Result<(), Error> {
        if !self.keyring.holds(LETTERS) {
            self.keyring.write(LETTERS, &self.secret.to_text())?;
        }
        let (former, next) = (self.secret_epoch, self.secret_epoch + 1);
        let fresh = StudySecret::generate(rng);
        self.keyring
            .write(&pseudonym_name(next), &fresh.to_text())?;
        self.secret = self.keyring.key(&pseudonym_name(next), parse_secret)?;
        self.secret_epoch = next;
        let object = format!("periode {next}");
        self.database()
            .add_event("pseudoniemgeheim vervangen", &object, "opgeslagen")?;
        (1..=former).try_for_each(|epoch| self.keyring.remove(&pseudonym_name(epoch)))
    }

    /// Puts the study's keys behind a lock, or behind another one.
    ///
    /// # Errors
    /// As [`InstitutionKeys::lock`].
    pub fn lock<R: CryptoRng + ?Sized>(&mut self, lock: &Lock, rng: &mut R) -> Result<(), Error> {
        self.keyring.lock(lock, rng)
    }
}
