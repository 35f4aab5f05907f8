//! Damage to titles, funding, ages and scores.

use crate::damage::{Damage, damage};

pub const DAMAGES: &[Damage] = &[
    damage("forensic funding without title", "L101", |d| {
        let row = d.find("titelperiode", "client_id", "C015");
        d.set("titelperiode", row, "juridische_titel", "WZD_24");
    }),
    damage("forensic funding after the title", "L101", |d| {
        let row = d.find("titelperiode", "client_id", "C015");
        d.shift("titelperiode", row, "titel_eind", -50);
    })
    .also(&["O109"]),
    damage("a criminal title with long-term care only", "L102", |d| {
        let row = d.find("titelperiode", "client_id", "C008");
        d.set("titelperiode", row, "juridische_titel", "VV_BIJZ");
    }),
    damage("a secured title in an open bed", "L103", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-1");
        d.set("plaatsing", row, "beveiligingsniveau", "0");
    }),
    damage("profile SGLVG paid by the health insurer", "L104", |d| {
        let row = d.find("financieringsperiode", "client_id", "C007");
        d.set("financieringsperiode", row, "financiering", "ZVW");
    }),
    damage("a profile with forensic funding", "L105", |d| {
        let row = d.find("financieringsperiode", "client_id", "C015");
        d.set("financieringsperiode", row, "zorgprofiel", "812");
    }),
    damage("an intensity with long-term care", "L106", |d| {
        let row = d.find("financieringsperiode", "client_id", "C007");
        d.set("financieringsperiode", row, "verblijfsintensiteit", "D");
    }),
    damage("a ZPM setting with long-term care", "L107", |d| {
        let row = d.find("financieringsperiode", "client_id", "C007");
        d.set("financieringsperiode", row, "zpm_setting", "5");
    }),
    damage("a high level in open living", "L108", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-1");
        d.set("plaatsing", row, "voorziening", "VG_OVERIG");
    }),
    damage("an observation of a year", "L109", |d| {
        let row = d.find("titelperiode", "client_id", "C015");
        d.set("titelperiode", row, "juridische_titel", "PJ_OBS");
    }),
    damage("a court order of a year", "L110", |d| {
        let row = d.find("titelperiode", "client_id", "C007");
        d.shift("titelperiode", row, "titel_eind", 100);
    }),
    damage("long-term care without profile", "L111", |d| {
        let row = d.find("financieringsperiode", "client_id", "C007");
        d.set("financieringsperiode", row, "zorgprofiel", "");
    }),
    damage("an indication for ten years", "L112", |d| {
        d.shift("indicatie", 7, "geldig_tot", 3000)
    }),
    damage("resistance while voluntary", "L113", |d| {
        d.set("vrijheidsbeperking", 8, "instemming", "3")
    }),
    damage("an age that cannot be", "A101", |d| {
        let row = d.find("opname", "opname_id", "O007");
        d.set("opname", row, "leeftijd_opname", "71");
    }),
    damage("twelve years old", "A102", |d| {
        d.set("client", 7, "geboortejaar", "2008");
        d.set("client", 7, "hulpverl_gesch_jaren", "");
        d.set("persoon", 7, "geboortedatum", "2008-03-01");
        let row = d.find("opname", "opname_id", "O007");
        d.set("opname", row, "leeftijd_opname", "");
    }),
    damage("a hundred years old", "A103", |d| {
        d.set("client", 7, "geboortejaar", "1920");
        d.set("persoon", 7, "geboortedatum", "1920-03-01");
        let row = d.find("opname", "opname_id", "O007");
        d.set("opname", row, "leeftijd_opname", "");
    }),
    damage("born in two years", "A104", |d| {
        d.set("persoon", 7, "geboortedatum", "1999-03-01")
    }),
    damage("a first offence in the future", "A105", |d| {
        d.set("client", 7, "leeftijd_1e_delict", "79")
    }),
    damage("the youth act for an adult", "A106", |d| {
        let row = d.find("financieringsperiode", "client_id", "C007");
        d.set("financieringsperiode", row, "financiering", "JW");
        d.set("financieringsperiode", row, "zorgprofiel", "");
    }),
    damage("tested before birth", "A107", |d| {
        d.set("client", 7, "iq_datum", "1971-05-01")
    }),
    damage("more care than life", "A108", |d| {
        d.set("client", 7, "hulpverl_gesch_jaren", "59")
    }),
    damage("another sex in the other table", "A109", |d| {
        let other = if d.get("persoon", 7, "geslacht") == "M" {
            "F"
        } else {
            "M"
        };
        d.set("persoon", 7, "geslacht", other);
    }),
    damage("an IQ of 999", "R101", |d| {
        d.set("client", 7, "iq_totaal", "999");
        d.set("client", 7, "iq_klasse", "");
    }),
    damage("a severity of 41", "R101", |d| {
        d.set("incident", 7, "incident_ernst", "41")
    }),
    damage("a total without its decimal mark", "R102", |d| {
        d.set("meting", 1, "totaalscore", "44500")
    }),
    damage("a class that does not go with the IQ", "R103", |d| {
        d.set("client", 7, "iq_totaal", "60");
        d.set("client", 7, "iq_klasse", "ZB");
    }),
    damage("an IQ of 92", "R104", |d| {
        d.set("client", 7, "iq_totaal", "92");
        d.set("client", 7, "iq_klasse", "BOVEN_85");
    }),
    damage("a HoNOS of 60", "R105", |d| {
        let row = d.find("meting", "meting_id", "H020");
        d.set("meting", row, "totaalscore", "60");
    }),
    damage("a thirteenth item", "R106", |d| {
        d.add(
            "itemscore",
            &[
                ("meting_id", "H003"),
                ("item_nr", "13"),
                ("item_score", "1"),
            ],
        );
    }),
    damage("a five on a scale to four", "R107", |d| {
        d.set("itemscore", 3, "item_score", "5")
    }),
    damage("a total that is not the sum", "R108", |d| {
        let row = d.find("meting", "meting_id", "H003");
        d.set("meting", row, "totaalscore", "21");
    }),
    damage("a MOAS of which the weights were left out", "R108", |d| {
        let row = d.find("meting", "meting_id", "D007");
        d.set("meting", row, "instrument", "MOAS");
        // 1·1 + 2·1 + 3·1 + 4·1 is 10, not 4.
        d.set("meting", row, "totaalscore", "4");
        for item in ["1", "2", "3", "4"] {
            d.add(
                "itemscore",
                &[
                    ("meting_id", "D007"),
                    ("item_nr", item),
                    ("item_score", "1"),
                ],
            );
        }
    }),
    damage("a SOAS-R of 23", "R105", |d| {
        let row = d.find("meting", "meting_id", "D007");
        d.set("meting", row, "instrument", "SOAS-R");
        d.set("meting", row, "totaalscore", "23");
    }),
    damage("measured twice on a day", "R109", |d| {
        let row = d.find("meting", "meting_id", "D007");
        let copy = d.copy("meting", row);
        d.set("meting", copy, "meting_id", "D907");
    }),
    damage("a measurement without score", "R110", |d| {
        let row = d.find("meting", "meting_id", "D007");
        d.set("meting", row, "totaalscore", "");
    }),
    damage("a score of 4000", "R111", |d| {
        d.set("itemscore", 3, "item_score", "4000")
    })
    .also(&["R107"]),
];
