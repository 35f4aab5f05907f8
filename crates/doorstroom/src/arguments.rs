//! The commands and their options. Help is Dutch: users read it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// In-, door- en uitstroom in de SGLVG-zorg: controleren, verzegelen, koppelen, analyseren en vrijgeven.
#[derive(Parser)]
#[command(name = "doorstroom", version, after_help = crate::exit::HELP, disable_help_subcommand = true)]
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
    /// Toon wat van een meetinstrument bekend is, of controleer een eigen bestand.
    Instrument(InstrumentOptions),
    /// Maak, toon, beveilig, vervang, deel en herstel sleutels.
    Key(Key),
    /// Controleer een levering en verzegel haar in twee bestanden: voor het koppelpunt en voor de studie.
    Seal(Seal),
    /// Koppel verzegelde sleutelbestanden (voor het koppelpunt).
    Link(Link),
    /// Toon welke personen waarschijnlijk dezelfde zijn, en beslis erover (voor het koppelpunt).
    Register(RegisterOptions),
    /// Toon welke eigen cliënten het koppelpunt vraagt na te zien, en waarom.
    Review(Review),
    /// Toon een ontvangstbewijs van de studie, en of het gaat over wat u verstuurde.
    Receipt(Receipt),
    /// Toon het logboek van een studie, en of er niets in is veranderd.
    Log(Log),
    /// Wis een cliënt die zich terugtrekt: van de instelling, langs het koppelpunt, bij de studie.
    Erasure(Erasure),
    /// Maak een studiemap met een toegelicht protocol.
    New(New),
    /// Ontvang verzegelde leveringen en koppelbestanden in een studie.
    Receive(Receive),
    /// Voer de analyses van een studie uit.
    Run(Run),
    /// Laat zien wat naar buiten zou gaan, en geef het vrij met de namen van de controleurs.
    Release(Release),
    /// Schrijf factsheet, tabellen, figuren en site van een publicatie.
    Report(Report),
    /// Reken na wat iemand uit tabellen kan afleiden: elke cel die precies of te nauw volgt.
    Audit(Audit),
    /// Verberg in tabellen wat verborgen moet worden, en reken het na.
    Protect(Protect),
    /// Schat een model op een tabel naar keuze, met een formule zoals in R.
    Fit(Box<::fit::FitCall>),
    /// Verzin een netwerk van vier instellingen en voer de hele stroom erop uit.
    Demo(Demo),
}

/// `dictionary`
#[derive(Args)]
pub struct Dictionary {
    /// Vorm van de uitvoer; json is een Frictionless Data Package.
    #[arg(long, value_enum, default_value_t = DictionaryFormat::Md, value_name = "VORM")]
    pub format: DictionaryFormat,
    /// Bestand om naar te schrijven; zonder dit op het scherm (xlsx heeft een bestand nodig).
    #[arg(long, short, value_name = "BESTAND")]
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
    #[arg(value_name = "MAP")]
    pub dir: PathBuf,
}

/// `map`
#[derive(Args)]
pub struct Map {
    /// De levering: een map of een zip-bestand.
    #[arg(value_name = "LEVERING")]
    pub dir: PathBuf,
    /// Bestand om het voorstel naar te schrijven; zonder dit op het scherm.
    #[arg(long, short, value_name = "BESTAND")]
    pub out: Option<PathBuf>,
}

