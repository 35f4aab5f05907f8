//! At the koppelpunt: from sealed key files to the link file for the study.

use super::{open_sealed, public_key, secure_rng};
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::progress::Reporter;
use calendar::Day;
use envelope::{
    DeliveryId, Digest, FileKind, Manifest, ObservedPeriod, Party, Recipient, Sealing, VerifyingKey,
};
use linkage::{
    Delivery, KeyDeclaration, LinkOutcome, LinkagePolicy, LinkedDelivery, METHOD, SeenDelivery,
};
use pseudonym::KeysExpected;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use store::{KeyLinks, Koppelpunt, LinkQuality, LinkReport, Protocol};

/// Per institution and number of a delivery, the ciphertext of its file for the study.
type Siblings = BTreeMap<(String, u32), Digest>;

/// Links deliveries, writes the link file and the files to look at again, then keeps the
/// register. Returns the link file.
///
/// The register is kept last: were it kept first, a crash would lose links for good.
///
/// # Errors
/// A file that is not a key file of this study from a known institution, in order.
pub fn link(
    register: &Path,
    protocol: &Protocol,
    files: &[PathBuf],
    out: &Path,
    reporter: &Reporter,
) -> Result<PathBuf, Failure> {
    check_recipients(protocol)?;
    let mut koppelpunt = Koppelpunt::open(key_folder(register))?;
    let senders = store::senders(protocol, Path::new("study.toml"))?;
    let step = reporter.step("Koppelsleutels omrekenen");
    let mut deliveries = Vec::with_capacity(files.len());
    let mut periods = Vec::with_capacity(files.len());
    let mut siblings = Siblings::new();
    for path in files {
        let (delivery, manifest) = take_in(path, &mut koppelpunt, protocol, &senders)
            .map_err(|failure| failure.about(path))?;
        let name = (delivery.institution.clone(), manifest.delivery);
        siblings.extend(manifest.sibling.map(|content| (name, content)));
        deliveries.push(delivery);
        periods.push(manifest.period);
    }
    step.finish_and_clear();
    let step = reporter.step("Personen koppelen");
    let known = std::mem::take(&mut koppelpunt.register);
    let mut outcome = linkage::link(
        known,
        deliveries,
        &LinkagePolicy::usual(protocol.match_keys()),
        &mut secure_rng(),
    )?;
    step.finish_and_clear();

    store::files::create_folder(out)?;
    let mut writer = LinkWriter {
        koppelpunt: &mut koppelpunt,
        protocol,
        out,
        period: hull(&periods),
        key_epoch: outcome.register.key_epoch(),
    };
    let qualities = quality_of(&outcome, &protocol.match_keys(), &siblings);
    let report = LinkReport {
        decisions: outcome.register.take_untold(),
        quality: qualities,
    };
    let link_file = writer.links(&outcome, &report)?;
    for delivery in outcome
        .deliveries
        .iter()
        .filter(|delivery| !delivery.review.is_empty())
    {
        writer.review(delivery, reporter)?;
    }
    report_quality(&outcome, &report.quality, reporter);
    koppelpunt.register = outcome.register;
    koppelpunt.save()?;
    Ok(link_file)
}

/// Opens a key file, if it is one of this study from a known institution, in order.
fn take_in(
    path: &Path,
    koppelpunt: &mut Koppelpunt,
    protocol: &Protocol,
    senders: &BTreeMap<Party, VerifyingKey>,
) -> Result<(Delivery, Manifest), Failure> {
    let sought = (FileKind::KeysForKoppelpunt, Party::Koppelpunt);
    let verified = open_sealed(path, protocol, senders, sought)?;
    let manifest = verified.manifest().clone();
    let sender = manifest.sender.clone();
    verified.check_order(koppelpunt.chain.last(FileKind::KeysForKoppelpunt, &sender))?;
    let state = verified.state();
    let seen = SeenDelivery {
        number: manifest.delivery,
        manifest: *verified.manifest_digest().as_bytes(),
    };
    let own = &koppelpunt.keys.identity;
    let declared = protocol.match_keys();
    let expected = KeysExpected {
        declaration: &declared,
        key_epoch: koppelpunt.register.key_epoch(),
    };
    let table = pseudonym::open_keys(verified, own, &koppelpunt.secret, expected)
        .map_err(|error| Failure::new(Exit::Sealed, error.sentence()))?;
    koppelpunt
        .chain
        .remember(FileKind::KeysForKoppelpunt, &sender, state);
    let delivery = Delivery {
        institution: code_of(&sender)?,
        seen,
        table,
    };
    Ok((delivery, manifest))
}

