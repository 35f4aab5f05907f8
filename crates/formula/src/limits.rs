//! Bounds on what a formula may ask for, so that hostile input fails with a sentence.

/// Characters of a formula.
pub const TEXT: usize = 64 * 1024;
/// Brackets and calls within each other.
pub const NESTING: usize = 100;
/// Height of the tree of an expression, chains like `a + b + c` included.
pub const HEIGHT: usize = 1000;
/// Terms of a model.
pub const TERMS: usize = 10_000;
/// Columns of a model matrix.
pub const COLUMNS: usize = 20_000;
/// Cells of a model matrix.
pub const CELLS: usize = 1 << 31;
/// Columns of a table.
pub const TABLE_COLUMNS: usize = 65_536;
