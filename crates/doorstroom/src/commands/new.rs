//! `doorstroom new`: a study folder.

use crate::arguments::New;
use crate::exit::{Exit, Failure};
use crate::stream::secure_rng;
use store::{NewStudy, Study};

/// Makes a study folder.
pub fn run(options: &New) -> Result<Exit, Failure> {
    let new = NewStudy {
        id: options.id.clone(),
        title: options.title.clone(),
        author: options.author.clone(),
        ..NewStudy::default()
    };
    Study::create(&options.dir, &new, &mut secure_rng())?;
    eprintln!(
        "Studiemap gemaakt in {dir}. Vul in {dir}/study.toml de openbare sleutels van het koppelpunt en de instellingen in, en geef dat bestand daarna aan hen.",
        dir = options.dir.display()
    );
    Ok(Exit::Fine)
}
