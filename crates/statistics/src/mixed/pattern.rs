//! Which levels of several groupings occur together, and the sparse factors of
//! Λ'Z'WZΛ + I that follow.

mod products;

use super::data::RandomTerm;
use super::sparse::SparseFactor;

/// The pattern of Z'WZ in blocks of effects, and where everything is in the factors.
pub(super) struct Pattern<'a> {
    pub(super) random: Vec<RandomTerm<'a>>,
    /// Where each term's effects start among all.
    offsets: Vec<usize>,
    /// Terms in the order of elimination: most levels first.
    order: Vec<usize>,
    pub(super) effects: usize,
    blocks: Vec<Block>,
    /// Per pair of terms (in the order of elimination) the block of each row.
    row_blocks: Vec<RowBlocks>,
    /// Values in all blocks together.
    size: usize,
    /// Per value of the blocks its place in the columns of the upper triangle; none below the
    /// diagonal.
    upper: Vec<Option<usize>>,
    /// The same in the factor's inverse.
    inverse: Vec<Place>,
    entries: usize,
}

/// Z'WZ of one level of a term with one level of another (or the same).
#[derive(Clone, Copy)]
struct Block {
    terms: (usize, usize),
    levels: (usize, usize),
    start: usize,
}

struct RowBlocks {
    terms: (usize, usize),
    block: Vec<u32>,
}

impl RowBlocks {
    fn is_of_one_term(&self) -> bool {
        self.terms.0 == self.terms.1
    }
}

#[derive(Clone, Copy)]
enum Place {
    Diagonal(usize),
    Below(usize),
}

impl<'a> Pattern<'a> {
    /// Finds which levels occur together, and an empty factor for them.
    pub(super) fn new(random: &[RandomTerm<'a>]) -> (Self, SparseFactor) {
        let mut order: Vec<usize> = (0..random.len()).collect();
        order.sort_by_key(|&term| std::cmp::Reverse(random[term].levels));
        let mut offsets = vec![0; random.len()];
        let mut effects = 0;
        for &term in &order {
            offsets[term] = effects;
            effects += random[term].levels * random[term].effects.columns();
        }
        let mut pattern = Self {
            random: random.to_vec(),
            offsets,
            order,
            effects,
            blocks: Vec::new(),
            row_blocks: Vec::new(),
            size: 0,
            upper: Vec::new(),
            inverse: Vec::new(),
            entries: 0,
        };
        pattern.find_blocks();
        let factor = pattern.place_blocks();
        pattern.find_inverse(&factor);
        (pattern, factor)
    }

    pub(super) fn q(&self, term: usize) -> usize {
        self.random[term].effects.columns()
    }

    fn find_blocks(&mut self) {
        for (place, &second) in self.order.clone().iter().enumerate() {
            for &first in &self.order.clone()[..=place] {
                let block = self.pair_blocks(first, second);
                self.row_blocks.push(RowBlocks {
                    terms: (first, second),
                    block,
                });
            }
        }
    }

    /// The blocks of a pair of terms, in order of levels; gives the block of each row.
    fn pair_blocks(&mut self, first: usize, second: usize) -> Vec<u32> {
        let (a, b) = (self.random[first], self.random[second]);
        let rows = rows_by_level(a.groups, a.levels);
        let mut stamp = vec![usize::MAX; b.levels];
        let mut found = vec![0u32; b.levels];
        let mut row_block = vec![0u32; a.groups.len()];
        for (level, rows) in rows.iter().enumerate() {
            for &row in rows {
                let other = b.groups[row as usize];
                if stamp[other] != level {
                    stamp[other] = level;
                    found[other] = u32::try_from(self.blocks.len()).expect("blocks to count");
                    self.blocks.push(Block {
                        terms: (first, second),
                        levels: (level, other),
                        start: self.size,
                    });
                    self.size += self.q(first) * self.q(second);
                }
                row_block[row as usize] = found[other];
            }
        }
        row_block
    }

    /// Rows and column of a value (a, b) of a block among all effects.
    fn at(&self, block: &Block, a: usize, b: usize) -> (usize, usize) {
        let (first, second) = block.terms;
        (
            self.offsets[first] + block.levels.0 * self.q(first) + a,
            self.offsets[second] + block.levels.1 * self.q(second) + b,
        )
    }

    /// Each value of each block: (block, a, b, place of the value).
    fn each(&self) -> impl Iterator<Item = (&Block, usize, usize, usize)> {
        self.blocks.iter().flat_map(move |block| {
            let (rows, columns) = (self.q(block.terms.0), self.q(block.terms.1));
            (0..columns).flat_map(move |b| {
                (0..rows).map(move |a| (block, a, b, block.start + b * rows + a))
            })
        })
    }

    fn place_blocks(&mut self) -> SparseFactor {
        let mut starts = vec![0usize; self.effects + 1];
        for (block, a, b, _) in self.each() {
            let (row, column) = self.at(block, a, b);
            if row <= column {
                starts[column + 1] += 1;
            }
        }
        // A level without rows still has its own identity.
        let mut seen = vec![false; self.effects];
        for (block, a, b, _) in self.each() {
            let (row, column) = self.at(block, a, b);
            if row == column {
                seen[row] = true;
            }
        }
        for (effect, seen) in seen.iter().enumerate() {
            starts[effect + 1] += usize::from(!seen);
        }
        for column in 0..self.effects {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; starts[self.effects]];
        let mut upper = vec![None; self.size];
        for (block, a, b, value) in self.each() {
            let (row, column) = self.at(block, a, b);
            if row <= column {
                rows[next[column]] = row;
                upper[value] = Some(next[column]);
                next[column] += 1;
            }
        }
        for (effect, seen) in seen.iter().enumerate() {
            if !seen {
                rows[next[effect]] = effect;
            }
        }
        self.entries = rows.len();
        self.upper = upper;
        SparseFactor::new(starts, rows)
    }

    fn find_inverse(&mut self, factor: &SparseFactor) {
        let mut inverse = vec![Place::Diagonal(0); self.size];
        for (block, a, b, value) in self.each() {
            let (row, column) = self.at(block, a, b);
            inverse[value] = match row == column {
                true => Place::Diagonal(row),
                false => {
                    let place = factor.place(row.max(column), row.min(column));
                    Place::Below(place.expect("a value of the matrix is in its factor"))
                }
            };
        }
        self.inverse = inverse;
    }
}

fn rows_by_level(groups: &[usize], levels: usize) -> Vec<Vec<u32>> {
    let mut rows = vec![Vec::new(); levels];
    for (row, &group) in groups.iter().enumerate() {
        rows[group].push(u32::try_from(row).expect("fewer than four thousand million rows"));
    }
    rows
}