/// Every public key is read before anything is written: a link file that went out while the
/// register was not kept, would split persons.
fn check_recipients(protocol: &Protocol) -> Result<(), Failure> {
    let path = Path::new("study.toml");
    public_key::<Recipient>(&protocol.linkage.study_recipient, "studie_ontvangt", path)?;
    let known = protocol
        .institutions
        .iter()
        .filter(|entry| !entry.receives.is_empty());
    for entry in known {
        public_key::<Recipient>(&entry.receives, "ontvangt", path)?;
    }
    Ok(())
}

/// The institution's code; only institutions send keys, which `verify` has made sure of.
fn code_of(sender: &Party) -> Result<String, Failure> {
    match sender {
        Party::Institution(code) => Ok(code.as_str().to_owned()),
        _ => Err(Failure::new(
            Exit::Sealed,
            "De afzender van dit sleutelbestand is geen instelling.",
        )),
    }
}

/// The days that any of the deliveries covers.
fn hull(periods: &[ObservedPeriod]) -> ObservedPeriod {
    let from = periods.iter().map(|period| period.from).min();
    let until = periods.iter().map(|period| period.until).max();
    let never = Day::from_number(0);
    ObservedPeriod {
        from: from.unwrap_or(never),
        until: until.unwrap_or(never),
    }
}

struct LinkWriter<'a> {
    koppelpunt: &'a mut Koppelpunt,
    protocol: &'a Protocol,
    out: &'a Path,
    period: ObservedPeriod,
    key_epoch: u32,
}

impl LinkWriter<'_> {
    fn links(&mut self, outcome: &LinkOutcome, report: &LinkReport) -> Result<PathBuf, Failure> {
        let links: Vec<_> = outcome
            .deliveries
            .iter()
            .flat_map(|delivery| delivery.links.iter().copied())
            .collect();
        let refused: Vec<_> = outcome
            .deliveries
            .iter()
            .flat_map(|delivery| delivery.refused.iter().copied())
            .collect();
        let quality = serde_json::to_vec(report).expect("plain numbers always serialise");
        let manifest = self.manifest(
            FileKind::LinksForStudy,
            Party::Study,
            ("koppelingen", links.len() + refused.len()),
        );
        let path = self.out.join(format!(
            "{}-koppelpunt-{:03}-koppelingen.verzegeld",
            self.protocol.study.id, manifest.delivery
        ));
        let recipient = public_key(
            &self.protocol.linkage.study_recipient,
            "studie_ontvangt",
            Path::new("study.toml"),
        )?;
        self.seal(&path, &manifest, recipient, |plain| {
            linkage::write_links(plain, &links)?;
            linkage::write_rows(plain, &refused)?;
            plain.write_all(&quality)
        })?;
        Ok(path)
    }

    fn review(&mut self, delivery: &LinkedDelivery, reporter: &Reporter) -> Result<(), Failure> {
        let code = &delivery.institution;
        let entry = self
            .protocol
            .institutions
            .iter()
            .find(|entry| &entry.code == code);
        let Some(recipient) = entry
            .map(|entry| entry.receives.as_str())
            .filter(|text| !text.is_empty())
        else {
            reporter.say(&format!(
                "{code}: {} rijen om na te zien, maar in study.toml staat geen `ontvangt` bij deze instelling; de controlelijst is niet gemaakt.",
                delivery.review.len()
            ));
            return Ok(());
        };
        let recipient = public_key(recipient, "ontvangt", Path::new("study.toml"))?;
        let party = Party::institution(code)
            .map_err(|error| Failure::new(Exit::Sealed, error.to_string()))?;
        let manifest = self.manifest(
            FileKind::ReviewForInstitution,
            party,
            ("controlelijst", delivery.review.len()),
        );
        let path = self.out.join(format!(
            "{}-koppelpunt-{:03}-controlelijst-{code}.verzegeld",
            self.protocol.study.id, manifest.delivery
        ));
        self.seal(&path, &manifest, recipient, |plain| {
            linkage::write_review(plain, &delivery.review)
        })
    }

    fn manifest(&self, kind: FileKind, addressee: Party, (what, rows): (&str, usize)) -> Manifest {
        let last = self.koppelpunt.chain.last(kind, &addressee);
        Manifest {
            study: self.protocol.study.id.clone(),
            kind,
            sender: Party::Koppelpunt,
            delivery: last.map_or(1, |state| state.delivery + 1),
            delivery_id: DeliveryId::generate(&mut secure_rng()),
            period: self.period,
            created_on: store::clock::today(),
            schema_version: record::SCHEMA_VERSION,
            rows: BTreeMap::from([(what.to_owned(), rows as u64)]),
            left_behind: None,
            sibling: None,
            previous: last.map(|state| state.manifest),
            method: METHOD.to_owned(),
            key_epoch: self.key_epoch,
            addressee,
        }
    }

    fn seal(
        &mut self,
        path: &Path,
        manifest: &Manifest,
        recipient: Recipient,
        payload: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let sealing = Sealing {
            signing_key: &self.koppelpunt.keys.signing_key,
            recipients: &[recipient],
        };
        let receipt = store::files::write_atomically(path, |file| {
            envelope::seal(manifest, sealing, file, payload).map_err(Failure::from)
        })?;
        self.koppelpunt
            .chain
            .remember(manifest.kind, &manifest.addressee, receipt.state(manifest));
        Ok(())
    }
}

