//! Which rows depend on each other.

use crate::mixed::MixedData;
use crate::mixed::residual::Structure;

/// Rows that share a group of any kind, directly or through others.
pub(super) fn blocks(data: &MixedData<'_>, structure: &Structure<'_>) -> Vec<Vec<u32>> {
    let mut parent: Vec<usize> = (0..data.rows()).collect();
    let all = data
        .random
        .iter()
        .map(|term| term.groups)
        .chain([structure.groups.as_slice()]);
    for groups in all {
        let levels = groups.iter().max().map_or(0, |most| most + 1);
        let mut first = vec![usize::MAX; levels];
        for (row, &group) in groups.iter().enumerate() {
            if first[group] == usize::MAX {
                first[group] = row;
                continue;
            }
            let (a, b) = (root(&mut parent, first[group]), root(&mut parent, row));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut place = vec![usize::MAX; data.rows()];
    let mut blocks: Vec<Vec<u32>> = Vec::new();
    for row in 0..data.rows() {
        let root = root(&mut parent, row);
        if place[root] == usize::MAX {
            place[root] = blocks.len();
            blocks.push(Vec::new());
        }
        let row = u32::try_from(row).expect("fewer than four thousand million rows");
        blocks[place[root]].push(row);
    }
    blocks
}

fn root(parent: &mut [usize], mut row: usize) -> usize {
    while parent[row] != row {
        parent[row] = parent[parent[row]];
        row = parent[row];
    }
    row
}
