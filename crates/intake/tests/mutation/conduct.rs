//! Damage to privacy, ground, exits and counts.

use crate::clean::bsn;
use crate::damage::{Damage, damage};

pub const DAMAGES: &[Damage] = &[
    damage("a BSN among the remarks", "P101", |d| {
        d.add_column("incident", "Toelichting", "");
        d.set("incident", 3, "Toelichting", &format!("zie {}", bsn(3)));
    })
    .also(&["S104"]),
    damage("a BSN in a field of numbers", "P101", |d| {
        d.set("client", 3, "aantal_veroordelingen", &bsn(3))
    })
    .also(&["R101"]),
    damage("a BSN as client number", "P102", |d| {
        let number = bsn(7);
        for table in [
            "client",
            "persoon",
            "aanmelding",
            "opname",
            "titelperiode",
            "financieringsperiode",
            "indicatie",
            "diagnose",
            "delict",
            "meting",
            "module_deelname",
            "incident",
            "vrijheidsbeperking",
            "verlof",
            "terugkeer",
        ] {
            for row in d.find_all(table, "client_id", "C007") {
                d.set(table, row, "client_id", &number);
            }
        }
    }),
    damage("a name among the remarks", "P103", |d| {
        d.add_column("incident", "Toelichting", "");
        d.set("incident", 3, "Toelichting", "gesprek met mevrouw De Vries");
    })
    .also(&["S104"]),
    damage("an address among the remarks", "P104", |d| {
        d.add_column("incident", "Toelichting", "");
        d.set("incident", 3, "Toelichting", "naar Kerkstraat 12");
    })
    .also(&["S104"]),
    damage("a column of surnames", "P105", |d| {
        d.add_column("opname", "Achternaam", "")
    }),
    damage("a column of BSNs", "P105", |d| {
        d.add_column("client", "BSN", "")
    }),
    damage("no ground", "G101", |d| d.set("client", 7, "grondslag", "")),
    damage("not asked yet", "G102", |d| {
        d.set("client", 7, "grondslag", "ONB")
    }),
    damage("an objection", "G103", |d| {
        d.set("client", 7, "grondslag", "BEZWAAR")
    }),
    damage("consent without a day", "G104", |d| {
        d.set("client", 8, "grondslag_datum", "")
    }),
    damage("consent of 2015", "G105", |d| {
        d.set("client", 8, "grondslag_datum", "2015-05-01")
    }),
    damage("died, for another reason", "X101", |d| {
        let row = d.find("ontslag", "opname_id", "O002");
        d.set("ontslag", row, "ontslagreden", "OVERIG");
    }),
    damage("died, but went to live elsewhere", "X102", |d| {
        let row = d.find("ontslag", "opname_id", "O002");
        d.set("ontslag", row, "bestemming_voorziening", "RIBW");
    }),
    damage("planned to leave early", "X103", |d| {
        let row = d.find("ontslag", "opname_id", "O007");
        d.set("ontslag", row, "ontslagreden", "VROEG_CLIENT");
    }),
    damage("completed without a plan", "X104", |d| {
        let row = d.find("ontslag", "opname_id", "O007");
        d.set("ontslag", row, "ontslag_gepland", "N");
    }),
    damage("thirty years without exit", "X105", |d| {
        let row = d.find("opname", "opname_id", "O008");
        d.set("opname", row, "opnamedatum", "1995-05-01");
        d.set("opname", row, "aanmelding_id", "");
        d.set("opname", row, "leeftijd_opname", "");
        d.set("client", 8, "geboortejaar", "");
        let placement = d.find("plaatsing", "plaatsing_id", "O008-1");
        d.set("plaatsing", placement, "plaatsing_start", "1995-05-01");
        let title = d.find("titelperiode", "client_id", "C008");
        d.set("titelperiode", title, "titel_start", "1995-05-01");
        let funding = d.find("financieringsperiode", "client_id", "C008");
        d.set(
            "financieringsperiode",
            funding,
            "financiering_start",
            "1995-05-01",
        );
    }),
    damage("detained at home", "X106", |d| {
        let row = d.find("ontslag", "opname_id", "O003");
        d.set("ontslag", row, "bestemming_voorziening", "THUIS_ZELFST");
    }),
    damage("a step down that goes up", "X107", |d| {
        let row = d.find("ontslag", "opname_id", "O007");
        d.set("ontslag", row, "bestemming_voorziening", "FPA");
        d.set("ontslag", row, "bestemming_beveiliging", "2L");
    }),
    damage("a fortress for sheltered living", "X108", |d| {
        let row = d.find("ontslag", "opname_id", "O007");
        d.set("ontslag", row, "ontslagreden", "BEH_AFGEROND");
        d.set("ontslag", row, "bestemming_beveiliging", "3");
    }),
    damage("ran away as planned", "X109", |d| {
        let row = d.find("ontslag", "opname_id", "O005");
        d.set("ontslag", row, "ontslagreden", "BEH_AFGEROND");
        d.set("ontslag", row, "ontslag_gepland", "");
    }),
    damage("days of a handover that was not", "X110", |d| {
        let row = d.find("ontslag", "opname_id", "O007");
        d.set("ontslag", row, "warme_overdracht", "N");
    }),
    damage("a count that does not add up", "Q101", |d| {
        let end = d
            .get("telling", 1, "stand_eind")
            .parse::<i32>()
            .expect("counts are numbers");
        d.set("telling", 1, "stand_eind", &(end + 1).to_string());
    })
    .also(&["Q105"]),
    damage("another stock at the start", "Q102", |d| {
        for (row, column) in [
            (0, "stand_begin"),
            (0, "stand_eind"),
            (1, "stand_begin"),
            (1, "stand_eind"),
        ] {
            let count = d
                .get("telling", row, column)
                .parse::<i32>()
                .expect("counts are numbers");
            d.set("telling", row, column, &(count + 2).to_string());
        }
    })
    .also(&["Q105"]),
    damage("an admission not counted", "Q103", |d| {
        for column in ["instroom", "uitstroom"] {
            let count = d
                .get("telling", 1, column)
                .parse::<i32>()
                .expect("counts are numbers");
            d.set("telling", 1, column, &(count + 1).to_string());
        }
    })
    .also(&["Q104"]),
    damage("an exit not delivered", "Q104", |d| {
        let row = d.find("ontslag", "opname_id", "O007");
        d.remove_row("ontslag", row);
        let placement = d.find("plaatsing", "plaatsing_id", "O007-2");
        d.set("plaatsing", placement, "plaatsing_eind", "");
        let title = d.find_all("titelperiode", "client_id", "C007")[1];
        d.set("titelperiode", title, "titel_eind", "");
        let funding = d.find("financieringsperiode", "client_id", "C007");
        d.set("financieringsperiode", funding, "financiering_eind", "");
    })
    .also(&["Q105"]),
    damage("another stock at the end", "Q105", |d| {
        let count = d
            .get("telling", 1, "stand_eind")
            .parse::<i32>()
            .expect("counts are numbers");
        d.set("telling", 1, "stand_eind", &(count - 3).to_string());
        d.set("telling", 1, "instroom", "");
    })
    .also(&["S107"]),
    damage("counts that do not join", "Q106", |d| {
        for column in ["stand_begin", "stand_eind"] {
            let count = d
                .get("telling", 1, column)
                .parse::<i32>()
                .expect("counts are numbers");
            d.set("telling", 1, column, &(count + 1).to_string());
        }
    })
    .also(&["Q102", "Q105"]),
    damage("back before leaving", "Q107", |d| {
        d.shift("terugkeer", 0, "terugkeer_datum", -300);
        d.set("terugkeer", 0, "terugkeer_soort", "CRISIS_GGZ");
    }),
    damage("readmitted without admission", "Q108", |d| {
        let left = d.find("ontslag", "opname_id", "O007");
        let day = d.get("ontslag", left, "ontslagdatum");
        let row = d.add(
            "terugkeer",
            &[
                ("client_id", "C007"),
                ("terugkeer_soort", "HEROPN_ZELFDE"),
                ("terugkeer_datum", &day),
            ],
        );
        d.shift("terugkeer", row, "terugkeer_datum", 90);
    }),
];
