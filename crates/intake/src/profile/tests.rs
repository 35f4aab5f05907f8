use super::*;
use crate::{Cell, DeliveryFile, Missing, parse};
use std::borrow::Cow;

const STAYS: &str = "Overzicht opnames 2024;;;;\nCliëntnr;Opnamenr;Datum opname;Datum ontslag;Geslacht;Reden;Score\n1;10;01-02-2023;01-05-2023;m;klaar;1.234,5\n1;11;01-06-2023;;m;;9\n2;12;3-4-2023;;v;;999\n";

const PROFILE: &str = r#"
[profiel]
naam = "proef"
instelling = "WIER"

[[tabel]]
bestand = "opn*.csv"
kopregel = 2
tabel = "client"
een_per = "client_id"
[tabel.kolommen]
"Cliëntnr" = "client_id"
"Geslacht" = "geslacht"
"Score" = "iq_totaal"
[tabel.onbekend]
iq_totaal = ["999"]
[tabel.codes.geslacht]
m = "M"
v = "F"
[tabel.vast]
grondslag = "TOESTEMMING"

[[tabel]]
bestand = "opn*.csv"
kopregel = 2
tabel = "opname"
[tabel.kolommen]
"Cliëntnr" = "client_id"
"Opnamenr" = "opname_id"
"Datum opname" = "opnamedatum"

[[tabel]]
bestand = "opn*.csv"
kopregel = 2
tabel = "ontslag"
alleen_als = "ontslagdatum"
datumvorm = "dd-mm-jjjj"
[tabel.kolommen]
"Opnamenr" = "opname_id"
"Datum ontslag" = "ontslagdatum"
"Reden" = "ontslagreden"
[tabel.codes.ontslagreden]
klaar = "BEH_AFGEROND"
"#;

fn stays() -> Vec<DeliveryFile<'static>> {
    vec![DeliveryFile {
        name: "Opnames 2024.csv".to_owned(),
        bytes: Cow::Borrowed(STAYS.as_bytes()),
    }]
}

#[test]
fn one_source_fills_several_tables() {
    let profile = Profile::parse(PROFILE).unwrap();
    let parsed = parse(stays(), Some(&profile), &|_: u64| {});
    assert_eq!(parsed.info.institution, Some(Institution::Wier));
    let client = parsed.table("client");
    assert_eq!(client.rows, 2, "one row per client");
    assert_eq!(client.number("geslacht", 1), Some(1));
    assert_eq!(
        client.packed("iq_totaal")[1].cell(),
        Cell::Missing(Missing::Unknown)
    );
    assert_eq!(client.number("grondslag", 0), Some(0));
    assert_eq!(client.place(1).unwrap().1, 5);
    let opname = parsed.table("opname");
    assert_eq!((opname.rows, opname.number("client_id", 1)), (3, Some(0)));
    let exit = parsed.table("ontslag");
    assert_eq!((exit.rows, exit.number("ontslagreden", 0)), (1, Some(0)));
    assert!(
        parsed
            .tables
            .iter()
            .flat_map(|table| &table.origins)
            .all(|origin| origin.unknown_columns.is_empty())
    );
    assert!(parsed.unmapped.is_empty() && parsed.unreadable.is_empty());
}

#[test]
fn mistakes_in_a_profile_are_named_with_their_line() {
    let cases = [
        ("[profiel]\nnaam = \"x\"\nfout = 1\n", 3, "fout"),
        (
            "[profiel]\nnaam = \"x\"\ninstelling = \"ELDERS\"\n",
            3,
            "ELDERS",
        ),
        ("[profiel]\nnaam = \"x\n", 2, "TOML"),
        (
            "[profiel]\nnaam = \"x\"\n[[tabel]]\nbestand = \"a\"\ntabel = \"clienten\"\n",
            5,
            "clienten",
        ),
        (
            "[profiel]\nnaam = \"x\"\n[[tabel]]\nbestand = \"a\"\ntabel = \"client\"\n[tabel.kolommen]\n\"A\" = \"geslachtt\"\n",
            7,
            "geslachtt",
        ),
        (
            "[profiel]\nnaam = \"x\"\n[[tabel]]\nbestand = \"a\"\ntabel = \"client\"\n[tabel.codes.geslacht]\nm = \"MAN\"\n",
            7,
            "MAN",
        ),
        (
            "[profiel]\nnaam = \"x\"\n[[tabel]]\nbestand = \"a\"\ntabel = \"client\"\ndatumvorm = \"anders\"\n",
            6,
            "anders",
        ),
    ];
    for (text, line, named) in cases {
        let error = Profile::parse(text).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn a_proposal_switches_on_only_what_is_sure() {
    let text = "Cliëntnr;Opnamenr;Datum opname;Herkomst;Verwijser;Kleur\n1;10;01-02-2023;FPC;;rood\n2;11;02-02-2023;FPK;;blauw\n3;12;03-02-2023;fpa;;\n4;13;04-02-2023;FPC;;\n";
    let files = vec![
        DeliveryFile {
            name: "opname.csv".to_owned(),
            bytes: Cow::Borrowed(text.as_bytes()),
        },
        DeliveryFile {
            name: "kantine.csv".to_owned(),
            bytes: Cow::Borrowed(b"gerecht;prijs\nsoep;2\n"),
        },
    ];
    let proposal = propose(&files);
    insta::assert_snapshot!(format!("{}\n{}", proposal.to_toml(), proposal.summary()));
    let profile = Profile::parse(&proposal.to_toml()).unwrap();
    assert_eq!(profile.tables[0].columns["Datum opname"], "opnamedatum");
    assert!(!profile.tables[0].columns.contains_key("Kleur"));
}

#[test]
fn patterns_cover_names() {
    for (pattern, name, covered) in [
        ("opnames*.xlsx", "Opnames 2024.XLSX", true),
        ("*", "x", true),
        ("a*b*c", "aXbYc", true),
        ("a*b*c", "acb", false),
        ("aa*aa", "aaa", false),
        ("client.csv", "client.csv", true),
        ("client.csv", "client.csv.bak", false),
    ] {
        assert_eq!(glob(pattern, name), covered, "{pattern} {name}");
    }
}
