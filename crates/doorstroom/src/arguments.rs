//! The commands and their options. Help is Dutch: users read it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// In-, door- en uitstroom in de SGLVG-zorg: controleren, verzegelen, koppelen, analyseren en vrijgeven.
#[derive(Parser)]
#[command(name = "doorstroom", version, about, after_help = crate::exit::HELP, disable_help_subcommand = true)]
pub struct Arguments {
    /// Geen voortgang tonen.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Druk het gegevenswoordenboek af.
    Dictionary(Dictionary),
    /// Schrijf lege sjablonen (.xlsx en .csv) met keuzelijsten en uitleg.
    Template(Template),
    /// Stel een koppelprofiel voor: eigen tabellen, kolommen en codes naast het woordenboek.
    Map(Map),
    /// Controleer een levering. Niets verlaat de computer.
    Check(Check),
    /// Maak sleutels, of toon de openbare helft.
    Key(Key),
    /// Controleer een levering en verzegel haar in twee bestanden: voor het koppelpunt en voor de studie.
    Seal(Seal),
    /// Koppel verzegelde sleutelbestanden (voor het koppelpunt).
    Link(Link),
    /// Maak een studiemap met een toegelicht protocol.
    New(New),
    /// Ontvang verzegelde leveringen en koppelbestanden in een studie.
    Receive(Receive),
    /// Voer de analyses van een studie uit.
    Run(Run),
    /// Laat zien wat naar buiten zou gaan, en geef het vrij met de namen van de controleurs.
    Release(Release),
    /// Schrijf factsheet, tabellen, figuren en site van een uitgave.
    Report(Report),
    /// Verzin een netwerk van vier instellingen en voer de hele stroom erop uit.
    Demo(Demo),
}

/// `dictionary`
#[derive(Args)]
pub struct Dictionary {
    /// Vorm van de uitvoer; json is een Frictionless Data Package.
    #[arg(long, value_enum, default_value_t = DictionaryFormat::Md)]
    pub format: DictionaryFormat,
    /// Bestand om naar te schrijven; zonder dit op het scherm (xlsx heeft een bestand nodig).
    #[arg(long, short)]
    pub out: Option<PathBuf>,
}

/// Forms of the dictionary.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DictionaryFormat {
    /// Markdown
    Md,
    /// Frictionless Data Package
    Json,
    /// Excel
    Xlsx,
}

/// `template`
#[derive(Args)]
pub struct Template {
    /// Map om de sjablonen in te zetten.
    pub dir: PathBuf,
}

/// `map`
#[derive(Args)]
pub struct Map {
    /// De levering: een map of een zip-bestand.
    pub dir: PathBuf,
    /// Bestand om het voorstel naar te schrijven; zonder dit op het scherm.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
}

/// `check`
#[derive(Args)]
pub struct Check {
    /// De levering: een map of een zip-bestand.
    pub dir: PathBuf,
    /// Koppelprofiel (TOML) van de instelling.
    #[arg(long, short)]
    pub profile: Option<PathBuf>,
    /// Vorm van de uitvoer.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// Bestand om naar te schrijven; zonder dit op het scherm (xlsx heeft een bestand nodig).
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Hoeveel plaatsen per regel worden getoond.
    #[arg(long, default_value_t = 5)]
    pub places: usize,
}

/// Forms of the findings.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Leesbare tekst
    Text,
    /// JSON
    Json,
    /// Excel
    Xlsx,
    /// SARIF 2.1.0
    Sarif,
}

/// `key`
#[derive(Args)]
pub struct Key {
    #[command(subcommand)]
    pub action: KeyAction,
}

/// What to do with keys.
#[derive(Subcommand)]
pub enum KeyAction {
    /// Maak nieuwe sleutels in een map.
    New {
        /// Voor wie.
        #[arg(long, value_enum)]
        role: Role,
        /// Het koppelgeheim dat een andere instelling al maakte (alleen voor instellingen na de eerste).
        #[arg(long)]
        shared: Option<PathBuf>,
        /// Map om de sleutels in te zetten.
        dir: PathBuf,
    },
    /// Toon de openbare sleutels, om in study.toml te zetten.
    Show {
        /// De map met sleutels.
        dir: PathBuf,
    },
}