/// `check`
#[derive(Args)]
pub struct Check {
    /// De levering: een map of een zip-bestand.
    #[arg(value_name = "LEVERING")]
    pub dir: PathBuf,
    /// Koppelprofiel (TOML) van de instelling.
    #[arg(long, short, value_name = "BESTAND")]
    pub profile: Option<PathBuf>,
    /// Vorm van de uitvoer.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, value_name = "VORM")]
    pub format: CheckFormat,
    /// Bestand om naar te schrijven; zonder dit op het scherm (xlsx heeft een bestand nodig).
    #[arg(long, short, value_name = "BESTAND")]
    pub out: Option<PathBuf>,
    /// Hoeveel plaatsen per regel worden getoond.
    #[arg(long, default_value_t = 5, value_name = "AANTAL")]
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

/// `instrument`
#[derive(Args)]
pub struct InstrumentOptions {
    #[command(subcommand)]
    pub action: InstrumentAction,
}

/// What to do with instruments.
#[derive(Subcommand)]
pub enum InstrumentAction {
    /// Toon alle instrumenten: licentie, bouw, richting en of verandering per cliënt mag worden beoordeeld.
    List {
        /// Vorm van de uitvoer.
        #[arg(long, value_enum, default_value_t = ShowFormat::Text, value_name = "VORM")]
        format: ShowFormat,
    },
    /// Toon één instrument: schalen, scoring, betrouwbaarheid en bronnen.
    Show {
        /// De code, zoals `list` haar toont.
        #[arg(value_name = "CODE")]
        code: String,
        /// Vorm van de uitvoer.
        #[arg(long, value_enum, default_value_t = ShowFormat::Text, value_name = "VORM")]
        format: ShowFormat,
    },
    /// Controleer een eigen instrumentbestand of een bestand met itemteksten.
    Check {
        /// Het bestand (TOML); zie docs/methods/instruments.md.
        #[arg(value_name = "BESTAND")]
        file: PathBuf,
        /// Het instrumentbestand waar itemteksten bij horen, als dat niet het meegeleverde is.
        #[arg(long, value_name = "BESTAND")]
        definition: Option<PathBuf>,
        /// Vorm van de uitvoer.
        #[arg(long, value_enum, default_value_t = ShowFormat::Text, value_name = "VORM")]
        format: ShowFormat,
    },
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
        #[arg(long, value_enum, value_name = "ROL")]
        role: Role,
        /// Het koppelgeheim dat een andere instelling al maakte (alleen voor instellingen na de eerste).
        #[arg(long, value_name = "BESTAND")]
        shared: Option<PathBuf>,
        /// Beveilig de sleutels met een wachtzin.
        #[arg(long)]
        passphrase: bool,
        /// Map om de sleutels in te zetten.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
    },
    /// Toon de openbare sleutels, om in study.toml te zetten.
    Show {
        /// De map met sleutels, of de studiemap.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
    },
    /// Beveilig sleutels met een wachtzin of hardwaresleutel, of met een andere dan voorheen.
    Protect {
        /// De openbare sleutel van een hardwaresleutel (`age1yubikey1…`), in plaats van een wachtzin.
        #[arg(long, value_name = "SLEUTEL", requires = "hardware_identity")]
        hardware: Option<String>,
        /// De tekst waarmee het hulpprogramma de hardwaresleutel terugvindt (`AGE-PLUGIN-…`).
        #[arg(long, value_name = "TEKST", requires = "hardware")]
        hardware_identity: Option<String>,
        /// De map met sleutels, of de studiemap.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
    },
    /// Geef het koppelgeheim verzegeld aan de andere instellingen (voor een instelling).
    Send {
        #[command(flatten)]
        files: KeyFiles,
        /// De map met sleutels.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
    },
    /// Neem een koppelgeheim over (instelling), of de verhouding tot het vorige (koppelpunt).
    Accept {
        #[command(flatten)]
        files: KeyFiles,
        /// De map met sleutels.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
        /// Wat is ontvangen.
        #[arg(value_name = "BESTAND", required = true)]
        received: Vec<PathBuf>,
    },
    /// Vervang het geheim van deze map; wat al geleverd en gekoppeld is, blijft gekoppeld.
    Rotate {
        /// Het protocol van de studie (alleen voor een instelling).
        #[arg(long, value_name = "BESTAND")]
        study: Option<PathBuf>,
        /// Map voor de bestanden aan de anderen (alleen voor een instelling).
        #[arg(long, value_name = "MAP")]
        out: Option<PathBuf>,
        /// De map met sleutels, of de studiemap.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
    },
    /// Maak drie hersteldelen van de sleutels; twee ervan geven ze terug.
    Share {
        /// Map om de hersteldelen in te zetten. Geef daarna elk deel aan iemand anders.
        #[arg(long, value_name = "MAP")]
        out: PathBuf,
        /// De map met sleutels, of de studiemap.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
    },
    /// Herstel sleutels uit twee hersteldelen.
    Recover {
        /// Een hersteldeel; geef er twee op.
        #[arg(long = "part", value_name = "BESTAND", required = true)]
        parts: Vec<PathBuf>,
        /// Beveilig de herstelde sleutels met een nieuwe wachtzin.
        #[arg(long)]
        passphrase: bool,
        /// Map om de sleutels in te zetten, of de studiemap.
        #[arg(value_name = "MAP")]
        dir: PathBuf,
    },
}

