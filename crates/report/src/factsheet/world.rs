use crate::Error;
use std::sync::LazyLock;
use typst::comemo;
use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// How many renders an entry of Typst's cache outlives its last use.
const CACHE_AGE: usize = 4;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let faces = figure::fonts::FACES.iter();
    faces
        .flat_map(|&face| Font::iter(Bytes::new(face)))
        .collect()
});
static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));
static TEMPLATE: LazyLock<FileId> = LazyLock::new(|| file_id("factsheet.typ"));
static DATA: LazyLock<FileId> = LazyLock::new(|| file_id("data.json"));

fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// All that a template can see: itself, its data and four fonts. It can reach no other file,
/// no network and no clock, so a changed template can do no harm.
struct Desk {
    template: Source,
    data: Bytes,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        *TEMPLATE
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id == *TEMPLATE {
            true => Ok(self.template.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match id == *DATA {
            true => Ok(self.data.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    /// There is no "today": equal data must give equal bytes.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Typesets a template with its data (JSON) as PDF/A-2a and PDF/UA-1.
///
/// # Errors
/// If the template does not compile, a standard is broken, or the number of pages differs.
pub(super) fn typeset(template: &str, data: Vec<u8>, pages: usize) -> Result<Vec<u8>, Error> {
    let desk = Desk::new(template, data);
    let pdf = desk
        .document(pages)
        .and_then(|document| desk.export(&document));
    // What was not used of late is forgotten, so that a long-lived process does not grow.
    comemo::evict(CACHE_AGE);
    pdf
}

/// The pages as laid out, before they become a file.
#[cfg(test)]
pub(super) fn document(
    template: &str,
    data: Vec<u8>,
    pages: usize,
) -> Result<PagedDocument, Error> {
    Desk::new(template, data).document(pages)
}

impl Desk {
    fn new(template: &str, data: Vec<u8>) -> Self {
        Self {
            template: Source::new(*TEMPLATE, template.to_owned()),
            data: Bytes::new(data),
        }
    }

    fn document(&self, pages: usize) -> Result<PagedDocument, Error> {
        let Warned { output, warnings } = typst::compile::<PagedDocument>(self);
        let document = output.map_err(|diagnostics| self.complaint(&diagnostics))?;
        // A warning is a font that is missing or a layout that does not settle: as bad as an
        // error.
        if !warnings.is_empty() {
            return Err(self.complaint(&warnings));
        }
        match document.pages().len() {
            count if count == pages => Ok(document),
            count => Err(Error::Pages(count)),
        }
    }

    fn export(&self, document: &PagedDocument) -> Result<Vec<u8>, Error> {
        let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .expect("both standards allow PDF 1.7");
        let options = PdfOptions {
            standards,
            creator: Smart::Custom(Some("Doorstroom".to_owned())),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(document, &options).map_err(|diagnostics| self.complaint(&diagnostics))
    }

    /// The messages with their places in the template.
    fn complaint(&self, diagnostics: &[SourceDiagnostic]) -> Error {
        let lines = diagnostics.iter().map(|diagnostic| {
            let line = self
                .range(diagnostic.span)
                .and_then(|range| self.template.lines().byte_to_line(range.start))
                .map(|line| format!("regel {}: ", line + 1))
                .unwrap_or_default();
            format!("{line}{}", diagnostic.message)
        });
        Error::Typesetting(lines.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "#set document(title: \"Proef\", date: datetime(year: 2026, month: 1, day: 2))\n\
                        #set text(font: \"Source Sans 3\", lang: \"nl\")\n";

    fn typeset_text(body: &str) -> Result<Vec<u8>, Error> {
        typeset(&format!("{HEAD}{body}"), b"{\"a\": 1}".to_vec(), 1)
    }

    #[test]
    fn equal_input_gives_equal_bytes() {
        let first = typeset_text("= Kop\n#json(\"data.json\").a").unwrap();
        comemo::evict(0);
        let second = typeset_text("= Kop\n#json(\"data.json\").a").unwrap();
        assert!(first.starts_with(b"%PDF-1.7"));
        assert_eq!(first, second);
    }

    #[test]
    fn a_template_reaches_nothing_else() {
        for reach in [
            "#read(\"/etc/passwd\")",
            "#include \"other.typ\"",
            "#image(\"photo.png\", alt: \"x\")",
            "#import \"@preview/cetz:0.3.0\"",
            "#datetime.today()",
        ] {
            assert!(
                matches!(typeset_text(reach), Err(Error::Typesetting(_))),
                "{reach} was let through"
            );
        }
    }

    #[test]
    fn a_broken_standard_is_an_error_with_its_line() {
        let picture =
            "#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\"))";
        let error = typeset_text(picture).unwrap_err().to_string();
        assert!(error.contains("regel 3"), "{error}");
    }

    #[test]
    fn a_missing_font_and_a_page_too_many_are_errors() {
        let font = typeset_text("#text(font: \"Nowhere Sans\")[x]");
        assert!(matches!(font, Err(Error::Typesetting(_))));
        assert!(matches!(
            typeset_text("a\n#pagebreak()\nb"),
            Err(Error::Pages(2))
        ));
    }
}
