//! From lives to the rows of one institution: what it delivers, cut at the day of the export.

use crate::client::Client;
use crate::course::Course;
use crate::draw::MONTH;
use crate::extract::{Extract, Value};
use crate::identity::Card;
use crate::law::NEW_LAWS;
use crate::life::EventKind;
use crate::person::{Person, Traits};
use crate::stay::{EntryKind, Stay, later};
use calendar::Day;
use codes::*;

/// The days between which an institution's data are complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub from: Day,
    /// First day after it.
    pub until: Day,
}

impl Window {
    pub(crate) fn holds(&self, day: Day) -> bool {
        self.from <= day && day < self.until
    }

    /// Whether a stay belongs to the delivery.
    pub(crate) fn delivers(&self, stay: &Stay) -> bool {
        stay.entry.day < self.until && stay.exit >= self.from
    }

    fn ended(&self, end: Day) -> Value {
        Some(end).filter(|&end| end < self.until).into()
    }
}

/// Writes the rows of one institution.
pub(crate) struct Scribe {
    window: Window,
    objections: bool,
    extract: Extract,
    marks: &'static str,
    next: Numbers,
}

#[derive(Default)]
struct Numbers {
    client: u32,
    referral: u32,
    admission: u32,
    placement: u32,
    measurement: u32,
}

impl Scribe {
    /// `objections`: whether clients who object to research are told to.
    pub(crate) fn new(institution: Institution, window: Window, objections: bool) -> Self {
        let marks = match institution {
            Institution::Stevig => "ST-",
            Institution::Wier => "W",
            Institution::Middenweg => "",
            Institution::Trajectum => "TRJ",
        };
        Self {
            window,
            objections,
            extract: Extract::empty(institution),
            marks,
            next: Numbers::default(),
        }
    }

    pub(crate) fn finish(mut self) -> Extract {
        self.delivery();
        self.extract
    }

    /// Adds a client with all that is delivered about it; the client's own number, if any is.
    pub(crate) fn add(&mut self, client: &Client, card: &Card) -> Option<String> {
        let institution = self.extract.institution;
        let delivered: Vec<usize> = (0..client.life.stays.len())
            .filter(|&at| {
                let stay = &client.life.stays[at];
                stay.entry.institution == institution && self.window.delivers(stay)
            })
            .collect();
        if delivered.is_empty() {
            return None;
        }
        self.next.client += 1;
        let id = format!("{}{}", self.marks, 10_000 + 3 * self.next.client);
        let key = Value::text(id.clone());
        self.person(&key, &client.life.person, card);
        self.client(&key, &client.life.person, &client.traits);
        for &at in &delivered {
            self.stay(&key, &client.life.person, &client.life.stays[at]);
            self.course(&key, &client.courses[at]);
        }
        self.returns(&key, client, &delivered);
        Some(id)
    }

    fn number(&self, letter: char, number: u32) -> Value {
        Value::text(format!("{}{letter}{}", self.marks, 50_000 + number))
    }

    fn person(&mut self, key: &Value, person: &Person, card: &Card) {
        let row = [
            ("client_id", key.clone()),
            (
                "bsn",
                card.bsn.map(|bsn| Value::text(format!("{bsn:09}"))).into(),
            ),
            ("achternaam", Value::text(card.surname.clone())),
            ("tussenvoegsel", card.prefix.map(Value::text).into()),
            (
                "voornamen",
                card.given_names.clone().map(Value::text).into(),
            ),
            ("voorletters", Value::text(card.initials.clone())),
            ("geboortedatum", card.birth.into()),
            ("geslacht", Value::code(person.sex)),
            (
                "postcode",
                card.postcode
                    .map(|postcode| Value::text(postcode.text()))
                    .into(),
            ),
        ];
        self.extract.table_mut("persoon").push(row);
    }