/// What every command needs that sends keys to other parties.
#[derive(Args)]
pub struct KeyFiles {
    /// Het protocol van de studie (study.toml).
    #[arg(long, value_name = "BESTAND")]
    pub study: PathBuf,
    /// Map voor de bestanden aan de anderen.
    #[arg(long, value_name = "MAP", default_value = ".")]
    pub out: PathBuf,
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
    #[arg(value_name = "LEVERING")]
    pub dir: PathBuf,
    /// Het protocol van de studie (study.toml).
    #[arg(long, value_name = "BESTAND")]
    pub study: PathBuf,
    /// Map met de sleutels van de instelling.
    #[arg(long, default_value = "sleutels", value_name = "MAP")]
    pub keys: PathBuf,
    /// Koppelprofiel (TOML) van de instelling.
    #[arg(long, short, value_name = "BESTAND")]
    pub profile: Option<PathBuf>,
    /// Map om de twee verzegelde bestanden in te zetten.
    #[arg(long, short, value_name = "MAP")]
    pub out: PathBuf,
    /// De vorige levering is niet verstuurd: deze komt ervoor in de plaats, met hetzelfde nummer.
    #[arg(long, conflicts_with_all = ["correction", "after"])]
    pub replace_unsent: bool,
    /// De vorige levering over deze periode is verstuurd: deze is een correctie daarop.
    #[arg(long, conflicts_with = "after")]
    pub correction: bool,
    /// Verzegel als opvolger van de levering met dit kenmerk, zoals de ontvanger het noemt, of van
    /// `geen`. Nodig als wat is ontvangen niet is wat als laatste is verzegeld.
    #[arg(long, value_name = "KENMERK")]
    pub after: Option<String>,
}

/// `register`
#[derive(Args)]
pub struct RegisterOptions {
    /// De map van het koppelpunt (sleutels en register).
    #[arg(value_name = "MAP")]
    pub register: PathBuf,
    /// Het voorstel waarvan de twee personen één zijn.
    #[arg(long, value_name = "NUMMER", requires = "reason", conflicts_with_all = ["dismiss", "split"])]
    pub merge: Option<usize>,
    /// Het voorstel waarvan de twee personen twee zijn.
    #[arg(
        long,
        value_name = "NUMMER",
        requires = "reason",
        conflicts_with = "split"
    )]
    pub dismiss: Option<usize>,
    /// Het koppelnummer waaronder twee personen staan.
    #[arg(
        long,
        value_name = "KOPPELNUMMER",
        requires = "reason",
        requires = "institution"
    )]
    pub split: Option<String>,
    /// De instelling waarvan de rijen van iemand anders zijn.
    #[arg(long, value_name = "CODE")]
    pub institution: Option<String>,
    /// Waarom, in een paar woorden en zonder iets over de cliënt: de studie bewaart het.
    #[arg(long, value_name = "TEKST")]
    pub reason: Option<String>,
    /// Het protocol van de studie (study.toml).
    #[arg(long, value_name = "BESTAND", default_value = "study.toml")]
    pub study: PathBuf,
}

/// `review`
#[derive(Args)]
pub struct Review {
    /// De controlelijst van het koppelpunt.
    #[arg(value_name = "BESTAND")]
    pub file: PathBuf,
    /// Het protocol van de studie (study.toml).
    #[arg(long, value_name = "BESTAND")]
    pub study: PathBuf,
    /// Map met de sleutels van de instelling.
    #[arg(long, default_value = "sleutels", value_name = "MAP")]
    pub keys: PathBuf,
}

