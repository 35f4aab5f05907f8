//! The periods of the dictionary: table, first and last date.

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
