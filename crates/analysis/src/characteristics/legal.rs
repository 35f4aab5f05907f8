use super::Described;
use super::classes::code_labels;
use codes::{Coded, Funding, Offence, SecurityLevel, TitleGroup};
use estimate::Block;
use trajectory::{Rule, Stay};

/// From the heaviest to the lightest.
const TITLES: [TitleGroup; 4] = [
    TitleGroup::Criminal,
    TitleGroup::Civil,
    TitleGroup::Voluntary,
    TitleGroup::Unknown,
];

pub(super) fn title(described: &Described<'_>) -> Vec<Block> {
    let trajectories = described.context.trajectories();
    let levels = TITLES.map(|group| group.label().to_owned()).to_vec();
    let heaviest = |stay: &Stay| {
        let titles = trajectories.titles_of(stay.person).iter();
        let running = titles.filter(|spell| spell.runs_on(stay.admitted));
        running.map(|spell| spell.title.group()).min()
    };
    vec![
        described.exclusive("juridische titel bij opname", levels, |stay| {
            heaviest(stay).unwrap_or(TitleGroup::Unknown) as usize
        }),
    ]
}

pub(super) fn funding(described: &Described<'_>) -> Vec<Block> {
    let trajectories = described.context.trajectories();
    let latest = |stay: &Stay| {
        let fundings = trajectories.fundings_of(stay.person).iter();
        let running = fundings.filter(|spell| spell.runs_on(stay.admitted));
        running.max_by_key(|spell| (spell.start, std::cmp::Reverse(spell.funding)))
    };
    let levels = code_labels::<Funding>();
    vec![
        described.exclusive("financiering bij opname", levels, |stay| {
            latest(stay)
                .map_or(Funding::Onb, |spell| spell.funding)
                .position()
        }),
    ]
}

pub(super) fn security(described: &Described<'_>) -> Vec<Block> {
    let trajectories = described.context.trajectories();
    let mut levels = code_labels::<SecurityLevel>();
    levels.push("onbekend".to_owned());
    let unknown = levels.len() - 1;
    vec![
        described.exclusive("beveiliging bij opname", levels, |stay| {
            let state = trajectories.state_on(stay.person, Rule::LatestAdmission, stay.admitted);
            state
                .and_then(|(_, security)| security)
                .map_or(unknown, SecurityLevel::position)
        }),
    ]
}

/// The groups in which index offences are shown, coarse enough for small numbers.
const OFFENCES: [&str; 7] = [
    "geweld",
    "levensdelict",
    "zeden",
    "brandstichting",
    "vermogen, ook met geweld",
    "ander of niet vervolgd delict",
    "geen delict of onbekend",
];

/// The group of an index offence.
fn offence_group(offence: Offence) -> usize {
    match offence {
        Offence::LightViolence | Offence::MediumViolence | Offence::HeavyViolence => 0,
        Offence::Life | Offence::LifeSevere => 1,
        Offence::Sexual => 2,
        Offence::Arson => 3,
        Offence::Property | Offence::PropertyViolence => 4,
        Offence::Opium | Offence::NotProsecuted => 5,
        Offence::None | Offence::NoOffence | Offence::Unknown => 6,
    }
}

/// The last group: only for those who are in no other.
const NO_OFFENCE: u32 = 1 << (OFFENCES.len() - 1);

pub(super) fn offences(described: &Described<'_>) -> Vec<Block> {
    let linked = described.context.linked;
    let mut groups = vec![0_u32; linked.persons.len()];
    for row in &linked.content.offences {
        groups[linked.person_of(row.client).position()] |= 1 << offence_group(row.offence);
    }
    let levels = OFFENCES.map(str::to_owned).to_vec();
    vec![described.overlapping("indexdelict", levels, |stay| {
        match groups[stay.person.position()] & !NO_OFFENCE {
            0 => NO_OFFENCE,
            groups => groups,
        }
    })]
}
