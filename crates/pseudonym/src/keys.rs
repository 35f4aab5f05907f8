use crate::points::point;
use crate::{Identifiers, normalise};
use calendar::Day;
use codes::{Coded, Sex};
use curve25519_dalek::RistrettoPoint;
use linkage::{BlindedKey, DeclarationError, KeyDeclaration, MatchSecret, Part};
use rayon::prelude::*;
use zeroize::Zeroizing;

/// The recorded decision of a data protection officer that a personal number may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedDecision {
    /// Where the decision is filed.
    pub reference: String,
    /// When it was taken.
    pub decided_on: Day,
}

/// Which match keys are made.
///
/// By default none from a personal number: the law allows the BSN only where it prescribes it
/// (UAVG art. 46), the SKN only in the criminal-justice chain (Sv art. 27b).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPolicy {
    names: KeyDeclaration,
    bsn: Option<RecordedDecision>,
    skn: Option<RecordedDecision>,
}

/// The usual keys, none from a number.
impl Default for KeyPolicy {
    fn default() -> Self {
        Self {
            names: KeyDeclaration::usual(),
            bsn: None,
            skn: None,
        }
    }
}

impl KeyPolicy {
    /// These keys, which must hold no personal number: those need a recorded decision.
    ///
    /// # Errors
    /// A key with a personal number, or so many keys that no number fits beside them.
    pub fn of_names(names: KeyDeclaration) -> Result<Self, KeyPolicyError> {
        if names.keys().iter().any(|key| key.holds_number()) {
            return Err(KeyPolicyError::NumberWithoutDecision);
        }
        // Both numbers must fit before them, so that recording a decision cannot fail.
        let with_one = names.clone().behind(Part::Skn);
        with_one
            .and_then(|keys| keys.behind(Part::Bsn))
            .map_err(KeyPolicyError::Declaration)?;
        Ok(Self {
            names,
            ..Self::default()
        })
    }

    /// Also a key from the citizen service number.
    pub fn with_bsn(mut self, decision: RecordedDecision) -> Self {
        self.bsn = Some(decision);
        self
    }

    /// Also a key from the number in the criminal-justice chain.
    pub fn with_skn(mut self, decision: RecordedDecision) -> Self {
        self.skn = Some(decision);
        self
    }

    /// All keys that are made, strictest first.
    pub fn declaration(&self) -> KeyDeclaration {
        let numbers = [(Part::Skn, &self.skn), (Part::Bsn, &self.bsn)];
        let decided = numbers
            .into_iter()
            .filter(|(_, decision)| decision.is_some());
        decided.fold(self.names.clone(), |keys, (number, _)| {
            keys.behind(number)
                .expect("the names hold no number and leave room for both")
        })
    }
}

/// Why match keys cannot be made as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyPolicyError {
    /// A key holds a personal number.
    #[error("a key holds a personal number without a recorded decision")]
    NumberWithoutDecision,
    /// The declaration cannot be.
    #[error(transparent)]
    Declaration(DeclarationError),
}

impl KeyPolicyError {
    /// One Dutch sentence for the person who wrote the declaration.
    pub fn sentence(&self) -> String {
        match self {
            Self::NumberWithoutDecision => "Een koppelsleutel met BSN of SKN staat niet in deze lijst: zet `bsn` of `skn` aan, met het `akkoord` van de FG.".into(),
            Self::Declaration(error) => error.sentence(),
        }
    }
}

/// The blinded match keys of one client, in the order of the policy's declaration:
/// `X = a·H(method, project, key, fields)`.
///
/// A key of which a part is missing is not made.
pub fn match_keys(
    identifiers: &Identifiers,
    secret: &MatchSecret,
    project: &str,
    policy: &KeyPolicy,
) -> Vec<Option<BlindedKey>> {
    match_keys_of_many(&[identifiers], secret, project, &policy.declaration())
}

/// The blinded match keys of many clients, in parallel: those of the first client, then those
/// of the second, and so on.
pub fn match_keys_of_many(
    clients: &[&Identifiers],
    secret: &MatchSecret,
    project: &str,
    declaration: &KeyDeclaration,
) -> Vec<Option<BlindedKey>> {
    let points: Vec<Option<RistrettoPoint>> = clients
        .par_iter()
        .flat_map_iter(|identifiers| points_of(identifiers, project, declaration))
        .collect();
    let mut present: Vec<RistrettoPoint> = points.iter().flatten().copied().collect();
    let mut blinded = BlindedKey::blind(&mut present, secret).into_iter();
    let keyed = points
        .iter()
        .map(|point| point.and_then(|_| blinded.next()));
    keyed.collect()
}

/// The parts of a client's identity, in one spelling; wiped when dropped.
struct Parts([Option<Zeroizing<String>>; Part::ALL.len()]);

