use estimate::ResultId;

/// An expected "no" of the gate, in Dutch for the person at the gate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A setting lies outside the bounds that the code keeps.
    #[error("de instelling `{setting}` is {given}, maar moet tussen {least} en {most} liggen")]
    PolicyFloor {
        /// The setting's name in `study.toml`.
        setting: &'static str,
        /// What was asked.
        given: f64,
        /// The floor.
        least: f64,
        /// The ceiling.
        most: f64,
    },
    /// There is nothing to screen.
    #[error("er zijn geen resultaten om te controleren")]
    Nothing,
    /// Two results have one name.
    #[error("het resultaat `{}` komt twee keer voor", .0.as_str())]
    DuplicateResult(ResultId),
    /// A result contradicts itself, so that no check of it would mean anything.
    #[error("het resultaat `{}` is onderling tegenstrijdig: {what}", .result.as_str())]
    Inconsistent {
        /// Which result.
        result: ResultId,
        /// What is wrong, without numbers.
        what: &'static str,
    },
    /// Invented and real data in one release.
    #[error("verzonnen en echte gegevens mogen niet in één publicatie")]
    MixedSynthetic,
    /// The author checks the own work.
    #[error("wie de resultaten heeft gemaakt, mag ze niet zelf controleren")]
    AuthorChecks,
    /// One person counts twice.
    #[error("dezelfde persoon kan niet twee keer controleren")]
    SamePerson,
    /// A name is missing.
    #[error("een naam ontbreekt")]
    NameMissing,
    /// Fewer checkers than the policy asks for.
    #[error("er zijn {needed} controleurs nodig en er zijn er {given}")]
    TooFewCheckers {
        /// Asked by the policy.
        needed: usize,
        /// Given.
        given: usize,
    },
    /// The approval was given for something else.
    #[error("de goedkeuring hoort bij iets anders dan wat hier klaarligt; controleer opnieuw")]
    OtherDigest,
    /// The day of release is not a day.
    #[error("de publicatiedatum is geen datum (jjjj-mm-dd)")]
    NoDay,
    /// An entry of the ledger is not what was written, or is out of order.
    #[error("het publicatieregister is beschadigd of onvolledig bij nummer {number}: {what}")]
    LedgerBroken {
        /// The number the entry should have.
        number: u32,
        /// What is wrong.
        what: &'static str,
    },
    /// The ledger has no release with this number.
    #[error("het publicatieregister heeft geen publicatie met nummer {0}")]
    NoSuchRelease(u32),
    /// Counts are hardly rounded, and an earlier release would show small changes.
    #[error("na een eerdere publicatie moeten aantallen op minstens {base} worden afgerond")]
    RoundingNeeded {
        /// The least base.
        base: u64,
    },
    /// The audit found a cell that could still be worked out, whatever was hidden.
    #[error(
        "de controle achteraf vond getallen die toch te herleiden zijn; er wordt niets vrijgegeven"
    )]
    NotProtected,
}
