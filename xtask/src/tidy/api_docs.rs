//! What the documentation of the `statistics` crate must hold: every public function shows itself
//! at work in an example, of its own or of its type, and names R's equivalent ("R: none." where
//! there is none), and every public module names the file with its formulas.

use super::text::listed_files;
use crate::run::root;
use anyhow::Result;
use std::collections::BTreeMap;

/// The crate that is held to it.
const SOURCE: &str = "crates/statistics/src/";

/// Where formulas stand.
const FORMULAS: &str = "docs/methods/";

/// Functions without an example or R's equivalent, and modules without formulas.
pub fn breaches() -> Result<Vec<String>> {
    let files = listed_files()?;
    let sources: Vec<(String, String)> = files
        .iter()
        .filter(|name| name.starts_with(SOURCE) && name.ends_with(".rs"))
        .filter_map(|name| {
            Some((
                name.clone(),
                std::fs::read_to_string(root().join(name)).ok()?,
            ))
        })
        .collect();
    let mut breaches = function_breaches(&sources);
    breaches.extend(formula_breaches(&sources, &files));
    Ok(breaches)
}

/// A public type or function with its doc comment.
struct Item {
    file: String,
    line: usize,
    /// The type or trait of a method.
    owner: Option<String>,
    name: String,
    doc: String,
}

impl Item {
    /// The module of the crate that it stands in.
    fn module(&self) -> &str {
        let inside = self.file.strip_prefix(SOURCE).unwrap_or(&self.file);
        let first = inside.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

fn function_breaches(sources: &[(String, String)]) -> Vec<String> {
    let read: Vec<Items> = sources
        .iter()
        .map(|(name, text)| Items::read(name, text))
        .collect();
    // Two types of one module may share a name; their pages are then held as one.
    let mut pages: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for item in read.iter().flat_map(|items| &items.types) {
        let page = pages.entry((item.module(), &item.name)).or_default();
        page.push_str(&item.doc);
    }
    let mut breaches = Vec::new();
    for item in read.iter().flat_map(|items| &items.functions) {
        let owner = item.owner.as_deref().unwrap_or_default();
        let page = pages.get(&(item.module(), owner));
        let page = page.map_or("", String::as_str);
        let place = format!("docs: {}:{} `{}`", item.file, item.line, item.name);
        if !has_example(&item.doc) && !calls(&parts(page).1, &item.name) {
            breaches.push(format!("{place} has no example"));
        }
        if ![&item.doc, page]
            .iter()
            .any(|doc| has_word(&parts(doc).0, "R"))
        {
            breaches.push(format!("{place} does not name its equivalent in R"));
        }
    }
    breaches
}

/// Public modules that name no formulas, and formulas that are named but not there.
fn formula_breaches(sources: &[(String, String)], files: &[String]) -> Vec<String> {
    let mut breaches = Vec::new();
    for (name, text) in sources {
        for formulas in text.split(FORMULAS).skip(1) {
            let file = formulas.split(".md").next().unwrap_or_default();
            let file = format!("{FORMULAS}{file}.md");
            if formulas.starts_with(char::is_alphabetic) && !files.contains(&file) {
                breaches.push(format!("docs: {name} names {file}, which is not there"));
            }
        }
    }
    let text_of = |name: &str| sources.iter().find(|(file, _)| file == name);
    let Some((crate_root, text)) = text_of(&format!("{SOURCE}lib.rs")) else {
        return breaches;
    };
    for module in text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
    {
        let name = format!("{SOURCE}{}.rs", module.trim_end_matches(';'));
        let front = text_of(&name).map_or("", |(_, text)| text);
        let has_formulas = |line: &str| line.starts_with("//!") && line.contains(FORMULAS);
        if !front.lines().any(has_formulas) {
            breaches.push(format!(
                "docs: {crate_root}: {name} names no file in {FORMULAS}"
            ));
        }
    }
    breaches
}

/// The public types and functions of a file.
#[derive(Default)]
struct Items {
    types: Vec<Item>,
    functions: Vec<Item>,
}

impl Items {
    /// Reads lines as rustfmt leaves them: items at the margin, methods one step in.
    fn read(file: &str, text: &str) -> Self {
        let mut items = Self::default();
        let mut doc = String::new();
        let mut block: Option<Block> = None;
        let mut in_attribute = false;
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, line) in code.lines().enumerate() {
            let bare = line.trim_start();
            if let Some(words) = bare.strip_prefix("///") {
                doc.push_str(words.strip_prefix(' ').unwrap_or(words));
                doc.push('\n');
                continue;
            }
            if in_attribute || bare.starts_with("#[") {
                in_attribute = !line.ends_with(']');
                continue;
            }
            let doc = std::mem::take(&mut doc);
            block = match line {
                "}" => None,
                _ => Block::opened_by(line).or(block),
            };
            let item = |owner: Option<String>, name: &str| Item {
                file: file.to_owned(),
                line: at + 1,
                owner,
                name: name.to_owned(),
                doc,
            };
            if let Some(name) = name_after(line, &["pub struct ", "pub enum ", "pub trait "]) {
                items.types.push(item(None, name));
            } else if let Some(name) = name_after(line, &["pub fn ", "pub const fn "]) {
                items.functions.push(item(None, name));
            } else if let (Some(block), Some(line)) = (&block, line.strip_prefix("    ")) {
                let starts: &[&str] = match block.is_trait {
                    true => &["fn "],
                    false => &["pub fn ", "pub const fn "],
                };
                if let Some(name) = name_after(line, starts) {
                    items.functions.push(item(Some(block.owner.clone()), name));
                }
            }
        }
        items
    }
}

/// An `impl` or a public trait.
struct Block {
    owner: String,
    is_trait: bool,
}

impl Block {
    fn opened_by(line: &str) -> Option<Self> {
        if let Some(name) = name_after(line, &["pub trait "]) {
            return Some(Self {
                owner: name.to_owned(),
                is_trait: true,
            });
        }
        let rest = line.strip_prefix("impl")?;
        // `<'a, T: Bound<U>>`, up to the bracket that closes it.
        let mut depth = 0_i32;
        let end = rest.find(|letter| {
            depth += i32::from(letter == '<') - i32::from(letter == '>');
            depth == 0
        })?;
        let path = rest[end + 1..].trim_start();
        let path = path.split(['<', ' ', '{']).next()?;
        Some(Self {
            owner: path.rsplit("::").next()?.to_owned(),
            is_trait: false,
        })
    }
}

/// The name that follows one of these words at the start of a line.
fn name_after<'a>(line: &'a str, starts: &[&str]) -> Option<&'a str> {
    let rest = starts.iter().find_map(|start| line.strip_prefix(start))?;
    rest.split(|letter: char| !is_part_of_name(letter)).next()
}

