//! Released shapes as pictures. One file per kind of picture.

mod attrition;
mod axis;
mod bars;
mod curves;
mod durations;
mod flow;
mod flow_layout;
mod forest;
mod lines;
mod series;
mod shares;

use crate::chart::Chart;
use crate::context::Context;
use disclosure::{PublicationHeader, Published, Released};

/// The charts of a result, the most telling first; none where nothing may be said.
pub fn charts(published: &Published, header: &PublicationHeader) -> Vec<Chart> {
    let context = Context { published, header };
    let drawings = match published.released() {
        Released::Table(table) if shares::suits(table) => {
            vec![shares::draw(context, table), bars::draw(context, table)]
        }
        Released::Table(table) => vec![bars::draw(context, table)],
        Released::Curves(curves) => vec![curves::draw(context, curves)],
        Released::Flow(flow) => vec![flow::draw(context, flow)],
        Released::Attrition(attrition) => vec![attrition::draw(context, attrition)],
        Released::Durations(durations) => vec![durations::draw(context, durations)],
        Released::Regression(model) => vec![forest::draw(context, model)],
        Released::Course(course) => vec![lines::course(context, course)],
        Released::Projection(projection) => vec![lines::projection(context, projection)],
        // These are read as a table.
        Released::Characteristics(_)
        | Released::Measures(_)
        | Released::Quotations(_)
        | Released::Withheld(_) => Vec::new(),
    };
    drawings
        .into_iter()
        .map(|drawing| drawing.into_chart(context))
        .collect()
}

#[cfg(test)]
#[path = "../tests/sample/mod.rs"]
mod sample;

#[cfg(test)]
mod tests {
    use super::{charts, sample};
    use crate::Chart;
    use crate::chart::{SYNTHETIC_MARK, WIDTH};
    use crate::measure::{Face, width};

    fn all() -> Vec<Chart> {
        let mut all = Vec::new();
        for publication in [sample::publication(), sample::ordered_publication()] {
            for result in publication.results() {
                all.extend(charts(result, publication.header()));
            }
        }
        all
    }

    /// Where a text lies.
    struct Extent<'a> {
        text: &'a str,
        left: f64,
        right: f64,
        top: f64,
        bottom: f64,
    }

    fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
        let start = element.find(&format!(" {name}=\""))? + name.len() + 3;
        element[start..].split('"').next()
    }

    fn extents(svg: &str) -> Vec<Extent<'_>> {
        let texts = svg.split("<text").skip(1);
        texts
            .map(|rest| {
                let (element, text) = rest.split_once('>').expect("a tag ends");
                let text = text.split('<').next().expect("text in it");
                let number = |name| -> f64 {
                    let value = attribute(element, name).expect("it is always written");
                    value.parse().expect("a coordinate")
                };
                let (x, y, size) = (number("x"), number("y"), number("font-size"));
                let face = match attribute(element, "font-weight") {
                    Some(_) => Face::Semibold,
                    None => Face::Regular,
                };
                let plain = text.replace("&lt;", "<").replace("&amp;", "&");
                let width = width(&plain, face, size);
                let left = match attribute(element, "text-anchor") {
                    Some("middle") => x - width / 2.0,
                    Some(_) => x - width,
                    None => x,
                };
                Extent {
                    text,
                    left,
                    right: left + width,
                    top: y - size * 0.7,
                    bottom: y + size * 0.2,
                }
            })
            .collect()
    }

    #[test]
    fn texts_stay_inside_and_apart() {
        for chart in all() {
            let extents = extents(chart.svg());
            for (position, one) in extents.iter().enumerate() {
                let place = format!("{}: {}", chart.id(), one.text);
                assert!(one.left >= -0.5 && one.right <= WIDTH + 0.5, "{place}");
                assert!(one.top >= 0.0 && one.bottom <= chart.height(), "{place}");
                for other in &extents[position + 1..] {
                    let apart = one.right <= other.left
                        || other.right <= one.left
                        || one.bottom <= other.top
                        || other.bottom <= one.top;
                    assert!(apart, "{place} lies on {}", other.text);
                }
            }
        }
    }

    #[test]
    fn every_kind_of_chart_is_in_the_sample() {
        let kinds: std::collections::BTreeSet<String> = all()
            .iter()
            .filter_map(|chart| Some(chart.alt().split_once(':')?.0.to_owned()))
            .collect();
        assert_eq!(kinds.len(), 9, "{kinds:?}");
    }

    #[test]
    fn invented_data_are_marked_in_picture_and_words() {
        for chart in all() {
            assert!(chart.alt().contains(SYNTHETIC_MARK), "{}", chart.id());
            let written = extents(chart.svg())
                .iter()
                .any(|at| at.text == SYNTHETIC_MARK);
            assert!(written, "{}", chart.id());
        }
    }

    #[test]
    fn real_data_are_not_called_invented() {
        let publication = sample::unmarked_publication();
        let result = &publication.results()[0];
        for chart in charts(result, publication.header()) {
            assert!(!chart.svg().contains(SYNTHETIC_MARK));
            let notes = chart.table().notes().join(" ");
            assert!(!notes.contains(SYNTHETIC_MARK));
        }
    }

    #[test]
    fn charts_are_plain_named_and_the_same_each_time() {
        for (chart, again) in all().iter().zip(all()) {
            assert_eq!(chart.svg(), again.svg());
            let names = format!("aria-labelledby=\"{0}-titel {0}-tekst\"", chart.id());
            assert!(chart.svg().contains(&names) && chart.svg().contains("role=\"img\""));
            assert!(chart.svg().contains("data-tip="), "{}", chart.id());
            // Unquoted, the 3 would make the name invalid and the font another.
            let family = "font-family=\"'Source Sans 3', sans-serif\"";
            assert!(chart.svg().contains(family), "{}", chart.id());
            let marks = chart.svg().split("</desc>").nth(1).expect("marks");
            for forbidden in ["style=", "url(", "var(", "<script", "foreignObject", "NaN"] {
                assert!(!marks.contains(forbidden), "{}: {forbidden}", chart.id());
            }
        }
    }
}
