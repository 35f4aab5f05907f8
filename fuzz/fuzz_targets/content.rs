//! The rows in file B. What is read is in order, and writes back the same.
#![no_main]

use calendar::Day;
use libfuzzer_sys::fuzz_target;
use record::Content;

fuzz_target!(|input: &[u8]| {
    if let Ok(content) = Content::<Day>::from_bytes(input) {
        let again = Content::<Day>::from_bytes(&content.to_bytes()).expect("its own form");
        assert!(again == content);
    }
});
