use crate::Page;
use figure::fonts;

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const WOFF2: &str = "font/woff2";

/// The files that are the same for every site.
pub(crate) fn all() -> Vec<Page> {
    let files: [(&str, &[u8], &'static str); 9] = [
        ("assets/site.css", include_bytes!("../assets/site.css"), CSS),
        (
            "assets/icon.svg",
            include_bytes!("../assets/icon.svg"),
            "image/svg+xml",
        ),
        (
            "assets/js/chart.js",
            include_bytes!("../assets/js/chart.js"),
            SCRIPT,
        ),
        (
            "assets/js/copy.js",
            include_bytes!("../assets/js/copy.js"),
            SCRIPT,
        ),
        (
            "assets/js/print.js",
            include_bytes!("../assets/js/print.js"),
            SCRIPT,
        ),
        (
            "assets/js/sort.js",
            include_bytes!("../assets/js/sort.js"),
            SCRIPT,
        ),
        (
            "assets/fonts/source-sans-3-regular.woff2",
            fonts::REGULAR_WOFF2,
            WOFF2,
        ),
        (
            "assets/fonts/source-sans-3-semibold.woff2",
            fonts::SEMIBOLD_WOFF2,
            WOFF2,
        ),
        (
            "assets/fonts/OFL.txt",
            fonts::LICENCE.as_bytes(),
            "text/plain; charset=utf-8",
        ),
    ];
    files
        .into_iter()
        .map(|(path, bytes, content_type)| Page {
            path: path.to_owned(),
            bytes: bytes.to_vec(),
            content_type,
        })
        .collect()
}
