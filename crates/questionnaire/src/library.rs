//! The definitions that come with the program.

use crate::definition::InstrumentDefinition;
use codes::Instrument;
use std::collections::BTreeMap;
use std::sync::LazyLock;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../instruments/", $name, ".toml")))),+]
    };
}

/// Name and text of each file.
const FILES: &[(&str, &str)] = files![
    "abcl",
    "acute-2007",
    "armidilo-s",
    "asr",
    "bsi",
    "bsi-18",
    "demo-15",
    "dros",
    "dros-2",
    "dros-sv",
    "esseon-r",
    "fare",
    "gci",
    "gci-r",
    "hcr-20v3",
    "hkt-30",
    "hkt-r",
    "honos",
    "honos-ld",
    "honos-plus",
    "idqol-16",
    "ifte",
    "kkl",
    "mate",
    "moas",
    "moas-plus",
    "oq-45",
    "pos",
    "rem-16",
    "saprof",
    "scil",
    "sdas-11",
    "sdas-9",
    "soas-r",
    "soas-r-id",
    "srz",
    "srz-p",
    "stable-2007",
    "start",
    "static-99r",
    "sumid-q",
];

static SHIPPED: LazyLock<Library> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| {
        let definition = InstrumentDefinition::parse(text);
        definition.unwrap_or_else(|faults| panic!("a test reads every file; {name}: {faults}"))
    };
    FILES
        .iter()
        .map(read)
        .fold(Library::default(), Library::with)
});

/// Definitions by code; at most one per instrument.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    definitions: BTreeMap<Instrument, InstrumentDefinition>,
}

impl Library {
    /// The definitions that come with the program: one for each code of CL33 but `ANDERS`.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The same with `definition`, in the place of another of the same instrument: what a study
    /// has set itself, such as a direction that no open source tells.
    pub fn with(mut self, definition: InstrumentDefinition) -> Self {
        self.definitions.insert(definition.code, definition);
        self
    }

    /// What is known of `instrument`; nothing of `ANDERS`.
    pub fn get(&self, instrument: Instrument) -> Option<&InstrumentDefinition> {
        self.definitions.get(&instrument)
    }

    /// All definitions, in the order of the code list.
    pub fn iter(&self) -> impl Iterator<Item = &InstrumentDefinition> {
        self.definitions.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Certainty, LicenceClass, Members, Population};
    use codes::Coded;

    #[test]
    fn every_file_reads_and_is_named_after_its_code() {
        for (name, text) in FILES {
            let definition = InstrumentDefinition::parse(text)
                .unwrap_or_else(|faults| panic!("{name}:\n{faults}"));
            assert_eq!(*name, definition.code().key().to_lowercase());
        }
    }

    #[test]
    fn each_code_but_the_catch_all_has_one_definition() {
        let known: Vec<Instrument> = Library::shipped().iter().map(|one| one.code()).collect();
        let wanted = Instrument::ALL.iter().copied();
        let wanted: Vec<Instrument> = wanted.filter(|code| *code != Instrument::Other).collect();
        assert_eq!(known, wanted);
        assert_eq!(FILES.len(), wanted.len());
    }

    #[test]
    fn nothing_closed_is_shipped() {
        for one in Library::shipped().iter() {
            let name = one.name();
            let open = one.licence().class == LicenceClass::A;
            assert_eq!(open, one.is_invented(), "{name}");
            assert_eq!(one.text(1).is_some(), one.is_invented(), "{name}");
            let total = one.total().into_iter();
            let mut scales = one.scales().iter().chain(total);
            if one.licence().class == LicenceClass::C {
                let is_silent =
                    |scale: &crate::Scale| !matches!(scale.members(), Members::Items(_));
                assert!(scales.all(is_silent), "{name}");
            }
        }
    }

    #[test]
    fn what_is_invented_says_so_and_nothing_else_is() {
        for one in Library::shipped().iter() {
            let invented = one.structure().certainty == Certainty::Invented;
            assert_eq!(invented, one.is_invented());
            for reliability in one.reliabilities() {
                let by_nobody = reliability.population == Population::Invented;
                assert_eq!(by_nobody, one.is_invented());
            }
        }
        let demo = Library::shipped().get(Instrument::Demo15).unwrap();
        assert!((1..=15).all(|item| demo.text(item).unwrap().starts_with("(verzonnen)")));
    }

    #[test]
    fn a_study_replaces_what_no_open_source_tells() {
        let text = FILES.iter().find(|(name, _)| *name == "dros").unwrap().1;
        let set = text.replace(
            "richting = \"onbekend\"",
            "richting = \"hoger is slechter\"",
        );
        let own = InstrumentDefinition::parse(&set).unwrap();
        let library = Library::shipped().clone().with(own);
        let direction = |library: &Library| {
            let dros = library.get(Instrument::Dros).unwrap();
            dros.total().unwrap().direction()
        };
        assert_eq!(direction(&library), crate::Direction::HigherIsWorse);
        assert_eq!(direction(Library::shipped()), crate::Direction::Unknown);
        assert_eq!(library.iter().count(), Library::shipped().iter().count());
    }
}
