//! Widths of text, measured on the fonts that are served and embedded.

use crate::fonts;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// A face of the font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Regular,
    Semibold,
}

impl Face {
    pub fn weight(self) -> &'static str {
        match self {
            Self::Regular => "400",
            Self::Semibold => "600",
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => fonts::REGULAR,
            Self::Semibold => fonts::SEMIBOLD,
        }
    }
}

/// The width of a text in pixels. Kerning only makes it narrower, so it is left out.
pub(crate) fn width(text: &str, face: Face, size: f64) -> f64 {
    let font = FontRef::new(face.bytes()).expect("the embedded font is a font");
    let metrics = font.glyph_metrics(Size::new(size as f32), LocationRef::default());
    let charmap = font.charmap();
    let advance = |letter| {
        let glyph = charmap.map(letter).unwrap_or_default();
        f64::from(metrics.advance_width(glyph).unwrap_or_default())
    };
    text.chars().map(advance).sum()
}

/// The text in lines no wider than `max_width`, at most `max_lines`; what does not fit ends in
/// an ellipsis.
pub(crate) fn wrap(text: &str, face: Face, size: f64, limits: Limits) -> Vec<String> {
    let fits = |line: &str| width(line, face, size) <= limits.max_width;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = match line.is_empty() {
            true => word.to_owned(),
            false => format!("{line} {word}"),
        };
        if line.is_empty() || fits(&longer) {
            line = longer;
        } else {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
    }
    lines.push(line);
    if lines.len() > limits.max_lines {
        let rest = lines.split_off(limits.max_lines - 1).join(" ");
        lines.push(format!("{rest}…"));
    }
    lines.into_iter().map(|line| shorten(line, &fits)).collect()
}

/// How much room a wrapped text has.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub max_width: f64,
    pub max_lines: usize,
}

/// The line with letters taken off its end until it fits, with an ellipsis for them.
fn shorten(line: String, fits: &impl Fn(&str) -> bool) -> String {
    if fits(&line) {
        return line;
    }
    let mut kept: String = line.trim_end_matches('…').to_owned();
    while kept.pop().is_some() {
        let shorter = format!("{}…", kept.trim_end());
        if fits(&shorter) {
            return shorter;
        }
    }
    "…".to_owned()
}

/// The widest of some texts.
pub(crate) fn widest<'a>(texts: impl Iterator<Item = &'a str>, face: Face, size: f64) -> f64 {
    texts
        .map(|text| width(text, face, size))
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(max_width: f64, max_lines: usize) -> Limits {
        Limits {
            max_width,
            max_lines,
        }
    }

    #[test]
    fn all_letters_in_use_are_in_the_font() {
        for face in [Face::Regular, Face::Semibold] {
            let font = FontRef::new(face.bytes()).expect("a font");
            for letter in "aZ09é€ëïö≥≤−–—…<%→·†".chars() {
                assert!(font.charmap().map(letter).is_some(), "{letter}");
            }
        }
    }

    #[test]
    fn width_grows_with_size_and_weight() {
        let text = "Wooninstelling met toezicht";
        let plain = width(text, Face::Regular, 12.0);
        assert!(plain > 100.0 && plain < 200.0, "{plain}");
        assert!(width(text, Face::Semibold, 12.0) > plain);
        assert!((width(text, Face::Regular, 24.0) - 2.0 * plain).abs() < 0.5);
    }

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let text = "overgang naar een instelling voor beschermd wonen in de regio";
        let lines = wrap(text, Face::Regular, 13.0, limits(120.0, 9));
        assert!(lines.len() > 2);
        assert_eq!(lines.join(" "), text);
        for line in &lines {
            assert!(width(line, Face::Regular, 13.0) <= 120.0, "{line}");
        }
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        let lines = wrap("aaaa bbbb cccc dddd", Face::Regular, 13.0, limits(40.0, 2));
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        let long = wrap(
            "onherkenbaarheidswaarborg",
            Face::Regular,
            13.0,
            limits(60.0, 2),
        );
        assert!(long[0].ends_with('…'));
        assert!(width(&long[0], Face::Regular, 13.0) <= 60.0);
    }
}
