//! Colours: the palette of Okabe and Ito (2008), safe for the colour-blind, of which only
//! those are used that stand out against white (WCAG 2.2, 1.4.11: 3 to 1).

/// Text and axes.
pub(crate) const INK: &str = "#1b2530";
/// Secondary text.
pub(crate) const MUTED: &str = "#4a5866";
/// Outlines of what is hidden, and leaders.
pub(crate) const FAINT: &str = "#6f7c89";
/// Grid lines; never carry meaning by themselves.
pub(crate) const GRID: &str = "#dfe4e8";
/// The paper that charts are drawn on.
pub(crate) const PAPER: &str = "#ffffff";
/// Quiet fill of boxes.
pub(crate) const TINT: &str = "#eef3f7";
/// Fill of the mark for invented data.
pub(crate) const WARNING_FILL: &str = "#fff1cc";
/// Text of the mark for invented data.
pub(crate) const WARNING_INK: &str = "#5c3d00";

/// Okabe–Ito blue, the main colour.
pub(crate) const BLUE: &str = "#0072b2";
/// For totals beside parts.
pub(crate) const TOTAL: &str = "#4a5866";

/// Colours of series, in order: blue, vermillion, bluish green, reddish purple, ink.
pub(crate) const SERIES: [&str; 5] = [BLUE, "#d55e00", "#009e73", "#cc79a7", INK];

/// Dashes of series, in order, so that no series is told by colour alone.
pub(crate) const DASHES: [&str; 5] = ["", "7 3", "2 3", "9 3 2 3", "4 2"];

/// Fill for an ordered scale, from low to high; text on it is in the second colour.
pub(crate) const SCALE: [(&str, &str); 5] = [
    ("#d6e8f5", INK),
    ("#8fc1e3", INK),
    ("#0072b2", "#ffffff"),
    ("#004c78", "#ffffff"),
    ("#00263d", "#ffffff"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours, after WCAG 2.2.
    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour");
            let share = f64::from(value) / 255.0;
            match share <= 0.04045 {
                true => share / 12.92,
                false => ((share + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn contrast_is_known() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01);
    }

    #[test]
    fn text_is_readable() {
        for (text, ground) in [
            (INK, PAPER),
            (MUTED, PAPER),
            (INK, TINT),
            (MUTED, TINT),
            (WARNING_INK, WARNING_FILL),
        ] {
            assert!(contrast(text, ground) >= 4.5, "{text} on {ground}");
        }
        for (ground, text) in SCALE {
            assert!(contrast(text, ground) >= 4.5, "{text} on {ground}");
        }
    }

    #[test]
    fn marks_stand_out_from_the_paper() {
        for colour in SERIES.into_iter().chain([FAINT, TOTAL]) {
            assert!(contrast(colour, PAPER) >= 3.0, "{colour}");
        }
    }
}
