//! What may be expected of the chain: beds and waiting, if something changes.

mod evidence;

use crate::context::{Context, Wording};
use estimate::{
    BasisCount, Estimate, Interval, NotEstimable, Projection, Scenario, Section, Shape, Unit,
};
use evidence::{Chain, State, Way};
use statistics::flow::{Destination, FlowModel, Lever, Simulation, SimulationOptions, Summary};
use statistics::imputation::Draws;

/// Simulated courses of each scenario.
const CHAINS: usize = 1000;
/// Draws of the estimates, each for as many courses as the others.
const DRAWS: usize = 500;
/// The same study gives the same courses.
const SEED: u64 = 1;
/// A quarter of a year, in days.
const QUARTER: f64 = 365.25 / 4.0;

/// Beds: those in treatment and those who wait for a place to go to.
const BEDS: [usize; 2] = [State::Treatment as usize, State::Waiting as usize];

/// The chain and its courses under each scenario.
pub(crate) struct Simulated {
    chain: Chain,
    courses: Result<Vec<(String, Simulation)>, NotEstimable>,
}

impl Simulated {
    fn of(context: &Context<'_>) -> Self {
        let least = context.study.min_events;
        let all = Chain::of(context);
        let too_few = NotEstimable::TooFewEvents {
            seen: all.fewest(),
            needed: least,
        };
        match all.pooled(least) {
            None => Self {
                chain: all,
                courses: Err(too_few),
            },
            Some(chain) => Self {
                // What the estimator refuses was not seen: a state that nobody leaves.
                courses: courses(context, &chain).map_err(|_| NotEstimable::NotObserved),
                chain,
            },
        }
    }
}

pub(crate) fn estimate(context: &Context<'_>, id: &'static str) -> Estimate {
    let simulated = context.simulated.get_or_init(|| Simulated::of(context));
    let basis = simulated.chain.persons();
    let outcome = match &simulated.courses {
        _ if basis.count == 0 => Err(NotEstimable::EmptyCohort),
        Err(reason) => Err(reason.clone()),
        Ok(courses) => Ok(Shape::Projection(projection(
            context,
            id,
            (&simulated.chain, courses),
        ))),
    };
    context.result(wording(context, id), basis, outcome)
}

fn projection(
    context: &Context<'_>,
    id: &str,
    (chain, courses): (&Chain, &[(String, Simulation)]),
) -> Projection {
    let states = states(id);
    let grid = grid(context);
    let scenario = |(label, simulation): &(String, Simulation)| {
        let points = grid.iter().zip(simulation.occupancy_of(states));
        let points = points.filter_map(|(&time, summary)| {
            let Summary {
                mean, lower, upper, ..
            } = summary?;
            let value = Interval {
                estimate: mean,
                lower,
                upper,
            };
            Some((calendar::DayCount::new(time.round() as i32), value))
        });
        Scenario {
            label: label.clone(),
            points: points.collect(),
        }
    };
    Projection {
        quantity: match id {
            "vooruitblik-plaatsen" => "Bezette plaatsen",
            _ => "Cliënten die klaar zijn en op een vervolgplek wachten",
        }
        .to_owned(),
        time_title: "dagen sinds het einde van de gegevens".to_owned(),
        scenarios: courses.iter().map(scenario).collect(),
        basis: basis(chain, states),
    }
}

/// The ends of quarters. Day 0 is a count, not an expectation.
fn grid(context: &Context<'_>) -> Vec<f64> {
    let quarters = context.study.outlook.years * 4;
    (1..=quarters).map(|at| f64::from(at) * QUARTER).collect()
}

/// The states that a result adds up.
fn states(id: &str) -> &'static [usize] {
    match id {
        "vooruitblik-plaatsen" => &BEDS,
        _ => &BEDS[1..],
    }
}

fn basis(chain: &Chain, states: &[usize]) -> Vec<BasisCount> {
    let now = states.iter().map(|&state| {
        let (label, count) = chain.now(state);
        BasisCount {
            label: format!("nu: {label}"),
            count,
        }
    });

    let ways = chain.ways().map(|way| BasisCount {
        label: way.label(),
        count: way.clients,
    });
    let arrivals = BasisCount {
        label: "nieuwe cliënten".to_owned(),
        count: chain.arrivals(),
    };
    now.chain([arrivals]).chain(ways).collect()
}

