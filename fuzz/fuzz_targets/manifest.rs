//! Everything that is read before a signature is looked at, or in the clear: manifests, states
//! of a log, recovery parts, public keys. What is read, writes and reads back the same.
#![no_main]

use envelope::{
    Digest, IdentityPart, Manifest, Party, Recipient, SenderState, SignedCheckpoint, VerifyingKey,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(manifest) = serde_json::from_slice::<Manifest>(input) {
        let written = serde_json::to_vec(&manifest).expect("a manifest always serialises");
        let again: Manifest = serde_json::from_slice(&written).expect("its own form");
        assert!(again == manifest);
        let state = SenderState {
            delivery: manifest.delivery,
            manifest: Digest::of(input),
        };
        assert!(
            manifest.check_order(Some(&state)).is_err(),
            "a file is no successor of itself"
        );
    }
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(checkpoint) = text.parse::<SignedCheckpoint>() {
        let again = checkpoint.to_string().parse::<SignedCheckpoint>();
        assert!(again == Ok(checkpoint));
    }
    if let Ok(party) = text.parse::<Party>() {
        assert_eq!(party.to_string(), text);
    }
    if let Ok(part) = text.parse::<IdentityPart>() {
        assert!((1..=3).contains(&part.number()));
    }
    let _ = text.parse::<VerifyingKey>();
    let _ = text.parse::<Recipient>();
});
