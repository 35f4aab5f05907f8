//! One function per table, each naming the fields once.

use super::Cells;
use crate::{Column, ParsedTables, Table};
use calendar::Day;
use codes::{Coded, Institution, Substance};
use rayon::prelude::*;
use record::*;

/// All content tables. Needs validated tables.
pub(crate) fn content(tables: &ParsedTables, institution: Institution) -> Content<Day> {
    let table = |name| tables.table(name);
    Content {
        row_ids: Vec::new(),
        clients: clients(table("client"), institution),
        referrals: referrals(table("aanmelding")),
        admissions: admissions(table("opname")),
        placements: placements(table("plaatsing")),
        titles: titles(table("titelperiode")),
        fundings: fundings(table("financieringsperiode")),
        indications: indications(table("indicatie")),
        diagnoses: diagnoses(table("diagnose")),
        offences: offences(table("delict")),
        measurements: measurements(table("meting")),
        item_scores: item_scores(table("itemscore")),
        modules: modules(table("module_deelname")),
        incidents: incidents(table("incident")),
        measures: measures(table("vrijheidsbeperking")),
        leaves: leaves(table("verlof")),
        exits: exits(table("ontslag")),
        returns: returns(table("terugkeer")),
    }
}

fn rows<R: Send>(table: &Table, row: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
    (0..table.rows).into_par_iter().map(row).collect()
}

fn client(cells: Cells<'_>, row: usize) -> ClientIndex {
    ClientIndex(cells.position(row))
}

fn clients(table: &Table, institution: Institution) -> Vec<Client> {
    let of = |field| Cells::of(table, field);
    let birth_year = of("geboortejaar");
    let sex = of("geslacht");
    let origin = of("herkomstland_groep");
    let marital_status = of("burgerlijke_staat");
    let household = of("leefeenheid_voor");
    let education = of("opleiding_hoogst");
    let daytime = of("dagbesteding_voor");
    let representation = of("wettelijk_vertegenw");
    let (iq, iq_test, iq_class) = (of("iq_totaal"), of("iq_test"), of("iq_klasse"));
    let scil = of("scil_totaal");
    let social_emotional = of("sociaal_emotioneel_niv");
    let adaptive = of("adaptief_niveau");
    let (substances, substance_status) = (of("middelen"), of("middelstatus"));
    let trauma = of("trauma_vroegkinderlijk");
    let care_years = of("hulpverl_gesch_jaren");
    let earlier = of("eerdere_opnamen");
    let age_first_offence = of("leeftijd_1e_delict");
    let convictions = of("aantal_veroordelingen");
    let ground = of("grondslag");
    rows(table, |row| Client {
        institution,
        birth_year: birth_year.number(row),
        sex: sex.must_code(row),
        origin: origin.code(row),
        marital_status: marital_status.code(row),
        household: household.code(row),
        education: education.code(row),
        daytime: daytime.code(row),
        representation: representation.code(row),
        iq: iq.number(row),
        iq_test: iq_test.code(row),
        iq_class: iq_class.code(row),
        scil: scil.number(row),
        social_emotional_months: social_emotional.number(row),
        adaptive: adaptive.code(row),
        substances: substance_set(substances.get(row)),
        substance_status: substance_status.code(row),
        trauma: trauma.code(row),
        care_years: care_years.number(row),
        earlier_admissions: earlier.number(row),
        age_first_offence: age_first_offence.number(row),
        convictions: convictions.number(row),
        ground: ground.must_code(row),
    })
}

fn substance_set(bits: Option<i32>) -> SubstanceSet {
    let bits = bits.unwrap_or(0);
    Substance::ALL
        .iter()
        .filter(|substance| bits >> substance.position() & 1 == 1)
        .fold(SubstanceSet::default(), |set, substance| {
            set.with(*substance)
        })
}

fn referrals(table: &Table) -> Vec<Referral<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, referred) = (of("client_id"), of("aanmelddatum"));
    let (indicated, accepted) = (of("indicatiedatum"), of("acceptatiedatum"));
    let (decision, refusal) = (of("aanmeld_besluit"), of("afwijsreden"));
    let (referrer, origin) = (of("verwijzer_type"), of("herkomst_voorziening"));
    rows(table, |row| Referral {
        client: client(owner, row),
        referred: referred.must_day(row),
        indicated: indicated.day(row),
        accepted: accepted.day(row),
        decision: decision.must_code(row),
        refusal: refusal.code(row),
        referrer: referrer.code(row),
        origin: origin.code(row),
    })
}

