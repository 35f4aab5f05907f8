use super::Described;
use super::classes::{Classes, code_labels};
use crate::context::Context;
use codes::{Coded, Origin, Sex};
use estimate::Block;
use trajectory::Stay;

const AGES: Classes<4> = Classes {
    from: [25, 35, 45, 55],
    labels: &[
        "jonger dan 25",
        "25 tot en met 34",
        "35 tot en met 44",
        "45 tot en met 54",
        "55 of ouder",
    ],
};

const EARLIER: Classes<3> = Classes {
    from: [1, 2, 4],
    labels: &["geen", "één", "twee of drie", "vier of meer"],
};

/// Age in the year of the admission: that in the year of day 0, plus the years since.
pub(crate) fn age_at(context: &Context<'_>, stay: &Stay) -> Option<u16> {
    let person = &context.linked.persons[stay.person.position()];
    let since = stay.admitted_half_year.year() - person.first_half_year.year();
    u16::try_from(i32::from(person.age?.years()) + since).ok()
}

pub(super) fn age(described: &Described<'_>) -> Vec<Block> {
    let context = described.context;
    vec![
        described.exclusive("leeftijd bij opname", AGES.labels(), |stay| {
            AGES.of(age_at(context, stay))
        }),
        described.quantity("leeftijd bij opname (jaren)", |stay| {
            age_at(context, stay).map(f64::from)
        }),
    ]
}

pub(super) fn sex(described: &Described<'_>) -> Vec<Block> {
    let persons = &described.context.linked.persons;
    vec![
        described.exclusive("geslacht", code_labels::<Sex>(), |stay| {
            persons[stay.person.position()].sex.position()
        }),
    ]
}

pub(super) fn origin(described: &Described<'_>) -> Vec<Block> {
    let clients = &described.context.linked.content.clients;
    vec![
        described.exclusive("herkomst (groep)", code_labels::<Origin>(), |stay| {
            let origin = clients[stay.client.position()].origin;
            origin.unwrap_or(Origin::Unknown).position()
        }),
    ]
}

pub(super) fn earlier_admissions(described: &Described<'_>) -> Vec<Block> {
    let clients = &described.context.linked.content.clients;
    vec![
        described.exclusive("eerdere opnames", EARLIER.labels(), |stay| {
            EARLIER.of(clients[stay.client.position()]
                .earlier_admissions
                .map(u16::from))
        }),
    ]
}
