//! Writes what fuzzing starts from: one honest input of each kind, into `corpus/TARGET/`.

use calendar::Day;
use envelope::{Checkpoint, Digest, Identity, SecretKeys};
use linkage::{
    BlindedKey, Delivery, EvaluatedTable, KeyDeclaration, KeyTableWriter, KoppelSecret, LinkId,
    LinkagePolicy, Register, ReviewReason, ReviewRow, RowId, SeenDelivery, write_links,
    write_review,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use record::Content;
use std::path::Path;

/// The group's base point (RFC 9496, 5).
const BASE: [u8; 32] = [
    0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
    0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76,
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rng = StdRng::seed_from_u64(1);
    let save = |target: &str, name: &str, bytes: &[u8]| -> std::io::Result<()> {
        let folder = Path::new("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)
    };
    save("sealed_file", "honest", &[0])?;
    save("sealed_file", "one_byte_changed", &[0, 0, 20, 1])?;

    let honest = include_bytes!("../honest_manifest.json");
    save("manifest", "manifest", honest)?;
    let keys = SecretKeys::generate(&mut rng);
    let checkpoint = Checkpoint {
        study: "proef".into(),
        events: 3,
        head: Digest::of(b"drie"),
        made_at: "2026-01-02T03:04:05Z".into(),
    };
    let signed = checkpoint.sign(&keys.signing_key).to_string();
    save("manifest", "checkpoint", signed.as_bytes())?;
    let parts = envelope::divide(&Identity::generate(&mut rng), &mut rng);
    save("manifest", "recovery_part", parts[0].to_string().as_bytes())?;
    let public = keys.public();
    save("manifest", "verifying_key", public.verifying_key.to_string().as_bytes())?;
    save("manifest", "recipient", public.recipient.to_string().as_bytes())?;

    let with = |which: u8, bytes: &[u8]| [&[which], bytes].concat();
    let mut links = Vec::new();
    write_links(&mut links, &[(RowId([1; 16]), LinkId([2; 16]))])?;
    save("link_files", "links", &with(0, &links))?;
    let mut review = Vec::new();
    let row = ReviewRow {
        row: RowId([1; 16]),
        reason: ReviewReason::NoKey,
    };
    write_review(&mut review, &[row])?;
    save("link_files", "review", &with(1, &review))?;
    let table = key_table()?;
    save("link_files", "keys", &with(2, &table))?;
    save("link_files", "register", &with(3, &register(&table, &mut rng)?))?;
    let secret = KoppelSecret::generate(&mut rng).to_text();
    save("link_files", "secret", &with(4, secret.as_bytes()))?;

    save("content", "empty", &Content::<Day>::default().to_bytes())?;
    Ok(())
}

fn key_table() -> std::io::Result<Vec<u8>> {
    let declaration = KeyDeclaration::usual();
    let mut bytes = Vec::new();
    let mut table = KeyTableWriter::start(&mut bytes, 1, &declaration)?;
    let mut keys = vec![None; declaration.len()];
    keys[0] = Some(BlindedKey::from_bytes(BASE));
    table.row(RowId([3; 16]), &keys)?;
    table.finish()?;
    Ok(bytes)
}

fn register(table: &[u8], rng: &mut StdRng) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let declaration = KeyDeclaration::usual();
    let secret = KoppelSecret::generate(rng);
    let delivery = Delivery {
        institution: "WIER".into(),
        seen: SeenDelivery {
            number: 1,
            manifest: [9; 32],
        },
        table: EvaluatedTable::read(&mut &*table, &secret, &declaration)?,
    };
    let policy = LinkagePolicy::usual(declaration);
    let outcome = linkage::link(Register::new(), vec![delivery], &policy, rng)?;
    Ok(outcome.register.to_bytes())
}
