use estimate::Count;
use record::PersonIndex;
use trajectory::Stay;

/// Counts with evidence, cell by cell. Stays must come grouped by person, so that a person is
/// counted once as a client in each cell.
pub(crate) struct Tally {
    cells: Vec<Count>,
    last: Vec<Option<PersonIndex>>,
}

impl Tally {
    pub(crate) fn new(cells: usize) -> Self {
        Self {
            cells: vec![Count::default(); cells],
            last: vec![None; cells],
        }
    }

    pub(crate) fn add(&mut self, cell: usize, stay: &Stay) {
        let count = &mut self.cells[cell];
        count.count += 1;
        count.per_institution[stay.institution as usize] += 1;
        if self.last[cell] != Some(stay.person) {
            count.clients += 1;
            self.last[cell] = Some(stay.person);
        }
    }

    pub(crate) fn cells(self) -> Vec<Count> {
        self.cells
    }
}

/// All stays as one count. They must come grouped by person.
pub(crate) fn count(stays: impl Iterator<Item = Stay>) -> Count {
    let mut tally = Tally::new(1);
    stays.for_each(|stay| tally.add(0, &stay));
    tally.cells[0]
}
