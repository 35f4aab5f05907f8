//! The invented export formats of the four institutions.

use crate::dialect::{DateForm, Dialect, FileKind, Forms, Part, Plan};
use codes::{CodeList, Institution};
use intake::schema::{FieldSpec, TABLES, TableSpec};

/// Fields that the network never fills.
const NEVER_FILLED: &[&str] = &["skn", "herkomstland_groep", "wzd_eind"];

/// Pairs of a field and its own name, of a code and its own form.
type Pairs = &'static [(&'static str, &'static str)];

/// What is the institution's own: column names, codes and how a name without an entry is made.
struct House {
    columns: Pairs,
    codes: &'static [(&'static str, Pairs)],
    /// Fields in which the label of a code stands, not its key.
    labelled: &'static [&'static str],
    style: fn(&str) -> String,
}

impl House {
    fn part(&self, table: &'static str) -> Part {
        let spec = TableSpec::named(table)
            .expect("plans name tables of the dictionary; a test makes them all");
        let fields = spec
            .fields
            .iter()
            .filter(|field| !NEVER_FILLED.contains(&field.name));
        Part {
            table,
            columns: fields
                .clone()
                .map(|field| (field.name, self.column(field.name)))
                .collect(),
            codes: fields
                .filter_map(|field| Some((field.name, self.codes(field)?)))
                .collect(),
            constants: Vec::new(),
            only_if: None,
        }
    }

    fn column(&self, field: &str) -> String {
        let own = self.columns.iter().find(|(known, _)| *known == field);
        own.map_or_else(|| (self.style)(field), |(_, own)| (*own).to_owned())
    }

    fn codes(&self, field: &FieldSpec) -> Option<Vec<(&'static str, &'static str)>> {
        let list: &'static CodeList = field.kind.codes()?;
        if self.labelled.contains(&field.name) {
            return Some(
                list.codes
                    .iter()
                    .map(|code| (code.key, code.label))
                    .collect(),
            );
        }
        let (_, own) = self.codes.iter().find(|(list_id, _)| *list_id == list.id)?;
        let pair = |key: &'static str| {
            own.iter()
                .find(|(known, _)| *known == key)
                .map_or((key, key), |(_, own)| (key, *own))
        };
        Some(list.codes.iter().map(|code| pair(code.key)).collect())
    }
}

fn plan(kind: FileKind, file: &'static str, sheet: Option<&'static str>, parts: Vec<Part>) -> Plan {
    Plan {
        kind,
        file,
        sheet,
        header_line: 1,
        parts,
        extra: None,
    }
}