    fn client(&mut self, key: &Value, person: &Person, traits: &Traits) {
        let substances: Vec<_> = traits
            .substances
            .iter()
            .map(|substance| substance.key())
            .collect();
        let ground = match traits.ground {
            LegalGround::Objection if !self.objections => LegalGround::Exception,
            ground => ground,
        };
        let row = [
            ("client_id", key.clone()),
            ("geboortejaar", Value::whole(person.birth.year())),
            ("geslacht", Value::code(person.sex)),
            ("burgerlijke_staat", Value::code(traits.marital_status)),
            ("leefeenheid_voor", Value::code(traits.household)),
            ("opleiding_hoogst", Value::code(traits.education)),
            ("dagbesteding_voor", Value::code(traits.daytime)),
            ("wettelijk_vertegenw", Value::code(traits.representation)),
            ("iq_totaal", Value::whole(person.iq)),
            ("iq_test", Value::code(traits.iq_test)),
            ("iq_datum", traits.iq_date.into()),
            ("iq_klasse", Value::code(Traits::iq_class(person.iq))),
            ("scil_totaal", Value::whole(traits.scil)),
            (
                "sociaal_emotioneel_niv",
                Value::whole(traits.social_emotional_months),
            ),
            ("adaptief_niveau", Value::code(traits.adaptive)),
            ("middelen", Value::text(substances.join("|"))),
            ("middelstatus", Value::code(traits.substance_status)),
            ("trauma_vroegkinderlijk", Value::code(traits.trauma)),
            ("hulpverl_gesch_jaren", Value::whole(traits.care_years)),
            ("eerdere_opnamen", Value::whole(traits.earlier_admissions)),
            (
                "leeftijd_1e_delict",
                traits.age_first_offence.map(Value::whole).into(),
            ),
            ("aantal_veroordelingen", Value::whole(traits.convictions)),
            ("grondslag", Value::code(ground)),
            ("grondslag_datum", traits.ground_date.into()),
        ];
        self.extract.table_mut("client").push(row);
        for (at, &diagnosis) in traits.diagnoses.iter().enumerate() {
            self.extract.table_mut("diagnose").push([
                ("client_id", key.clone()),
                ("dsm5_hoofdgroep", Value::code(diagnosis)),
                ("primair", Value::yes_no(at == traits.primary)),
                ("diagnosedatum", traits.iq_date.into()),
            ]);
        }
        for &offence in &traits.offences {
            self.extract.table_mut("delict").push([
                ("client_id", key.clone()),
                ("indexdelict", Value::code(offence)),
                ("recidivegevaar", Value::code(traits.reoffence_risk)),
            ]);
        }
    }

    fn stay(&mut self, key: &Value, person: &Person, stay: &Stay) {
        let referral = self.referral(key, stay);
        self.next.admission += 1;
        let admission = self.number('O', self.next.admission);
        let ready = stay.ready.filter(|&ready| ready < self.window.until);
        let row = [
            ("opname_id", admission.clone()),
            ("client_id", key.clone()),
            ("aanmelding_id", referral),
            ("opnamedatum", stay.entry.day.into()),
            (
                "leeftijd_opname",
                Value::whole(person.age_on(stay.entry.day)),
            ),
            ("herkomst_voorziening", Value::code(stay.entry.origin)),
            ("verwijzer_type", Value::code(stay.entry.referrer)),
            ("ontslagklaar_datum", ready.into()),
        ];
        self.extract.table_mut("opname").push(row);
        self.placements(&admission, stay);
        self.exit(&admission, stay);
        self.titles(key, stay);
        self.fundings(key, stay);
        self.indications(key, stay);
    }