/// `receipt`
#[derive(Args)]
pub struct Receipt {
    /// Het ontvangstbewijs van de studie.
    #[arg(value_name = "BESTAND")]
    pub file: PathBuf,
    /// Het protocol van de studie (study.toml).
    #[arg(long, value_name = "BESTAND")]
    pub study: PathBuf,
    /// Map met de sleutels van de instelling.
    #[arg(long, default_value = "sleutels", value_name = "MAP")]
    pub keys: PathBuf,
}

/// `log`
#[derive(Args)]
pub struct Log {
    /// De studiemap.
    #[arg(value_name = "STUDIE")]
    pub study: PathBuf,
    /// Een stand van het logboek die een instelling bewaarde; mag vaker.
    #[arg(long = "checkpoint", value_name = "BESTAND")]
    pub checkpoints: Vec<PathBuf>,
    /// Vorm van de uitvoer.
    #[arg(long, value_enum, default_value_t = ShowFormat::Text, value_name = "VORM")]
    pub format: ShowFormat,
}

/// `link`
#[derive(Args)]
pub struct Link {
    /// De map van het koppelpunt (sleutels en register).
    #[arg(value_name = "MAP")]
    pub register: PathBuf,
    /// Verzegelde sleutelbestanden van instellingen.
    #[arg(required = true, value_name = "BESTAND")]
    pub files: Vec<PathBuf>,
    /// Het protocol van de studie (study.toml).
    #[arg(long, value_name = "BESTAND")]
    pub study: PathBuf,
    /// Map om het koppelbestand en de controlelijsten in te zetten.
    #[arg(long, short, value_name = "MAP")]
    pub out: PathBuf,
}

/// `erasure`
#[derive(Args)]
pub struct Erasure {
    #[command(subcommand)]
    pub action: ErasureAction,
}

/// The steps of an erasure, in the order in which they are done.
#[derive(Subcommand)]
pub enum ErasureAction {
    /// Instelling: verzegel de intrekking van een cliënt voor het koppelpunt.
    Request {
        /// Het eigen nummer van de cliënt.
        #[arg(long, value_name = "NUMMER")]
        client: String,
        /// Een levering (map of zip) waarin de cliënt staat, om koppelsleutels te maken; zonder
        /// deze wordt alleen gewist wat eerder is geleverd.
        #[arg(long, value_name = "LEVERING")]
        delivery: Option<PathBuf>,
        /// Koppelprofiel (TOML) van de instelling.
        #[arg(long, short, value_name = "BESTAND")]
        profile: Option<PathBuf>,
        /// Het protocol van de studie (study.toml).
        #[arg(long, value_name = "BESTAND")]
        study: PathBuf,
        /// Map met de sleutels van de instelling.
        #[arg(long, default_value = "sleutels", value_name = "MAP")]
        keys: PathBuf,
        /// Map om de intrekking in te zetten.
        #[arg(long, short, value_name = "MAP")]
        out: PathBuf,
    },
    /// Koppelpunt: weiger de cliënt voortaan, en schrijf de wisopdracht voor de studie.
    Detach(AtKoppelpunt),
    /// Studieteam: wis de cliënt, en schrijf het wisbericht voor het koppelpunt.
    Apply {
        /// De studiemap.
        #[arg(value_name = "STUDIE")]
        study: PathBuf,
        /// De wisopdracht van het koppelpunt.
        #[arg(value_name = "BESTAND")]
        file: PathBuf,
        /// Map om het wisbericht in te zetten.
        #[arg(long, short, value_name = "MAP")]
        out: PathBuf,
    },
    /// Koppelpunt: verwerk het wisbericht van de studie, en schrijf het wisbewijs voor de instelling.
    Forward(AtKoppelpunt),
    /// Instelling: toon een wisbewijs en bewaar het.
    Receipt {
        /// Het wisbewijs van het koppelpunt.
        #[arg(value_name = "BESTAND")]
        file: PathBuf,
        /// Het protocol van de studie (study.toml).
        #[arg(long, value_name = "BESTAND")]
        study: PathBuf,
        /// Map met de sleutels van de instelling.
        #[arg(long, default_value = "sleutels", value_name = "MAP")]
        keys: PathBuf,
    },
    /// Studieteam: zoek in alle bestanden of er nog iets van gewiste cliënten te openen is.
    Verify {
        /// De studiemap.
        #[arg(value_name = "STUDIE")]
        study: PathBuf,
        /// Ook in deze map, zoals een reservekopie; herhaal voor elke map.
        #[arg(long, value_name = "MAP")]
        also: Vec<PathBuf>,
    },
}