/// Who holds keys.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Een instelling
    Instelling,
    /// Het koppelpunt
    Koppelpunt,
}

/// `seal`
#[derive(Args)]
pub struct Seal {
    /// De levering: een map of een zip-bestand.
    pub dir: PathBuf,
    /// Het protocol van de studie (study.toml).
    #[arg(long)]
    pub study: PathBuf,
    /// Map met de sleutels van de instelling.
    #[arg(long, default_value = "sleutels")]
    pub keys: PathBuf,
    /// Koppelprofiel (TOML) van de instelling.
    #[arg(long, short)]
    pub profile: Option<PathBuf>,
    /// Map om de twee verzegelde bestanden in te zetten.
    #[arg(long, short)]
    pub out: PathBuf,
}

/// `link`
#[derive(Args)]
pub struct Link {
    /// De map van het koppelpunt (sleutels en register).
    pub register: PathBuf,
    /// Verzegelde sleutelbestanden van instellingen.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Het protocol van de studie (study.toml).
    #[arg(long)]
    pub study: PathBuf,
    /// Map om het koppelbestand en de controlelijsten in te zetten.
    #[arg(long, short)]
    pub out: PathBuf,
}

/// `new`
#[derive(Args)]
pub struct New {
    /// De nieuwe studiemap.
    pub dir: PathBuf,
    /// Naam in verzegelde bestanden: kleine letters, cijfers en streepjes.
    #[arg(long, default_value = "borg-doorstroom")]
    pub id: String,
    /// Titel van de studie.
    #[arg(long, default_value = "In- en uitstroom van cliënten van De Borg")]
    pub title: String,
    /// Wie voor uitgaven instaat.
    #[arg(long, default_value = "")]
    pub author: String,
}

/// `receive`
#[derive(Args)]
pub struct Receive {
    /// De studiemap.
    pub study: PathBuf,
    /// Verzegelde leveringen en koppelbestanden.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Reden, als dit een correctie is van een eerdere levering over dezelfde periode.
    #[arg(long)]
    pub correction: Option<String>,
}

/// `run`
#[derive(Args)]
pub struct Run {
    /// De studiemap.
    pub study: PathBuf,
}

/// `release`
#[derive(Args)]
pub struct Release {
    /// De studiemap.
    pub study: PathBuf,
    /// Naam van wie vrijgeeft; standaard de auteur in study.toml.
    #[arg(long)]
    pub author: Option<String>,
    /// Naam van een controleur; herhaal voor elke controleur. Zonder controleurs wordt alleen getoond.
    #[arg(long = "checker")]
    pub checkers: Vec<String>,
    /// De kenmerkcode die bij het tonen werd gegeven; zo wordt vrijgegeven wat is gezien.
    #[arg(long)]
    pub digest: Option<String>,
    /// Vorm van de uitvoer.
    #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
    pub format: ShowFormat,
}

/// Text or JSON.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// Leesbare tekst
    Text,
    /// JSON
    Json,
}

/// `report`
#[derive(Args)]
pub struct Report {
    /// De studiemap.
    pub study: PathBuf,
    /// Map om factsheet, tabellen, figuren en site in te zetten; standaard `uitgave-N` in de studiemap.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Nummer van de uitgave; standaard de nieuwste.
    #[arg(long)]
    pub release: Option<u32>,
}

/// `demo`
#[derive(Args)]
pub struct Demo {
    /// Map voor alles wat de demo maakt; standaard een nieuwe tijdelijke map.
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// Aantal verzonnen cliënten.
    #[arg(long, default_value_t = 1200)]
    pub clients: usize,
    /// Beginwaarde van het toeval; dezelfde geeft dezelfde gegevens.
    #[arg(long, default_value_t = 2024)]
    pub seed: u64,
    /// De site niet openen.
    #[arg(long)]
    pub no_serve: bool,
    /// Poort voor de site; 0 kiest een vrije.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
}
