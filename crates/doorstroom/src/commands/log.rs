//! `doorstroom log`: what was done with a study, and whether the log is still what it was.

use crate::arguments::{Log, ShowFormat};
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use envelope::SignedCheckpoint;
use store::{LogState, Study};

/// Prints the log, after it was held against its chain and against what others kept of it.
pub fn run(options: &Log) -> Result<Exit, Failure> {
    let study = Study::open_to_read(key_folder(&options.study))?;
    let checkpoints = options.checkpoints.iter().map(|path| {
        let text = store::files::read_text(path)?;
        text.parse::<SignedCheckpoint>().map_err(|_| {
            Failure::new(
                Exit::Unreadable,
                "Dit is geen logstand: het zijn zes regels, zoals `doorstroom receipt` ze toont.",
            )
            .about(path)
        })
    });
    let checkpoints: Vec<SignedCheckpoint> = checkpoints.collect::<Result<_, _>>()?;
    let state = study.check_log(&checkpoints)?;
    match options.format {
        ShowFormat::Text => print!("{}", text(&state)),
        ShowFormat::Json => println!("{}", json(&state)),
    }
    eprintln!(
        "{} gebeurtenissen; de keten is heel{}.",
        state.events.len(),
        match checkpoints.len() {
            0 => String::new(),
            1 => " en klopt met de opgegeven logstand".into(),
            count => format!(" en klopt met de {count} opgegeven logstanden"),
        }
    );
    Ok(Exit::Fine)
}

fn text(state: &LogState) -> String {
    let line = |event: &store::EventRow| {
        let (at, what) = (&event.at, &event.what);
        format!("{at}\t{what}\t{}\t{}\n", event.object, event.outcome)
    };
    state.events.iter().map(line).collect()
}

fn json(state: &LogState) -> String {
    let event = |event: &store::EventRow| {
        serde_json::json!({
            "at": event.at,
            "what": event.what,
            "object": event.object,
            "outcome": event.outcome,
            "digest": event.digest,
        })
    };
    let events: Vec<_> = state.events.iter().map(event).collect();
    let whole = serde_json::json!({ "chained": state.chained, "events": events });
    serde_json::to_string_pretty(&whole).expect("plain JSON always prints")
}
