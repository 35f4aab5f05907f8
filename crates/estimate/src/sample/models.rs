//! Invented models, courses, expectations, measures and quotations.

use super::{About, estimate, split};
use crate::{
    BasisCount, Caveat, Coding, Count, Course, CourseLine, CoursePoint, Effect, Estimate, Interval,
    Level, MeasureColumn, MeasureRow, MeasureValue, Measures, Method, Projection, Quotation,
    Quotations, Regression, Scenario, Section, Shape, Term, Unit,
};
use calendar::DayCount;

/// Clients in the models, per institution.
const CLIENTS: [u64; 4] = [140, 112, 80, 44];

pub(super) fn all() -> Vec<Estimate> {
    vec![
        factors(),
        course(),
        reliability(),
        expectation(),
        quotations(),
    ]
}

/// A count divided over the institutions as the clients are.
fn spread(count: u64) -> Count {
    let parts = split(count, &CLIENTS);
    Count {
        count,
        clients: count,
        per_institution: std::array::from_fn(|institution| parts[institution]),
    }
}

/// The sum of counts.
fn sum(counts: impl IntoIterator<Item = Count>) -> Count {
    counts.into_iter().fold(Count::default(), Count::plus)
}

fn between(estimate: f64, lower: f64, upper: f64) -> Interval {
    Interval {
        estimate,
        lower,
        upper,
    }
}

fn factors() -> Estimate {
    let level = |label: &str, size, events, effect| Level {
        label: label.to_owned(),
        size: spread(size),
        events: spread(events),
        effect,
    };
    let titles = vec![
        level("vrijwillig", 132, 84, None),
        level("civielrechtelijk", 92, 51, Some(between(0.86, 0.60, 1.22))),
        level("strafrechtelijk", 152, 70, Some(between(0.63, 0.46, 0.87))),
    ];
    let substances = vec![
        level("geen middelengebruik", 190, 112, None),
        level("middelengebruik", 164, 83, Some(between(0.78, 0.58, 1.04))),
    ];
    let size = sum(titles.iter().map(|level| level.size));
    let events = sum(titles.iter().map(|level| level.events));
    let known = sum(substances.iter().map(|level| level.size));
    let missing = Count {
        count: size.count - known.count,
        clients: size.count - known.count,
        per_institution: std::array::from_fn(|i| {
            size.per_institution[i] - known.per_institution[i]
        }),
    };
    let term = |label: &str, coding, missing| Term {
        label: label.to_owned(),
        coding,
        missing,
    };
    let age = Coding::Slope {
        per: "per 10 jaar ouder".to_owned(),
        effect: between(1.08, 0.95, 1.23),
    };
    let shape = Regression {
        outcome: "gepland vertrek".to_owned(),
        effect: Effect::HazardRatio,
        method: Method::Plain,
        size,
        events: Some(events),
        residual_df: events.count - 4,
        terms: vec![
            term("Juridische titel", Coding::Levels(titles), Count::default()),
            term("Middelengebruik", Coding::Levels(substances), missing),
            term("Leeftijd bij opname", age, Count::default()),
        ],
        caveats: vec![Caveat::NotProportional(0), Caveat::Imputed(20)],
    };
    let about = About {
        id: "factoren-gepland-vertrek",
        section: Section::Factors,
        title: "Wat samengaat met gepland vertrek",
        definition: "Verhoudingen van de snelheid van gepland vertrek (Cox per oorzaak), met voor \
                     elke instelling een eigen basislijn. Voortijdig vertrek en overlijden sluiten \
                     gepland vertrek uit.",
        plain: "Rechts van de lijn vertrekken cliënten sneller dan de vergelijkingsgroep, links \
                langzamer.",
        unit: Unit::Clients,
        n: CLIENTS,
    };
    estimate(about, Ok(Shape::Regression(shape)))
}

fn course() -> Estimate {
    let line = |label: &str, start: f64, slope: f64, clients: &[(u64, u64)]| {
        let points = (0..).zip(clients).map(|(round, &(measured, unmeasured))| {
            let mean = start + slope * f64::from(round);
            let half = 1.96 * 9.0 / (measured as f64).sqrt();
            CoursePoint {
                time: DayCount::new(round * 183),
                measured: spread(measured),
                unmeasured: spread(unmeasured),
                mean: between(mean, mean - half, mean + half),
            }
        });
        CourseLine {
            label: label.to_owned(),
            points: points.collect(),
        }
    };
    let shape = Course {
        quantity: "Gemiddelde score op DEMO-15 (0–60)".to_owned(),
        higher_is_better: Some(false),
        time_title: "dagen sinds opname".to_owned(),
        lines: vec![
            line(
                "daarna gepland vertrokken",
                31.0,
                -2.2,
                &[(180, 25), (164, 31), (128, 30), (71, 21), (24, 12)],
            ),
            line(
                "daarna voortijdig vertrokken",
                33.5,
                -0.4,
                &[(92, 16), (61, 19), (28, 12), (6, 5)],
            ),
        ],
    };
    let about = About {
        id: "rom-verloop",
        section: Section::Change,
        title: "Hoe scores veranderen tijdens de behandeling",
        definition: "Gemiddelde score per half jaar sinds opname, uit een lineair gemengd model \
                     met een eigen beginpunt en helling per cliënt. Naast elk gemiddelde staat wie \
                     er was maar niet is gemeten.",
        plain: "Een dalende lijn betekent minder klachten bij wie er nog is.",
        unit: Unit::Clients,
        n: CLIENTS,
    };
    estimate(about, Ok(Shape::Course(shape)))
}

