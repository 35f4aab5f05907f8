//! A small delivery with nothing wrong in it: invented clients with every kind of row.

use crate::delivery::{Delivery, shifted};

/// Clients in the delivery.
pub const CLIENTS: usize = 30;
/// The first day that the delivery says nothing of.
pub const UNTIL: &str = "2025-07-01";

/// One invented client.
struct Course {
    number: usize,
    id: String,
    admission: String,
    admitted: String,
    exit: Option<String>,
    forensic: bool,
}

/// The delivery.
pub fn delivery() -> Delivery {
    let mut delivery = Delivery::empty();
    delivery.add(
        "levering",
        &[
            ("instelling_code", "STEVIG"),
            ("waarneming_vanaf", "2018-01-01"),
            ("waarneming_tot", UNTIL),
        ],
    );
    for number in 0..CLIENTS {
        let course = course(number);
        person(&mut delivery, &course);
        referral(&mut delivery, &course);
        stay(&mut delivery, &course);
        law(&mut delivery, &course);
        care(&mut delivery, &course);
        measurements(&mut delivery, &course);
        if number % 8 == 1 {
            readmission(&mut delivery, &course);
        }
    }
    counts(&mut delivery);
    delivery
}

fn course(number: usize) -> Course {
    let admitted = shifted("2020-02-01", number as i32 * 17);
    Course {
        number,
        id: format!("C{number:03}"),
        admission: format!("O{number:03}"),
        exit: (!number.is_multiple_of(4)).then(|| shifted(&admitted, 400)),
        forensic: number.is_multiple_of(3),
        admitted,
    }
}

/// Nine digits that pass the eleven-test.
pub fn bsn(number: usize) -> String {
    let mut at = 100_000_000 + number as u32 * 1_234_567;
    loop {
        let digits: Vec<u32> = (0..9)
            .rev()
            .map(|power| at / 10u32.pow(power) % 10)
            .collect();
        let sum: u32 = digits[..8]
            .iter()
            .zip((2..=9).rev())
            .map(|(digit, weight)| digit * weight)
            .sum();
        if sum % 11 == digits[8] {
            return at.to_string();
        }
        at += 1;
    }
}

fn birth_year(course: &Course) -> i32 {
    1975 + (course.number % 25) as i32
}

fn person(delivery: &mut Delivery, course: &Course) {
    let year = birth_year(course);
    let sex = if course.number.is_multiple_of(5) {
        "F"
    } else {
        "M"
    };
    delivery.add(
        "persoon",
        &[
            ("client_id", &course.id),
            ("bsn", &bsn(course.number)),
            ("achternaam", "Voorbeeld"),
            (
                "geboortedatum",
                &format!("{year}-03-0{}", 1 + course.number % 9),
            ),
            ("geslacht", sex),
            ("postcode", "1234 AB"),
        ],
    );
    delivery.add(
        "client",
        &[
            ("client_id", &course.id),
            ("geboortejaar", &year.to_string()),
            ("geslacht", sex),
            ("opleiding_hoogst", "20200"),
            ("iq_totaal", &(56 + course.number % 28).to_string()),
            (
                "iq_klasse",
                if 56 + course.number % 28 < 70 {
                    "LVB"
                } else {
                    "ZB"
                },
            ),
            ("iq_datum", "2019-05-01"),
            ("scil_totaal", "15"),
            ("middelen", "ALCOHOL|CANNABIS"),
            ("middelstatus", "VROEGER"),
            ("hulpverl_gesch_jaren", "8"),
            (
                "leeftijd_1e_delict",
                if course.forensic { "17" } else { "" },
            ),
            (
                "grondslag",
                if course.number.is_multiple_of(2) {
                    "TOESTEMMING"
                } else {
                    "UITZONDERING"
                },
            ),
            ("grondslag_datum", "2020-01-15"),
        ],
    );
}

fn referral(delivery: &mut Delivery, course: &Course) {
    let id = format!("A{:03}", course.number);
    delivery.add(
        "aanmelding",
        &[
            ("aanmelding_id", &id),
            ("client_id", &course.id),
            ("aanmelddatum", &shifted(&course.admitted, -60)),
            ("acceptatiedatum", &shifted(&course.admitted, -30)),
            ("aanmeld_besluit", "GEACCEPTEERD"),
            ("verwijzer_type", "CIZ"),
            ("herkomst_voorziening", "VG_7"),
        ],
    );
    if course.number.is_multiple_of(10) {
        delivery.add(
            "aanmelding",
            &[
                ("aanmelding_id", &format!("B{:03}", course.number)),
                ("client_id", &course.id),
                ("aanmelddatum", &shifted(&course.admitted, -200)),
                ("aanmeld_besluit", "AFGEWEZEN"),
                ("afwijsreden", "GEEN_PLEK"),
            ],
        );
    }
}

