use super::summary::{self, Quantity, SummaryPlan};
use super::{Plan, Planner, Verdicts, owner};
use crate::record::RecordedSummary;
use crate::system::VarId;
use crate::{Cell, Refusal, ReleasedBlock, ReleasedCharacteristics};
use estimate::{Block, Characteristics, Count, Summary};

/// Significant digits of means and quantiles.
const DIGITS: i32 = 3;

/// Characteristics whose numbers are in the system.
pub(crate) struct CharacteristicsPlan {
    groups: Vec<String>,
    /// One per group, the total last.
    sizes: Vec<VarId>,
    blocks: Vec<BlockPlan>,
}

enum BlockPlan {
    Categories {
        title: String,
        levels: Vec<String>,
        cells: Vec<VarId>,
    },
    Quantity {
        title: String,
        per_group: Vec<Option<SummaryPlan>>,
    },
}

/// The groups of the whole shape.
struct Groups<'a> {
    labels: &'a [String],
    owners: Vec<Option<usize>>,
    /// One per group, the total last.
    sizes: Vec<VarId>,
    counts: Vec<Count>,
}

pub(super) fn plan(
    planner: &mut Planner<'_>,
    shape: &Characteristics,
) -> Result<(Option<VarId>, Plan), Refusal> {
    planner.ensure(!shape.groups.is_empty(), "geen groepen")?;
    planner.ensure(
        shape.sizes.len() == shape.groups.len(),
        "groepen zonder grootte",
    )?;
    shape
        .sizes
        .iter()
        .try_for_each(|size| planner.ensure_count(size))?;
    let groups = groups(planner, shape);
    let mut blocks = Vec::with_capacity(shape.blocks.len());
    for block in &shape.blocks {
        blocks.push(match block {
            Block::Categories {
                title,
                levels,
                cells,
                exclusive,
            } => {
                let fits = cells.len() == levels.len() * groups.labels.len();
                planner.ensure(fits, "de cellen passen niet bij de niveaus")?;
                cells
                    .iter()
                    .try_for_each(|cell| planner.ensure_count(cell))?;
                let table = Categories {
                    title,
                    levels,
                    cells,
                    exclusive: *exclusive,
                };
                categories(planner, &groups, &table)?
            }
            Block::Quantity {
                title,
                per_group,
                total,
            } => {
                planner.ensure(
                    per_group.len() == groups.labels.len(),
                    "een groep ontbreekt",
                )?;
                quantity(planner, &groups, title, [per_group, &[*total][..]].concat())?
            }
        });
    }
    let total = groups.sizes[groups.labels.len()];
    let named = shape.groups.iter().map(|label| planner.naming.label(label));
    let plan = CharacteristicsPlan {
        groups: named.chain(["Totaal".to_owned()]).collect(),
        sizes: groups.sizes,
        blocks,
    };
    Ok((Some(total), Plan::Characteristics(plan)))
}

fn groups<'a>(planner: &mut Planner<'_>, shape: &'a Characteristics) -> Groups<'a> {
    let mut sizes = Vec::with_capacity(shape.groups.len() + 1);
    let mut owners = Vec::with_capacity(shape.groups.len());
    for (label, count) in shape.groups.iter().zip(&shape.sizes) {
        let owner = owner(shape.groups_are_institutions, [count]);
        let words = format!("aantal van ‘{}’", planner.naming.label(label));
        let at = planner.place(&["groep", label], words);
        sizes.push(planner.system.margin(at, label, count, owner));
        owners.push(owner);
    }
    let total = planner.total(shape.sizes.iter().copied());
    let at = planner.place(&["totaal"], "totaal".to_owned());
    let whole = planner.system.margin(at, "totaal", &total, None);
    planner.system.sum(whole, &sizes);
    sizes.push(whole);
    let counts = shape.sizes.iter().copied().chain([total]).collect();
    Groups {
        labels: &shape.groups,
        owners,
        sizes,
        counts,
    }
}