    fn referral(&mut self, key: &Value, stay: &Stay) -> Value {
        if matches!(stay.entry.kind, EntryKind::TimeOut | EntryKind::Resumed) {
            return Value::Empty;
        }
        let waited = stay.waited;
        self.next.referral += 1;
        let id = self.number('A', self.next.referral);
        let common = |id: &Value, referred: i32| {
            [
                ("aanmelding_id", id.clone()),
                ("client_id", key.clone()),
                ("aanmelddatum", later(stay.entry.day, -referred).into()),
                ("verwijzer_type", Value::code(stay.entry.referrer)),
                ("herkomst_voorziening", Value::code(stay.entry.origin)),
            ]
        };
        let [a, b, c, d, e] = common(&id, waited);
        self.extract.table_mut("aanmelding").push([
            a,
            b,
            c,
            d,
            e,
            ("indicatiedatum", later(stay.entry.day, -waited).into()),
            (
                "acceptatiedatum",
                later(stay.entry.day, -(waited * 2 / 3)).into(),
            ),
            ("aanmeld_besluit", Value::code(ReferralDecision::Accepted)),
        ]);
        if stay.refused_before {
            self.next.referral += 1;
            let refused = self.number('A', self.next.referral);
            let [a, b, c, d, e] = common(&refused, waited + 90);
            self.extract.table_mut("aanmelding").push([
                a,
                b,
                c,
                d,
                e,
                ("aanmeld_besluit", Value::code(ReferralDecision::Refused)),
                ("afwijsreden", Value::code(RefusalReason::NoPlace)),
            ]);
        }
        id
    }

    fn placements(&mut self, admission: &Value, stay: &Stay) {
        for placement in stay
            .placements
            .iter()
            .filter(|placement| placement.start < self.window.until)
        {
            self.next.placement += 1;
            let row = [
                ("plaatsing_id", self.number('P', self.next.placement)),
                ("opname_id", admission.clone()),
                ("plaatsing_start", placement.start.into()),
                ("plaatsing_eind", self.window.ended(placement.end)),
                ("voorziening", Value::code(Facility::BorgKlin)),
                ("beveiligingsniveau", Value::code(placement.security)),
                ("leefgroep_type", Value::code(placement.group_type)),
                ("fase", Value::code(placement.phase)),
            ];
            self.extract.table_mut("plaatsing").push(row);
        }
    }

    fn exit(&mut self, admission: &Value, stay: &Stay) {
        let Some(exit) = stay.exit_before(self.window.until) else {
            return;
        };
        let departure = &stay.departure;
        let died = stay.died();
        let alive = |value: Value| if died { Value::Empty } else { value };
        self.extract.table_mut("ontslag").push([
            ("opname_id", admission.clone()),
            ("ontslagdatum", exit.into()),
            ("ontslagreden", Value::code(departure.reason)),
            ("ontslag_gepland", Value::yes_no(departure.planned)),
            ("bestemming_voorziening", Value::code(departure.destination)),
            (
                "bestemming_beveiliging",
                departure.security.map(Value::code).into(),
            ),
            ("warme_overdracht", alive(Value::yes_no(departure.warm))),
            (
                "overdracht_dagen",
                Some(departure.handover_days)
                    .filter(|&days| days > 0)
                    .map(Value::whole)
                    .into(),
            ),
            ("nazorg_ambulant", alive(Value::yes_no(departure.outreach))),
            (
                "signaleringsplan_mee",
                alive(Value::yes_no(departure.planned)),
            ),
        ]);
    }

    fn titles(&mut self, key: &Value, stay: &Stay) {
        for spell in stay
            .titles
            .iter()
            .filter(|spell| spell.start < self.window.until)
        {
            let row = [
                ("client_id", key.clone()),
                ("juridische_titel", Value::code(spell.code)),
                ("titel_start", spell.start.into()),
                ("titel_eind", self.window.ended(spell.end)),
            ];
            self.extract.table_mut("titelperiode").push(row);
        }
    }

    fn fundings(&mut self, key: &Value, stay: &Stay) {
        for spell in stay
            .fundings
            .iter()
            .filter(|spell| spell.start < self.window.until)
        {
            let performance = spell.start >= PERFORMANCE_MODEL;
            let care = spell.code == Funding::Wlz;
            let forensic = spell.code == Funding::Fz;
            let row = [
                ("client_id", key.clone()),
                ("financiering", Value::code(spell.code)),
                ("financiering_start", spell.start.into()),
                ("financiering_eind", self.window.ended(spell.end)),
                (
                    "zorgprofiel",
                    care.then(|| Value::code(CareProfile::C790)).into(),
                ),
                (
                    "zpm_setting",
                    (!care && performance)
                        .then(|| Value::code(ZpmSetting::C6))
                        .into(),
                ),
                (
                    "verblijfsintensiteit",
                    (forensic && performance)
                        .then(|| Value::code(StayIntensity::E))
                        .into(),
                ),
            ];
            self.extract.table_mut("financieringsperiode").push(row);
        }
    }