/// A file at the koppelpunt, and where the answer goes.
#[derive(Args)]
pub struct AtKoppelpunt {
    /// De map van het koppelpunt (sleutels en register).
    #[arg(value_name = "MAP")]
    pub register: PathBuf,
    /// De intrekking van een instelling, of het wisbericht van de studie.
    #[arg(value_name = "BESTAND")]
    pub file: PathBuf,
    /// Het protocol van de studie (study.toml).
    #[arg(long, value_name = "BESTAND")]
    pub study: PathBuf,
    /// Map om het antwoord in te zetten.
    #[arg(long, short, value_name = "MAP")]
    pub out: PathBuf,
}

impl AtKoppelpunt {
    /// Where the koppelpunt works.
    pub fn desk(&self) -> crate::stream::Desk<'_> {
        crate::stream::Desk {
            register: &self.register,
            study: &self.study,
            out: &self.out,
        }
    }
}

/// `new`
#[derive(Args)]
pub struct New {
    /// De nieuwe studiemap.
    #[arg(value_name = "MAP")]
    pub dir: PathBuf,
    /// Naam in verzegelde bestanden: kleine letters, cijfers en streepjes.
    #[arg(long, default_value = "borg-doorstroom", value_name = "NAAM")]
    pub id: String,
    /// Titel van de studie.
    #[arg(
        long,
        default_value = "In- en uitstroom van cliënten van De Borg",
        value_name = "TITEL"
    )]
    pub title: String,
    /// Wie voor publicaties instaat.
    #[arg(long, default_value = "", value_name = "NAAM")]
    pub author: String,
}

/// `receive`
#[derive(Args)]
pub struct Receive {
    /// De studiemap.
    #[arg(value_name = "STUDIE")]
    pub study: PathBuf,
    /// Verzegelde leveringen en koppelbestanden.
    #[arg(required = true, value_name = "BESTAND")]
    pub files: Vec<PathBuf>,
    /// Reden, als dit een correctie is van een eerdere levering over dezelfde periode.
    #[arg(long, value_name = "REDEN")]
    pub correction: Option<String>,
}

/// `run`
#[derive(Args)]
pub struct Run {
    /// De studiemap.
    #[arg(value_name = "STUDIE")]
    pub study: PathBuf,
}

/// `release`
#[derive(Args)]
pub struct Release {
    /// De studiemap.
    #[arg(value_name = "STUDIE")]
    pub study: PathBuf,
    /// Naam van wie vrijgeeft; standaard de auteur in study.toml.
    #[arg(long, value_name = "NAAM")]
    pub author: Option<String>,
    /// Naam van een controleur; herhaal voor elke controleur. Zonder controleurs wordt alleen getoond.
    #[arg(long = "checker", value_name = "NAAM")]
    pub checkers: Vec<String>,
    /// De kenmerkcode die bij het tonen werd gegeven; zo wordt vrijgegeven wat is gezien.
    #[arg(long, value_name = "KENMERK")]
    pub digest: Option<String>,
    /// Vorm van de uitvoer.
    #[arg(long, value_enum, default_value_t = ShowFormat::Text, value_name = "VORM")]
    pub format: ShowFormat,
    /// Schrijf ook een pagina (.html) voor de controleurs: wat naar buiten zou gaan, en van elk verborgen
    /// getal waarom het verborgen is en wat een buitenstaander er nog van weet.
    #[arg(long, value_name = "BESTAND")]
    pub page: Option<PathBuf>,
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
    #[arg(value_name = "STUDIE")]
    pub study: PathBuf,
    /// Map om factsheet, tabellen, figuren en site in te zetten; standaard `publicatie-N` in de studiemap.
    #[arg(long, short, value_name = "MAP")]
    pub out: Option<PathBuf>,
    /// Nummer van de publicatie; standaard de nieuwste.
    #[arg(long, value_name = "NUMMER")]
    pub release: Option<u32>,
}