/// A block of categories as it came.
struct Categories<'a> {
    title: &'a str,
    levels: &'a [String],
    cells: &'a [Count],
    exclusive: bool,
}

fn categories(
    planner: &mut Planner<'_>,
    groups: &Groups<'_>,
    table: &Categories<'_>,
) -> Result<BlockPlan, Refusal> {
    let width = groups.labels.len() + 1;
    let mut cells = Vec::with_capacity(table.levels.len() * width);
    for (index, level) in table.levels.iter().enumerate() {
        let counts = &table.cells[index * (width - 1)..(index + 1) * (width - 1)];
        let row = level_cells(planner, groups, table.title, level, counts);
        if !table.exclusive {
            complements(planner, groups, table.title, level, &row)?;
        }
        cells.extend(row);
    }
    if table.exclusive {
        for group in 0..width {
            let line: Vec<VarId> = (0..table.levels.len())
                .map(|level| cells[level * width + group])
                .collect();
            let sum: u64 = line.iter().map(|&cell| planner.system.value(cell)).sum();
            planner.ensure(sum == groups.counts[group].count, "niveaus tellen niet op")?;
            planner.system.line(groups.sizes[group], &line);
        }
    }
    Ok(BlockPlan::Categories {
        title: planner.naming.text(table.title),
        levels: table
            .levels
            .iter()
            .map(|level| planner.naming.text(level))
            .collect(),
        cells,
    })
}

/// The cells of one level, the total last.
fn level_cells(
    planner: &mut Planner<'_>,
    groups: &Groups<'_>,
    title: &str,
    level: &str,
    counts: &[Count],
) -> Vec<VarId> {
    let mut row = Vec::with_capacity(counts.len() + 1);
    for (group, count) in counts.iter().enumerate() {
        let label = &groups.labels[group];
        let words = format!("‘{title}’: ‘{level}’, {}", planner.naming.label(label));
        let at = planner.place(&["kenmerk", title, level, label], words);
        row.push(planner.system.cell(at, count, groups.owners[group]));
    }
    let total = planner.total(counts.iter().copied());
    let at = planner.place(
        &["kenmerk", title, level],
        format!("‘{title}’: ‘{level}’, totaal"),
    );
    let whole = planner.system.cell(at, &total, None);
    planner.system.line(whole, &row);
    row.push(whole);
    row
}

/// Those without a characteristic: they follow from those with it.
fn complements(
    planner: &mut Planner<'_>,
    groups: &Groups<'_>,
    title: &str,
    level: &str,
    row: &[VarId],
) -> Result<(), Refusal> {
    let mut others = Vec::with_capacity(row.len());
    for (group, &cell) in row.iter().enumerate() {
        let label = groups.labels.get(group).map_or("totaal", String::as_str);
        let with = planner.system.variable(cell).clone();
        let size = &groups.counts[group];
        planner.ensure(
            with.value <= size.count,
            "een niveau is groter dan de groep",
        )?;
        let mut without = Count {
            count: size.count - with.value,
            ..Count::default()
        };
        without.clients = without.count;
        for (own, (all, part)) in without
            .per_institution
            .iter_mut()
            .zip(size.per_institution.iter().zip(with.parts))
        {
            *own = all.saturating_sub(part);
        }
        let at = planner.place(
            &["zonder", title, level, label],
            format!("zonder ‘{level}’"),
        );
        let other = planner.system.implied(at, &without, with.owner);
        planner.system.line(groups.sizes[group], &[cell, other]);
        others.push(other);
    }
    if let Some((whole, parts)) = others.split_last() {
        planner.system.sum(*whole, parts);
    }
    Ok(())
}