impl Parts {
    fn new(of: &Identifiers, declaration: &KeyDeclaration) -> Self {
        let asked = |part: &Part| {
            let mut keys = declaration.keys().iter();
            keys.any(|key| key.parts().contains(part))
        };
        Self(Part::ALL.map(|part| {
            // A number that no key holds is not even read.
            let text = asked(&part).then(|| spelled(of, part)).flatten();
            text.map(Zeroizing::new)
        }))
    }

    /// The fields of a key, if all of them are known.
    fn fields(&self, parts: &[Part]) -> Option<Vec<&str>> {
        let field = |part: &Part| self.0[*part as usize].as_ref().map(|text| text.as_str());
        parts.iter().map(field).collect()
    }
}

/// A part of a client's identity in one spelling, if it is known.
fn spelled(of: &Identifiers, part: Part) -> Option<String> {
    let surname = || of.surname.as_deref().and_then(normalise::surname);
    let given = || of.given_names.as_deref().and_then(normalise::given_name);
    let birth = || of.birth_date.and_then(plausible);
    match part {
        Part::Bsn => of.bsn.as_deref().and_then(normalise::bsn),
        Part::Skn => of.skn.as_deref().and_then(normalise::skn),
        Part::Surname => surname(),
        Part::SurnameStart => surname().and_then(|name| normalise::start(&name)),
        Part::SurnameEnd => surname().and_then(|name| normalise::end(&name)),
        Part::GivenName => given(),
        Part::GivenStart => given().and_then(|name| normalise::start(&name)),
        Part::GivenEnd => given().and_then(|name| normalise::end(&name)),
        Part::Initial => {
            let initial = normalise::initial(of.initials.as_deref(), of.given_names.as_deref());
            initial.map(String::from)
        }
        Part::NamesExchanged => Some(either_order(surname()?, given()?)),
        Part::BirthDate => birth().map(|day| day.to_string()),
        Part::BirthExchanged => birth().map(exchanged),
        Part::Sex => {
            let known = of.sex.filter(|sex| *sex != Sex::Unknown);
            known.map(|sex| sex.key().to_owned())
        }
        Part::Postcode4 => of.postcode.as_deref().and_then(normalise::postcode4),
    }
}

/// Two names that are the same when they are exchanged. Names are letters only.
fn either_order(one: String, two: String) -> String {
    let (first, last) = if one <= two { (one, two) } else { (two, one) };
    format!("{first} {last}")
}

/// A date that is the same when day and month are exchanged.
fn exchanged(birth: Day) -> String {
    let (year, month, day) = birth.ymd();
    format!("{year:04} {:02} {:02}", month.min(day), month.max(day))
}

/// Record systems write 1 January 1900 and earlier where a birth date is not known.
fn plausible(birth: Day) -> Option<Day> {
    let unknown = Day::from_ymd(1900, 1, 1).expect("1 January exists");
    (birth > unknown).then_some(birth)
}