fn reliability() -> Estimate {
    let row = |label: &str, size: u64, alpha: (f64, f64, f64), stable: Option<f64>| MeasureRow {
        label: label.to_owned(),
        size: spread(size),
        values: vec![
            Some(MeasureValue::Interval(between(alpha.0, alpha.1, alpha.2))),
            stable.map(MeasureValue::Point),
        ],
    };
    let column = |title: &str| MeasureColumn {
        title: title.to_owned(),
        decimals: 2,
    };
    let shape = Measures {
        row_title: "Schaal".to_owned(),
        columns: vec![column("Cronbachs alfa"), column("Herhaling (ICC)")],
        rows: vec![
            row("totaal", 340, (0.88, 0.86, 0.90), Some(0.81)),
            row("omgaan met anderen", 340, (0.79, 0.75, 0.82), Some(0.74)),
            row("dagelijkse vaardigheden", 8, (0.61, 0.40, 0.82), None),
        ],
    };
    let about = About {
        id: "rom-betrouwbaarheid",
        section: Section::Change,
        title: "Hoe betrouwbaar de scores zijn",
        definition: "Samenhang tussen de vragen van een schaal bij de eerste meting (Cronbachs \
                     alfa), en tussen twee metingen kort na elkaar.",
        plain: "Hoe dichter bij 1, hoe meer een schaal steeds hetzelfde meet.",
        unit: Unit::Clients,
        n: CLIENTS,
    };
    estimate(about, Ok(Shape::Measures(shape)))
}

fn expectation() -> Estimate {
    let scenario = |label: &str, change: f64| Scenario {
        label: label.to_owned(),
        points: (0..=20)
            .map(|quarter| {
                let years = f64::from(quarter) / 4.0;
                let beds = 148.0 + change * (1.0 - (-years).exp());
                let half = 3.0 + 4.5 * years.sqrt();
                (
                    DayCount::new(quarter * 91),
                    between(beds, beds - half, beds + half),
                )
            })
            .collect(),
    };
    let basis = |label: &str, count| BasisCount {
        label: label.to_owned(),
        count: spread(count),
    };
    let shape = Projection {
        quantity: "Bezette plaatsen".to_owned(),
        time_title: "dagen vanaf nu".to_owned(),
        scenarios: vec![
            scenario("als er niets verandert", 4.0),
            scenario("wachten op een vervolgplek half zo lang", -11.0),
            scenario("een vijfde meer opnames", 24.0),
        ],
        basis: vec![
            basis("opnames", 376),
            basis("van behandeling naar gepland vertrek", 205),
            basis("van behandeling naar voortijdig vertrek", 92),
            basis("terugkeer", 31),
        ],
    };
    let about = About {
        id: "vooruitblik-plaatsen",
        section: Section::Outlook,
        title: "Hoeveel plaatsen er nodig zijn, als iets verandert",
        definition: "Gesimuleerde bezetting van de komende vijf jaar, uit een model van de keten \
                     dat op de waargenomen overgangen rust. De band bevat de onzekerheid van de \
                     schattingen en het toeval.",
        plain: "De lijnen laten zien wat er te verwachten is; het is geen meting.",
        unit: Unit::Clients,
        n: CLIENTS,
    };
    estimate(about, Ok(Shape::Projection(shape)))
}

fn quotations() -> Estimate {
    let quotation = |theme: &str, voice: &str, speakers: u64, words: &str| Quotation {
        theme: theme.to_owned(),
        voice: voice.to_owned(),
        speakers: spread(speakers),
        words: words.to_owned(),
        agreed: true,
        read_by: vec!["eerste lezer".to_owned(), "tweede lezer".to_owned()],
    };
    let shape = Quotations {
        quotations: vec![
            quotation(
                "Warme overdracht",
                "cliënt",
                12,
                "Mijn begeleider ging de eerste dagen mee. Toen durfde ik wel.",
            ),
            quotation(
                "Warme overdracht",
                "plaatsingscoördinator",
                11,
                "Een plek vinden lukt vaak wel; het is de week erna die het verschil maakt.",
            ),
            quotation(
                "Wachten op een plek",
                "groepsleider",
                4,
                "Klaar zijn en toch moeten blijven: dat zie je terug in het gedrag.",
            ),
        ],
    };
    let about = About {
        id: "stemmen",
        section: Section::Voices,
        title: "Wat mensen erover zeggen",
        definition: "Verzonnen citaten. Echte citaten staan hier alleen met toestemming van de \
                     spreker, en nadat twee mensen ze hebben gelezen op herkenbaarheid.",
        plain: "In hun eigen woorden.",
        unit: Unit::Clients,
        n: [12, 9, 4, 2],
    };
    estimate(about, Ok(Shape::Quotations(shape)))
}
