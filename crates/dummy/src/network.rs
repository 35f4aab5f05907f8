use crate::Error;
use crate::client::Client;
use crate::delivery::Delivery;
use crate::dialect::Dialect;
use crate::dirt::{self, PlantedDirt};
use crate::extract::Extract;
use crate::identity::Card;
use crate::parameters::Parameters;
use crate::tables::{Scribe, Window};
use crate::truth::Truth;
use calendar::Day;
use codes::{Coded, Institution};
use std::fmt;

/// Which faults the deliveries carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dirt {
    /// Faults in the identifiers, by which linking is put to the test.
    pub identifiers: bool,
    /// Faults in the content that the check must find, none of them blocking.
    pub content: bool,
}

impl Dirt {
    /// As institutions deliver.
    pub const DECLARED: Self = Self {
        identifiers: true,
        content: true,
    };
    /// Without any fault: the check finds nothing.
    pub const NONE: Self = Self {
        identifiers: false,
        content: false,
    };
}

/// An invented network of four institutions.
pub struct Network {
    pub(crate) parameters: Parameters,
    pub(crate) clients: Vec<Client>,
    pub(crate) window: Window,
}

impl Network {
    /// Invents so many clients. The same seed gives the same network; the export is of the
    /// declared day, or of `today` where that is earlier.
    pub fn invent(parameters: &Parameters, clients: usize, seed: u64, today: Day) -> Self {
        let mut parameters = parameters.clone();
        let calendar = &mut parameters.calendar;
        calendar.observed_until = calendar
            .observed_until
            .min(today)
            .max(calendar.observed_from);
        let window = Window {
            from: calendar.observed_from,
            until: calendar.observed_until,
        };
        let clients = (0..clients as u32)
            .map(|n| Client::invent(n, &parameters, seed))
            .collect();
        Self {
            parameters,
            clients,
            window,
        }
    }

    /// The days between which the deliveries are complete.
    pub fn window(&self) -> Window {
        self.window
    }

    /// What is true of the network as [`deliveries`](Self::deliveries) tells it.
    pub fn truth(&self) -> Truth {
        Truth::of(self, Dirt::DECLARED)
    }

    /// What is true of the network, told with these faults: without faults in the content
    /// nobody objects to research.
    pub fn truth_with(&self, dirt: Dirt) -> Truth {
        Truth::of(self, dirt)
    }

    /// The four deliveries, faults included.
    ///
    /// # Errors
    /// Where a workbook, zip or SPSS file cannot be made.
    pub fn deliveries(&self) -> Result<Vec<Delivery>, Error> {
        self.deliveries_with(Dirt::DECLARED)
    }

    /// The four deliveries with the faults asked for.
    ///
    /// # Errors
    /// Where a workbook, zip or SPSS file cannot be made.
    pub fn deliveries_with(&self, dirt: Dirt) -> Result<Vec<Delivery>, Error> {
        Institution::ALL
            .iter()
            .map(|&institution| {
                let (extract, planted) = self.extract(institution, dirt);
                Delivery::export(extract, Dialect::of(institution), planted)
            })
            .collect()
    }

    fn extract(&self, institution: Institution, dirt: Dirt) -> (Extract, Vec<PlantedDirt>) {
        let (mut extract, _) = self.write_down(institution, dirt);
        let planted = if dirt.content {
            dirt::plant(&mut extract, &self.parameters.content_dirt)
        } else {
            Vec::new()
        };
        (extract, planted)
    }

    /// The rows of one institution, and for each of its clients the person and its own number.
    pub(crate) fn write_down(
        &self,
        institution: Institution,
        dirt: Dirt,
    ) -> (Extract, Vec<(u32, String)>) {
        let mut scribe = Scribe::new(institution, self.window, dirt.content);
        let mut known = Vec::new();
        for client in &self.clients {
            let person = &client.life.person;
            let exact = Card::exact(person);
            let card = if dirt.identifiers {
                &client.cards[institution.position()]
            } else {
                &exact
            };
            if let Some(own) = scribe.add(client, card) {
                known.push((person.number, own));
            }
        }
        (scribe.finish(), known)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network {{ {} clients, … }}", self.clients.len())
    }
}
