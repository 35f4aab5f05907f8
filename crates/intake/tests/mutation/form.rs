//! Damage to structure, form, codes and keys.

use crate::clean::bsn;
use crate::damage::{Damage, Edit, damage};
use intake::{Remark, RemarkKind};

pub const DAMAGES: &[Damage] = &[
    damage("no file of placements", "S101", |d| {
        d.sheets.remove("plaatsing");
    }),
    damage("no file of exits", "S101", |d| {
        d.sheets.remove("ontslag");
    })
    .also(&[
        "O101", "O107", "O109", "O111", "Q102", "Q104", "Q105", "Q107",
    ]),
    damage("no column for the reason of exit", "S102", |d| {
        d.remove_column("ontslag", "ontslagreden")
    }),
    damage("no column for the title", "S102", |d| {
        d.remove_column("titelperiode", "juridische_titel")
    })
    .also(&["L101"]),
    damage("no rows of titles", "S103", |d| {
        d.sheet("titelperiode").rows.clear()
    })
    .also(&["L101"]),
    damage("a column that nobody knows", "S104", |d| {
        d.add_column("opname", "Afdeling", "")
    }),
    damage("a file that is no table", "S105", |d| {
        d.others.push(("overzicht.csv".into(), "a;b\n1;2\n".into()));
    }),
    damage("a column name twice", "S106", |d| {
        d.add_column("opname", "opnamedatum", "")
    }),
    damage("an exit without destination", "S107", |d| {
        d.set("ontslag", 4, "bestemming_voorziening", "")
    }),
    damage("a placement without start", "S107", |d| {
        d.set("plaatsing", 14, "plaatsing_start", "")
    }),
    damage("a person without surname", "S107", |d| {
        d.set("persoon", 4, "achternaam", "")
    }),
    damage("two rows about the delivery", "S108", |d| {
        d.copy("levering", 0);
    }),
    Damage {
        name: "a mapped column that is not there",
        rule: "S109",
        also: &[],
        edit: Edit::Read(|tables| {
            let kind = RemarkKind::MappedColumnAbsent("Datum opname".into());
            tables.remarks.push(Remark { source: 0, kind });
        }),
    },
    damage("a file without content", "S110", |d| {
        d.others.push(("map/incident.csv".into(), String::new()))
    }),
    Damage {
        name: "a hidden sheet",
        rule: "S111",
        also: &[],
        edit: Edit::Read(|tables| {
            let kind = RemarkKind::HiddenSheet;
            tables.remarks.push(Remark { source: 0, kind });
        }),
    },
    Damage {
        name: "a column without a name",
        rule: "S112",
        also: &[],
        edit: Edit::Read(|tables| {
            let kind = RemarkKind::NamelessColumn(4);
            tables.remarks.push(Remark { source: 0, kind });
        }),
    },
    damage("a cell too many", "S113", |d| {
        d.sheet("incident").rows[3].push("x".into())
    }),
    damage("a cell too few", "S114", |d| {
        d.sheet("incident").rows[3].pop();
    }),
    damage("an admission in words", "T101", |d| {
        let row = d.find("opname", "opname_id", "O008");
        d.set("opname", row, "opnamedatum", "voorjaar");
    })
    .also(&["D112", "D113", "D114", "D115", "D116", "Q102", "Q105"]),
    damage("an end of indication in words", "T102", |d| {
        d.set("indicatie", 3, "geldig_tot", "n.t.b. in mei")
    }),
    damage("the thirtieth of February", "T103", |d| {
        d.set("diagnose", 3, "diagnosedatum", "2020-02-30")
    }),
    damage("day and month that cannot be told apart", "T104", |d| {
        d.set("diagnose", 3, "diagnosedatum", "04/05/19")
    }),
    damage("a score in words", "T105", |d| {
        d.set("itemscore", 3, "item_score", "vaak")
    }),
    damage("an IQ with a circa", "T106", |d| {
        d.set("client", 3, "iq_totaal", "ca. 70")
    }),
    damage("a total with two points", "T107", |d| {
        d.set("meting", 1, "totaalscore", "12.3.4")
    }),
    damage("a number of twelve digits", "T108", |d| {
        d.set("client", 3, "aantal_veroordelingen", "123456789012")
    }),
    damage("a BSN with two digits changed over", "T201", |d| {
        d.set("persoon", 3, "bsn", "123456783")
    }),
    damage("a postcode of three digits", "T202", |d| {
        d.set("persoon", 3, "postcode", "123")
    }),
    damage("a digit in a surname", "T203", |d| {
        d.set("persoon", 3, "achternaam", "Voorb33ld")
    }),
    damage("a level that does not exist", "C101", |d| {
        d.set("plaatsing", 3, "beveiligingsniveau", "2M")
    }),
    damage("a marital status that does not exist", "C102", |d| {
        d.set("client", 3, "burgerlijke_staat", "LAT")
    }),
    damage("a title after it was abolished", "C103", |d| {
        let row = d.find("titelperiode", "juridische_titel", "TBS_VOORW");
        d.set("titelperiode", row, "juridische_titel", "SR37_OUD");
    }),
    damage("a title before it existed", "C103", |d| {
        let row = d.find("titelperiode", "juridische_titel", "WFZ23_WZD28A");
        d.set("titelperiode", row, "juridische_titel", "WZD_21");
        d.set("titelperiode", row, "titel_start", "2018-05-01");
    }),
    damage("none and alcohol at once", "C104", |d| {
        d.set("client", 3, "middelen", "GEEN|ALCOHOL")
    }),
    damage("never, with substances", "C105", |d| {
        d.set("client", 3, "middelstatus", "NOOIT")
    }),
    damage("misuse of nothing", "C105", |d| {
        d.set("client", 3, "middelen", "GEEN");
        d.set("client", 3, "middelstatus", "MISBRUIK");
    }),
    damage("a reason to refuse who was accepted", "C106", |d| {
        d.set("aanmelding", 3, "afwijsreden", "IQ")
    }),
    damage("two main diagnoses", "C107", |d| {
        d.set("diagnose", 1, "primair", "J")
    }),
    damage("admitted on a refused referral", "C108", |d| {
        let row = d.find("opname", "opname_id", "O010");
        d.set("opname", row, "aanmelding_id", "B010");
    }),
    damage("an admission without number", "K101", |d| {
        let row = d.find("opname", "opname_id", "O008");
        d.set("opname", row, "opname_id", "");
    })
    .also(&["K105"]),
    damage("a placement of no admission", "K102", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O008-2");
        d.set("plaatsing", row, "opname_id", "");
    })
    .also(&["O107"]),
    damage("an admission twice", "K103", |d| {
        let row = d.find("opname", "opname_id", "O008");
        d.copy("opname", row);
    })
    .also(&["O101", "Q102", "Q105"]),
    damage("a measurement twice, on other days", "K103", |d| {
        let row = d.find("meting", "meting_id", "D008");
        let copy = d.copy("meting", row);
        d.shift("meting", copy, "meetdatum", 30);
    }),
    damage("an incident of nobody", "K104", |d| {
        d.set("incident", 3, "client_id", "C999")
    }),
    damage("an exit from nowhere", "K105", |d| {
        let row = d.copy("ontslag", 4);
        d.set("ontslag", row, "opname_id", "O999");
    }),
    damage("a referral that is not there", "K106", |d| {
        let row = d.find("opname", "opname_id", "O008");
        d.set("opname", row, "aanmelding_id", "A999");
    }),
    damage("a score of no measurement", "K107", |d| {
        d.add(
            "itemscore",
            &[("meting_id", "H999"), ("item_nr", "1"), ("item_score", "1")],
        );
    }),
    damage("a client without person", "K108", |d| {
        d.remove_row("persoon", 8)
    }),
    damage("a person without client", "K109", |d| {
        let row = d.copy("persoon", 8);
        d.set("persoon", row, "client_id", "C999");
        d.set("persoon", row, "bsn", "");
    }),
    damage("two persons for a client", "K110", |d| {
        let row = d.copy("persoon", 8);
        d.set("persoon", row, "postcode", "4321");
    }),
    damage("two exits from an admission", "K111", |d| {
        let row = d.copy("ontslag", 4);
        d.shift("ontslag", row, "ontslagdatum", 5);
    }),
    damage("a title twice in a file", "K112", |d| {
        d.copy("titelperiode", 8);
    })
    .also(&["O114"]),
    damage("a diagnosis twice in a file", "K112", |d| {
        d.copy("diagnose", 8);
    }),
    damage("an incident in two files", "K113", |d| {
        let sheet = d.sheet("incident").clone();
        let text = [
            sheet.columns.join(";"),
            sheet.rows[3].join(";"),
            String::new(),
        ]
        .join("\n");
        d.others.push(("vorig jaar/incident.csv".into(), text));
    }),
    damage("a referral of somebody else", "K114", |d| {
        let row = d.find("opname", "opname_id", "O007");
        d.set("opname", row, "aanmelding_id", "A006");
    }),
    damage("a client who was never there", "K115", |d| {
        let client = d.copy("client", 8);
        d.set("client", client, "client_id", "C900");
        let person = d.copy("persoon", 8);
        d.set("persoon", person, "client_id", "C900");
        d.set("persoon", person, "bsn", &bsn(60));
    }),
    damage("an item scored twice", "K116", |d| {
        d.copy("itemscore", 3);
    }),
    damage("one BSN for two clients", "K117", |d| {
        let shared = d.get("persoon", 8, "bsn");
        d.set("persoon", 9, "bsn", &shared);
    }),
];
