//! Content with only some of the clients, in another order.

use crate::{ClientIndex, Content};

/// Where each row of a table went: its new position, or nowhere.
type Moves = Vec<Option<u32>>;

/// Rows in the order of their owners' new positions, and where each went. Rows of owners who
/// went nowhere are left out; the order of one owner's rows is kept.
fn follow<T>(rows: Vec<T>, owners: &Moves, owner: impl Fn(&mut T) -> &mut u32) -> (Vec<T>, Moves) {
    let mut moves = vec![None; rows.len()];
    let mut kept: Vec<(u32, u32, T)> = Vec::with_capacity(rows.len());
    for (old, mut row) in (0..).zip(rows) {
        let link = owner(&mut row);
        if let Some(new_owner) = owners[*link as usize] {
            *link = new_owner;
            kept.push((new_owner, old, row));
        }
    }
    kept.sort_unstable_by_key(|(new_owner, old, _)| (*new_owner, *old));
    for (new, (_, old, _)) in (0..).zip(&kept) {
        moves[*old as usize] = Some(new);
    }
    (kept.into_iter().map(|(_, _, row)| row).collect(), moves)
}

impl<D> Content<D> {
    /// The content of these clients, in this order, with the rows of every table in the order of
    /// their clients; rows of other clients are left out. A client may be given once.
    pub fn of_clients(self, clients: &[ClientIndex]) -> Self {
        let content = self;
        let mut to: Moves = vec![None; content.clients.len()];
        for (new, client) in (0..).zip(clients) {
            to[client.position()] = Some(new);
        }
        macro_rules! by_client {
            ($table:ident) => {
                follow(content.$table, &to, |row| &mut row.client.0).0
            };
        }
        let (admissions, admissions_to) = follow(content.admissions, &to, |row| &mut row.client.0);
        let (measurements, measurements_to) =
            follow(content.measurements, &to, |row| &mut row.client.0);
        Content {
            row_ids: clients
                .iter()
                .filter_map(|client| content.row_ids.get(client.position()).copied())
                .collect(),
            clients: clients
                .iter()
                .map(|client| content.clients[client.position()].clone())
                .collect(),
            referrals: by_client!(referrals),
            placements: follow(content.placements, &admissions_to, |row| {
                &mut row.admission.0
            })
            .0,
            exits: follow(content.exits, &admissions_to, |row| &mut row.admission.0).0,
            item_scores: follow(content.item_scores, &measurements_to, |row| {
                &mut row.measurement.0
            })
            .0,
            titles: by_client!(titles),
            fundings: by_client!(fundings),
            indications: by_client!(indications),
            diagnoses: by_client!(diagnoses),
            offences: by_client!(offences),
            modules: by_client!(modules),
            incidents: by_client!(incidents),
            measures: by_client!(measures),
            leaves: by_client!(leaves),
            returns: by_client!(returns),
            admissions,
            measurements,
        }
    }
}