/// `audit`
#[derive(Args)]
pub struct Audit {
    /// Tabellen (.csv, .xlsx of .ods) die samen openbaar zijn: kruistabellen met labels in de eerste
    /// rij en kolom en `Totaal` als marge, of lijsten met kolommen voor de labels en `aantal`.
    /// Verborgen is `x`, `.`, `*`, leeg, `<5` of `1-4`.
    #[arg(required = true, value_name = "TABEL")]
    pub tables: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: TableRules,
    /// Open getallen zijn afgerond op veelvouden hiervan.
    #[arg(long, default_value_t = 1, value_name = "GETAL")]
    pub rounded: i64,
    /// De uitkomst als JSON.
    #[arg(long)]
    pub json: bool,
}

/// `protect`
#[derive(Args)]
pub struct Protect {
    /// Tabellen (.csv, .xlsx of .ods) met alle getallen, die samen openbaar worden. Een lijst kan naast
    /// `waarde` ook `bijdragers`, `grootste` en `tweede` hebben.
    #[arg(required = true, value_name = "TABEL")]
    pub tables: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: TableRules,
    /// De indeling waarvan ieder label een partij is die haar eigen getallen kent, zoals `instelling`.
    #[arg(long, value_name = "NAAM")]
    pub owners: Option<String>,
    /// Verberg zo weinig mogelijk van het totaal in plaats van zo weinig mogelijk cellen.
    #[arg(long)]
    pub by_value: bool,
    /// Rond wat open blijft af op veelvouden hiervan.
    #[arg(long, default_value_t = 1, value_name = "GETAL")]
    pub round: i64,
    /// Bestand (.csv) om de tabel naar te schrijven, of een map bij meer dan één tabel; zonder dit op
    /// het scherm.
    #[arg(long, short, value_name = "BESTAND")]
    pub out: Option<PathBuf>,
    /// Als JSON: wat is verborgen en waarom, en wat daarvan nog is af te leiden.
    #[arg(long)]
    pub json: bool,
}

/// The rules for tables, of `audit` and `protect`.
#[derive(Args)]
pub struct TableRules {
    /// Vanaf welk aantal een cel open mag staan; bij waarden het minste aantal bijdragers.
    #[arg(long, default_value_t = 10, value_name = "AANTAL")]
    pub threshold: u64,
    /// Vanaf welk deel van een rij of kolom een cel iets zegt van bijna iedereen daarin.
    #[arg(long, default_value_t = 0.9, value_name = "DEEL")]
    pub group_share: f64,
    /// De getallen zijn waarden (bedragen, dagen) en geen aantallen.
    #[arg(long)]
    pub magnitudes: bool,
    /// De p van de p%-regel voor waarden.
    #[arg(
        long,
        default_value_t = 10.0,
        value_name = "PROCENT",
        conflicts_with = "dominance"
    )]
    pub p_percent: f64,
    /// In plaats van de p%-regel: de twee grootste bijdragers hebben samen hooguit zoveel.
    #[arg(long, value_name = "PROCENT")]
    pub dominance: Option<f64>,
}

/// `demo`
#[derive(Args)]
pub struct Demo {
    /// Map voor alles wat de demo maakt; standaard een nieuwe tijdelijke map.
    #[arg(long, value_name = "MAP")]
    pub dir: Option<PathBuf>,
    /// Aantal verzonnen cliënten.
    #[arg(long, default_value_t = 1200, value_name = "AANTAL")]
    pub clients: usize,
    /// Beginwaarde van het toeval; dezelfde geeft dezelfde gegevens.
    #[arg(long, default_value_t = 2024, value_name = "GETAL")]
    pub seed: u64,
    /// Alleen de leveringen schrijven, schoon en als CSV in de namen van de
    /// gegevensbeschrijving: om mee te oefenen of snelheid mee te meten.
    #[arg(long)]
    pub only_deliveries: bool,
    /// De site niet openen.
    #[arg(long)]
    pub no_serve: bool,
    /// Poort voor de site; 0 kiest een vrije.
    #[arg(long, default_value_t = 0, value_name = "POORT")]
    pub port: u16,
}
