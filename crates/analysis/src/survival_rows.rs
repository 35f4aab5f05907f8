use codes::{Coded, Institution};
use estimate::{Count, CurveKind, INSTITUTIONS};
use statistics::FollowUp;
use std::fmt;

/// The rows behind the curves of one result: individual data, for the restricted side only.
#[derive(Clone, PartialEq, Eq)]
pub struct SurvivalRows {
    /// The result they belong to.
    pub id: &'static str,
    /// What the curves say; survival curves have one cause.
    pub kind: CurveKind,
    /// Labels of the groups.
    pub strata: Vec<String>,
    /// Labels of event codes 1, 2, ….
    pub causes: Vec<String>,
    /// Position in `strata`, row by row.
    pub stratum: Vec<u16>,
    /// At risk after this day; −1 for from the start.
    pub entry: Vec<i32>,
    /// At risk up to and including this day.
    pub exit: Vec<i32>,
    /// 0: censored; else the code of the cause.
    pub event: Vec<u8>,
    /// The institution of the stay.
    pub(crate) institution: Vec<Institution>,
}

/// One row.
pub(crate) struct Row {
    pub(crate) stratum: usize,
    pub(crate) entry: i32,
    pub(crate) exit: i32,
    pub(crate) event: u8,
    pub(crate) institution: Institution,
}

impl SurvivalRows {
    pub(crate) fn new(id: &'static str, kind: CurveKind, strata: Vec<String>) -> Self {
        Self {
            id,
            kind,
            strata,
            causes: Vec::new(),
            stratum: Vec::new(),
            entry: Vec::new(),
            exit: Vec::new(),
            event: Vec::new(),
            institution: Vec::new(),
        }
    }

    pub(crate) fn with_causes(mut self, causes: impl IntoIterator<Item = &'static str>) -> Self {
        self.causes = causes.into_iter().map(str::to_owned).collect();
        self
    }

    pub(crate) fn push(&mut self, row: &Row) {
        self.stratum.push(row.stratum as u16);
        self.entry.push(row.entry);
        self.exit.push(row.exit);
        self.event.push(row.event);
        self.institution.push(row.institution);
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.exit.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.exit.is_empty()
    }

    /// The rows of one group, and which they are made of.
    pub(crate) fn of_stratum(&self, stratum: usize) -> Self {
        let mut part = Self::new(self.id, self.kind, self.strata.clone());
        part.causes.clone_from(&self.causes);
        for row in (0..self.len()).filter(|&row| usize::from(self.stratum[row]) == stratum) {
            part.push(&Row {
                stratum,
                entry: self.entry[row],
                exit: self.exit[row],
                event: self.event[row],
                institution: self.institution[row],
            });
        }
        part
    }

