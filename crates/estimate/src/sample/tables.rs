use super::{ADMISSIONS, About, EXITS, INSTITUTION_NAMES, estimate, split};
use crate::{
    Attrition, AttritionStep, Block, Characteristics, Count, Durations, Estimate, Flow,
    FrequencyTable, Layer, Link, Section, Shape, Summary, Unit,
};

pub(super) fn all() -> Vec<Estimate> {
    vec![
        intake_cohort(),
        exit_cohort(),
        characteristics(),
        destinations(),
        flow(),
        security_steps(),
        blocked_days(),
    ]
}

/// A count that lies with one institution.
fn at(institution: usize, count: u64) -> Count {
    let mut per_institution = [0; 4];
    per_institution[institution] = count;
    Count {
        count,
        clients: count,
        per_institution,
    }
}

/// A count that is spread over the institutions.
fn pooled(count: u64, weights: &[u64; 4]) -> Count {
    let parts = split(count, weights);
    let all = (0..4).map(|i| at(i, parts[i]));
    all.fold(Count::default(), Count::plus)
}

fn names() -> Vec<String> {
    labels(&INSTITUTION_NAMES)
}

fn labels(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn attrition(start_label: &str, exclusions: &[(&str, [u64; 4])], remaining: [u64; 4]) -> Shape {
    let count = |parts: [u64; 4]| {
        (0..4)
            .map(|i| at(i, parts[i]))
            .fold(Count::default(), Count::plus)
    };
    let mut left = count(remaining);
    let mut steps = Vec::new();
    for (reason, parts) in exclusions.iter().rev() {
        let excluded = count(*parts);
        steps.push(AttritionStep {
            reason: (*reason).to_owned(),
            excluded,
            remaining: left,
        });
        left = left.plus(excluded);
    }
    steps.reverse();
    Shape::Attrition(Attrition {
        start_label: start_label.to_owned(),
        start: left,
        steps,
    })
}

fn intake_cohort() -> Estimate {
    let shape = attrition(
        "Opnames in de geleverde bestanden",
        &[
            ("opname buiten de jaren van het onderzoek", [61, 48, 30, 22]),
            ("eerdere opname van dezelfde cliënt", [17, 14, 9, 5]),
            ("bezwaar tegen gebruik van gegevens", [2, 1, 1, 0]),
            ("opnamedatum ontbreekt", [1, 2, 0, 0]),
        ],
        ADMISSIONS,
    );
    let about = About {
        id: "instroom-verloop",
        section: Section::Cohort,
        title: "Van alle opnames naar de instroomgroep",
        definition: "De instroomgroep bestaat uit cliënten met een eerste opname van 1 januari \
                     2020 tot en met 31 december 2024.",
        plain: "Dit laat zien welke opnames meetellen en waarom andere zijn weggelaten.",
        unit: Unit::Admissions,
        n: ADMISSIONS,
    };
    estimate(about, Ok(shape))
}

fn exit_cohort() -> Estimate {
    let shape = attrition(
        "Ontslagen in de geleverde bestanden",
        &[
            (
                "ontslag buiten de jaren van het onderzoek",
                [40, 33, 25, 14],
            ),
            ("overleden bij ontslag", [2, 1, 1, 0]),
            ("ontslagdatum ligt vóór de opnamedatum", [0, 1, 0, 1]),
        ],
        EXITS,
    );
    let about = About {
        id: "uitstroom-verloop",
        section: Section::Cohort,
        title: "Van alle ontslagen naar de uitstroomgroep",
        definition: "De uitstroomgroep bestaat uit alle ontslagen van 1 januari 2020 tot en met \
                     31 december 2024; een cliënt kan vaker meetellen.",
        plain: "Dit laat zien welke ontslagen meetellen en waarom andere zijn weggelaten.",
        unit: Unit::Exits,
        n: EXITS,
    };
    estimate(about, Ok(shape))
}

/// Counts per level and institution; each institution leans a little another way.
fn levels(title: &str, parts: &[(&str, u64)], exclusive: bool) -> Block {
    let whole: u64 = 100;
    let mut cells = vec![Count::default(); parts.len() * 4];
    for institution in 0..4 {
        let lean = |(level, part): (usize, &(&str, u64))| {
            part.1 * 10 + part.1 * ((level + institution) as u64 % 4)
        };
        let weights: Vec<u64> = parts.iter().enumerate().map(lean).collect();
        let counts: Vec<u64> = if exclusive {
            split(ADMISSIONS[institution], &weights)
        } else {
            parts
                .iter()
                .map(|part| ADMISSIONS[institution] * part.1 / whole)
                .collect()
        };
        for (level, count) in counts.into_iter().enumerate() {
            cells[level * 4 + institution] = at(institution, count);
        }
    }
    Block::Categories {
        title: title.to_owned(),
        levels: parts.iter().map(|(label, _)| (*label).to_owned()).collect(),
        cells,
        exclusive,
    }
}

/// A bell-shaped quantity.
fn summary(n: u64, missing: u64, mean: f64, sd: f64, per_institution: [u64; 4]) -> Summary {
    let half_box = 0.6745 * sd;
    Summary {
        n,
        missing,
        sum: mean * n as f64,
        mean,
        sd,
        quartiles: [mean - half_box, mean - 0.1 * sd, mean + half_box],
        largest: [mean + 2.8 * sd, mean + 2.6 * sd],
        per_institution,
    }
}

fn quantity(title: &str, mean: f64, sd: f64, missing: [u64; 4]) -> Block {
    let known: Vec<u64> = (0..4).map(|i| ADMISSIONS[i] - missing[i]).collect();
    let shift = [0.0, 1.2, -0.8, 2.1];
    let per_group = (0..4)
        .map(|i| {
            summary(
                known[i],
                missing[i],
                mean + shift[i],
                sd,
                at(i, known[i]).per_institution,
            )
        })
        .collect();
    let n = known.iter().sum();
    let parts = [known[0], known[1], known[2], known[3]];
    let total = summary(n, missing.iter().sum(), mean + 0.5, sd, parts);
    Block::Quantity {
        title: title.to_owned(),
        per_group,
        total,
    }
}

fn characteristics() -> Estimate {
    let blocks = vec![
        levels("Geslacht", &[("man", 84), ("vrouw", 16)], true),
        quantity("Leeftijd bij opname (jaren)", 33.4, 10.2, [0, 0, 0, 0]),
        levels(
            "Leeftijdsklasse",
            &[
                ("jonger dan 25", 24),
                ("25 tot 35", 36),
                ("35 tot 45", 22),
                ("45 tot 55", 13),
                ("55 en ouder", 5),
            ],
            true,
        ),
        levels(
            "Juridisch kader bij opname",
            &[
                ("strafrechtelijk", 42),
                ("civielrechtelijk", 23),
                ("vrijwillig", 32),
                ("onbekend", 3),
            ],
            true,
        ),
        levels(
            "Beveiligingsniveau bij opname",
            &[
                ("open of besloten (0–1)", 18),
                ("laag (2L)", 44),
                ("hoog (2H)", 32),
                ("3 of 4", 6),
            ],
            true,
        ),
        levels(
            "Diagnosegroep (meer dan één mogelijk)",
            &[
                ("verstandelijke beperking", 92),
                ("middelen", 41),
                ("trauma en stress", 33),
                ("persoonlijkheid", 29),
                ("autisme", 24),
                ("psychose", 12),
            ],
            false,
        ),
        quantity("Totaal IQ", 66.8, 8.3, [14, 12, 11, 10]),
    ];
    let shape = Shape::Characteristics(Characteristics {
        groups: names(),
        sizes: (0..4).map(|i| at(i, ADMISSIONS[i])).collect(),
        groups_are_institutions: true,
        blocks,
    });
    let about = About {
        id: "kenmerken",
        section: Section::Inflow,
        title: "Kenmerken van cliënten bij opname",
        definition: "Cliënten van de instroomgroep, met hun kenmerken op de dag van opname.",
        plain: "De meeste cliënten zijn mannen rond de dertig met een licht verstandelijke \
                beperking of zwakbegaafdheid.",
        unit: Unit::Clients,
        n: ADMISSIONS,
    };
    estimate(about, Ok(shape))
}

const DESTINATIONS: [(&str, u64); 7] = [
    ("zelfstandig of bij familie", 17),
    ("beschermd of begeleid wonen", 36),
    ("gehandicaptenzorg met verblijf", 24),
    ("andere instelling van de vier", 7),
    ("ggz of forensische ggz", 9),
    ("detentie", 5),
    ("onbekend", 2),
];

/// Exits per destination and institution, destination by destination.
fn exits_by_destination() -> Vec<Count> {
    let mut cells = vec![Count::default(); DESTINATIONS.len() * 4];
    for institution in 0..4 {
        let lean = |(row, part): (usize, &(&str, u64))| {
            part.1 * 8 + part.1 * ((row + 2 * institution) as u64 % 5)
        };
        let weights: Vec<u64> = DESTINATIONS.iter().enumerate().map(lean).collect();
        for (row, count) in split(EXITS[institution], &weights).into_iter().enumerate() {
            cells[row * 4 + institution] = at(institution, count);
        }
    }
    cells
}

fn destinations() -> Estimate {
    let shape = Shape::Frequency(FrequencyTable {
        row_title: "Bestemming".to_owned(),
        column_title: "Instelling".to_owned(),
        rows: DESTINATIONS
            .iter()
            .map(|(label, _)| (*label).to_owned())
            .collect(),
        columns: names(),
        cells: exits_by_destination(),
        columns_are_institutions: true,
        ordered: false,
    });
    let about = About {
        id: "bestemming",
        section: Section::Outflow,
        title: "Waar gaan cliënten naartoe?",
        definition: "Ontslagen van de uitstroomgroep naar de eerste voorziening na ontslag.",
        plain: "Ruim een derde van de cliënten gaat beschermd of begeleid wonen.",
        unit: Unit::Exits,
        n: EXITS,
    };
    estimate(about, Ok(shape))
}

fn flow() -> Estimate {
    let origins = [
        ("thuis of begeleid wonen", 34),
        ("gehandicaptenzorg", 21),
        ("ggz of forensische ggz", 17),
        ("detentie", 28),
    ];
    let mut links = Vec::new();
    for (institution, &admitted) in ADMISSIONS.iter().enumerate() {
        let lean = |(row, part): (usize, &(&str, u64))| {
            part.1 * 8 + part.1 * ((row + institution) as u64 % 4)
        };
        let weights: Vec<u64> = origins.iter().enumerate().map(lean).collect();
        for (from, count) in split(admitted, &weights).into_iter().enumerate() {
            links.push(Link {
                layer: 0,
                from,
                to: institution,
                count: at(institution, count),
            });
        }
    }
    for (institution, &admitted) in ADMISSIONS.iter().enumerate() {
        let weights: Vec<u64> = DESTINATIONS.iter().map(|part| part.1).chain([22]).collect();
        for (to, count) in split(admitted, &weights).into_iter().enumerate() {
            links.push(Link {
                layer: 1,
                from: institution,
                to,
                count: at(institution, count),
            });
        }
    }
    let layer = |title: &str, nodes: Vec<String>, is_institutions: bool| Layer {
        title: title.to_owned(),
        nodes,
        is_institutions,
    };
    let shape = Shape::Flow(Flow {
        layers: vec![
            layer(
                "Herkomst",
                origins
                    .iter()
                    .map(|(label, _)| (*label).to_owned())
                    .collect(),
                false,
            ),
            layer("Instelling", names(), true),
            layer(
                "Bestemming",
                DESTINATIONS
                    .iter()
                    .map(|(label, _)| (*label).to_owned())
                    .chain(["nog opgenomen".to_owned()])
                    .collect(),
                false,
            ),
        ],
        links,
    });
    let about = About {
        id: "stroom",
        section: Section::Throughflow,
        title: "De stroom: waarvandaan, waarlangs, waarheen",
        definition: "Cliënten van de instroomgroep, van de voorziening vóór opname naar de eerste \
                     voorziening na ontslag; wie er nog is, staat bij ‘nog opgenomen’.",
        plain: "De meeste cliënten komen van huis of uit detentie en gaan naar een plek met \
                begeleiding.",
        unit: Unit::Clients,
        n: ADMISSIONS,
    };
    estimate(about, Ok(shape))
}

fn security_steps() -> Estimate {
    let rows = [
        "twee of meer niveaus lager",
        "één niveau lager",
        "gelijk niveau",
        "hoger niveau",
        "onbekend",
    ];
    let counts = split(EXITS.iter().sum(), &[31, 34, 22, 9, 4]);
    let shape = Shape::Frequency(FrequencyTable {
        row_title: "Stap in beveiliging".to_owned(),
        column_title: "Alle instellingen".to_owned(),
        rows: labels(&rows),
        columns: vec!["Ontslagen".to_owned()],
        cells: counts
            .into_iter()
            .map(|count| pooled(count, &EXITS))
            .collect(),
        columns_are_institutions: false,
        ordered: true,
    });
    let about = About {
        id: "stap-beveiliging",
        section: Section::Outflow,
        title: "Stap in beveiliging bij ontslag",
        definition: "Het beveiligingsniveau vóór ontslag vergeleken met dat van de bestemming.",
        plain: "Twee van de drie cliënten gaan naar een plek met minder beveiliging.",
        unit: Unit::Exits,
        n: EXITS,
    };
    estimate(about, Ok(shape))
}

fn blocked_days() -> Estimate {
    let waiting = [64, 52, 37, 21];
    let means = [88.0, 120.5, 71.0, 96.0];
    let per_group: Vec<Summary> = (0..4)
        .map(|i| {
            summary(
                waiting[i],
                EXITS[i] - waiting[i],
                means[i],
                means[i] * 0.4,
                at(i, waiting[i]).per_institution,
            )
        })
        .collect();
    let n = waiting.iter().sum::<u64>();
    let sum: f64 = per_group.iter().map(|group| group.sum).sum();
    let total = summary(
        n,
        EXITS.iter().sum::<u64>() - n,
        sum / n as f64,
        39.0,
        waiting,
    );
    let shape = Shape::Durations(Durations {
        groups: names(),
        groups_are_institutions: true,
        per_group,
        total,
        long_from_days: 90,
        long: [28, 31, 13, 10]
            .iter()
            .enumerate()
            .map(|(i, &count)| at(i, count))
            .collect(),
    });
    let about = About {
        id: "geblokkeerde-dagen",
        section: Section::Throughflow,
        title: "Wachten op een vervolgplek",
        definition: "Dagen tussen klaar zijn voor ontslag en het ontslag zelf, voor ontslagen \
                     waarbij beide dagen bekend zijn.",
        plain: "Wie klaar is voor ontslag, wacht gemiddeld ruim drie maanden op een plek.",
        unit: Unit::Exits,
        n: waiting,
    };
    estimate(about, Ok(shape))
}