    /// Indications of at most three years, one after the other, as long as the stay lasts.
    fn indications(&mut self, key: &Value, stay: &Stay) {
        let forensic = stay
            .fundings
            .first()
            .is_some_and(|spell| spell.code == Funding::Fz);
        let statement = stay.titles.iter().find(|spell| {
            matches!(spell.code, Title::Wzd21 | Title::Wzd24) && spell.start < self.window.until
        });
        let end = stay.exit.min(self.window.until);
        let mut decided = later(stay.entry.day, -10);
        while decided < end {
            let until = later(decided, INDICATION_DAYS);
            let statement = statement.filter(|spell| decided <= spell.start && spell.start < until);
            self.extract.table_mut("indicatie").push([
                ("client_id", key.clone()),
                (
                    "indicatiesteller",
                    Value::code(if forensic {
                        IndicationBody::Nifp
                    } else {
                        IndicationBody::Ciz
                    }),
                ),
                ("besluitdatum", decided.into()),
                ("geldig_tot", until.into()),
                (
                    "zorgprofiel",
                    (!forensic).then(|| Value::code(CareProfile::C790)).into(),
                ),
                (
                    "wzd_verklaring",
                    statement.map(|_| Value::code(WzdStatement::C2)).into(),
                ),
                ("wzd_start", statement.map(|spell| spell.start).into()),
                ("wzd_eind", Value::Empty),
            ]);
            decided = until;
        }
    }

    fn course(&mut self, key: &Value, course: &Course) {
        let window = self.window;
        for measured in course
            .measurements
            .iter()
            .filter(|measured| window.holds(measured.day))
        {
            self.next.measurement += 1;
            let id = self.number('M', self.next.measurement);
            let total: i64 = measured.items.iter().map(|&score| i64::from(score)).sum();
            self.extract.table_mut("meting").push([
                ("meting_id", id.clone()),
                ("client_id", key.clone()),
                ("instrument", Value::code(Instrument::Demo15)),
                ("meetdatum", measured.day.into()),
                ("totaalscore", Value::Whole(total)),
                ("afname_wijze", Value::code(measured.administration)),
            ]);
            for (item, &score) in measured.items.iter().enumerate() {
                self.extract.table_mut("itemscore").push([
                    ("meting_id", id.clone()),
                    ("item_nr", Value::Whole(item as i64 + 1)),
                    ("item_score", Value::whole(score)),
                ]);
            }
        }
        for module in course
            .modules
            .iter()
            .filter(|module| module.start < window.until)
        {
            let running = module.last >= window.until;
            let status = match (running, module.stopped) {
                (true, _) => ModuleStatus::Running,
                (_, true) => ModuleStatus::Stopped,
                _ => ModuleStatus::Completed,
            };
            self.extract.table_mut("module_deelname").push([
                ("client_id", key.clone()),
                ("module", Value::code(module.module)),
                ("module_start", module.start.into()),
                ("module_eind", window.ended(module.last)),
                ("module_status", Value::code(status)),
            ]);
        }
        for incident in course
            .incidents
            .iter()
            .filter(|incident| window.holds(incident.day))
        {
            self.extract.table_mut("incident").push([
                ("client_id", key.clone()),
                ("incident_datum", incident.day.into()),
                ("incident_type", Value::code(incident.kind)),
                ("incident_ernst", Value::whole(incident.severity)),
                ("doelwit", Value::code(incident.target)),
            ]);
        }
        for coercion in course
            .coercions
            .iter()
            .filter(|coercion| window.holds(coercion.start))
        {
            self.extract.table_mut("vrijheidsbeperking").push([
                ("client_id", key.clone()),
                ("vbi_soort", Value::code(coercion.measure)),
                ("vbi_start", coercion.start.into()),
                ("vbi_eind", window.ended(coercion.last)),
                ("instemming", Value::code(coercion.assent)),
            ]);
        }
        for leave in course
            .leaves
            .iter()
            .filter(|leave| window.holds(leave.start))
        {
            self.extract.table_mut("verlof").push([
                ("client_id", key.clone()),
                ("verlof_type", Value::code(leave.kind)),
                ("verlof_start", leave.start.into()),
                ("verlof_eind", window.ended(leave.last)),
                ("onttrekking", Value::yes_no(leave.absconded)),
            ]);
        }
    }

