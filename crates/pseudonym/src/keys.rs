use crate::points::point;
use crate::{Identifiers, normalise};
use calendar::Day;
use codes::{Coded, Sex};
use curve25519_dalek::RistrettoPoint;
use linkage::{BlindedKey, KeyLabel, Keys, MatchSecret};
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
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct KeyPolicy {
    bsn: Option<RecordedDecision>,
    skn: Option<RecordedDecision>,
}

impl KeyPolicy {
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

    /// Whether this key is made.
    pub fn makes(&self, label: KeyLabel) -> bool {
        match label {
            KeyLabel::Bsn => self.bsn.is_some(),
            KeyLabel::Skn => self.skn.is_some(),
            _ => true,
        }
    }
}

/// The blinded match keys of one client: `X = a·H(method, project, label, fields)`.
///
/// A key of which a part is missing is not made.
pub fn match_keys(
    identifiers: &Identifiers,
    secret: &MatchSecret,
    project: &str,
    policy: &KeyPolicy,
) -> Keys<BlindedKey> {
    let [keys] = match_keys_of(&[identifiers], secret, project, policy)
        .try_into()
        .expect("one client in, one out");
    keys
}

/// The blinded match keys of many clients, in parallel.
pub(crate) fn match_keys_of(
    clients: &[&Identifiers],
    secret: &MatchSecret,
    project: &str,
    policy: &KeyPolicy,
) -> Vec<Keys<BlindedKey>> {
    let points: Vec<Keys<RistrettoPoint>> = clients
        .par_iter()
        .map(|identifiers| points_of(identifiers, project, policy))
        .collect();
    let mut present: Vec<RistrettoPoint> = points.iter().flatten().flatten().copied().collect();
    let mut blinded = BlindedKey::blind(&mut present, secret).into_iter();
    let keyed = |points: &Keys<RistrettoPoint>| points.map(|p| p.and_then(|_| blinded.next()));
    points.iter().map(keyed).collect()
}

/// The parts of a client's keys, in one spelling; wiped when dropped.
struct Parts {
    surname: Option<Zeroizing<String>>,
    given: Option<Zeroizing<String>>,
    initial: Option<Zeroizing<String>>,
    birth: Option<Zeroizing<String>>,
    sex: Option<&'static str>,
    postcode: Option<Zeroizing<String>>,
    bsn: Option<Zeroizing<String>>,
    skn: Option<Zeroizing<String>>,
}

impl Parts {
    fn new(of: &Identifiers, policy: &KeyPolicy) -> Self {
        let given_names = of.given_names.as_deref();
        let initial = normalise::initial(of.initials.as_deref(), given_names);
        let number = |label, text: &Option<String>, read: fn(&str) -> Option<String>| {
            let text = text.as_deref().filter(|_| policy.makes(label));
            text.and_then(read).map(Zeroizing::new)
        };
        Self {
            surname: of
                .surname
                .as_deref()
                .and_then(normalise::surname)
                .map(Zeroizing::new),
            given: given_names
                .and_then(normalise::given_name)
                .map(Zeroizing::new),
            initial: initial.map(|letter| Zeroizing::new(letter.to_string())),
            birth: of
                .birth_date
                .and_then(plausible)
                .map(|day| Zeroizing::new(day.to_string())),
            sex: of.sex.filter(|sex| *sex != Sex::Unknown).map(Coded::key),
            postcode: of
                .postcode
                .as_deref()
                .and_then(normalise::postcode4)
                .map(Zeroizing::new),
            bsn: number(KeyLabel::Bsn, &of.bsn, normalise::bsn),
            skn: number(KeyLabel::Skn, &of.skn, normalise::skn),
        }
    }

    /// The fields of a key, if all of them are known.
    fn fields(&self, label: KeyLabel) -> Option<Vec<&str>> {
        let surname = text(&self.surname);
        let given = text(&self.given);
        let birth = text(&self.birth);
        let postcode = text(&self.postcode);
        let fields: &[Option<&str>] = match label {
            KeyLabel::Bsn => &[text(&self.bsn)],
            KeyLabel::Skn => &[text(&self.skn)],
            KeyLabel::FullName => &[surname, given, birth, self.sex],
            KeyLabel::InitialSurname => &[text(&self.initial), surname, birth],
            KeyLabel::GivenPostcode => &[given, birth, postcode],
            KeyLabel::SurnamePostcode => &[surname, birth, postcode],
        };
        fields.iter().copied().collect()
    }
}