fn points_of(
    identifiers: &Identifiers,
    project: &str,
    declaration: &KeyDeclaration,
) -> Vec<Option<RistrettoPoint>> {
    let parts = Parts::new(identifiers, declaration);
    let keys = declaration.keys().iter();
    keys.map(|key| Some(point(project, key, &parts.fields(key.parts())?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn known() -> Identifiers {
        Identifiers {
            bsn: Some("111222333".into()),
            skn: Some("12345678".into()),
            surname: Some("van der Berg".into()),
            given_names: Some("Jan Willem".into()),
            initials: Some("J.W.".into()),
            birth_date: Day::from_ymd(1980, 2, 29),
            sex: Some(Sex::Male),
            postcode: Some("1234 AB".into()),
        }
    }

    fn decision() -> RecordedDecision {
        RecordedDecision {
            reference: "test".into(),
            decided_on: Day::from_number(0),
        }
    }

    fn both_numbers() -> KeyPolicy {
        KeyPolicy::default()
            .with_bsn(decision())
            .with_skn(decision())
    }

    fn keys(of: &Identifiers) -> Vec<Option<BlindedKey>> {
        let secret = MatchSecret::generate(&mut ChaCha20Rng::seed_from_u64(1));
        match_keys(of, &secret, "test", &both_numbers())
    }

    /// The parts that the keys have in common that differ after a change, and no other key has.
    fn changed(change: impl FnOnce(&mut Identifiers)) -> Vec<String> {
        let mut other = known();
        change(&mut other);
        let (one, two) = (keys(&known()), keys(&other));
        let declared = both_numbers().declaration();
        let keys = declared.keys().iter().zip(one.iter().zip(&two));
        let differs = keys.filter(|(_, (one, two))| one != two);
        differs.map(|(key, _)| key.tag()).collect()
    }

    /// The tags of all keys that hold one of these parts.
    fn with(parts: &[Part]) -> Vec<String> {
        let declared = both_numbers().declaration();
        let keys = declared.keys().iter();
        let holds = keys.filter(|key| key.parts().iter().any(|part| parts.contains(part)));
        holds.map(|key| key.tag()).collect()
    }

    #[test]
    fn each_part_changes_the_keys_that_hold_it_and_no_other() {
        use Part::{
            BirthDate, BirthExchanged, Bsn, GivenEnd, GivenName, GivenStart, Initial, Postcode4,
            Sex as SexPart, Skn, Surname, SurnameEnd, SurnameStart,
        };
        assert_eq!(
            changed(|who| who.bsn = Some("012345672".into())),
            with(&[Bsn])
        );
        assert_eq!(changed(|who| who.skn = Some("8".into())), with(&[Skn]));
        assert_eq!(changed(|who| who.sex = Some(Sex::Female)), with(&[SexPart]));
        assert_eq!(
            changed(|who| who.initials = Some("K".into())),
            with(&[Initial])
        );
        assert_eq!(
            changed(|who| who.postcode = Some("1235AB".into())),
            with(&[Postcode4])
        );
        // Berg, Bergen: the start is the same. Berg, Terg: the end is.
        let surname = changed(|who| who.surname = Some("Bergen".into()));
        assert_eq!(surname, with(&[Surname, SurnameEnd]));
        let surname = changed(|who| who.surname = Some("Terg".into()));
        assert_eq!(surname, with(&[Surname, SurnameStart]));
        let given = changed(|who| who.given_names = Some("Piet".into()));
        assert_eq!(given, with(&[GivenName, GivenStart, GivenEnd]));
        let birth = changed(|who| who.birth_date = Day::from_ymd(1980, 2, 28));
        assert_eq!(birth, with(&[BirthDate, BirthExchanged]));
    }

    #[test]
    fn exchanged_day_and_month_leave_one_key_of_the_date() {
        let of = |month, day| {
            let mut who = known();
            who.birth_date = Day::from_ymd(1980, month, day);
            keys(&who)
        };
        let (one, two) = (of(4, 7), of(7, 4));
        let declared = both_numbers().declaration();
        for (position, key) in declared.keys().iter().enumerate() {
            let differs = one[position] != two[position];
            assert_eq!(differs, key.parts().contains(&Part::BirthDate), "{key}");
        }
    }

    #[test]
    fn another_spelling_changes_nothing() {
        assert_eq!(
            changed(|who| {
                who.surname = Some("BERG".into());
                who.given_names = Some("jan".into());
                who.initials = Some("J".into());
                who.postcode = Some("1234".into());
                who.skn = Some("012345678".into());
            }),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_key_of_which_a_part_is_missing_is_not_made() {
        let missing = |change: fn(&mut Identifiers)| {
            let mut who = known();
            change(&mut who);
            let declared = both_numbers().declaration();
            let made = declared.tags().into_iter().zip(keys(&who));
            let not_made = made.filter(|(_, key)| key.is_none()).map(|(tag, _)| tag);
            not_made.collect::<Vec<_>>()
        };
        let birth = with(&[Part::BirthDate, Part::BirthExchanged]);
        assert_eq!(missing(|_| ()), Vec::<String>::new());
        assert_eq!(missing(|who| who.birth_date = None), birth);
        assert_eq!(
            missing(|who| who.birth_date = Day::from_ymd(1900, 1, 1)),
            birth
        );
        assert_eq!(
            missing(|who| who.sex = Some(Sex::Unknown)),
            with(&[Part::Sex])
        );
        assert_eq!(missing(|who| who.postcode = None), with(&[Part::Postcode4]));
        assert_eq!(
            missing(|who| who.bsn = Some("1".into())),
            with(&[Part::Bsn])
        );
        assert!(keys(&Identifiers::default()).iter().all(Option::is_none));
    }

    #[test]
    fn a_number_is_a_key_only_by_a_recorded_decision() {
        let numbers = |policy: KeyPolicy| policy.declaration().tags();
        assert!(
            numbers(KeyPolicy::default())
                .iter()
                .all(|tag| tag != "bsn" && tag != "skn")
        );
        assert_eq!(numbers(KeyPolicy::default().with_skn(decision()))[0], "skn");
        assert_eq!(numbers(both_numbers())[..2], ["bsn", "skn"]);
        let smuggled = KeyDeclaration::usual().behind(Part::Bsn).unwrap();
        let refused = KeyPolicy::of_names(smuggled);
        assert_eq!(refused, Err(KeyPolicyError::NumberWithoutDecision));
        assert!(KeyPolicy::of_names(KeyDeclaration::usual()).is_ok());
    }

    #[test]
    fn identifiers_show_nothing() {
        assert_eq!(format!("{:?}", known()), "Identifiers { … }");
    }
}
