//! One client of the network with everything that any institution has on it.

use crate::course::{Course, Temper};
use crate::identity::Card;
use crate::life::{Life, chance_of};
use crate::parameters::Parameters;
use crate::person::Traits;
use codes::Institution;

pub(crate) struct Client {
    pub(crate) life: Life,
    pub(crate) traits: Traits,
    /// One per stay.
    pub(crate) courses: Vec<Course>,
    /// One per institution, whether or not the client was ever there.
    pub(crate) cards: Vec<Card>,
}

impl Client {
    pub(crate) fn invent(number: u32, parameters: &Parameters, seed: u64) -> Self {
        let chance = &mut chance_of(seed, number);
        let life = Life::invent(number, parameters, chance);
        // A stream of its own, so that lives are the same however often clients are away.
        let life = life.interrupted(&parameters.stay.away, &mut chance_of(!seed, number));
        let traits = Traits::invent(&life.person, parameters, chance);
        let temper = Temper::invent(parameters, chance);
        let courses = life
            .stays
            .iter()
            .map(|stay| Course::invent((&life.person, &traits, &temper), stay, parameters, chance))
            .collect();
        let dirt = &parameters.identifier_dirt;
        let cards = Institution::ALL
            .iter()
            .map(|_| Card::written(&life.person, dirt, chance))
            .collect();
        Self {
            life,
            traits,
            courses,
            cards,
        }
    }
}
