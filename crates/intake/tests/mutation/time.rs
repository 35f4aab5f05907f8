//! Damage to the order of dates, and to what may or may not overlap.

use crate::clean::UNTIL;
use crate::damage::{Damage, damage};
use crate::delivery::shifted;

pub const DAMAGES: &[Damage] = &[
    damage("an exit before the admission", "D101", |d| {
        let row = d.find("ontslag", "opname_id", "O007");
        d.shift("ontslag", row, "ontslagdatum", -500);
    })
    .also(&[
        "D102", "D105", "D112", "D113", "D114", "D115", "D116", "Q102", "Q104", "Q105",
    ]),
    damage("a placement that goes on after the exit", "D102", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-2");
        d.shift("plaatsing", row, "plaatsing_eind", 7);
    }),
    damage("a placement before the admission", "D102", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-1");
        d.shift("plaatsing", row, "plaatsing_start", -7);
    }),
    damage("a title that ends before it starts", "D103", |d| {
        let row = d.find("titelperiode", "client_id", "C015");
        d.shift("titelperiode", row, "titel_start", 700);
    })
    .also(&["L101"]),
    damage("a leave that ends before it starts", "D103", |d| {
        d.shift("verlof", 3, "verlof_eind", -30)
    }),
    damage("an indication that ends before it starts", "D103", |d| {
        d.set("indicatie", 3, "geldig_tot", "2018-01-01")
    }),
    damage("ready for exit before the admission", "D104", |d| {
        let row = d.find("opname", "opname_id", "O007");
        d.shift("opname", row, "ontslagklaar_datum", -500);
    }),
    damage("ready for exit after the exit", "D105", |d| {
        let row = d.find("opname", "opname_id", "O007");
        d.shift("opname", row, "ontslagklaar_datum", 60);
    }),
    damage("a diagnosis of next year", "D106", |d| {
        d.set("diagnose", 3, "diagnosedatum", "2026-05-01")
    }),
    damage("a diagnosis after the observation", "D107", |d| {
        d.set("diagnose", 3, "diagnosedatum", UNTIL)
    }),
    damage("a test in 1900", "D108", |d| {
        d.set("client", 3, "iq_datum", "1900-01-01")
    })
    .also(&["A107"]),
    damage("a birth in 1889", "D108", |d| {
        d.set("persoon", 3, "geboortedatum", "1889-05-01");
        d.set("client", 3, "geboortejaar", "");
    }),
    damage("accepted before referred", "D109", |d| {
        d.shift("aanmelding", 3, "acceptatiedatum", -90)
    }),
    damage("admitted before accepted", "D110", |d| {
        d.shift("aanmelding", 3, "acceptatiedatum", 60)
    }),
    damage("admitted before referred", "D111", |d| {
        d.shift("aanmelding", 3, "aanmelddatum", 90);
        d.set("aanmelding", 3, "acceptatiedatum", "");
    }),
    damage("a measurement after the exit", "D112", |d| {
        let row = d.find("meting", "meting_id", "D007");
        d.shift("meting", row, "meetdatum", 600);
    }),
    damage("an incident after the exit", "D113", |d| {
        d.shift("incident", 7, "incident_datum", 600)
    }),
    damage("an incident before the admission", "D113", |d| {
        d.shift("incident", 7, "incident_datum", -60)
    }),
    damage("a seclusion before the admission", "D114", |d| {
        d.shift("vrijheidsbeperking", 7, "vbi_start", -60)
    }),
    damage("a leave before the admission", "D115", |d| {
        d.shift("verlof", 7, "verlof_start", -200)
    }),
    damage("a module before the admission", "D116", |d| {
        d.shift("module_deelname", 7, "module_start", -60)
    }),
    damage("a measurement after death", "D117", |d| {
        let row = d.find("meting", "meting_id", "D002");
        d.shift("meting", row, "meetdatum", 600);
    })
    .also(&["D112"]),
    damage("an observation without days", "D118", |d| {
        d.set("levering", 0, "waarneming_vanaf", UNTIL)
    })
    .also(&["D119"]),
    damage("an exit before the observation", "D119", |d| {
        d.set("levering", 0, "waarneming_vanaf", "2021-05-10")
    }),
    damage("an exit that was forgotten", "O101", |d| {
        let row = d.find("ontslag", "opname_id", "O009");
        d.remove_row("ontslag", row);
    })
    .also(&["O107", "Q104", "Q105", "Q107"]),
    damage("two wards at once", "O102", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-1");
        d.shift("plaatsing", row, "plaatsing_eind", 10);
    }),
    damage("days between two wards", "O103", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-1");
        d.shift("plaatsing", row, "plaatsing_eind", -10);
    }),
    damage("a first ward after some days", "O104", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-1");
        d.shift("plaatsing", row, "plaatsing_start", 10);
    }),
    damage("a last ward that ends too soon", "O105", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-2");
        d.shift("plaatsing", row, "plaatsing_eind", -10);
    }),
    damage("a ward that never ends", "O106", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O007-2");
        d.set("plaatsing", row, "plaatsing_eind", "");
    }),
    damage("a last ward that ended, and no exit", "O107", |d| {
        let row = d.find("plaatsing", "plaatsing_id", "O008-2");
        d.set("plaatsing", row, "plaatsing_eind", "2024-03-01");
    }),
    damage("an admission without wards", "O108", |d| {
        d.remove_rows("plaatsing", "opname_id", "O007")
    }),
    damage("days without a title", "O109", |d| {
        let row = d.find("titelperiode", "client_id", "C007");
        d.shift("titelperiode", row, "titel_eind", -10);
    }),
    damage("no title at all", "O110", |d| {
        d.remove_rows("titelperiode", "client_id", "C007")
    }),
    damage("days without funding", "O111", |d| {
        let row = d.find("financieringsperiode", "client_id", "C007");
        d.shift("financieringsperiode", row, "financiering_eind", -10);
    }),
    damage("no funding at all", "O112", |d| {
        d.remove_rows("financieringsperiode", "client_id", "C007")
    }),
    damage("two funders at once", "O113", |d| {
        let row = d.find("financieringsperiode", "client_id", "C007");
        let other = d.copy("financieringsperiode", row);
        d.set("financieringsperiode", other, "financiering", "SUBS");
        d.shift("financieringsperiode", other, "financiering_start", 30);
    }),
    damage("a title twice at once", "O114", |d| {
        let row = d.find("titelperiode", "client_id", "C008");
        let other = d.copy("titelperiode", row);
        d.shift("titelperiode", other, "titel_start", 100);
    }),
    damage("two leaves at once", "O115", |d| {
        let row = d.copy("verlof", 7);
        d.set("verlof", row, "verlof_type", "BEGELEID");
        let start = shifted(&d.get("verlof", 7, "verlof_start"), 2);
        d.set("verlof", row, "verlof_start", &start);
    }),
];
