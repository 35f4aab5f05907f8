//! Release of what was screened, once and with approval.

use crate::approval::enough;
use crate::explanation::{Explanation, Grounds, explain};
use crate::ledger::{Binding, FORMAT};
use crate::record::Record;
use crate::{
    Approval, LedgerEntry, Policy, Publication, PublicationHeader, Published, Refusal,
    ScreenedResult,
};
use calendar::{Day, HalfYear};
use estimate::{Digest, Provenance};

/// Results that are ready to be checked by people, and then released.
pub struct ScreenedSet {
    pub(crate) policy: Policy,
    pub(crate) results: Vec<ScreenedResult>,
    pub(crate) published: Vec<Published>,
    pub(crate) record: Record,
    pub(crate) number: u32,
    pub(crate) previous: Digest,
    pub(crate) digest: Digest,
    pub(crate) grounds: Grounds,
}

/// What the gate cannot know by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseDetails {
    /// Dutch title of the study.
    pub study_title: String,
    /// Day of release, `jjjj-mm-dd`.
    pub released_on: String,
    /// Names of the institutions that delivered; shown only if the policy names them.
    pub institutions: Vec<String>,
}

impl ScreenedSet {
    /// What an approval is bound to.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the gate made of each result, for the checkers.
    pub fn results(&self) -> &[ScreenedResult] {
        &self.results
    }

    /// The policy that it was screened by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// For each result why each hidden number is hidden, what an outsider can still work out of
    /// it from this and all earlier releases, and what the result lost. No hidden number is in
    /// it, and spans and losses follow from the publications alone; but the reasons tell small
    /// counts from those that protect them, so it is for the checkers and for nobody else.
    pub fn explained(&self) -> Vec<Explanation> {
        explain(&self.grounds, &self.published, &self.policy)
    }

    /// What would be published, for the checkers alone: it is lent out, and no publication.
    pub fn proposed(&self) -> &[Published] {
        &self.published
    }

    /// The header that the set would be published under, for showing [`Self::proposed`].
    pub fn proposed_header(&self, details: ReleaseDetails) -> PublicationHeader {
        self.header(0, details)
    }

    /// Releases the set, once.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] where the approval is for something else, has too few checkers, or the
    /// day is not a day.
    pub fn release(
        self,
        approval: Approval,
        details: ReleaseDetails,
    ) -> Result<(Publication, LedgerEntry), Refusal> {
        if approval.digest != self.digest {
            return Err(Refusal::OtherDigest);
        }
        enough(approval.checkers.len(), &self.policy)?;
        Day::parse_iso(&details.released_on).ok_or(Refusal::NoDay)?;
        let header = self.header(approval.checkers.len(), details);
        let binding = Binding {
            format: FORMAT.to_owned(),
            number: self.number,
            previous: self.previous.to_string(),
            policy: self.policy.settings().clone(),
            author: approval.author,
            checkers: approval.checkers,
        };
        let publication = Publication {
            header,
            results: self.published,
        };
        let entry = LedgerEntry::write(&binding, &publication, self.record);
        Ok((publication, entry))
    }

    fn header(&self, checkers: usize, details: ReleaseDetails) -> PublicationHeader {
        let settings = self.policy.settings();
        let provenances: Vec<&Provenance> = self
            .published
            .iter()
            .map(|result| &result.provenance)
            .collect();
        let until = provenances
            .iter()
            .map(|provenance| provenance.data_until)
            .max();
        let version = provenances
            .iter()
            .map(|provenance| provenance.code_version.as_str())
            .max();
        PublicationHeader {
            study_title: details.study_title,
            release_number: self.number,
            released_on: details.released_on,
            data_until: until.map(half_year).unwrap_or_default(),
            institutions: if settings.name_institutions {
                details.institutions
            } else {
                Vec::new()
            },
            checkers,
            threshold: settings.threshold,
            rounding_base: settings.rounding_base,
            code_version: version.unwrap_or_default().to_owned(),
            synthetic: provenances.iter().any(|provenance| provenance.synthetic),
            digest: self.digest.to_string(),
        }
    }
}

impl std::fmt::Debug for ScreenedSet {
    /// The digest only: the set holds small counts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScreenedSet")
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

fn half_year(half: HalfYear) -> String {
    let which = if half.half() == 1 { "eerste" } else { "tweede" };
    format!("{which} helft van {}", half.year())
}
