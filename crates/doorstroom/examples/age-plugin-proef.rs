//! Stands in for a hardware key in tests: an age plugin whose "token" is a file of 32 bytes,
//! named by `PROEF_TOKEN`, and whose PIN is asked through whoever runs it.
#![allow(missing_docs, reason = "a program for tests")]

use age_core::format::{FileKey, Stanza};
use age_core::primitives::{aead_decrypt, aead_encrypt};
use age_core::secrecy::ExposeSecret;
use age_plugin::identity::{self, IdentityPluginV1};
use age_plugin::recipient::{self, RecipientPluginV1};
use age_plugin::{Callbacks, PluginHandler, run_state_machine};
use std::collections::{HashMap, HashSet};
use std::io;

const TAG: &str = "proef";
const PIN: &str = "de pin van deze proef";

struct Handler;

impl PluginHandler for Handler {
    type RecipientV1 = Wrap;
    type IdentityV1 = Unwrap;

    fn recipient_v1(self) -> io::Result<Wrap> {
        Ok(Wrap)
    }

    fn identity_v1(self) -> io::Result<Unwrap> {
        Ok(Unwrap)
    }
}

fn token() -> io::Result<[u8; 32]> {
    let path = std::env::var_os("PROEF_TOKEN").ok_or(io::ErrorKind::NotFound)?;
    let bytes = std::fs::read(path)?;
    bytes
        .try_into()
        .map_err(|_| io::ErrorKind::InvalidData.into())
}

struct Wrap;

impl RecipientPluginV1 for Wrap {
    fn add_recipient(&mut self, _: usize, _: &str, _: &[u8]) -> Result<(), recipient::Error> {
        Ok(())
    }

    fn add_identity(&mut self, _: usize, _: &str, _: &[u8]) -> Result<(), recipient::Error> {
        Ok(())
    }

    fn labels(&mut self) -> HashSet<String> {
        HashSet::new()
    }

    fn wrap_file_keys(
        &mut self,
        keys: Vec<FileKey>,
        _: impl Callbacks<recipient::Error>,
    ) -> io::Result<Result<Vec<Vec<Stanza>>, Vec<recipient::Error>>> {
        let token = token()?;
        let wrap = |key: &FileKey| {
            vec![Stanza {
                tag: TAG.into(),
                args: Vec::new(),
                body: aead_encrypt(&token, key.expose_secret()),
            }]
        };
        Ok(Ok(keys.iter().map(wrap).collect()))
    }
}

struct Unwrap;

impl IdentityPluginV1 for Unwrap {
    fn add_identity(&mut self, _: usize, _: &str, _: &[u8]) -> Result<(), identity::Error> {
        Ok(())
    }

    fn unwrap_file_keys(
        &mut self,
        files: Vec<Vec<Stanza>>,
        mut callbacks: impl Callbacks<identity::Error>,
    ) -> io::Result<HashMap<usize, Result<FileKey, Vec<identity::Error>>>> {
        let Ok(token) = token() else {
            return Ok(HashMap::new());
        };
        let pin = callbacks.request_secret("PIN van de proefsleutel")?;
        if pin.is_err() || pin.is_ok_and(|pin| pin.expose_secret() != PIN) {
            return Ok(HashMap::new());
        }
        let key_of = |stanzas: &Vec<Stanza>| {
            let own = stanzas.iter().find(|stanza| stanza.tag == TAG)?;
            let bytes = aead_decrypt(&token, 16, &own.body).ok()?;
            Some(FileKey::new(Box::new(bytes.try_into().ok()?)))
        };
        let keys = files.iter().enumerate();
        Ok(keys
            .filter_map(|(file, stanzas)| Some((file, Ok(key_of(stanzas)?))))
            .collect())
    }
}

fn main() -> io::Result<()> {
    let machine = std::env::args().find_map(|argument| {
        let machine = argument.strip_prefix("--age-plugin=")?;
        Some(machine.to_owned())
    });
    match machine {
        Some(machine) => run_state_machine(&machine, Handler),
        None => Ok(()),
    }
}
