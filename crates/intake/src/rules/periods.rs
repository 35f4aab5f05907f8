//! The periods of the dictionary: table, first and last date; and those that carry a code.

use super::index::Groups;
use super::prelude::*;

/// Every pair of dates of which the second may not come before the first.
pub(super) const PERIODS: &[(&str, &str, &str)] = &[
    ("plaatsing", "plaatsing_start", "plaatsing_eind"),
    ("titelperiode", "titel_start", "titel_eind"),
    (
        "financieringsperiode",
        "financiering_start",
        "financiering_eind",
    ),
    ("indicatie", "besluitdatum", "geldig_tot"),
    ("indicatie", "wzd_start", "wzd_eind"),
    ("module_deelname", "module_start", "module_eind"),
    ("vrijheidsbeperking", "vbi_start", "vbi_eind"),
    ("verlof", "verlof_start", "verlof_eind"),
    ("telling", "periode_start", "periode_eind"),
];

/// Periods that carry a code, by client.
pub(super) struct CodedPeriods<'a> {
    codes: &'a [Packed],
    periods: Periods<'a>,
    by_client: &'a Groups,
}

impl<'a> CodedPeriods<'a> {
    /// The legal titles.
    pub(super) fn titles(context: &Context<'a>) -> Self {
        let days = ["titel_start", "titel_eind"];
        Self::of(context, "titelperiode", "juridische_titel", days)
    }

    /// What paid.
    pub(super) fn fundings(context: &Context<'a>) -> Self {
        let days = ["financiering_start", "financiering_eind"];
        Self::of(context, "financieringsperiode", "financiering", days)
    }

    fn of(context: &Context<'a>, table: &str, code: &str, [start, end]: [&'static str; 2]) -> Self {
        let rows = context.tables.table(table);
        Self {
            codes: rows.packed(code),
            periods: Periods::of(rows, start, end),
            by_client: context.index.groups(table),
        }
    }

    /// Writes the union of a client's periods under the codes that count over `union`.
    pub(super) fn unite<C: Coded>(
        &self,
        client: usize,
        counts: impl Fn(C) -> bool,
        union: &mut Vec<Span>,
    ) {
        let rows = self.by_client.of(client).iter();
        let counted = rows.filter(|row| code(self.codes, **row as usize).is_some_and(&counts));
        spans::unite(counted.filter_map(|row| self.periods.span(*row)), union);
    }
}
