//! The factsheet: two pages that a steering group can read.

mod panels;
mod sheet;
mod story;
mod tiles;
mod world;

use crate::Error;
use disclosure::Publication;

/// How many pages the factsheet has, whatever is in it.
const PAGES: usize = 2;

const TEMPLATE: &str = include_str!("../templates/factsheet.typ");

/// The Dutch factsheet of a release: exactly two A4 pages, PDF/A-2a and PDF/UA-1.
///
/// Equal publications give equal bytes.
///
/// # Errors
/// If the day of release is no date, or if what is released does not fit on two pages even
/// when set as tightly as can still be read.
pub fn factsheet(publication: &Publication) -> Result<Vec<u8>, Error> {
    let sheet = story::tell(publication)?;
    world::typeset(TEMPLATE, serde_json::to_vec(&sheet)?, PAGES)
}

#[cfg(test)]
#[path = "../tests/sample/mod.rs"]
mod sample;

#[cfg(test)]
mod tests {
    use super::*;
    use typst::layout::{Abs, Frame, FrameItem, Point, Transform};

    /// Every text on a page, with the place of its left end.
    fn texts(frame: &Frame, base: Transform, found: &mut Vec<(Point, String)>) {
        for (point, item) in frame.items() {
            let here = base.pre_concat(Transform::translate(point.x, point.y));
            match item {
                FrameItem::Group(group) => {
                    texts(&group.frame, here.pre_concat(group.transform), found)
                }
                FrameItem::Text(text) => {
                    found.push((Point::zero().transform(here), text.text.to_string()))
                }
                _ => {}
            }
        }
    }

    /// The texts of each page; hyphens at line ends are kept.
    fn pages(publication: &Publication) -> Vec<String> {
        let sheet = story::tell(publication).unwrap();
        let document =
            world::document(TEMPLATE, serde_json::to_vec(&sheet).unwrap(), PAGES).unwrap();
        let text = |page: &typst_layout::Page| {
            let mut found = Vec::new();
            texts(&page.frame, Transform::identity(), &mut found);
            let (width, height) = (page.frame.width(), page.frame.height());
            let edge = Abs::mm(5.0);
            for (at, text) in &found {
                let is_inside =
                    at.x >= edge && at.x <= width - edge && at.y >= edge && at.y <= height - edge;
                assert!(is_inside, "{text:?} stands at {at:?}");
            }
            found
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>()
                .join(" ")
        };
        document.pages().iter().map(text).collect()
    }

    #[test]
    fn invented_data_are_marked_on_every_page_and_real_ones_nowhere() {
        for page in pages(&sample::publication()) {
            assert!(page.contains(figure::SYNTHETIC_MARK), "{page}");
        }
        let real = pages(&sample::not_synthetic()).concat();
        assert!(!real.contains(figure::SYNTHETIC_MARK) && !real.contains("verzonnen"));
    }

    #[test]
    fn the_story_is_told_in_order() {
        let text = pages(&sample::publication()).concat();
        let places = [
            "Van opname tot terugkeer",
            "De stroom",
            "Hoe lang blijven",
            "Waar gaan",
            "Terugkeer naar",
            "Wachten op",
            "Wat betekent dit?",
            "Zo zijn kleine aantallen beschermd",
            "Herkomst van de cijfers",
            "Pagina",
        ]
        .map(|heading| {
            text.find(heading)
                .unwrap_or_else(|| panic!("{heading} is missing"))
        });
        assert!(places[..9].is_sorted(), "{places:?}");
    }

    #[test]
    fn a_withheld_result_leaves_its_sentence() {
        let text = pages(&sample::all_withheld()).concat();
        assert_eq!(text.matches("Te weinig").count(), 5, "{text}");
    }

    #[test]
    fn what_was_not_released_is_said_to_be_so() {
        let text = pages(&sample::only(|id| id == "verblijfsduur")).concat();
        assert_eq!(text.matches("niets vrijgegeven").count(), 4, "{text}");
    }

    #[test]
    fn institutions_are_named_only_where_the_policy_says_so() {
        let anonymous = pages(&sample::publication()).concat();
        for name in sample::LONG_NAMES.iter().chain(&["Noord", "Zuid"]) {
            assert!(!anonymous.contains(name), "{name} is named");
        }
        let named = pages(&sample::long_words()).concat();
        assert!(named.contains("De Zuidelijke Zorggroep"));
    }

    #[test]
    fn much_text_and_many_hidden_cells_fit_on_two_pages() {
        pages(&sample::long_words());
        pages(&sample::mostly_hidden());
    }
}
