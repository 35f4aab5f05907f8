//! Secrets that go from one institution to another, and ratios that go to the koppelpunt.

use super::{identified_by, open_sealed, public_key, secure_rng};
use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use envelope::{
    DeliveryId, FileKind, InstitutionCode, Manifest, Party, Recipient, Sealing, VerifiedFile,
};
use linkage::{METHOD, MatchRatio, MatchSecret};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use store::{Accepted, InstitutionKeys, Koppelpunt, Protocol};
use zeroize::Zeroizing;

/// So many institutions must send the koppelpunt the same ratio: one alone could spoil the
/// whole register with a wrong one.
const WITNESSES: usize = 2;

/// Where files about keys go, and for which study.
pub struct KeyPost<'a> {
    /// The protocol: who the others are.
    pub protocol: &'a Protocol,
    /// Where it lies, for messages.
    pub study: &'a Path,
    /// Where files go.
    pub out: &'a Path,
}

impl KeyPost<'_> {
    /// Seals the institutions' secret for each other institution whose public key is known.
    ///
    /// # Errors
    /// Keys that are in no `study.toml`; a public key that is none; whatever the file system says.
    pub fn send_secret(&self, keys: &InstitutionKeys, reporter: &Reporter) -> Result<(), Failure> {
        let own = identified_by(self.protocol, keys)?;
        let text = keys.match_secret.to_text();
        let others = self.protocol.institutions.iter();
        for other in others.filter(|entry| entry.code != own.as_str()) {
            if other.receives.is_empty() {
                reporter.say(&format!(
                    "{}: in study.toml staat geen `ontvangt`; voor deze instelling is niets gemaakt.",
                    other.code
                ));
                continue;
            }
            let recipient = public_key(&other.receives, "ontvangt", self.study)?;
            let party = Party::institution(&other.code)
                .map_err(|error| Failure::new(Exit::Unreadable, error.to_string()))?;
            let what = (FileKind::SecretForInstitution, party);
            let path = self.seal(keys, (&own, what), &recipient, text.as_bytes())?;
            reporter.say(&format!("Voor {}: {}", other.code, path.display()));
        }
        Ok(())
    }

    /// Seals the ratio to the former secret for the koppelpunt, then forgets that secret.
    ///
    /// # Errors
    /// As [`KeyPost::send_secret`].
    pub fn send_ratio(
        &self,
        keys: &mut InstitutionKeys,
        reporter: &Reporter,
    ) -> Result<(), Failure> {
        let Some(ratio) = keys.ratio_to_former()? else {
            return Ok(());
        };
        let own = identified_by(self.protocol, keys)?;
        let known = &self.protocol.linkage.koppelpunt_recipient;
        let recipient = public_key(known, "koppelpunt_ontvangt", self.study)?;
        let what = (FileKind::RatioForKoppelpunt, Party::Koppelpunt);
        let path = self.seal(keys, (&own, what), &recipient, ratio.to_text().as_bytes())?;
        reporter.say(&format!("Voor het koppelpunt: {}", path.display()));
        Ok(keys.forget_former_secret()?)
    }

    fn seal(
        &self,
        keys: &InstitutionKeys,
        (own, (kind, addressee)): (&InstitutionCode, (FileKind, Party)),
        recipient: &Recipient,
        payload: &[u8],
    ) -> Result<PathBuf, Failure> {
        let (word, to) = match &addressee {
            Party::Institution(code) => ("koppelgeheim", code.as_str()),
            _ => ("verhouding", "koppelpunt"),
        };
        let name = format!(
            "{}-{}-{word}-{}-{to}.verzegeld",
            self.protocol.study.id,
            own.as_str(),
            keys.key_epoch
        );
        let manifest = self.manifest(keys.key_epoch, own, kind, addressee);
        let sealing = Sealing {
            signing_key: &keys.keys.signing_key,
            recipients: std::slice::from_ref(recipient),
        };
        store::files::create_folder(self.out)?;
        let path = self.out.join(name);
        store::files::write_atomically(&path, |file| {
            envelope::seal(&manifest, sealing, file, |plain| plain.write_all(payload))
                .map_err(Failure::from)
        })?;
        Ok(path)
    }

    /// These files stand in no chain of deliveries: the epoch, which only goes up, is their
    /// number, and the receiver takes no other than the next.
    fn manifest(
        &self,
        epoch: u32,
        own: &InstitutionCode,
        kind: FileKind,
        addressee: Party,
    ) -> Manifest {
        let parties = (Party::Institution(own.clone()), addressee);
        let id = DeliveryId::generate(&mut secure_rng());
        Manifest {
            delivery: epoch,
            method: METHOD.to_owned(),
            key_epoch: epoch,
            ..Manifest::single(
                &self.protocol.study.id,
                kind,
                parties,
                id,
                store::clock::today(),
            )
        }
    }

    /// Takes over a secret from another institution; where it is the next one, the koppelpunt
    /// gets this institution's ratio too.
    ///
    /// # Errors
    /// A file that is not what it should be; a secret that does not follow the one that is here.
    pub fn accept_secret(
        &self,
        keys: &mut InstitutionKeys,
        path: &Path,
        reporter: &Reporter,
    ) -> Result<(), Failure> {
        let own = Party::Institution(identified_by(self.protocol, keys)?);
        let verified = self.verify(path, FileKind::SecretForInstitution, own)?;
        let epoch = verified.manifest().key_epoch;
        let text = text_of(verified, &keys.keys.identity)?;
        let secret = MatchSecret::parse(&text)
            .map_err(|error| Failure::new(Exit::Sealed, error.sentence()))?;
        reporter.say(match keys.accept_secret(secret, epoch)? {
            Accepted::Known => "Dit koppelgeheim was er al; er is niets veranderd.",
            Accepted::Instead => "Koppelgeheim overgenomen.",
            Accepted::Next => {
                "Nieuw koppelgeheim overgenomen. Stuur de verhouding naar het koppelpunt; verzegel tot die daar is verwerkt niets nieuws."
            }
        });
        self.send_ratio(keys, reporter)
    }

    /// Carries the register over to the institutions' new secret, if enough of them say the
    /// same.
    ///
    /// # Errors
    /// A file that is not what it should be; too few institutions, or different ratios.
    pub fn accept_ratios(
        &self,
        koppelpunt: &mut Koppelpunt,
        paths: &[PathBuf],
    ) -> Result<(), Failure> {
        let next = koppelpunt.register.key_epoch() + 1;
        let mut said: BTreeMap<Party, MatchRatio> = BTreeMap::new();
        for path in paths {
            let verified = self.verify(path, FileKind::RatioForKoppelpunt, Party::Koppelpunt)?;
            let epoch = verified.manifest().key_epoch;
            if epoch != next {
                return Err(Failure::new(
                    Exit::Refused,
                    format!("Deze verhouding is van periode {epoch}; het register verwacht periode {next}. Een verhouding die al is verwerkt, hoeft niet nog eens.")
                ).about(path));
            }
            let sender = verified.manifest().sender.clone();
            let text = text_of(verified, &koppelpunt.keys.identity)?;
            let ratio = MatchRatio::parse(&text)
                .map_err(|error| Failure::new(Exit::Sealed, error.sentence()).about(path))?;
            said.insert(sender, ratio);
        }
        let needed = WITNESSES.min(self.protocol.institutions.len());
        let mut ratios = said.values();
        let ratio = ratios.next().filter(|_| said.len() >= needed).ok_or_else(|| {
            Failure::new(
                Exit::Refused,
                format!("De verhouding moet van ten minste {needed} verschillende instellingen komen. Wacht op de andere en geef ze samen op."),
            )
        })?;
        if ratios.any(|other| other != ratio) {
            return Err(Failure::new(
                Exit::Refused,
                "De instellingen geven verschillende verhoudingen op: ze hebben niet hetzelfde koppelgeheim. Er is niets veranderd; laat hen het eerst eens worden.",
            ));
        }
        Ok(koppelpunt.accept_ratio(ratio)?)
    }

    fn verify(
        &self,
        path: &Path,
        kind: FileKind,
        addressee: Party,
    ) -> Result<VerifiedFile<File>, Failure> {
        let senders = store::senders(self.protocol, self.study)?;
        open_sealed(path, self.protocol, &senders, (kind, addressee))
            .map_err(|failure| failure.about(path))
    }
}

fn text_of(
    verified: VerifiedFile<File>,
    identity: &envelope::Identity,
) -> Result<Zeroizing<String>, Failure> {
    let bytes = Zeroizing::new(verified.decrypt_to_vec(identity)?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::new(Exit::Sealed, "Dit bestand bevat geen sleutel."))?;
    Ok(Zeroizing::new(text.to_owned()))
}