/// `leefgroep_type` → `Leefgroep type`
fn spaced(field: &str) -> String {
    let mut name = field.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// `leefgroep_type` → `LeefgroepType`
fn joined(field: &str) -> String {
    let capital = |part: &str| part[..1].to_ascii_uppercase() + &part[1..];
    field
        .split('_')
        .filter(|part| !part.is_empty())
        .map(capital)
        .collect()
}

/// `leefgroep_type` → `LEEFGROEP_TYPE`
fn shouted(field: &str) -> String {
    field.to_ascii_uppercase()
}

/// One workbook with a sheet per table and real date cells.
pub(crate) fn stevig() -> Dialect {
    let house = House {
        columns: &[
            ("client_id", "Cliëntnr"),
            ("bsn", "BSN"),
            ("opname_id", "Opnamenr"),
            ("opnamedatum", "Datum opname"),
            ("ontslagdatum", "Datum vertrek"),
            ("ontslagreden", "Reden vertrek"),
            ("ontslagklaar_datum", "Klaar voor vertrek"),
            ("bestemming_voorziening", "Vertrokken naar"),
            ("herkomst_voorziening", "Komt van"),
            ("juridische_titel", "Titel"),
            ("dsm5_hoofdgroep", "Diagnose"),
            ("aanmelding_id", "Aanmeldnr"),
            ("plaatsing_id", "Plaatsingnr"),
            ("meting_id", "Metingnr"),
        ],
        codes: &[
            ("CL02", &[("M", "m"), ("F", "v"), ("UN", "x"), ("UNK", "?")]),
            ("CL48", &[("J", "ja"), ("N", "nee")]),
            (
                "CL11",
                &[
                    ("0", "BN 0"),
                    ("1", "BN 1"),
                    ("2L", "BN 2 laag"),
                    ("2H", "BN 2 hoog"),
                    ("3", "BN 3"),
                    ("4", "BN 4"),
                ],
            ),
        ],
        labelled: &["fase", "module_status", "incident_type"],
        style: spaced,
    };
    const FILE: &str = "export_stevig.xlsx";
    const SHEETS: Pairs = &[
        ("levering", "Over dit bestand"),
        ("persoon", "Personalia"),
        ("client", "Cliënten"),
        ("aanmelding", "Aanmeldingen"),
        ("opname", "Opnames"),
        ("plaatsing", "Verblijf"),
        ("ontslag", "Vertrek"),
        ("titelperiode", "Titels"),
        ("financieringsperiode", "Financiering"),
        ("indicatie", "Indicaties"),
        ("diagnose", "Diagnoses"),
        ("delict", "Delicten"),
        ("meting", "ROM"),
        ("itemscore", "ROM items"),
        ("module_deelname", "Modules"),
        ("incident", "Incidenten"),
        ("vrijheidsbeperking", "Vrijheidsbeperking"),
        ("verlof", "Verlof"),
        ("terugkeer", "Na vertrek"),
        ("telling", "Bezetting"),
    ];
    let plans = SHEETS
        .iter()
        .map(|&(table, sheet)| {
            let mut plan = plan(
                FileKind::Workbook,
                FILE,
                Some(sheet),
                vec![house.part(table)],
            );
            plan.header_line = if table == "opname" { 3 } else { 1 };
            plan.extra = (table == "client").then_some("Kamer");
            plan
        })
        .collect();
    Dialect {
        institution: Institution::Stevig,
        system: "verzonnen systeem A",
        plans,
        forms: Forms {
            date: DateForm::Cell,
            missing: &[],
        },
    }
}

/// Semicolons, Windows-1252, decimal comma; exits stand in the file of admissions.
pub(crate) fn wier() -> Dialect {
    let house = House {
        columns: &[
            ("client_id", "PatiëntNr"),
            ("bsn", "BSN"),
            ("opname_id", "OpnameNr"),
            ("opnamedatum", "DatIn"),
            ("ontslagdatum", "DatUit"),
            ("ontslagreden", "RedenUit"),
            ("herkomst_voorziening", "VanWaar"),
            ("bestemming_voorziening", "WaarHeen"),
            ("beveiligingsniveau", "BevNiv"),
            ("plaatsing_start", "Van"),
            ("plaatsing_eind", "Tot"),
            ("geboortedatum", "GebDat"),
        ],
        codes: &[
            ("CL02", &[("M", "1"), ("F", "2"), ("UN", "3"), ("UNK", "9")]),
            ("CL48", &[("J", "1"), ("N", "0")]),
            (
                "CL03",
                &[
                    ("WLZ", "langdurig"),
                    ("ZVW", "verzekering"),
                    ("FZ", "justitie"),
                ],
            ),
            (
                "CL12",
                &[
                    ("BEH_AFGEROND", "klaar"),
                    ("DOORSTR_LAGER", "lager"),
                    ("DOORSTR_HOGER", "hoger"),
                    ("TIMEOUT", "time-out"),
                ],
            ),
        ],
        labelled: &["fase", "indicatiesteller", "aanmeld_besluit"],
        style: joined,
    };
    const FILES: Pairs = &[
        ("levering", "levering.csv"),
        ("persoon", "naw.csv"),
        ("client", "patienten.csv"),
        ("aanmelding", "aanmeldingen.csv"),
        ("opname", "opnames.csv"),
        ("plaatsing", "afdelingen.csv"),
        ("titelperiode", "titels.csv"),
        ("financieringsperiode", "financiering.csv"),
        ("indicatie", "indicaties.csv"),
        ("diagnose", "diagnosen.csv"),
        ("delict", "delicten.csv"),
        ("meting", "rom.csv"),
        ("itemscore", "rom_items.csv"),
        ("module_deelname", "modules.csv"),
        ("incident", "incidenten.csv"),
        ("vrijheidsbeperking", "vbi.csv"),
        ("verlof", "verlof.csv"),
        ("terugkeer", "terugkeer.csv"),
        ("telling", "telling.csv"),
    ];
    let plans = FILES
        .iter()
        .map(|&(table, file)| {
            let mut parts = vec![house.part(table)];
            if table == "opname" {
                let mut exits = house.part("ontslag");
                exits.only_if = Some("ontslagdatum");
                parts.push(exits);
            }
            let mut plan = plan(FileKind::Semicolon, file, None, parts);
            plan.extra = (table == "client").then_some("Afdelingnr");
            plan
        })
        .collect();
    Dialect {
        institution: Institution::Wier,
        system: "verzonnen systeem B",
        plans,
        forms: Forms {
            date: DateForm::Dutch,
            missing: &[],
        },
    }
}

/// Commas, UTF-8 with a byte-order mark, in one zip; nearly the dictionary's own names.
pub(crate) fn middenweg() -> Dialect {
    let house = House {
        columns: &[
            ("client_id", "clientnummer"),
            ("opnamedatum", "datum_opname"),
            ("ontslagdatum", "datum_ontslag"),
            ("geslacht", "sekse"),
        ],
        codes: &[(
            "CL02",
            &[
                ("M", "man"),
                ("F", "vrouw"),
                ("UN", "anders"),
                ("UNK", "onbekend"),
            ],
        )],
        labelled: &[],
        style: str::to_owned,
    };
    let plans = TABLES
        .iter()
        .map(|spec| {
            let mut plan = plan(
                FileKind::ZippedComma,
                spec.name,
                None,
                vec![house.part(spec.name)],
            );
            plan.extra = (spec.name == "client").then_some("teamcode");
            plan
        })
        .collect();
    Dialect {
        institution: Institution::Middenweg,
        system: "verzonnen systeem C",
        plans,
        forms: Forms {
            date: DateForm::Iso,
            missing: &["NULL", "", "n.v.t.", "-"],
        },
    }
}

/// An OpenDocument sheet, tab-separated files, and SPSS for the measurements.
pub(crate) fn trajectum() -> Dialect {
    let house = House {
        columns: &[
            ("client_id", "CLIENT"),
            ("opname_id", "OPNAME"),
            ("meting_id", "METING"),
            ("juridische_titel", "TITEL"),
            ("financiering", "BETALER"),
            ("beveiligingsniveau", "NIVEAU"),
        ],
        codes: &[
            (
                "CL02",
                &[
                    ("M", "Man"),
                    ("F", "Vrouw"),
                    ("UN", "Anders"),
                    ("UNK", "Onbekend"),
                ],
            ),
            ("CL48", &[("J", "Ja"), ("N", "Nee")]),
        ],
        labelled: &[
            "ontslagreden",
            "bestemming_voorziening",
            "herkomst_voorziening",
            "fase",
            "terugkeer_soort",
        ],
        style: shouted,
    };
    const SHEETS: &[&str] = &[
        "levering",
        "persoon",
        "client",
        "aanmelding",
        "opname",
        "plaatsing",
        "ontslag",
        "titelperiode",
        "financieringsperiode",
        "indicatie",
        "diagnose",
        "delict",
        "terugkeer",
        "telling",
    ];
    const TABBED: Pairs = &[
        ("module_deelname", "modules.tsv"),
        ("incident", "incidenten.tsv"),
        ("vrijheidsbeperking", "beperkingen.tsv"),
        ("verlof", "verlof.tsv"),
    ];
    const MEASURED: Pairs = &[("meting", "rom.sav"), ("itemscore", "rom_items.sav")];
    let mut plans: Vec<Plan> = SHEETS
        .iter()
        .map(|&table| {
            let mut plan = plan(
                FileKind::OpenDocument,
                "epd.ods",
                Some(table),
                vec![house.part(table)],
            );
            plan.extra = (table == "client").then_some("LOCATIE");
            plan
        })
        .collect();
    plans.extend(
        TABBED
            .iter()
            .map(|&(table, file)| plan(FileKind::Tab, file, None, vec![house.part(table)])),
    );
    plans.extend(
        MEASURED
            .iter()
            .map(|&(table, file)| plan(FileKind::Spss, file, None, vec![house.part(table)])),
    );
    Dialect {
        institution: Institution::Trajectum,
        system: "verzonnen systeem D",
        plans,
        forms: Forms {
            date: DateForm::Cell,
            missing: &[],
        },
    }
}