/// The prose and the examples of a doc comment.
fn parts(doc: &str) -> (String, String) {
    let (mut prose, mut examples) = (String::new(), String::new());
    let mut fence: Option<&str> = None;
    for line in doc.lines() {
        match (line.strip_prefix("```"), fence) {
            (Some(kind), None) => fence = Some(kind),
            (Some(_), Some(_)) => fence = None,
            (None, None) => prose.extend([line, "\n"]),
            (None, Some("")) => examples.extend([line, "\n"]),
            (None, Some(_)) => {}
        }
    }
    (prose, examples)
}

fn has_example(doc: &str) -> bool {
    !parts(doc).1.is_empty()
}

/// Whether a word stands in a text by itself.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        ![before, after].into_iter().flatten().any(is_part_of_name)
    })
}

/// Whether an example calls a method.
fn calls(example: &str, method: &str) -> bool {
    example.match_indices(method).any(|(at, _)| {
        let (before, after) = (&example[..at], &example[at + method.len()..]);
        before.ends_with(['.', ':']) && after.starts_with(['(', ':'])
    })
}

fn is_part_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::{SOURCE, formula_breaches, function_breaches};

    fn breaches(text: &str) -> Vec<String> {
        function_breaches(&[(format!("{SOURCE}one.rs"), text.to_owned())])
    }

    #[test]
    fn a_function_needs_an_example_and_its_equivalent() {
        assert!(
            breaches("/// R: `sum`.\n///\n/// ```\n/// one::sum();\n/// ```\npub fn sum() {}")
                .is_empty()
        );
        let bare = breaches("/// ```text\n/// R\n/// ```\npub fn sum() {}");
        assert_eq!(bare.len(), 2);
        assert!(bare[0].ends_with("one.rs:4 `sum` has no example"));
        assert!(breaches("pub(crate) fn sum() {}\nfn other() {}").is_empty());
    }

    #[test]
    fn the_example_of_a_type_counts_for_the_methods_that_it_calls() {
        let text = "/// A curve. R: `survfit`.\n///\n/// ```\n/// let last = curve.at(1.0);\n/// ```\n\
            #[derive(\n    Clone,\n)]\npub struct Curve;\n\nimpl<'a, T: Into<f64>> Curve {\n    \
            pub fn at(&self) {}\n    pub fn last(&self) {}\n    fn own(&self) {}\n}\n";
        let found = breaches(text);
        assert_eq!(found.len(), 1);
        assert!(found[0].ends_with("`last` has no example"));
    }

    #[test]
    fn a_module_names_its_formulas() {
        let source = |name: &str, text: &str| (format!("{SOURCE}{name}.rs"), text.to_owned());
        let files = ["docs/methods/cox.md".to_owned()];
        let library = source("lib", "pub mod cox;\npub mod glm;");
        let cox = source("cox", "//! Formulas: `docs/methods/cox.md`.");
        let glm = source("glm", "/// `docs/methods/none.md`");
        let found = formula_breaches(&[library, cox, glm], &files);
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("docs/methods/none.md, which is not there"));
        assert!(found[1].contains("glm.rs names no file"));
    }
}