    /// What the institution of a delivered exit knows of afterwards.
    fn returns(&mut self, key: &Value, client: &Client, delivered: &[usize]) {
        let known = client
            .life
            .events
            .iter()
            .filter(|event| event.reported && delivered.contains(&event.stay))
            .filter(|event| self.window.holds(event.day));
        for event in known {
            let kind = match event.kind {
                EventKind::TimeOut | EventKind::Resumed => ReturnKind::TimeOut,
                EventKind::SameBorg => ReturnKind::SameBorg,
                EventKind::OtherBorg => ReturnKind::OtherBorg,
                EventKind::Detention => ReturnKind::Detention,
                EventKind::Elsewhere if event.facility.group() == FacilityGroup::ForensicClinic => {
                    ReturnKind::StepUp
                }
                EventKind::Elsewhere => ReturnKind::Crisis,
                // The list has no code for a death after the exit; the facility says it.
                EventKind::Death => ReturnKind::Relocation,
            };
            let died = event.kind == EventKind::Death;
            self.extract.table_mut("terugkeer").push([
                ("client_id", key.clone()),
                ("terugkeer_datum", event.day.into()),
                ("terugkeer_soort", Value::code(kind)),
                (
                    "terugkeer_reden",
                    (!died).then(|| Value::code(event.reason)).into(),
                ),
                ("terugkeer_voorziening", Value::code(event.facility)),
            ]);
        }
    }

    fn delivery(&mut self) {
        let Window { from, until } = self.window;
        let row = [
            ("instelling_code", Value::code(self.extract.institution)),
            ("waarneming_vanaf", from.into()),
            ("waarneming_tot", until.into()),
        ];
        self.extract.table_mut("levering").push(row);
        let stays: Vec<Day> = days(&self.extract, "opname", "opnamedatum");
        let exits: Vec<Day> = days(&self.extract, "ontslag", "ontslagdatum");
        let before = |days: &[Day], day: Day| days.iter().filter(|&&d| d < day).count() as i64;
        for (start, end) in years(self.window) {
            let stock = |day: Day| before(&stays, day) - before(&exits, day);
            self.extract.table_mut("telling").push([
                ("periode_start", start.into()),
                ("periode_eind", end.into()),
                ("stand_begin", Value::Whole(stock(start))),
                (
                    "instroom",
                    Value::Whole(before(&stays, end) - before(&stays, start)),
                ),
                (
                    "uitstroom",
                    Value::Whole(before(&exits, end) - before(&exits, start)),
                ),
                ("stand_eind", Value::Whole(stock(end))),
            ]);
        }
    }
}

/// Longest validity of an SGLVG indication: three years (CIZ rules of 2015, as in the domain notes).
const INDICATION_DAYS: i32 = (36.0 * MONTH) as i32;

/// The first day of the care-performance model (zorgprestatiemodel).
const PERFORMANCE_MODEL: Day = match Day::from_ymd(2022, 1, 1) {
    Some(day) => day,
    None => NEW_LAWS,
};

fn days(extract: &Extract, table: &str, field: &str) -> Vec<Day> {
    let rows = extract.table(table);
    (0..rows.rows.len())
        .filter_map(|row| rows.day(row, field))
        .collect()
}

/// The calendar years of a window, the first and last perhaps in part.
pub(crate) fn years(window: Window) -> Vec<(Day, Day)> {
    let last_day = later(window.until, -1);
    (window.from.year()..=last_day.year())
        .map(|year| {
            let first = |year| Day::from_ymd(year, 1, 1).expect("1 January always exists");
            (
                first(year).max(window.from),
                first(year + 1).min(window.until),
            )
        })
        .collect()
}
