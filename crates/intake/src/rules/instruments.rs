//! What is publicly known of the scores of instruments.

use codes::Instrument;

/// How an instrument is scored, as far as it is known; items count from 1.
pub(super) struct Scoring {
    /// The number of items.
    pub(super) items: Option<i32>,
    /// Lowest and highest score on an item.
    pub(super) item: Option<(i32, i32)>,
    /// Lowest and highest total.
    pub(super) total: Option<(f64, f64)>,
    /// Whether the total is the sum of the items.
    pub(super) sums: bool,
}

const fn scoring(
    items: i32,
    item: Option<(i32, i32)>,
    total: Option<(f64, f64)>,
    sums: bool,
) -> Option<Scoring> {
    Some(Scoring {
        items: Some(items),
        item,
        total,
        sums,
    })
}

/// The scoring of an instrument; `None` where it is not known or differs between versions.
///
/// Sources: HoNOS (RCPsych, 12 items, 0–4), HoNOS-LD (Roy 2002, 18 items, 0–4), HKT-R (Spreen
/// 2014, 33 items, 0–4), MOAS (4 weighted categories, 0–40), SOAS-R (5 columns, 0–22, BMC HSR
/// 2018), SCIL 18+ (14 questions, 0–28), DROS (44 items, EFP), IFTE (22 items, Schuringa 2014).
pub(super) fn scoring_of(instrument: Instrument) -> Option<Scoring> {
    const FOUR: Option<(i32, i32)> = Some((0, 4));
    match instrument {
        Instrument::Honos => scoring(12, FOUR, Some((0.0, 48.0)), true),
        Instrument::HonosLd => scoring(18, FOUR, Some((0.0, 72.0)), true),
        Instrument::HktR => scoring(33, FOUR, Some((0.0, 132.0)), false),
        Instrument::Moas => scoring(4, FOUR, Some((0.0, 40.0)), false),
        Instrument::SoasR => scoring(5, None, Some((0.0, 22.0)), false),
        Instrument::Scil => scoring(14, None, Some((0.0, 28.0)), false),
        Instrument::Dros => scoring(44, None, None, false),
        Instrument::Ifte => scoring(22, None, None, false),
        Instrument::Demo15 | Instrument::Gci | Instrument::Other => None,
    }
}