fn text(part: &Option<Zeroizing<String>>) -> Option<&str> {
    part.as_ref().map(|text| text.as_str())
}

/// Record systems write 1 January 1900 and earlier where a birth date is not known.
fn plausible(birth: Day) -> Option<Day> {
    let unknown = Day::from_ymd(1900, 1, 1).expect("1 January exists");
    (birth > unknown).then_some(birth)
}

fn points_of(identifiers: &Identifiers, project: &str, policy: &KeyPolicy) -> Keys<RistrettoPoint> {
    let parts = Parts::new(identifiers, policy);
    KeyLabel::ALL.map(|label| Some(point(project, label, &parts.fields(label)?)))
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

    fn keys(of: &Identifiers) -> Keys<BlindedKey> {
        let decision = RecordedDecision {
            reference: "test".into(),
            decided_on: Day::from_number(0),
        };
        let policy = KeyPolicy::default()
            .with_bsn(decision.clone())
            .with_skn(decision);
        let secret = MatchSecret::generate(&mut ChaCha20Rng::seed_from_u64(1));
        match_keys(of, &secret, "test", &policy)
    }

    fn changed(change: impl FnOnce(&mut Identifiers)) -> Vec<KeyLabel> {
        let mut other = known();
        change(&mut other);
        let (one, two) = (keys(&known()), keys(&other));
        let differs = |label: &KeyLabel| one[label.position()] != two[label.position()];
        KeyLabel::ALL.into_iter().filter(differs).collect()
    }

    #[test]
    fn each_part_changes_the_keys_that_hold_it() {
        use KeyLabel::{Bsn, FullName, GivenPostcode, InitialSurname, Skn, SurnamePostcode};
        assert_eq!(changed(|who| who.bsn = Some("012345672".into())), [Bsn]);
        assert_eq!(changed(|who| who.skn = Some("8".into())), [Skn]);
        assert_eq!(changed(|who| who.sex = Some(Sex::Female)), [FullName]);
        assert_eq!(
            changed(|who| who.initials = Some("K".into())),
            [InitialSurname]
        );
        let postcode = changed(|who| who.postcode = Some("1235AB".into()));
        assert_eq!(postcode, [GivenPostcode, SurnamePostcode]);
        let surname = changed(|who| who.surname = Some("Bergen".into()));
        assert_eq!(surname, [FullName, InitialSurname, SurnamePostcode]);
        let given = changed(|who| who.given_names = Some("Piet".into()));
        assert_eq!(given, [FullName, GivenPostcode]);
        let birth = changed(|who| who.birth_date = Day::from_ymd(1980, 2, 28));
        assert_eq!(
            birth,
            [FullName, InitialSurname, GivenPostcode, SurnamePostcode]
        );
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
            []
        );
    }

    #[test]
    fn a_key_of_which_a_part_is_missing_is_not_made() {
        let without = |change: fn(&mut Identifiers)| {
            let mut who = known();
            change(&mut who);
            keys(&who).map(|key| key.is_some())
        };
        assert_eq!(without(|_| ()), [true; 6]);
        assert_eq!(
            without(|who| who.birth_date = None),
            [true, true, false, false, false, false]
        );
        let old = without(|who| who.birth_date = Day::from_ymd(1900, 1, 1));
        assert_eq!(old, [true, true, false, false, false, false]);
        assert_eq!(
            without(|who| who.sex = Some(Sex::Unknown)),
            [true, true, false, true, true, true]
        );
        assert_eq!(
            without(|who| who.postcode = None),
            [true, true, true, true, false, false]
        );
        assert_eq!(
            without(|who| who.bsn = Some("1".into())),
            [false, true, true, true, true, true]
        );
        assert_eq!(keys(&Identifiers::default()), [None; 6]);
    }

    #[test]
    fn identifiers_show_nothing() {
        assert_eq!(format!("{:?}", known()), "Identifiers { … }");
    }
}
