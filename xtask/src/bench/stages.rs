//! The stream from delivery to estimates, each stage a process as users start it.

use super::deliveries::{Deliveries, entries};
use super::usage::{Usage, measure};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The stages, in order.
pub const STAGES: [&str; 5] = ["check", "seal", "link", "receive", "run"];

/// Exit codes of `check` and `seal` that let a delivery through: clean, and with warnings.
const PASSED: &[i32] = &[0, 1];

/// Keys, a study and the deliveries: what the stages need.
pub struct Stream<'a> {
    program: &'a Path,
    folder: &'a Path,
    deliveries: &'a Deliveries,
}

impl<'a> Stream<'a> {
    /// What was prepared in this folder.
    pub fn in_folder(program: &'a Path, folder: &'a Path, deliveries: &'a Deliveries) -> Self {
        Self {
            program,
            folder,
            deliveries,
        }
    }

    /// Makes keys for everybody and a study that knows them, in an emptied folder.
    pub fn prepare(
        program: &'a Path,
        folder: &'a Path,
        deliveries: &'a Deliveries,
    ) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let stream = Self::in_folder(program, folder, deliveries);
        let koppelpunt = stream.make_keys("koppelpunt", &stream.koppelpunt(), None)?;
        let mut institutions = String::new();
        let mut shared = None;
        for delivery in &deliveries.folders {
            let keys = stream.keys(delivery);
            let public = stream.make_keys("instelling", &keys, shared.as_deref())?;
            institutions += &format!("[[instelling]]\ncode = \"{}\"\n{public}\n", name(delivery));
            shared.get_or_insert(keys.join("koppelgeheim.geheim"));
        }
        let mut new = stream.doorstroom("new");
        new.arg(stream.study())
            .args(["--id", "meting", "--title", "Meting van snelheid"]);
        stream.measure(&new, &[0])?;
        stream.write_protocol(&koppelpunt, &institutions)?;
        Ok(stream)
    }

    /// What `check` takes, once per institution.
    pub fn check(&self) -> Result<Usage> {
        let mut check = Usage::default();
        for delivery in &self.deliveries.folders {
            let mut command = self.doorstroom("check");
            command.arg(delivery);
            check = check.then(self.measure(&command, PASSED)?.0);
        }
        Ok(check)
    }

    /// What each of the [`STAGES`] takes; `check` and `seal` once per institution.
    pub fn run(&self) -> Result<[Usage; STAGES.len()]> {
        let check = self.check()?;
        let mut seal = Usage::default();
        for delivery in &self.deliveries.folders {
            seal = seal.then(self.seal(delivery)?);
        }
        let link = self.link()?;
        let mut command = self.doorstroom("receive");
        command.arg(self.study()).args(self.sealed("-studie")?);
        command.args(self.sealed("-koppelingen")?);
        let receive = self.measure(&command, &[0])?.0;
        let mut command = self.doorstroom("run");
        command.arg(self.study());
        let run = self.measure(&command, &[0])?.0;
        Ok([check, seal, link, receive, run])
    }

    fn seal(&self, delivery: &Path) -> Result<Usage> {
        let mut command = self.doorstroom("seal");
        command.arg(delivery).arg("--study").arg(self.protocol());
        command.arg("--keys").arg(self.keys(delivery));
        command.arg("--out").arg(self.under_way());
        Ok(self.measure(&command, PASSED)?.0)
    }

    fn link(&self) -> Result<Usage> {
        let mut command = self.doorstroom("link");
        command
            .arg(self.koppelpunt())
            .args(self.sealed("-koppelpunt")?);
        command.arg("--study").arg(self.protocol());
        command.arg("--out").arg(self.under_way());
        Ok(self.measure(&command, &[0])?.0)
    }

    /// Makes keys and gives the public halves, as they stand in a protocol.
    fn make_keys(&self, role: &str, folder: &Path, shared: Option<&Path>) -> Result<String> {
        let mut command = self.doorstroom("key");
        command.args(["new", "--role", role]).arg(folder);
        if let Some(shared) = shared {
            command.arg("--shared").arg(shared);
        }
        Ok(self.measure(&command, &[0])?.1)
    }

    /// Fills in the protocol as a study team does: who takes part, and what was agreed.
    fn write_protocol(&self, koppelpunt: &str, institutions: &str) -> Result<()> {
        let path = self.protocol();
        let mut text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let key = |name| public_key(koppelpunt, name);
        for (from, to) in [
            ("verzonnen = false", "verzonnen = true".to_owned()),
            ("\nbsn = false", "\nbsn = true".to_owned()),
            (
                "\nakkoord = \"\"",
                "\nakkoord = \"verzonnen akkoord\"".to_owned(),
            ),
            (
                "koppelpunt_ontvangt = \"\"",
                format!("koppelpunt_ontvangt = {}", key("ontvangt")?),
            ),
            (
                "koppelpunt_tekent = \"\"",
                format!("koppelpunt_tekent = {}", key("tekent")?),
            ),
            ("\n[vragen]", format!("\n{institutions}\n[vragen]")),
        ] {
            if !text.contains(from) {
                bail!("a new study.toml has no `{}`", from.trim());
            }
            text = text.replacen(from, &to, 1);
        }
        fs::write(&path, text).with_context(|| path.display().to_string())
    }

    fn doorstroom(&self, command: &str) -> Command {
        let mut doorstroom = Command::new(self.program);
        doorstroom.args(["--quiet", command]);
        doorstroom
    }

    fn measure(&self, command: &Command, accepted: &[i32]) -> Result<(Usage, String)> {
        measure(command, accepted, self.folder)
    }

    /// Sealed files whose names end so, in order of name.
    fn sealed(&self, ending: &str) -> Result<Vec<PathBuf>> {
        let ending = format!("{ending}.verzegeld");
        let mut found = entries(&self.under_way())?;
        found.retain(|path| name(path).ends_with(&ending));
        Ok(found)
    }

    fn koppelpunt(&self) -> PathBuf {
        self.folder.join("koppelpunt")
    }

    fn study(&self) -> PathBuf {
        self.folder.join("studie")
    }

    fn protocol(&self) -> PathBuf {
        self.study().join("study.toml")
    }

    fn under_way(&self) -> PathBuf {
        self.folder.join("onderweg")
    }

    fn keys(&self, delivery: &Path) -> PathBuf {
        self.folder.join("sleutels").join(name(delivery))
    }
}

/// The last part of a path.
fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The quoted value of a line `name = "…"`.
fn public_key<'t>(text: &'t str, name: &str) -> Result<&'t str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.trim().strip_prefix("= "))
        .with_context(|| format!("`doorstroom key new` printed no `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_public_key_by_its_name() {
        let printed = "tekent = \"abc\"\nontvangt = \"age1\"\n";
        assert_eq!(public_key(printed, "ontvangt").unwrap(), "\"age1\"");
        assert!(public_key(printed, "geheim").is_err());
    }
}