    pub(crate) fn follow_up(&self) -> FollowUp<'_> {
        FollowUp {
            entry: &self.entry,
            exit: &self.exit,
            event: &self.event,
        }
    }

    /// Everybody as a count; one row is one client.
    pub(crate) fn size(&self) -> Count {
        let ones = self.institution.iter().map(|&i| Count::one(i as usize));
        ones.fold(Count::default(), Count::plus)
    }

    /// Those with the event, as a count.
    pub(crate) fn events(&self, code: u8) -> Count {
        let rows = self.institution.iter().zip(&self.event);
        rows.filter(|&(_, &event)| event == code)
            .map(|(&institution, _)| Count::one(institution as usize))
            .fold(Count::default(), Count::plus)
    }

    /// At risk just before each day, per institution. The days are those of the rows' risk table.
    pub(crate) fn risk_per_institution(&self, days: &[i32]) -> Vec<[u64; INSTITUTIONS]> {
        let first_after = |day: i32| days.partition_point(|&listed| listed <= day);
        let mut entering = vec![[0; INSTITUTIONS]; days.len() + 1];
        let mut leaving = entering.clone();
        for (row, &institution) in self.institution.iter().enumerate() {
            entering[first_after(self.entry[row])][institution as usize] += 1;
            leaving[first_after(self.exit[row])][institution as usize] += 1;
        }
        let mut now = [0; INSTITUTIONS];
        let mut at_risk = Vec::with_capacity(days.len());
        for (entering, leaving) in entering.iter().zip(&leaving).take(days.len()) {
            for (institution, now) in now.iter_mut().enumerate() {
                *now = *now + entering[institution] - leaving[institution];
            }
            at_risk.push(now);
        }
        at_risk
    }

    /// Events with a code on each day, per institution.
    pub(crate) fn events_per_institution(
        &self,
        code: u8,
        days: &[i32],
    ) -> Vec<[u64; INSTITUTIONS]> {
        let mut events = vec![[0; INSTITUTIONS]; days.len()];
        for row in (0..self.len()).filter(|&row| self.event[row] == code) {
            if let Ok(day) = days.binary_search(&self.exit[row]) {
                events[day][self.institution[row] as usize] += 1;
            }
        }
        events
    }

    fn write_csv(&self, csv: &mut String) -> fmt::Result {
        use fmt::Write;
        for row in 0..self.len() {
            let event = usize::from(self.event[row]);
            let cause = event.checked_sub(1).map_or("", |cause| &self.causes[cause]);
            writeln!(
                csv,
                "{},\"{}\",{},{},{},{event},\"{cause}\"",
                self.id,
                self.strata[usize::from(self.stratum[row])],
                self.institution[row].key(),
                self.entry[row],
                self.exit[row],
            )?;
        }
        Ok(())
    }
}

/// The rows of several results as one CSV (comma, header) with the columns result, stratum,
/// institution, entry, exit, event and cause. Individual data, for the restricted side only.
pub fn survival_csv(results: &[SurvivalRows]) -> String {
    let mut csv = String::from("result,stratum,institution,entry,exit,event,cause\n");
    for rows in results {
        rows.write_csv(&mut csv)
            .expect("writing to a string cannot fail");
    }
    csv
}

impl fmt::Debug for SurvivalRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SurvivalRows {{ {}, {} rows, … }}", self.id, self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (entry, exit, event, institution) of five rows; at risk on the days in (entry, exit].
    fn rows() -> SurvivalRows {
        let mut rows = SurvivalRows::new("proef", CurveKind::Survival, vec!["alle".into()]);
        let all = [
            (-1, 3, 1, 0),
            (-1, 5, 0, 0),
            (-1, 3, 1, 2),
            (2, 7, 1, 2),
            (3, 9, 0, 3),
        ];
        for (entry, exit, event, institution) in all {
            rows.push(&Row {
                stratum: 0,
                entry,
                exit,
                event,
                institution: Institution::ALL[institution],
            });
        }
        rows
    }

    #[test]
    fn risk_and_events_are_told_apart_by_institution_and_add_up() {
        let rows = rows();
        let table = statistics::RiskTable::count(rows.follow_up(), 1).unwrap();
        assert_eq!(table.times, [2, 3, 5, 7, 9]);
        let risk = rows.risk_per_institution(&table.times);
        let expected = [
            [2, 0, 1, 0],
            [2, 0, 2, 0],
            [1, 0, 1, 1],
            [0, 0, 1, 1],
            [0, 0, 0, 1],
        ];
        assert_eq!(risk, expected);
        let sums: Vec<u64> = risk.iter().map(|parts| parts.iter().sum()).collect();
        assert_eq!(sums, table.n_risk);
        let events = rows.events_per_institution(1, &table.times);
        assert_eq!(events[1], [1, 0, 1, 0]);
        assert_eq!(events[3], [0, 0, 1, 0]);
        let sums: Vec<u64> = events.iter().map(|parts| parts.iter().sum()).collect();
        assert_eq!(sums, table.n_event[0]);
    }
}