fn quantity(
    planner: &mut Planner<'_>,
    groups: &Groups<'_>,
    title: &str,
    summaries: Vec<Summary>,
) -> Result<BlockPlan, Refusal> {
    let mut n = Vec::with_capacity(summaries.len());
    let mut missing = Vec::with_capacity(summaries.len());
    for (group, summary) in summaries.iter().enumerate() {
        let label = groups.labels.get(group).map_or("totaal", String::as_str);
        let owner = groups.owners.get(group).copied().flatten();
        let size = &groups.counts[group];
        let adds_up = summary.n + summary.missing == size.count;
        planner.ensure(adds_up, "met en zonder waarde tellen niet op tot de groep")?;
        let known = Count {
            count: summary.n,
            clients: summary.n,
            per_institution: summary.per_institution,
        };
        planner.ensure_count(&known)?;
        let mut unknown = Count {
            count: summary.missing,
            clients: summary.missing,
            ..known
        };
        for (own, all) in unknown.per_institution.iter_mut().zip(size.per_institution) {
            *own = all.saturating_sub(*own);
        }
        if summary.missing == 0 {
            n.push(groups.sizes[group]);
            missing.push(None);
            continue;
        }
        let words = format!(
            "‘{title}’: aantal met een waarde, {}",
            planner.naming.label(label)
        );
        let at = planner.place(&["met waarde", title, label], words);
        n.push(planner.system.cell(at, &known, owner));
        let at = planner.place(&["zonder waarde", title, label], "zonder waarde".to_owned());
        missing.push(Some(planner.system.implied(at, &unknown, owner)));
        let parts = [n[group], missing[group].expect("just pushed")];
        planner.system.sum(groups.sizes[group], &parts);
    }
    sums(planner, &n, &missing);
    let quantity = Quantity {
        title,
        groups: groups.labels,
        summaries,
        n,
        digits: DIGITS,
    };
    let per_group = summary::plan(planner, &quantity)?;
    Ok(BlockPlan::Quantity {
        title: planner.naming.text(title),
        per_group,
    })
}

fn sums(planner: &mut Planner<'_>, n: &[VarId], missing: &[Option<VarId>]) {
    let (whole, parts) = n.split_last().expect("the total is always there");
    planner.system.sum(*whole, parts);
    let (whole, parts) = missing.split_last().expect("the total is always there");
    if let Some(whole) = whole {
        let parts: Vec<VarId> = parts.iter().flatten().copied().collect();
        planner.system.sum(*whole, &parts);
    }
}

impl CharacteristicsPlan {
    pub(super) fn show(&self, verdicts: &Verdicts<'_>) -> ReleasedCharacteristics {
        let sizes = verdicts.all(&self.sizes);
        let blocks = self
            .blocks
            .iter()
            .map(|block| block.show(verdicts, &sizes))
            .collect();
        ReleasedCharacteristics {
            groups: self.groups.clone(),
            sizes,
            blocks,
        }
    }

    /// The summaries that are made anew and shown.
    pub(super) fn recorded(&self) -> impl Iterator<Item = RecordedSummary> + '_ {
        let summaries = self.blocks.iter().flat_map(|block| match block {
            BlockPlan::Categories { .. } => &[][..],
            BlockPlan::Quantity { per_group, .. } => per_group,
        });
        summaries.flatten().filter_map(SummaryPlan::recorded)
    }
}

impl BlockPlan {
    fn show(&self, verdicts: &Verdicts<'_>, sizes: &[Cell]) -> ReleasedBlock {
        match self {
            Self::Categories {
                title,
                levels,
                cells,
            } => {
                let cells = verdicts.all(cells);
                let share =
                    |(index, cell): (usize, &Cell)| share(*cell, sizes[index % sizes.len()]);
                ReleasedBlock::Categories {
                    title: title.clone(),
                    levels: levels.clone(),
                    shares: cells.iter().enumerate().map(share).collect(),
                    cells,
                }
            }
            Self::Quantity { title, per_group } => {
                let show =
                    |plan: &Option<SummaryPlan>| plan.as_ref().map(|plan| plan.show(verdicts));
                ReleasedBlock::Quantity {
                    title: title.clone(),
                    per_group: per_group.iter().map(show).collect(),
                }
            }
        }
    }
}

/// A share from published numbers alone.
fn share(part: Cell, whole: Cell) -> Option<f64> {
    let whole = whole.count().filter(|&whole| whole > 0)?;
    Some(crate::released::share(part.count()?, whole))
}
