//! What is timed, and who else does it.

/// One thing that is done, and who else does it.
pub struct Task {
    pub name: &'static str,
    pub ours: Ours,
    /// How many times faster than the first peer it has to be.
    pub bar: f64,
    pub peers: &'static [Peer],
}

/// What is timed of ours.
pub enum Ours {
    /// A call of `fit`, from a table in memory to a summary: beside calls that users make.
    Call(&'static str),
    /// The estimator alone, from arrays to structs: beside bare kernels.
    Kernel,
}

/// A package that does the same.
pub struct Peer {
    pub name: &'static str,
    pub language: Language,
    /// With more rows it needs too long or too much memory, and is left out.
    pub most_rows: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Language {
    R,
    Python,
}

const fn r(name: &'static str, most_rows: usize) -> Peer {
    Peer {
        name,
        language: Language::R,
        most_rows,
    }
}

const fn python(name: &'static str, most_rows: usize) -> Peer {
    Peer {
        name,
        language: Language::Python,
        most_rows,
    }
}

const MILLION: usize = 1_000_000;

pub const TASKS: &[Task] = &[
    Task {
        name: "km",
        ours: Ours::Call(r#"km survival.csv "Surv(time, status > 0) ~ 1""#),
        bar: 10.0,
        peers: &[
            r("survival", MILLION),
            python("lifelines", MILLION),
            python("scikit-survival", MILLION),
        ],
    },
    Task {
        name: "km-kernel",
        ours: Ours::Kernel,
        bar: 10.0,
        peers: &[python("statsmodels", MILLION), python("survival", MILLION)],
    },
    Task {
        name: "logrank",
        ours: Ours::Call(r#"logrank survival.csv "Surv(time, status > 0) ~ group""#),
        bar: 1.0,
        peers: &[r("survival", MILLION)],
    },
    Task {
        name: "cif",
        ours: Ours::Call(r#"aj survival.csv "Surv(time, factor(status)) ~ 1""#),
        bar: 10.0,
        peers: &[r("survival", 100_000)],
    },
    Task {
        name: "cif-kernel",
        ours: Ours::Kernel,
        bar: 10.0,
        peers: &[python("survival", MILLION)],
    },
    Task {
        name: "multistate",
        ours: Ours::Call(
            r#"aj states.csv "Surv(t0, t1, factor(event)) ~ 1" --id id --istate from"#,
        ),
        bar: 100.0,
        peers: &[r("survival", 100_000)],
    },
    Task {
        name: "multistate-kernel",
        ours: Ours::Kernel,
        bar: 100.0,
        peers: &[python("survival", 100_000)],
    },
    Task {
        name: "cox",
        ours: Ours::Call(r#"cox survival.csv "Surv(time, status == 1) ~ x1 + x2 + x3 + x4 + x5""#),
        bar: 10.0,
        peers: &[
            r("survival", MILLION),
            python("lifelines", MILLION),
            python("scikit-survival", 100_000),
            python("statsmodels", 100_000),
        ],
    },
    Task {
        name: "cox-kernel",
        ours: Ours::Kernel,
        bar: 3.0,
        peers: &[r("coxph.fit", MILLION), python("survival", MILLION)],
    },
    Task {
        name: "start-stop-robust",
        ours: Ours::Call(
            r#"cox startstop.csv "Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(stratum)" --cluster id"#,
        ),
        bar: 10.0,
        peers: &[r("survival", MILLION)],
    },
    Task {
        name: "fine-gray",
        ours: Ours::Call(
            r#"crr survival.csv "Surv(time, factor(status)) ~ x1 + x2 + x3 + x4 + x5""#,
        ),
        bar: 10.0,
        peers: &[r("mets", 100_000), r("cmprsk", 2_000)],
    },
    Task {
        name: "fine-gray-kernel",
        ours: Ours::Kernel,
        bar: 10.0,
        peers: &[r("fastcmprsk", MILLION)],
    },
    Task {
        name: "concordance",
        ours: Ours::Call(r#"concordance survival.csv "Surv(time, status == 1) ~ x1""#),
        bar: 5.0,
        peers: &[r("survival", MILLION)],
    },
    Task {
        name: "concordance-kernel",
        ours: Ours::Kernel,
        bar: 5.0,
        peers: &[python("survival", MILLION)],
    },
    Task {
        name: "mixed",
        ours: Ours::Call(r#"lmm repeated.csv "y ~ x + day + (day | id)""#),
        bar: 30.0,
        peers: &[r("lme4", MILLION), python("statsmodels", 10_000)],
    },
    Task {
        name: "gee",
        ours: Ours::Call(r#"gee repeated.csv "y ~ x + day" --id id --corstr exchangeable"#),
        bar: 10.0,
        peers: &[r("geepack", MILLION), python("statsmodels", 100_000)],
    },
];
