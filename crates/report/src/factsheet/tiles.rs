use super::sheet::Tile;
use super::story::{BLOCKED, DESTINATION, FLOW, Place, RETURN, STAY};
use crate::words;
use disclosure::{Publication, Published, Released, ReleasedHorizon, ReleasedTable};
use figure::dutch;

/// The most tiles that stand beside each other.
const MOST: usize = 4;
/// The moment at which return is told.
const HORIZON_DAY: i32 = 365;
/// How far from it a protocol's horizon may be.
const HORIZON_SLACK: i32 = 5;

/// Makes a tile of a result, if it may be shown.
type Make = fn(&Published) -> Option<Tile>;

/// The key figures that may be shown; what is withheld makes room for the next.
pub(super) fn tiles(publication: &Publication) -> Vec<Tile> {
    let makers: [(&Place, Make); 5] = [
        (&FLOW, followed),
        (&STAY, stay),
        (&DESTINATION, destination),
        (&RETURN, returned),
        (&BLOCKED, waiting),
    ];
    let tile = |(place, make): (&Place, Make)| make(place.find(publication)?);
    makers.into_iter().filter_map(tile).take(MOST).collect()
}

fn followed(published: &Published) -> Option<Tile> {
    Some(Tile {
        value: dutch::count(published.n().count()?),
        unit: String::new(),
        label: format!("{} gevolgd", published.unit().label()),
        note: "van opname tot na ontslag".to_owned(),
    })
}

fn stay(published: &Published) -> Option<Tile> {
    let Released::Curves(curves) = published.released() else {
        return None;
    };
    let (median, lower, upper) = curves.series().first()?.median()?;
    let (value, unit) = words::duration(median?);
    let note = match (lower, upper) {
        (Some(lower), Some(upper)) => {
            format!(
                "de mediaan; 95%-BI {}",
                dutch::interval(lower, upper, 0) + " dagen"
            )
        }
        _ => "de mediaan".to_owned(),
    };
    Some(Tile {
        value,
        unit: unit.to_owned(),
        label: "tot de helft weer weg is".to_owned(),
        note,
    })
}

fn destination(published: &Published) -> Option<Tile> {
    let Released::Table(table) = published.released() else {
        return None;
    };
    let row = largest(table)?;
    Some(Tile {
        value: dutch::percentage(table.row_share(row)?, 0),
        unit: String::new(),
        label: format!("gaat naar: {}", table.rows()[row]),
        note: "de bestemming die het meest voorkomt".to_owned(),
    })
}

/// The row that counts most; the first of equals.
fn largest(table: &ReleasedTable) -> Option<usize> {
    let counts = table.row_totals().iter().enumerate();
    let known = counts.filter_map(|(row, cell)| Some((row, cell.count()?)));
    known
        .max_by_key(|&(row, count)| (count, std::cmp::Reverse(row)))
        .map(|(row, _)| row)
}

fn returned(published: &Published) -> Option<Tile> {
    let Released::Curves(curves) = published.released() else {
        return None;
    };
    let is_near = |it: &&ReleasedHorizon| (it.day() - HORIZON_DAY).abs() <= HORIZON_SLACK;
    let horizon = curves.series().first()?.horizons().iter().find(is_near)?;
    let (share, lower, upper) = horizon.estimate()?;
    Some(Tile {
        value: dutch::percentage(share, 0),
        unit: String::new(),
        label: format!("is binnen {} terug", figure::duration(horizon.day())),
        note: format!("95%-BI {}", dutch::percentage_interval(lower, upper, 0)),
    })
}

fn waiting(published: &Published) -> Option<Tile> {
    let Released::Durations(durations) = published.released() else {
        return None;
    };
    let total = durations.per_group().last()?.as_ref()?;
    let (value, unit) = words::duration(total.median()?);
    Some(Tile {
        value,
        unit: unit.to_owned(),
        label: "wachten op een vervolgplek".to_owned(),
        note: "de mediaan, na klaar zijn voor ontslag".to_owned(),
    })
}
