//! The static public pages of released results.
//!
//! [`pages`] makes a whole site of a publication: plain files with relative links, for any web
//! server or a folder on a disk. All works without scripts; scripts add sorting, copying and
//! tooltips. Nothing is asked from other servers, and a content security policy in every page
//! holds that.
//!
//! [`review_page`] makes one page about a proposed release, for the people who check it.
//!
//! What this crate does not do: it writes no file, and it shows nothing that did not pass the
//! gate.

mod assets;
mod headline;
mod pages;
mod result;
mod review;
mod section;
mod table;

pub use review::{losses, protected, review_page, span};

use disclosure::Publication;

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Path inside the site, with slashes; never absolute.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub content_type: &'static str,
}

/// A file that is offered beside the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The result it belongs to; `None` for files about all results, such as the factsheet.
    pub result_id: Option<String>,
    /// What people read, as "Tabel (Excel)".
    pub label: String,
    /// Path of the file inside the site, as `downloads/instroom.xlsx`.
    pub file_name: String,
    /// Its length.
    pub bytes_len: u64,
}

/// Why no site was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A download belongs to a result that is not published.
    #[error("a download belongs to the result {0}, which is not in the publication")]
    UnknownResult(String),
    /// A download would lie outside the site or is no plain file name.
    #[error("a download has the path {0}, which is not a plain relative path")]
    UnfitPath(String),
    /// A template could not be filled in.
    #[error("a page could not be made")]
    Template(#[from] askama::Error),
}

/// All files of the site.
///
/// # Errors
/// If a download names an unknown result or lies outside the site.
pub fn pages(publication: &Publication, downloads: &[Download]) -> Result<Vec<Page>, Error> {
    check(publication, downloads)?;
    let mut pages = pages::render(publication, downloads)?;
    pages.extend(assets::all());
    Ok(pages)
}

fn check(publication: &Publication, downloads: &[Download]) -> Result<(), Error> {
    for download in downloads {
        if let Some(id) = &download.result_id
            && publication.result(id).is_none()
        {
            return Err(Error::UnknownResult(id.clone()));
        }
        if !is_plain_path(&download.file_name) {
            return Err(Error::UnfitPath(download.file_name.clone()));
        }
    }
    Ok(())
}

/// Whether a path stays inside the site and needs no escaping in a link.
fn is_plain_path(path: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    path.split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.') && part.chars().all(fits))
}

#[cfg(test)]
mod tests {
    use super::is_plain_path;

    #[test]
    fn downloads_stay_inside_the_site() {
        assert!(is_plain_path("downloads/instroom-2.xlsx"));
        for path in [
            "", "/etc/x", "../x", "a//b", "a/.b", "http://x", "a b", "a\"b", "a%2fb",
        ] {
            assert!(!is_plain_path(path), "{path}");
        }
    }
}
