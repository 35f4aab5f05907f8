//! `doorstroom instrument`: what is known of questionnaires, and own files held against it.

use crate::arguments::{InstrumentAction, InstrumentOptions, ShowFormat};
use crate::commands::dictionary::write_out;
use crate::exit::{Exit, Failure};
use crate::tables::json;
use codes::Coded;
use questionnaire::{
    ChangePolicy, ContentPack, Faults, InstrumentDefinition, Library, Members, Reliability, Scale,
    render,
};
use serde_json::{Value, json};
use std::path::Path;

/// Lists, shows or checks.
pub fn run(options: &InstrumentOptions) -> Result<Exit, Failure> {
    let library = Library::shipped();
    match &options.action {
        InstrumentAction::List { format } => print(
            *format,
            || render::list(library),
            || library.iter().map(definition_json).collect(),
        ),
        InstrumentAction::Show { code, format } => {
            let definition = named(library, code)?;
            print(
                *format,
                || render::sheet(definition),
                || definition_json(definition),
            )
        }
        InstrumentAction::Check {
            file,
            definition,
            format,
        } => check(file, definition.as_deref(), *format),
    }
}

fn print(
    format: ShowFormat,
    text: impl FnOnce() -> String,
    value: impl FnOnce() -> Value,
) -> Result<Exit, Failure> {
    let text = match format {
        ShowFormat::Text => text(),
        ShowFormat::Json => json(&value())?,
    };
    write_out(text.as_bytes(), None, false)
}

/// The instrument with a code, however its letters are written.
fn named<'a>(library: &'a Library, code: &str) -> Result<&'a InstrumentDefinition, Failure> {
    let wanted = code.to_uppercase();
    let mut all = library.iter();
    all.find(|one| one.code().key() == wanted).ok_or_else(|| {
        let sentence = format!(
            "Er is geen instrument met de code `{code}`; `doorstroom instrument list` toont alle codes."
        );
        Failure::new(Exit::Usage, sentence)
    })
}

/// Checks a file of either kind; its faults are findings that block.
fn check(file: &Path, definition: Option<&Path>, format: ShowFormat) -> Result<Exit, Failure> {
    let text = store::files::read_text(file)?;
    let library = match definition {
        None => Library::shipped().clone(),
        Some(path) => Library::shipped().clone().with(own_definition(path)?),
    };
    let checked = if is_pack(&text) {
        ContentPack::parse(&text, &library).map(|pack| pack_sentence(&pack))
    } else {
        InstrumentDefinition::parse(&text).map(|one| {
            let name = one.name();
            format!("Het bestand klopt: {name}, versie {}.\n", one.version())
        })
    };
    let (exit, shown) = match &checked {
        Ok(sentence) => (Exit::Fine, sentence.clone()),
        Err(faults) => (Exit::Blocking, format!("{faults}\n")),
    };
    print(format, || shown, || faults_json(checked.as_ref().err()))?;
    Ok(exit)
}

fn own_definition(path: &Path) -> Result<InstrumentDefinition, Failure> {
    let text = store::files::read_text(path)?;
    InstrumentDefinition::parse(&text)
        .map_err(|faults| Failure::new(Exit::Unreadable, faults.to_string()).about(path))
}

/// Whether a file says of itself that it holds item texts.
fn is_pack(text: &str) -> bool {
    let table = text.parse::<toml::Table>().ok();
    let kind = table
        .as_ref()
        .and_then(|table| table.get("soort")?.as_str());
    kind == Some("itemteksten")
}

fn pack_sentence(pack: &ContentPack) -> String {
    format!(
        "Het bestand klopt: teksten van {} items van {}, licentie {} van {}.\n",
        pack.len(),
        pack.instrument().label(),
        pack.reference(),
        pack.holder()
    )
}

fn faults_json(faults: Option<&Faults>) -> Value {
    let fault = |fault: &questionnaire::Fault| json!({"place": fault.place, "what": fault.what});
    let found: Vec<Value> = faults
        .into_iter()
        .flat_map(|faults| faults.iter())
        .map(fault)
        .collect();
    json!({ "faults": found })
}

fn definition_json(definition: &InstrumentDefinition) -> Value {
    let structure = definition.structure();
    let licence = definition.licence();
    let scales = definition.scales().iter();
    let scales: Vec<Value> = scales
        .map(|scale| scale_json(definition, scale, Some(scale.code())))
        .collect();
    json!({
        "code": definition.code().key(),
        "name": definition.name(),
        "version": definition.version(),
        "origin": definition.origin(),
        "notes": definition.notes(),
        "invented": definition.is_invented(),
        "licence": { "class": licence.class.letter(), "note": licence.note },
        "structure": {
            "items": structure.items,
            "item_scores": structure.item_scores,
            "source": structure.source,
            "certainty": structure.certainty.label(),
        },
        "total": definition.total().map(|total| scale_json(definition, total, None)),
        "scales": scales,
    })
}

fn scale_json(definition: &InstrumentDefinition, scale: &Scale, code: Option<&str>) -> Value {
    let members = scale.members().items().map(|members| {
        let member = |member: &questionnaire::Member| {
            json!({"item": member.item, "weight": member.weight, "reversed": member.reversed})
        };
        members.iter().map(member).collect::<Vec<Value>>()
    });
    let published = definition.reliabilities().iter();
    let published: Vec<Value> = published
        .filter(|one| one.scale.as_deref() == code)
        .map(reliability_json)
        .collect();
    let judged = definition.individual_reliability(code, ChangePolicy::default());
    let (rule, range) = (scale.missing(), scale.range());
    json!({
        "code": scale.code(),
        "name": scale.name(),
        "item_count": Members::count(scale.members()),
        "items": members,
        "scoring": scale.scoring().map(|scoring| scoring.label()),
        "range": range.map(|range| [range.min, range.max]),
        "direction": scale.direction().label(),
        "missing_allowed": rule.allowed,
        "prorated": rule.prorated,
        "reliabilities": published,
        "group_level_only": judged.err().map(|refusal| refusal.to_string()),
    })
}

fn reliability_json(one: &Reliability) -> Value {
    json!({
        "value": one.value,
        "lower_bound": one.lower_bound,
        "kind": one.kind.label(),
        "population": one.population.label(),
        "described": one.described,
        "source": one.source,
    })
}
