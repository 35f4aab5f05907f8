//! The site of the sample publication.

#[path = "../../figure/tests/sample/mod.rs"]
mod sample;

use site::{Download, Error, Page, pages};
use std::collections::BTreeSet;

fn download(result_id: Option<&str>, file_name: &str) -> Download {
    Download {
        result_id: result_id.map(str::to_owned),
        label: "Tabellen (Excel)".to_owned(),
        file_name: file_name.to_owned(),
        bytes_len: 12_345,
    }
}

fn site() -> Vec<Page> {
    let downloads = [
        download(None, "downloads/factsheet.pdf"),
        download(Some("bestemming"), "downloads/bestemming.xlsx"),
    ];
    pages(sample::publication(), &downloads).expect("the downloads are fit")
}

fn html(pages: &[Page]) -> impl Iterator<Item = (&str, &str)> {
    pages
        .iter()
        .filter(|page| page.content_type.starts_with("text/html"))
        .map(|page| {
            let text = std::str::from_utf8(&page.bytes).expect("pages are UTF-8");
            (page.path.as_str(), text)
        })
}

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let parts: Vec<&str> = html.split(&start).skip(1).collect();
    parts.into_iter().filter_map(|rest| rest.split('"').next())
}

#[test]
fn the_menu_and_its_pages_are_there() {
    let site = site();
    let names: Vec<&str> = html(&site).map(|(path, _)| path).collect();
    assert_eq!(
        names,
        [
            "index.html",
            "instroom.html",
            "doorstroom.html",
            "uitstroom.html",
            "terugkeer.html",
            "verandering.html",
            "factoren.html",
            "vooruitblik.html",
            "stemmen.html",
            "cohorten.html",
            "verantwoording.html",
            "toegankelijkheid.html"
        ]
    );
}

#[test]
fn every_page_is_dutch_marked_and_closed_to_the_outside() {
    for (path, text) in html(&site()) {
        assert!(text.contains("<html lang=\"nl\">"), "{path}");
        assert!(text.contains("default-src 'none'"), "{path}");
        assert!(
            text.contains("<strong>Verzonnen gegevens.</strong>"),
            "{path}"
        );
        assert!(text.contains("aria-current=\"page\""), "{path}");
        assert_eq!(text.matches("<h1>").count(), 1, "{path}");
        assert_eq!(text.matches(" style=").count(), 0, "{path}");
        let outside = text.replace("http://www.w3.org/2000/svg", "");
        assert!(
            !outside.contains("http:") && !outside.contains("https:"),
            "{path}"
        );
    }
}

#[test]
fn every_link_and_anchor_leads_somewhere() {
    let site = site();
    let mut targets: BTreeSet<String> = site.iter().map(|page| page.path.clone()).collect();
    targets.insert("downloads/factsheet.pdf".to_owned());
    targets.insert("downloads/bestemming.xlsx".to_owned());
    for (path, text) in html(&site) {
        targets.extend(values(text, "id").map(|id| format!("{path}#{id}")));
    }
    for (path, text) in html(&site) {
        for link in values(text, "href").chain(values(text, "src")) {
            let whole = match link.strip_prefix('#') {
                Some(anchor) => format!("{path}#{anchor}"),
                None => link.to_owned(),
            };
            assert!(targets.contains(&whole), "{path}: {link}");
        }
    }
}

#[test]
fn names_are_used_once_per_page() {
    for (path, text) in html(&site()) {
        let mut seen = BTreeSet::new();
        for id in values(text, "id") {
            assert!(seen.insert(id), "{path}: {id}");
        }
        let named = values(text, "aria-labelledby").chain(values(text, "aria-describedby"));
        for id in named.flat_map(str::split_whitespace) {
            assert!(seen.contains(id), "{path}: {id}");
        }
    }
}

#[test]
fn every_result_is_shown_and_accounted_for() {
    let site = site();
    let publication = sample::publication();
    let texts: Vec<(&str, &str)> = html(&site).collect();
    let account = texts.iter().find(|page| page.0 == "verantwoording.html");
    let account = account.expect("it is in the menu").1;
    for result in publication.results() {
        let id = result.id().as_str();
        let anchor = format!("id=\"{id}\"");
        let link = format!("verantwoording.html#{id}");
        let shown = |page: &&(&str, &str)| page.1.contains(&anchor) && page.1.contains(&link);
        assert!(texts.iter().filter(shown).count() >= 1, "{id}");
        assert!(account.contains(&anchor), "{id}");
        for digest in &result.provenance().inputs {
            assert!(account.contains(&digest.to_string()), "{id}");
        }
    }
}

#[test]
fn a_withheld_result_says_so() {
    let site = site();
    let page = html(&site).find(|page| page.0 == "terugkeer.html");
    let (_, text) = page.expect("it is in the menu");
    assert!(text.contains("<p class=\"notice\">"));
}

#[test]
fn unfit_downloads_are_refused() {
    let publication = sample::publication();
    let unknown = pages(publication, &[download(Some("bestaat-niet"), "x.csv")]);
    assert!(matches!(unknown, Err(Error::UnknownResult(id)) if id == "bestaat-niet"));
    let outside = pages(publication, &[download(None, "../x.csv")]);
    assert!(matches!(outside, Err(Error::UnfitPath(_))));
}

#[test]
fn the_first_page_is_as_last_looked_at() {
    let site = site();
    let page = html(&site).find(|page| page.0 == "index.html");
    let (_, text) = page.expect("there is a first page");
    let digest = &sample::publication().header().digest[..12];
    insta::assert_snapshot!("index", text.replace(digest, "[kenmerk]"));
}