fn stay(delivery: &mut Delivery, course: &Course) {
    let age: i32 = course.admitted[..4]
        .parse::<i32>()
        .expect("years are numbers")
        - birth_year(course);
    delivery.add(
        "opname",
        &[
            ("opname_id", &course.admission),
            ("client_id", &course.id),
            ("aanmelding_id", &format!("A{:03}", course.number)),
            ("opnamedatum", &course.admitted),
            ("leeftijd_opname", &age.to_string()),
            ("herkomst_voorziening", "VG_7"),
            (
                "ontslagklaar_datum",
                &course
                    .exit
                    .as_ref()
                    .map_or(String::new(), |exit| shifted(exit, -40)),
            ),
        ],
    );
    let moved = shifted(&course.admitted, 150);
    let exit = course.exit.clone().unwrap_or_default();
    placement(
        delivery,
        &course.admission,
        1,
        [&course.admitted, &moved, "2H"],
    );
    placement(delivery, &course.admission, 2, [&moved, &exit, "1"]);
    if course.exit.is_some() {
        leave(delivery, course, &exit);
    }
}

fn placement(
    delivery: &mut Delivery,
    admission: &str,
    number: usize,
    [start, end, level]: [&str; 3],
) {
    delivery.add(
        "plaatsing",
        &[
            ("plaatsing_id", &format!("{admission}-{number}")),
            ("opname_id", admission),
            ("plaatsing_start", start),
            ("plaatsing_eind", end),
            ("voorziening", "BORG_KLIN"),
            ("beveiligingsniveau", level),
            ("fase", "BEHANDELING"),
        ],
    );
}

fn leave(delivery: &mut Delivery, course: &Course, exit: &str) {
    let [reason, planned, destination, level] = match course.number {
        2 => ["OVERLEDEN", "", "OVERLEDEN", ""],
        3 => ["DETENTIE", "N", "PI", ""],
        5 => ["ONTTREKKING", "N", "ONTTROKKEN", ""],
        6 => ["DOORSTR_HOGER", "J", "FPK", "3"],
        _ => ["DOORSTR_LAGER", "J", "RIBW", "0"],
    };
    delivery.add(
        "ontslag",
        &[
            ("opname_id", &course.admission),
            ("ontslagdatum", exit),
            ("ontslagreden", reason),
            ("ontslag_gepland", planned),
            ("bestemming_voorziening", destination),
            ("bestemming_beveiliging", level),
            ("warme_overdracht", "J"),
            ("overdracht_dagen", "10"),
        ],
    );
}

fn law(delivery: &mut Delivery, course: &Course) {
    let comes_back = course.number % 8 == 1;
    let end = course
        .exit
        .clone()
        .filter(|_| !comes_back)
        .unwrap_or_default();
    let mut title = |title: &str, start: &str, end: &str| {
        let cells = [
            ("client_id", course.id.as_str()),
            ("juridische_titel", title),
            ("titel_start", start),
            ("titel_eind", end),
        ];
        delivery.add("titelperiode", &cells);
    };
    let before = shifted(&course.admitted, -20);
    match course.number % 3 {
        0 => title("TBS_VOORW", &before, &end),
        1 => {
            let renewed = shifted(&course.admitted, 140);
            title("WFZ23_WZD28A", &before, &renewed);
            title("WZD_24", &renewed, &end);
        }
        _ => title("VRIJW", &before, &end),
    }
    let funding = if course.forensic {
        ["FZ", "", "6", "C"]
    } else {
        ["WLZ", "790", "", ""]
    };
    let [funding, profile, setting, intensity] = funding;
    delivery.add(
        "financieringsperiode",
        &[
            ("client_id", &course.id),
            ("financiering", funding),
            ("financiering_start", &course.admitted),
            ("financiering_eind", &end),
            ("zorgprofiel", profile),
            ("zpm_setting", setting),
            ("verblijfsintensiteit", intensity),
        ],
    );
    delivery.add(
        "indicatie",
        &[
            ("client_id", &course.id),
            ("indicatiesteller", "CIZ"),
            ("besluitdatum", &shifted(&course.admitted, -40)),
            ("geldig_tot", &shifted(&course.admitted, 700)),
            ("zorgprofiel", "790"),
            ("wzd_verklaring", "2"),
            ("wzd_start", &before),
            ("wzd_eind", &shifted(&before, 300)),
        ],
    );
    for (group, primary) in [("NEURO_VB", "J"), ("PERS_NAO", "N")] {
        delivery.add(
            "diagnose",
            &[
                ("client_id", &course.id),
                ("dsm5_hoofdgroep", group),
                ("primair", primary),
                ("diagnosedatum", "2019-06-01"),
            ],
        );
    }
    if course.forensic {
        delivery.add(
            "delict",
            &[
                ("client_id", &course.id),
                ("indexdelict", "2"),
                ("recidivegevaar", "2"),
            ],
        );
    }
}

