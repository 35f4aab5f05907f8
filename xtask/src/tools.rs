//! Installing what the tests need, where it is not there yet (Debian, as root).

use crate::run::{command, exists, output, root, run};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// Debian packages, each with a file that shows that it is there.
const DEBIAN: &[(&str, &str)] = &[
    (
        "r-cran-survival",
        "/usr/lib/R/site-library/survival|/usr/lib/R/library/survival",
    ),
    ("r-cran-jsonlite", "/usr/lib/R/site-library/jsonlite"),
    ("chromium", "/usr/bin/chromium"),
    ("poppler-utils", "/usr/bin/pdftoppm"),
    ("default-jdk-headless", "/usr/bin/javac"),
    ("libjaxb-java", "/usr/share/java/jaxb-runtime.jar"),
    ("libjaxb-api-java", "/usr/share/java/jaxb-api.jar"),
    ("libactivation-java", "/usr/share/java/javax.activation.jar"),
    ("python3-venv", "/usr/bin/python3"),
    ("npm", "/usr/bin/npm|/usr/local/bin/npm"),
];

/// Installs what the tests need of Debian and is not there.
pub fn debian() -> Result<()> {
    debian_packages(DEBIAN)
}

/// Installs the Debian packages that are not there; with each a file that shows that it is.
pub fn debian_packages(wanted: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(_, signs)| {
            !signs
                .split('|')
                .any(|sign| std::path::Path::new(sign).exists())
        })
        .map(|(package, _)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !exists("apt-get") {
        bail!(
            "the tests need {}; install them and try again",
            missing.join(", ")
        );
    }
    run("apt-get update", command("apt-get").args(["update", "-qq"]))?;
    run(
        &format!("apt-get install {}", missing.join(" ")),
        command("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&missing),
    )
}

/// A Python environment with these packages, made once and kept beside the build.
pub fn python(packages: &[&str]) -> Result<PathBuf> {
    let home = root().join("target").join("python");
    let python = home.join("bin").join("python");
    if !python.exists() {
        run(
            "python3 -m venv",
            command("python3").args(["-m", "venv"]).arg(&home),
        )?;
    }
    let installed = output(
        "pip list",
        command(&python).args(["-m", "pip", "list", "--format", "freeze"]),
    )?;
    let missing: Vec<&&str> = packages
        .iter()
        .filter(|package| {
            !installed
                .lines()
                .any(|line| line.split("==").next() == Some(**package))
        })
        .collect();
    if !missing.is_empty() {
        run(
            "pip install",
            command(&python)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(missing),
        )?;
    }
    Ok(python)
}

/// The npm packages of a folder with a package.json, installed beside the build.
pub fn npm(folder: &str) -> Result<PathBuf> {
    let source = root().join(folder);
    let home = root()
        .join("target")
        .join("npm")
        .join(folder.replace('/', "-"));
    std::fs::create_dir_all(&home).with_context(|| format!("{}", home.display()))?;
    for entry in std::fs::read_dir(&source).with_context(|| folder.to_owned())? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), home.join(entry.file_name()))?;
        }
    }
    if !home.join("node_modules").exists() {
        run(
            "npm install",
            command("npm")
                .current_dir(&home)
                .env("PUPPETEER_SKIP_DOWNLOAD", "1")
                .args([
                    "install",
                    "--silent",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                ]),
        )?;
    }
    Ok(home)
}
