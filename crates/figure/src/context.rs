use crate::dutch;
use crate::table::{DataTable, Value};
use disclosure::{Cell, PublicationHeader, Published};

/// A result with what is common to its release: what every chart and table needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub published: &'a Published,
    pub header: &'a PublicationHeader,
}

impl<'a> Context<'a> {
    pub fn title(&self) -> &'a str {
        self.published.title()
    }

    /// The name of a part of this result.
    pub fn part_id(&self, part: &str) -> String {
        match part {
            "" => self.published.id().as_str().to_owned(),
            part => format!("{}-{part}", self.published.id().as_str()),
        }
    }

    pub fn value(&self, cell: Cell) -> Value {
        Value::of_cell(cell)
    }

    /// A count in running text.
    pub fn cell(&self, cell: Cell) -> String {
        cell.count()
            .map_or_else(|| dutch::HIDDEN.to_owned(), dutch::count)
    }

    /// A count where there is little room.
    pub fn sign(&self, cell: Cell) -> String {
        self.value(cell).text()
    }

    /// The plural of what is counted, as "cliënten".
    pub fn unit(&self) -> &'static str {
        self.published.unit().label()
    }

    /// What the result rests on: `n = 120 opnames`.
    pub fn n(&self) -> String {
        match self.published.n() {
            Cell::Count(n) => format!("n = {} {}", dutch::count(n), self.unit()),
            Cell::Suppressed => format!("n {} ({})", dutch::HIDDEN, self.unit()),
        }
    }

    /// The notes under every table: what is hidden and how counts are rounded.
    pub fn add_notes(&self, table: &mut DataTable) {
        if self.header.synthetic {
            table.note("Verzonnen gegevens: deze cijfers gaan niet over echte mensen.");
        }
        if table.has_hidden() {
            table.note(self.hidden_note(dutch::HIDDEN_SIGN));
        }
        if table.has_withheld() {
            table.note("–: niet getoond, omdat het op te weinig mensen berust.");
        }
        if self.header.rounding_base > 1 {
            table.note(format!(
                "Aantallen zijn afgerond op veelvouden van {}; percentages zijn daarmee berekend.",
                dutch::count(self.header.rounding_base)
            ));
        }
    }

    /// What the mark of a hidden count, or the word for it, stands for.
    pub fn hidden_note(&self, mark: &str) -> String {
        format!(
            "{mark}: niet getoond. Het aantal is kleiner dan {}, of een klein aantal zou eruit af te leiden zijn.",
            dutch::count(self.header.threshold),
        )
    }
}

/// Days in a month, on average (365,25 / 12): for axes and texts only.
pub(crate) const DAYS_PER_MONTH: f64 = 30.4375;

/// A number of days as people say it: whole months where it is that, else days.
pub fn duration(days: i32) -> String {
    let months = f64::from(days) / DAYS_PER_MONTH;
    let is_whole = (months - months.round()).abs() * DAYS_PER_MONTH <= 1.0;
    match months.round() as i64 {
        0 => dutch::days(f64::from(days)),
        1 if is_whole => "1 maand".to_owned(),
        months if is_whole => format!("{} maanden", dutch::number(months as f64, 0)),
        _ => dutch::days(f64::from(days)),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_said_in_months_where_they_are_whole() {
        assert_eq!(duration(0), "0 dagen");
        assert_eq!(duration(1), "1 dag");
        assert_eq!(duration(30), "1 maand");
        assert_eq!(duration(100), "100 dagen");
        assert_eq!(duration(182), "6 maanden");
        assert_eq!(duration(365), "12 maanden");
        assert_eq!(duration(731), "24 maanden");
    }
}