fn admissions(table: &Table) -> Vec<Admission<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, admitted) = (of("client_id"), of("opnamedatum"));
    let (origin, referrer) = (of("herkomst_voorziening"), of("verwijzer_type"));
    let ready = of("ontslagklaar_datum");
    rows(table, |row| Admission {
        client: client(owner, row),
        admitted: admitted.must_day(row),
        origin: origin.code(row),
        referrer: referrer.code(row),
        ready_for_exit: ready.day(row),
    })
}

fn placements(table: &Table) -> Vec<Placement<Day>> {
    let of = |field| Cells::of(table, field);
    let admission = of("opname_id");
    let (start, end) = (of("plaatsing_start"), of("plaatsing_eind"));
    let (facility, security) = (of("voorziening"), of("beveiligingsniveau"));
    let (group_type, phase) = (of("leefgroep_type"), of("fase"));
    rows(table, |row| Placement {
        admission: AdmissionIndex(admission.position(row)),
        start: start.must_day(row),
        end: end.day(row),
        facility: facility.must_code(row),
        security: security.must_code(row),
        group_type: group_type.code(row),
        phase: phase.code(row),
    })
}

fn titles(table: &Table) -> Vec<TitleSpell<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, title) = (of("client_id"), of("juridische_titel"));
    let (start, end) = (of("titel_start"), of("titel_eind"));
    rows(table, |row| TitleSpell {
        client: client(owner, row),
        start: start.must_day(row),
        end: end.day(row),
        title: title.must_code(row),
    })
}

fn fundings(table: &Table) -> Vec<FundingSpell<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, funding) = (of("client_id"), of("financiering"));
    let (start, end) = (of("financiering_start"), of("financiering_eind"));
    let (profile, setting) = (of("zorgprofiel"), of("zpm_setting"));
    let intensity = of("verblijfsintensiteit");
    rows(table, |row| FundingSpell {
        client: client(owner, row),
        start: start.must_day(row),
        end: end.day(row),
        funding: funding.must_code(row),
        profile: profile.code(row),
        zpm_setting: setting.code(row),
        intensity: intensity.code(row),
    })
}

fn indications(table: &Table) -> Vec<Indication<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, body) = (of("client_id"), of("indicatiesteller"));
    let (decided, until) = (of("besluitdatum"), of("geldig_tot"));
    let (profile, wzd) = (of("zorgprofiel"), of("wzd_verklaring"));
    let (wzd_start, wzd_end) = (of("wzd_start"), of("wzd_eind"));
    rows(table, |row| Indication {
        client: client(owner, row),
        body: body.must_code(row),
        decided: decided.must_day(row),
        until: until.day(row),
        profile: profile.code(row),
        wzd: wzd.code(row),
        wzd_start: wzd_start.day(row),
        wzd_end: wzd_end.day(row),
    })
}

fn diagnoses(table: &Table) -> Vec<DiagnosisRow<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, diagnosis) = (of("client_id"), of("dsm5_hoofdgroep"));
    let (primary, established) = (of("primair"), of("diagnosedatum"));
    rows(table, |row| DiagnosisRow {
        client: client(owner, row),
        diagnosis: diagnosis.must_code(row),
        primary: primary.yes(row) == Some(true),
        established: established.day(row),
    })
}

fn offences(table: &Table) -> Vec<OffenceRow> {
    let of = |field| Cells::of(table, field);
    let (owner, offence, risk) = (of("client_id"), of("indexdelict"), of("recidivegevaar"));
    rows(table, |row| OffenceRow {
        client: client(owner, row),
        offence: offence.must_code(row),
        reoffence_risk: risk.code(row),
    })
}

