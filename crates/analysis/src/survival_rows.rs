use codes::{Coded, Institution};
use estimate::{Count, CurveKind};
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
