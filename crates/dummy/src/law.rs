//! Legal titles during a stay, and the funding that follows from them.
//!
//! Kept to what the law allows: titles of Wfz, Wzd and Wvggz only from 2020-01-01, the longest
//! terms of the short titles, forensic funding only with a criminal title.

use crate::draw::{Chance, happens};
use crate::parameters::Parameters;
use crate::stay::{Entry, EntryKind, Placement, later};
use calendar::Day;
use codes::{Funding, Phase, SecurityLevel, Title, TitleGroup};

/// A stretch of days under one code.
#[derive(Clone, Copy)]
pub(crate) struct Spell<T> {
    pub(crate) code: T,
    pub(crate) start: Day,
    pub(crate) end: Day,
}

/// The first day of Wfz, Wzd and Wvggz.
pub(crate) const NEW_LAWS: Day = match Day::from_ymd(2020, 1, 1) {
    Some(day) => day,
    None => panic!("1 January always exists"),
};

/// The titles of a stay, one after the other without a gap, up to the exit.
pub(crate) fn titles_of(
    entry: &Entry,
    exit: Day,
    placements: &[Placement],
    parameters: &Parameters,
    chance: &mut Chance,
) -> Vec<Spell<Title>> {
    if entry.kind == EntryKind::TimeOut {
        return spell(Title::Vrijw, entry.day, exit).into_iter().collect();
    }
    match entry.group {
        TitleGroup::Criminal => criminal(entry, exit, placements, (parameters, chance)),
        TitleGroup::Civil => civil(entry, exit, parameters, chance),
        TitleGroup::Voluntary | TitleGroup::Unknown => {
            spell(Title::Vrijw, entry.day, exit).into_iter().collect()
        }
    }
}

fn spell<T>(code: T, start: Day, end: Day) -> Option<Spell<T>> {
    (start < end).then_some(Spell { code, start, end })
}

fn criminal(
    entry: &Entry,
    exit: Day,
    placements: &[Placement],
    (parameters, chance): (&Parameters, &mut Chance),
) -> Vec<Spell<Title>> {
    let title = parameters.titles.criminal.draw(chance);
    let ends = happens(parameters.titles.ends_before_exit, chance);
    let open = placements.iter().find(|placement| {
        placement.phase == Phase::Resocialisation && placement.security <= SecurityLevel::Closed
    });
    let until = open
        .filter(|_| ends)
        .map_or(exit, |placement| placement.start);
    [
        spell(title, entry.day, until),
        spell(Title::Vrijw, until, exit),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn civil(
    entry: &Entry,
    exit: Day,
    parameters: &Parameters,
    chance: &mut Chance,
) -> Vec<Spell<Title>> {
    let first = parameters.titles.civil.draw(chance);
    let mut spells: Vec<_> = spell(Title::Onb, entry.day, exit.min(NEW_LAWS))
        .into_iter()
        .collect();
    let mut start = entry.day.max(NEW_LAWS);
    let mut next = if entry.day < NEW_LAWS {
        Title::Wzd24
    } else {
        first
    };
    while start < exit {
        let (days, after) = term(next);
        let end = exit.min(later(start, days));
        spells.extend(spell(next, start, end));
        (start, next) = (end, after);
    }
    spells
}

/// The longest term of a civil title in days, and the title that then follows.
fn term(title: Title) -> (i32, Title) {
    const HALF_YEAR: i32 = 181;
    match title {
        // Inbewaringstelling with its continuation, Wzd 29 and 37.
        Title::WzdIbs => (42, Title::Wzd24),
        // At most six months, Wfz 2.3.
        Title::Wfz23Wzd28a => (HALF_YEAR, Title::Wzd24),
        Title::WvggzZm => (HALF_YEAR, Title::WvggzZm),
        // No judge, so no term; the review is yearly.
        Title::Wzd21 => (i32::MAX / 4, Title::Wzd21),
        _ => (365, title),
    }
}

/// Who pays, spell for spell; neighbours with the same funding become one.
pub(crate) fn funding_of(titles: &[Spell<Title>], age: i32) -> Vec<Spell<Funding>> {
    let mut spells: Vec<Spell<Funding>> = Vec::new();
    for title in titles {
        let code = funding(title.code, age);
        match spells.last_mut() {
            Some(last) if last.code == code => last.end = title.end,
            _ => spells.push(Spell {
                code,
                start: title.start,
                end: title.end,
            }),
        }
    }
    spells
}

fn funding(title: Title, age: i32) -> Funding {
    match title.group() {
        TitleGroup::Criminal => Funding::Fz,
        _ if matches!(title, Title::WvggzZm) && age >= 18 => Funding::Zvw,
        _ => Funding::Wlz,
    }
}