fn care(delivery: &mut Delivery, course: &Course) {
    let after = |days| shifted(&course.admitted, days);
    let client = ("client_id", course.id.as_str());
    delivery.add(
        "module_deelname",
        &[
            client,
            ("module", "GOA"),
            ("module_start", &after(40)),
            ("module_eind", &after(100)),
            ("module_status", "AFGEROND"),
        ],
    );
    delivery.add(
        "incident",
        &[
            client,
            ("incident_datum", &after(50)),
            ("incident_type", "VERBAAL"),
            ("incident_ernst", "3"),
            ("doelwit", "MEDEWERKER"),
        ],
    );
    delivery.add(
        "vrijheidsbeperking",
        &[
            client,
            ("vbi_soort", "AFZONDERING"),
            ("vbi_start", &after(51)),
            ("vbi_eind", &after(52)),
            ("instemming", "1"),
        ],
    );
    delivery.add(
        "verlof",
        &[
            client,
            ("verlof_type", "ONBEGELEID"),
            ("verlof_start", &after(120)),
            ("verlof_eind", &after(125)),
            ("onttrekking", "N"),
        ],
    );
}

fn measurements(delivery: &mut Delivery, course: &Course) {
    let mut measure = |id: &str, instrument: &str, day: i32, total: &str| {
        delivery.add(
            "meting",
            &[
                ("meting_id", id),
                ("client_id", &course.id),
                ("instrument", instrument),
                ("meetdatum", &shifted(&course.admitted, day)),
                ("totaalscore", total),
                ("afname_wijze", "OBSERVATIE"),
            ],
        );
    };
    let honos = format!("H{:03}", course.number);
    measure(&honos, "HONOS", 30, "12");
    measure(&format!("D{:03}", course.number), "DROS", 60, "44,5");
    if course.number < 6 {
        for item in 1..=12 {
            delivery.add(
                "itemscore",
                &[
                    ("meting_id", &honos),
                    ("item_nr", &item.to_string()),
                    ("item_score", "1"),
                ],
            );
        }
    }
}

fn readmission(delivery: &mut Delivery, course: &Course) {
    let exit = course
        .exit
        .as_ref()
        .expect("clients who come back have left");
    let back = shifted(exit, 100);
    let admission = format!("R{:03}", course.number);
    delivery.add(
        "opname",
        &[
            ("opname_id", &admission),
            ("client_id", &course.id),
            ("opnamedatum", &back),
            ("herkomst_voorziening", "RIBW"),
        ],
    );
    placement(delivery, &admission, 1, [&back, "", "2L"]);
    delivery.add(
        "terugkeer",
        &[
            ("client_id", &course.id),
            ("terugkeer_datum", &back),
            ("terugkeer_soort", "HEROPN_ZELFDE"),
            ("terugkeer_reden", "OVERVRAGING"),
            ("terugkeer_voorziening", "BORG_KLIN"),
        ],
    );
}

/// The institution's own counts, made from the rows themselves.
fn counts(delivery: &mut Delivery) {
    let days = |delivery: &Delivery, table: &str, column: &str| -> Vec<String> {
        let rows = 0..delivery.sheets[table].rows.len();
        rows.map(|row| delivery.get(table, row, column)).collect()
    };
    let admitted = days(delivery, "opname", "opnamedatum");
    let left = days(delivery, "ontslag", "ontslagdatum");
    let before =
        |days: &[String], day: &str| days.iter().filter(|other| other.as_str() < day).count();
    for [from, until] in [["2021-01-01", "2021-07-01"], ["2021-07-01", "2022-01-01"]] {
        let stock = |day: &str| before(&admitted, day) - before(&left, day);
        let within = |days: &[String]| before(days, until) - before(days, from);
        delivery.add(
            "telling",
            &[
                ("periode_start", from),
                ("periode_eind", until),
                ("stand_begin", &stock(from).to_string()),
                ("instroom", &within(&admitted).to_string()),
                ("uitstroom", &within(&left).to_string()),
                ("stand_eind", &stock(until).to_string()),
            ],
        );
    }
}
