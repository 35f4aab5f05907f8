//! Content, one client at a time.

use crate::rows::*;
use crate::{ClientIndex, Content};
use calendar::DayPoint;
use std::iter::Peekable;
use std::vec::IntoIter;

type Rows<T> = Peekable<IntoIter<T>>;

/// The rows of each client as content of its own, in the order of the clients; made by
/// [`Content::per_client`]. Walks every table once.
pub struct PerClient<D> {
    /// Clients that were given already.
    clients: u32,
    /// Admissions and measurements that were given already.
    admissions: u32,
    measurements: u32,
    rest: Tables<D>,
}

macro_rules! tables {
    ($($table:ident: $row:ty),+ $(,)?) => {
        struct Tables<D> {
            row_ids: IntoIter<crate::RowId>,
            clients: IntoIter<Client>,
            $($table: Rows<$row>),+
        }

        impl<D> Tables<D> {
            fn of(content: Content<D>) -> Self {
                Self {
                    row_ids: content.row_ids.into_iter(),
                    clients: content.clients.into_iter(),
                    $($table: content.$table.into_iter().peekable()),+
                }
            }
        }
    };
}

tables! {
    referrals: Referral<D>,
    admissions: Admission<D>,
    placements: Placement<D>,
    titles: TitleSpell<D>,
    fundings: FundingSpell<D>,
    indications: Indication<D>,
    diagnoses: DiagnosisRow<D>,
    offences: OffenceRow,
    measurements: Measurement<D>,
    item_scores: ItemScore,
    modules: ModuleRow<D>,
    incidents: Incident<D>,
    measures: CoerciveMeasure<D>,
    leaves: Leave<D>,
    exits: Exit<D>,
    returns: Return<D>,
}

impl<D: DayPoint> Content<D> {
    /// The rows of each client as content of its own. [`Content::append`] puts them together
    /// again, in the order of [`Content::of_clients`].
    pub fn per_client(self) -> PerClient<D> {
        let all: Vec<ClientIndex> = (0..self.clients.len() as u32).map(ClientIndex).collect();
        PerClient {
            clients: 0,
            admissions: 0,
            measurements: 0,
            rest: Tables::of(self.of_clients(&all)),
        }
    }
}

/// The next rows of one owner, of which `owner` is set to its position in the new content.
fn next_of<T>(
    rows: &mut Rows<T>,
    owners: std::ops::Range<u32>,
    owner: impl Fn(&mut T) -> &mut u32,
) -> Vec<T> {
    let mut own = Vec::new();
    while let Some(row) = rows.peek_mut() {
        let position = owner(row);
        if !owners.contains(position) {
            break;
        }
        *position -= owners.start;
        own.extend(rows.next());
    }
    own
}

impl<D> Iterator for PerClient<D> {
    type Item = Content<D>;

    fn next(&mut self) -> Option<Content<D>> {
        let rest = &mut self.rest;
        let client = rest.clients.next()?;
        let own = self.clients..self.clients + 1;
        macro_rules! by_client {
            ($table:ident) => {
                next_of(&mut rest.$table, own.clone(), |row| &mut row.client.0)
            };
        }
        let (admissions, measurements) = (by_client!(admissions), by_client!(measurements));
        let admitted = self.admissions..self.admissions + admissions.len() as u32;
        let measured = self.measurements..self.measurements + measurements.len() as u32;
        let content = Content {
            row_ids: rest.row_ids.next().into_iter().collect(),
            clients: vec![client],
            referrals: by_client!(referrals),
            placements: next_of(&mut rest.placements, admitted.clone(), |row| {
                &mut row.admission.0
            }),
            titles: by_client!(titles),
            fundings: by_client!(fundings),
            indications: by_client!(indications),
            diagnoses: by_client!(diagnoses),
            offences: by_client!(offences),
            item_scores: next_of(&mut rest.item_scores, measured.clone(), |row| {
                &mut row.measurement.0
            }),
            modules: by_client!(modules),
            incidents: by_client!(incidents),
            measures: by_client!(measures),
            leaves: by_client!(leaves),
            exits: next_of(&mut rest.exits, admitted.clone(), |row| {
                &mut row.admission.0
            }),
            returns: by_client!(returns),
            admissions,
            measurements,
        };
        self.clients = own.end;
        self.admissions = admitted.end;
        self.measurements = measured.end;
        Some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AdmissionIndex, MeasurementIndex, RowId};
    use calendar::Day;
    use codes::Coded;

    fn admission(client: u32, day: i32) -> Admission<Day> {
        Admission {
            client: ClientIndex(client),
            admitted: Day::from_number(day),
            origin: None,
            referrer: None,
            ready_for_exit: None,
        }
    }

    fn placement(admission: u32, day: i32) -> Placement<Day> {
        Placement {
            admission: AdmissionIndex(admission),
            start: Day::from_number(day),
            end: None,
            facility: Coded::at(0).unwrap(),
            security: Coded::at(0).unwrap(),
            group_type: None,
            phase: None,
        }
    }

    fn measurement(client: u32, day: i32) -> Measurement<Day> {
        Measurement {
            client: ClientIndex(client),
            instrument: Coded::at(0).unwrap(),
            taken: Day::from_number(day),
            total: None,
            administration: None,
        }
    }

    /// Three clients whose rows stand in no order, the second without any.
    fn content() -> Content<Day> {
        let item = |measurement, item| ItemScore {
            measurement: MeasurementIndex(measurement),
            item,
            score: 1,
        };
        Content {
            row_ids: (1..=3).map(|id| RowId([id; 16])).collect(),
            clients: vec![Client::unknown(Coded::at(0).unwrap()); 3],
            admissions: vec![admission(2, 20), admission(0, 1), admission(2, 21)],
            placements: vec![placement(2, 21), placement(1, 1), placement(0, 20)],
            measurements: vec![measurement(2, 9), measurement(0, 8)],
            item_scores: vec![item(1, 1), item(0, 2), item(1, 3)],
            ..Content::default()
        }
    }

    #[test]
    fn each_client_has_its_own_rows_and_together_they_are_all() {
        let parts: Vec<Content<Day>> = content().per_client().collect();
        let counts = |of: fn(&Content<Day>) -> usize| parts.iter().map(of).collect::<Vec<_>>();
        assert_eq!(counts(|part| part.clients.len()), [1, 1, 1]);
        assert_eq!(counts(|part| part.admissions.len()), [1, 0, 2]);
        assert_eq!(counts(|part| part.placements.len()), [1, 0, 2]);
        assert_eq!(counts(|part| part.item_scores.len()), [2, 0, 1]);
        assert_eq!(parts[2].row_ids, [RowId([3; 16])]);
        for part in &parts {
            assert!(Content::<Day>::from_bytes(&part.to_bytes()).unwrap() == *part);
        }
        let mut joined = Content::<Day>::default();
        let rows: usize = parts.iter().map(Content::rows).sum();
        parts.into_iter().for_each(|part| joined.append(part));
        let all = [0, 1, 2].map(ClientIndex);
        assert!(joined == content().of_clients(&all));
        assert_eq!(rows, content().rows());
    }

    #[test]
    fn some_clients_leave_the_others_out() {
        let some = content().of_clients(&[ClientIndex(2)]);
        assert_eq!(some.row_ids, [RowId([3; 16])]);
        assert!(some == content().per_client().nth(2).unwrap());
    }
}
