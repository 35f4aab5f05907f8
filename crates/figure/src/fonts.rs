//! Source Sans 3: the same letters in every chart, page and factsheet.
//!
//! Widths are measured on these very files, so a label that fits here fits everywhere.

/// The family name, as in `font-family`.
pub const FAMILY: &str = "Source Sans 3";

/// Regular, TrueType.
pub const REGULAR: &[u8] = include_bytes!("../assets/fonts/SourceSans3-Regular.ttf");
/// Semibold (600), TrueType.
pub const SEMIBOLD: &[u8] = include_bytes!("../assets/fonts/SourceSans3-Semibold.ttf");
/// Italic, TrueType.
pub const ITALIC: &[u8] = include_bytes!("../assets/fonts/SourceSans3-It.ttf");
/// Bold (700), TrueType.
pub const BOLD: &[u8] = include_bytes!("../assets/fonts/SourceSans3-Bold.ttf");
/// Regular, WOFF2 for pages.
pub const REGULAR_WOFF2: &[u8] = include_bytes!("../assets/fonts/SourceSans3-Regular.woff2");
/// Semibold (600), WOFF2 for pages.
pub const SEMIBOLD_WOFF2: &[u8] = include_bytes!("../assets/fonts/SourceSans3-Semibold.woff2");
/// The licence of the fonts (SIL Open Font License 1.1), to be handed on with them.
pub const LICENCE: &str = include_str!("../assets/fonts/OFL.txt");

/// The four faces for typesetting and for drawing pictures.
pub const FACES: [&[u8]; 4] = [REGULAR, SEMIBOLD, ITALIC, BOLD];
