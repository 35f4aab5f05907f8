use crate::headline::{Headline, headlines};
use crate::result::{DownloadView, LinkageView, ResultView};
use crate::section::{SectionText, sections, text};
use crate::{Download, Error, Page};
use askama::Template;
use disclosure::{Publication, PublicationHeader};
use figure::dutch;

/// What every page has.
struct Frame<'a> {
    header: &'a PublicationHeader,
    /// File name of the page itself.
    file: &'static str,
    menu: Vec<SectionText>,
    released_on: String,
    institutions: String,
    digest_short: &'a str,
}

impl<'a> Frame<'a> {
    fn new(publication: &'a Publication, file: &'static str) -> Self {
        let header = publication.header();
        Self {
            header,
            file,
            menu: sections(publication).map(text).collect(),
            released_on: dutch::long_date(&header.released_on)
                .unwrap_or_else(|| header.released_on.clone()),
            institutions: dutch::list(&header.institutions),
            digest_short: header.digest.get(..12).unwrap_or(&header.digest),
        }
    }

    fn hidden(&self) -> &'static str {
        dutch::HIDDEN_SIGN
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    frame: Frame<'a>,
    headlines: Vec<Headline>,
    downloads: Vec<DownloadView>,
}

#[derive(Template)]
#[template(path = "section.html")]
struct Section<'a> {
    frame: Frame<'a>,
    text: SectionText,
    results: Vec<ResultView>,
}

#[derive(Template)]
#[template(path = "verantwoording.html")]
struct Account<'a> {
    frame: Frame<'a>,
    sections: Vec<(SectionText, Vec<ResultView>)>,
    linkage: Option<LinkageView>,
}

#[derive(Template)]
#[template(path = "toegankelijkheid.html")]
struct Accessibility<'a> {
    frame: Frame<'a>,
}

/// The pages with words on them.
pub(crate) fn render(
    publication: &Publication,
    downloads: &[Download],
) -> Result<Vec<Page>, Error> {
    let general = downloads.iter().filter(|d| d.result_id.is_none());
    let mut pages = vec![page(
        "index.html",
        &Index {
            frame: Frame::new(publication, "index.html"),
            headlines: headlines(publication),
            downloads: general.map(DownloadView::new).collect(),
        },
    )?];
    for section in sections(publication) {
        let text = text(section);
        let template = Section {
            frame: Frame::new(publication, text.file),
            results: results(publication, section, downloads),
            text,
        };
        pages.push(page(template.frame.file, &template)?);
    }
    pages.push(page(
        "verantwoording.html",
        &account(publication, downloads),
    )?);
    pages.push(page(
        "toegankelijkheid.html",
        &Accessibility {
            frame: Frame::new(publication, "toegankelijkheid.html"),
        },
    )?);
    Ok(pages)
}

fn page(path: &str, template: &impl Template) -> Result<Page, Error> {
    Ok(Page {
        path: path.to_owned(),
        bytes: template.render()?.into_bytes(),
        content_type: "text/html; charset=utf-8",
    })
}

fn results(
    publication: &Publication,
    section: estimate::Section,
    downloads: &[Download],
) -> Vec<ResultView> {
    let results = publication.results().iter();
    results
        .filter(|result| result.section() == section)
        .map(|result| ResultView::new(result, publication.header(), downloads))
        .collect()
}

fn account<'a>(publication: &'a Publication, downloads: &[Download]) -> Account<'a> {
    let sections = sections(publication)
        .map(|section| (text(section), results(publication, section, downloads)));
    let shares = publication
        .results()
        .iter()
        .filter_map(|result| result.provenance().linkage);
    let lowest = shares.min_by(|a, b| a.sensitivity.0.total_cmp(&b.sensitivity.0));
    Account {
        frame: Frame::new(publication, "verantwoording.html"),
        sections: sections
            .filter(|(_, results)| !results.is_empty())
            .collect(),
        linkage: lowest.map(|linkage| LinkageView::new(&linkage)),
    }
}
