//! The reader of sealed files: whatever comes in, it answers, and what it accepts is what a known
//! party signed.
#![no_main]

use envelope::{
    Expected, FileKind, Identity, Manifest, Party, SealedFile, Sealing, SecretKeys, VerifyingKey,
};
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::OnceLock;

struct World {
    senders: BTreeMap<Party, VerifyingKey>,
    koppelpunt: Identity,
    /// A file as an honest party would send it.
    honest: Vec<u8>,
}

const PAYLOAD: &[u8] = b"sixteen bytes of";

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut rng = StdRng::seed_from_u64(1);
        let (wier, koppelpunt) = (
            SecretKeys::generate(&mut rng),
            SecretKeys::generate(&mut rng),
        );
        let party = Party::institution("WIER").expect("a code");
        let manifest: Manifest = serde_json::from_str(include_str!("../honest_manifest.json"))
            .expect("the manifest of an honest file");
        let sealing = Sealing {
            signing_key: &wier.signing_key,
            recipients: &[koppelpunt.identity.recipient()],
        };
        let mut honest = Vec::new();
        envelope::seal(&manifest, sealing, &mut honest, |plain| {
            plain.write_all(PAYLOAD)
        })
        .expect("sealing to memory");
        World {
            senders: BTreeMap::from([(party, wier.signing_key.verifying_key())]),
            koppelpunt: koppelpunt.identity,
            honest,
        }
    })
}

/// The input is a file, or, where its first byte says so, an honest file with a few bytes
/// changed: that reaches further than noise does.
fn file_of(input: &[u8]) -> Vec<u8> {
    let Some((0, changes)) = input.split_first().map(|(first, rest)| (*first, rest)) else {
        return input.to_vec();
    };
    let mut file = world().honest.clone();
    for change in changes.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]])) % file.len();
        file[place] ^= change[2];
    }
    file
}

fuzz_target!(|input: &[u8]| {
    let world = world();
    let file = file_of(input);
    let Ok(sealed) = SealedFile::read(Cursor::new(&file)) else {
        return;
    };
    let expected = Expected {
        study: "proef",
        kind: FileKind::KeysForKoppelpunt,
        addressee: Party::Koppelpunt,
        senders: &world.senders,
    };
    let Ok(verified) = sealed.verify(&expected) else {
        return;
    };
    assert!(file == world.honest, "only what was signed is accepted");
    let plain = verified.decrypt_to_vec(&world.koppelpunt);
    assert_eq!(plain.expect("an honest file opens"), PAYLOAD);
});
