use crate::testing::parse_texts;
use crate::{Blocked, Findings, validate};
use calendar::Day;
use codes::*;

fn delivery() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "levering.csv",
            "instelling_code;waarneming_vanaf;waarneming_tot\nWIER;2020-01-01;2025-01-01\n",
        ),
        (
            "client.csv",
            "client_id;geslacht;grondslag;middelen;iq_totaal\nA;M;TOESTEMMING;ALCOHOL|CANNABIS;4000\nB;F;BEZWAAR;;61\n",
        ),
        (
            "persoon.csv",
            "client_id;achternaam;geboortedatum;postcode\nB;Wit;1990-01-31;1234 AB\nA;Zwart;1980-01-31;\n",
        ),
        (
            "opname.csv",
            "opname_id;client_id;opnamedatum\n7;B;2021-01-01\n",
        ),
        (
            "verlof.csv",
            "client_id;verlof_type;verlof_start;verlof_eind\n",
        ),
        (
            "module_deelname.csv",
            "client_id;module;module_start;module_eind;module_status\nB;GOA;2021-01-01;2021-02-28;AFGEROND\n",
        ),
        (
            "plaatsing.csv",
            "plaatsing_id;opname_id;plaatsing_start;plaatsing_eind;voorziening;beveiligingsniveau\n1;7;2021-01-01;2021-03-01;BORG_KLIN;2L\n",
        ),
    ]
}

#[test]
fn identifiers_and_content_are_parted() {
    let parsed = parse_texts(&delivery());
    let split = validate(parsed, &Findings::default()).unwrap().split();
    assert_eq!(split.content.clients.len(), 2);
    assert_eq!(split.content.clients[0].institution, Institution::Wier);
    assert!(
        split.content.clients[0]
            .substances
            .contains(Substance::Cannabis)
    );
    assert_eq!(split.content.clients[0].iq, None, "an IQ of 4000 is no IQ");
    assert_eq!(split.content.clients[1].iq, Some(61));
    assert_eq!(split.content.clients[1].ground, LegalGround::Objection);
    let ids: Vec<&str> = (0..2).map(|row| split.client_ids.get(row)).collect();
    assert_eq!(
        ids,
        ["A", "B"],
        "the sender's own numbers, as in the content"
    );
    let ends = |text| Day::parse_iso(text);
    assert_eq!(
        split.content.modules[0].end,
        ends("2021-03-01"),
        "a last day becomes the day after"
    );
    assert_eq!(
        split.content.placements[0].end,
        ends("2021-03-01"),
        "a day of leaving stays"
    );
    let persons: Vec<_> = split.identifiers.into_iter().collect();
    assert_eq!(persons[0].client.position(), 1);
    assert_eq!(persons[0].achternaam.as_deref(), Some("Wit"));
    assert_eq!(persons[1].postcode, None);
    assert_eq!(format!("{:?}", persons[0]), "IdentifierRow { … }");
}

#[test]
fn what_lacks_a_value_or_a_reference_does_not_pass() {
    let with = |name: &'static str, text: &'static str| {
        let mut files = delivery();
        files.retain(|(other, _)| *other != name);
        files.push((name, text));
        validate(parse_texts(&files), &Findings::default()).unwrap_err()
    };
    let incomplete = |table, field| Blocked::Incomplete { table, field };
    assert_eq!(
        with(
            "opname.csv",
            "opname_id;client_id;opnamedatum\n7;C;2021-01-01\n"
        ),
        incomplete("opname", "client_id")
    );
    assert_eq!(
        with(
            "opname.csv",
            "opname_id;client_id;opnamedatum\n7;B;32-01-2021\n"
        ),
        incomplete("opname", "opnamedatum")
    );
    assert_eq!(
        with(
            "client.csv",
            "client_id;geslacht;grondslag\nA;M;TOESTEMMING\nA;M;TOESTEMMING\nB;M;BEZWAAR\n"
        ),
        incomplete("client", "client_id")
    );
    assert_eq!(
        with("levering.csv", "instelling_code\n\n"),
        Blocked::NoInstitution
    );
    assert_eq!(
        with("opname.csv", "opname_id\n\"7\n"),
        Blocked::Unreadable(1)
    );
}