fn measurements(table: &Table) -> Vec<Measurement<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, instrument) = (of("client_id"), of("instrument"));
    let (taken, administration) = (of("meetdatum"), of("afname_wijze"));
    let total = |row: usize| match table.column("totaalscore") {
        Column::Decimal { numbers, cells } if cells[row].is_value() => Some(numbers[row] as f32),
        _ => None,
    };
    rows(table, |row| Measurement {
        client: client(owner, row),
        instrument: instrument.must_code(row),
        taken: taken.must_day(row),
        total: total(row),
        administration: administration.code(row),
    })
}

fn item_scores(table: &Table) -> Vec<ItemScore> {
    let of = |field| Cells::of(table, field);
    let (measurement, item, score) = (of("meting_id"), of("item_nr"), of("item_score"));
    rows(table, |row| ItemScore {
        measurement: MeasurementIndex(measurement.position(row)),
        item: fitting(item.must(row)),
        score: fitting(score.must(row)),
    })
}

fn fitting<N: TryFrom<i32>>(number: i32) -> N {
    match N::try_from(number) {
        Ok(number) => number,
        Err(_) => unreachable!("validation let only required numbers of 16 bits through"),
    }
}

fn modules(table: &Table) -> Vec<ModuleRow<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, module, status) = (of("client_id"), of("module"), of("module_status"));
    let (start, end) = (of("module_start"), of("module_eind"));
    rows(table, |row| ModuleRow {
        client: client(owner, row),
        module: module.must_code(row),
        start: start.must_day(row),
        end: end.day_after(row),
        status: status.must_code(row),
    })
}

fn incidents(table: &Table) -> Vec<Incident<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, day, kind) = (of("client_id"), of("incident_datum"), of("incident_type"));
    let (severity, target) = (of("incident_ernst"), of("doelwit"));
    rows(table, |row| Incident {
        client: client(owner, row),
        day: day.must_day(row),
        kind: kind.must_code(row),
        severity: severity.number(row),
        target: target.code(row),
    })
}

fn measures(table: &Table) -> Vec<CoerciveMeasure<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, measure, assent) = (of("client_id"), of("vbi_soort"), of("instemming"));
    let (start, end) = (of("vbi_start"), of("vbi_eind"));
    rows(table, |row| CoerciveMeasure {
        client: client(owner, row),
        measure: measure.must_code(row),
        start: start.must_day(row),
        end: end.day_after(row),
        assent: assent.code(row),
    })
}

fn leaves(table: &Table) -> Vec<Leave<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, kind, absconded) = (of("client_id"), of("verlof_type"), of("onttrekking"));
    let (start, end) = (of("verlof_start"), of("verlof_eind"));
    rows(table, |row| Leave {
        client: client(owner, row),
        kind: kind.must_code(row),
        start: start.must_day(row),
        end: end.day_after(row),
        absconded: absconded.yes(row),
    })
}

fn exits(table: &Table) -> Vec<Exit<Day>> {
    let of = |field| Cells::of(table, field);
    let (admission, day, reason) = (of("opname_id"), of("ontslagdatum"), of("ontslagreden"));
    let planned = of("ontslag_gepland");
    let (destination, security) = (of("bestemming_voorziening"), of("bestemming_beveiliging"));
    let (warm, handover_days) = (of("warme_overdracht"), of("overdracht_dagen"));
    let (outreach, signal_plan) = (of("nazorg_ambulant"), of("signaleringsplan_mee"));
    rows(table, |row| Exit {
        admission: AdmissionIndex(admission.position(row)),
        day: day.must_day(row),
        reason: reason.must_code(row),
        planned: planned.yes(row),
        destination: destination.must_code(row),
        destination_security: security.code(row),
        warm_handover: warm.yes(row),
        handover_days: handover_days.number(row),
        outreach: outreach.yes(row),
        signal_plan: signal_plan.yes(row),
    })
}

fn returns(table: &Table) -> Vec<Return<Day>> {
    let of = |field| Cells::of(table, field);
    let (owner, day, kind) = (
        of("client_id"),
        of("terugkeer_datum"),
        of("terugkeer_soort"),
    );
    let (reason, facility) = (of("terugkeer_reden"), of("terugkeer_voorziening"));
    rows(table, |row| Return {
        client: client(owner, row),
        day: day.must_day(row),
        kind: kind.must_code(row),
        reason: reason.code(row),
        facility: facility.code(row),
    })
}