/// What the study team is told of the quality of the linkage: counts and rates, no row.
fn quality_of(
    outcome: &LinkOutcome,
    keys: &KeyDeclaration,
    siblings: &Siblings,
) -> Vec<LinkQuality> {
    let of = |delivery: &LinkedDelivery| LinkQuality {
        institution: delivery.institution.clone(),
        delivery: delivery.number,
        content: siblings
            .get(&(delivery.institution.clone(), delivery.number))
            .copied(),
        rows: delivery.quality.rows,
        linked: delivery.quality.linked,
        undecided: delivery.quality.undecided,
        sensitivity: delivery
            .quality
            .sensitivity
            .map(|range| (range.low, range.high)),
        keys: keys_of(delivery, keys),
    };
    outcome.deliveries.iter().map(of).collect()
}

fn keys_of(delivery: &LinkedDelivery, keys: &KeyDeclaration) -> Vec<KeyLinks> {
    let keys = keys.keys().iter().zip(&delivery.quality.keys);
    keys.map(|(key, quality)| KeyLinks {
        key: key.to_string(),
        linked: quality.linked,
        refused: quality.refused,
        comparable: quality.comparable,
        agreed: quality.agreed,
    })
    .collect()
}

fn report_quality(outcome: &LinkOutcome, qualities: &[LinkQuality], reporter: &Reporter) {
    for quality in qualities {
        let sensitivity = quality.sensitivity.map_or(
            "hoeveel van de echte koppelingen dat is, is nog niet te schatten".to_owned(),
            |(low, high)| {
                let range = figure::dutch::percentage_interval(low, high, 1);
                format!("naar schatting {range} van de echte koppelingen")
            },
        );
        reporter.say(&format!(
            "{}: {} rijen, {} gekoppeld aan een bekende persoon ({sensitivity}), {} onbeslist.",
            quality.institution, quality.rows, quality.linked, quality.undecided
        ));
        for key in quality
            .keys
            .iter()
            .filter(|key| key.linked + key.refused > 0)
        {
            reporter.say(&format!(
                "  {}: {} gekoppeld, {} geweigerd",
                key.key, key.linked, key.refused
            ));
        }
    }
    let refused: u64 = (outcome.deliveries.iter())
        .map(|delivery| delivery.quality.refused)
        .sum();
    if refused > 0 {
        reporter.say(&format!(
            "{refused} rijen geweigerd: deze cliënten hebben zich teruggetrokken."
        ));
    }
    reporter.say(&format!(
        "Register: {} personen.",
        outcome.register.persons()
    ));
    let proposed = outcome.register.proposals().len();
    if proposed > 0 {
        reporter.say(&format!(
            "{proposed} paren zijn waarschijnlijk één persoon: zie `doorstroom register MAP` en beslis."
        ));
    }
}
