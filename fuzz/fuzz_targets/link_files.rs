//! What stands in files of and for the koppelpunt: a party whose key is known may still send
//! anything. What is read keeps its promises, and writes back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkage::{
    EvaluatedTable, KeyDeclaration, KoppelSecret, MatchRatio, MatchSecret, Register, read_links,
    read_review, write_links, write_review,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::OnceLock;

fn secret() -> &'static KoppelSecret {
    static SECRET: OnceLock<KoppelSecret> = OnceLock::new();
    SECRET.get_or_init(|| KoppelSecret::generate(&mut StdRng::seed_from_u64(1)))
}

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    match which % 5 {
        0 => links(input),
        1 => review(input),
        2 => keys(input),
        3 => register(input),
        _ => secrets(input),
    }
});

fn links(input: &[u8]) {
    let mut rest = input;
    if let Ok(links) = read_links(&mut rest) {
        let mut written = Vec::new();
        write_links(&mut written, &links).expect("to memory");
        assert_eq!(written, input[..input.len() - rest.len()]);
    }
}

fn review(input: &[u8]) {
    if let Ok(rows) = read_review(&mut &*input) {
        let mut written = Vec::new();
        write_review(&mut written, &rows).expect("to memory");
        assert_eq!(read_review(&mut &*written).expect("its own form"), rows);
    }
}

fn keys(input: &[u8]) {
    let declaration = KeyDeclaration::usual();
    if let Ok(table) = EvaluatedTable::read(&mut &*input, secret(), &declaration) {
        assert_eq!(table.width(), declaration.len());
    }
}

fn register(input: &[u8]) {
    if let Ok(register) = Register::from_bytes(input) {
        let again = Register::from_bytes(&register.to_bytes()).expect("its own form");
        assert!(again == register);
    }
}

fn secrets(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let _ = KoppelSecret::parse(text);
    let _ = MatchSecret::parse(text);
    let _ = MatchRatio::parse(text);
}