/// What is changed, and what it is called.
fn scenarios(context: &Context<'_>, chain: &Chain) -> Vec<(String, Vec<(Lever, f64)>)> {
    let rules = context.study.outlook;
    let levers = |from: &[State], to: &dyn Fn(&Way) -> bool, factor: f64, is_delay: bool| {
        let ways = chain
            .ways()
            .filter(|way| from.contains(&way.from) && to(way));
        let lever = ways.map(|way| {
            let (from, to) = (way.from as usize, way.to);
            let lever = match is_delay {
                true => Lever::Delay { from, to },
                false => Lever::Hazard { from, to },
            };
            (lever, factor)
        });
        lever.collect::<Vec<(Lever, f64)>>()
    };
    let any = |_: &Way| true;
    let back = |way: &Way| way.to == Destination::State(State::Treatment as usize);
    let left = [State::LeftAsPlanned, State::LeftOtherwise];
    let arrivals = Lever::Arrivals {
        state: State::Treatment as usize,
    };
    vec![
        ("als er niets verandert".to_owned(), Vec::new()),
        (
            format!(
                "wachten op een vervolgplek {}",
                changed(rules.waiting, ("korter", "langer"))
            ),
            levers(&[State::Waiting], &any, rules.waiting, true),
        ),
        (
            format!(
                "{} nieuwe cliënten",
                changed(rules.inflow, ("minder", "meer"))
            ),
            vec![(arrivals, rules.inflow)],
        ),
        (
            format!("{} terugkeer", changed(rules.returns, ("minder", "meer"))),
            levers(&left, &back, rules.returns, false),
        ),
    ]
}

/// A factor in words: "20% meer".
fn changed(factor: f64, (less, more): (&str, &str)) -> String {
    let percent = ((factor - 1.0).abs() * 100.0).round();
    let direction = if factor < 1.0 { less } else { more };
    format!("{percent}% {direction}")
}

fn courses(
    context: &Context<'_>,
    chain: &Chain,
) -> Result<Vec<(String, Simulation)>, statistics::NotEstimable> {
    let models = models(chain)?;
    let options = SimulationOptions {
        grid: &grid(context),
        chains: CHAINS,
        seed: SEED,
    };
    let course = |(label, changes): (String, Vec<(Lever, f64)>)| {
        let mut scenario = statistics::flow::Scenario::default();
        for (lever, factor) in changes {
            scenario = scenario.with(lever, 0.0, factor)?;
        }
        Ok((label, Simulation::run(&models, &scenario, options)?))
    };
    scenarios(context, chain).into_iter().map(course).collect()
}

/// Draws of the chain: hazards and arrivals as they may be, and everybody who is there now.
fn models(chain: &Chain) -> Result<Vec<FlowModel>, statistics::NotEstimable> {
    let mut random = Draws::new(SEED);
    let present = chain.present();
    let evidence: Result<Vec<_>, _> = chain.ways().map(Way::evidence).collect();
    let evidence = evidence?;
    (0..DRAWS)
        .map(|_| {
            let mut model = FlowModel::new(State::COUNT)?;
            for (way, evidence) in chain.ways().zip(&evidence) {
                let law = evidence.draw(&mut random)?;
                model = model.with_transition(way.from as usize, way.to, law)?;
            }
            let rate = chain.arrival_rate(&mut random)?;
            model
                .with_arrivals(State::Treatment as usize, &[(0.0, rate)])?
                .with_present(&present)
        })
        .collect()
}

fn wording(context: &Context<'_>, id: &'static str) -> Wording {
    let years = context.study.outlook.years;
    let (title, plain) = match id {
        "vooruitblik-plaatsen" => (
            "Hoeveel plaatsen er nodig zijn als iets verandert",
            "De lijnen laten zien hoeveel plaatsen bezet zouden zijn als verder alles blijft zoals het was. Het is een verwachting, geen meting.",
        ),
        _ => (
            "Hoeveel cliënten op een vervolgplek wachten als iets verandert",
            "De lijnen laten zien hoeveel cliënten klaar zouden zijn en op een plek wachten. Het is een verwachting, geen meting.",
        ),
    };
    Wording {
        id,
        section: Section::Outlook,
        unit: Unit::Clients,
        title: title.into(),
        definition: format!(
            "Gesimuleerde keten van de komende {years} jaar: in behandeling, klaar en wachtend, weg na \
             gepland vertrek, weg na ander vertrek. De snelheid van elke overgang hangt af van de tijd \
             in die toestand en komt uit alle verblijven die zijn waargenomen; een overgang die minder \
             dan {} cliënten maakten, telt bij de meest gemaakte overgang uit dezelfde toestand. Er is \
             geen grens aan het aantal plaatsen. De band bevat de onzekerheid van de schattingen en het \
             toeval; dat de wereld anders wordt dan zij was, zit er niet in.",
            context.study.min_events
        ),
        plain,
    }
}
