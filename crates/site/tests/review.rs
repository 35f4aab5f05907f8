//! The page for checkers, of the invented results.

use disclosure::{Ledger, LetterKey, Policy, PolicyDraft, ReleaseDetails, ScreenedSet, screen};
use std::collections::BTreeSet;

fn screened() -> ScreenedSet {
    let policy = Policy::new(PolicyDraft::default()).expect("the defaults keep the floor");
    let key = LetterKey::from_secret(b"a secret of the tests");
    screen(&estimate::sample(), &policy, &Ledger::empty(), &key).expect("the sample passes")
}

fn page(set: &ScreenedSet) -> String {
    let details = ReleaseDetails {
        study_title: "Van opname <tot> terugkeer".to_owned(),
        released_on: "2026-11-22".to_owned(),
        institutions: Vec::new(),
    };
    site::review_page(set, &set.explained(), &set.proposed_header(details))
        .expect("the page is made")
}

/// What people read of a piece of HTML.
fn text(html: &str) -> String {
    let parts = html.split('<').map(|part| part.rsplit('>').next());
    parts.flatten().collect::<Vec<_>>().join("")
}

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    let parts = html.split(&start).skip(1);
    parts.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_hidden_number_has_its_line_with_reason_and_span() {
    let set = screened();
    let page = page(&set);
    let mut lines = 0;
    for explained in set.explained() {
        let name = format!("id=\"{}\"", explained.id.as_str());
        let section = page.split("<section").find(|part| part.contains(&name));
        let section = section.expect("each result has its section");
        for hidden in &explained.hidden {
            let place = hidden.place.replace('\'', "&#39;");
            let line = section
                .split("<tr>")
                .find(|line| line.contains(&format!("class=\"place\">{place}</th>")));
            let line = text(line.expect("each hidden number has its line"));
            assert!(line.contains(hidden.check.code()), "{line}");
            // What stands beside no total that is shown has no upper end.
            let has_span = line.contains("tot en met") || line.contains("of meer");
            assert!(has_span, "{line}");
            lines += 1;
        }
    }
    assert!(lines > 50, "{lines}");
}

#[test]
fn the_page_is_one_file_that_reads_well() {
    let set = screened();
    let page = page(&set);
    for outside in ["http:", "https:", "url(", "<script", " src=", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.starts_with("<!DOCTYPE html>"), "{}", &page[..40]);
    assert!(page.contains("<html lang=\"nl\">") && page.contains("default-src 'none'"));
    assert!(page.contains("Van opname &#60;tot&#62; terugkeer"));
    assert_eq!(page.matches("<h1>").count(), 1);
    let (ids, links) = (values(&page, "id"), values(&page, "href"));
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "a name is used twice");
    for target in links.iter().map(|link| link.trim_start_matches('#')) {
        assert!(unique.contains(target), "{target}");
    }
    for label in values(&page, "aria-labelledby") {
        assert!(unique.contains(label), "{label}");
    }
    assert_eq!(
        page.matches("<table").count(),
        page.matches("<caption").count()
    );
    assert_eq!(page.matches("<th>").count(), 0, "a heading without scope");
    assert_eq!(page.matches("<h2").count(), page.matches("</h2>").count());
    assert!(!page.contains("<button"), "a button that needs a script");
    assert!(page.contains(&set.digest().to_string()));
}
