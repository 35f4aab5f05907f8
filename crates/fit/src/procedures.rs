//! The procedures: one file each, one line each in the registry below.

use crate::{Failure, Fitted, Inputs};
use clap::Subcommand;

pub mod agreement;
pub mod aj;
pub mod alpha;
pub mod basis;
pub mod brier;
pub mod calculate;
mod columns;
pub mod concordance;
pub mod cox;
pub mod cox_anova;
pub mod cox_predict;
pub mod cox_survfit;
pub mod cox_zph;
pub mod coxme;
pub mod coxpenal;
pub mod coxphf;
pub mod crr;
mod curve_groups;
pub mod elos;
pub mod etm;
pub mod finegray;
mod firth;
pub mod flexible;
pub mod gee;
pub mod ghosh_lin;
pub mod glm;
pub mod glmm;
pub mod glmnet;
pub mod gls;
pub mod gray;
pub mod icc;
pub mod impute;
pub mod ipw;
pub mod km;
mod limits;
pub mod lmaj;
pub mod lme;
pub mod lmm;
pub mod logistf;
pub mod logrank;
pub mod markov_test;
pub mod matexp;
pub mod mcf;
mod mixed;
pub mod ms_cox;
pub mod ms_events;
pub mod ms_survfit;
pub mod msfit;
pub mod msm;
pub mod msprep;
mod multistate;
pub mod patterns;
pub mod pool;
pub mod probtrans;
pub mod pseudo;
pub mod pyears;
pub mod rci;
pub mod rmst;
pub mod rttright;
pub mod score;
pub mod smd;
mod subdistribution;
pub mod survcheck;
pub mod survreg;
pub mod survsplit;

/// What a procedure does with its arguments.
pub trait Fit {
    /// Reads its table, estimates, and gives numbers with R's names and a text.
    ///
    /// # Errors
    /// The named reason why there is no result.
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure>;
}

/// Makes the enum of all procedures from lines `name: Variant(module::Options), "help";`.
macro_rules! registry {
    ($($name:literal: $variant:ident($options:ty), $help:literal;)*) => {
        /// What is fitted, with its arguments.
        #[derive(Subcommand, Clone, Debug)]
        pub enum Procedure {
            $(
                #[doc = $help]
                #[command(name = $name)]
                $variant($options),
            )*
        }

        impl Procedure {
            /// The name of the procedure on the command line.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            pub(crate) fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
                match self {
                    $(Self::$variant(options) => options.fit(inputs),)*
                }
            }
        }
    };
}

// One line per procedure, and its `pub mod` above.
registry! {
    "km": Km(km::Options), "Overlevingscurven volgens Kaplan en Meier (R: survfit).";
    "logrank": Logrank(logrank::Options), "Overleving van groepen vergeleken: log-rank en verwante toetsen (R: survdiff).";
    "concordance": Concordance(concordance::Options), "Concordantie: hoe goed voorspellers of modellen ordenen (R: concordance).";
    "finegray": Finegray(finegray::Options), "Regressie van Fine en Gray, of de rijen daarvoor (R: finegray, coxph).";
    "brier": Brier(brier::Options), "Brier-score van een Cox-model (R: brier).";
    "score": Score(score::Options), "Brier-score en AUC van voorspelde risico's, ook bij concurrerende oorzaken (R: riskRegression::Score).";
    "rttright": Rttright(rttright::Options), "Gewichten die wat gecensureerd is naar rechts verdelen (R: rttright).";
    "crr": Crr(crr::Options), "Regressie van de subverdeling van één oorzaak, Fine en Gray (R: cmprsk::crr).";
    "gray": Gray(gray::Options), "Cumulatieve incidentie per groep en Gray's toets (R: cmprsk::cuminc).";
    "pseudo": Pseudo(pseudo::Options), "Pseudowaarden van overleving, cumulatief risico of gemiddelde tijd (R: pseudo).";
    "km-residuals": KmResiduals(pseudo::ResidualOptions), "Invloed van elke rij op een overlevingscurve (R: residuals.survfit).";
    "rmst": Rmst(rmst::Options), "Gemiddelde tijd tot een horizon in twee armen, ook gecorrigeerd (R: survRM2::rmst2).";
    "mcf": Mcf(mcf::Options), "Gemiddeld aantal terugkerende gebeurtenissen (R: reda::mcf).";
    "ghosh-lin": GhoshLin(ghosh_lin::Options), "Gemiddeld aantal terugkerende gebeurtenissen als overlijden het tellen stopt (R: mets::recurrentMarginal).";
    "aj": Aj(aj::Options), "Kans op elke toestand in de tijd volgens Aalen en Johansen (R: survfit met een factor).";
    "cif": Cif(aj::Options), "Cumulatieve incidentie bij concurrerende gebeurtenissen; hetzelfde als aj.";
    "cox": Cox(cox::Options), "Model van Cox voor evenredige hazards (R: coxph).";
    "cox-zph": CoxZph(cox_zph::Options), "Toetsen van evenredige hazards (R: cox.zph).";
    "cox-survfit": CoxSurvfit(cox_survfit::Options), "Overlevingscurven van een Cox-model (R: survfit van een coxph).";
    "cox-predict": CoxPredict(cox_predict::Options), "Voorspellingen van een Cox-model (R: predict van een coxph).";
    "cox-anova": CoxAnova(cox_anova::Options), "Vergelijking van Cox-modellen (R: anova van een coxph).";
    "etm": Etm(etm::Options), "Overgangskansen met hun covariantie (R: etm).";
    "clos": Clos(etm::ClosOptions), "Verandering van verblijfsduur door een tussentoestand (R: etm::clos).";
    "msm": Msm(msm::Options), "Markovmodel voor panelgegevens (R: msm).";
    "matexp": Matexp(matexp::Options), "Exponent van een matrix (R: msm::MatrixExp).";
    "basis": Basis(basis::Options), "Basiskolommen van een variabele: splines, polynomen (R: ns, bs, poly, rcs).";
    "survcheck": Survcheck(survcheck::Options), "Controle van gegevens met meer toestanden (R: survcheck).";
    "survsplit": Survsplit(survsplit::Options), "Volgtijd knippen in episodes (R: survSplit).";
    "glm": Glm(glm::Options), "Gegeneraliseerd lineair model (R: glm, sandwich).";
    "gee": Gee(gee::Options), "Marginaal model van herhaalde metingen (R: geeglm).";
    "lmm": Lmm(lmm::Options), "Lineair model met toevallige effecten (R: lmer, lmerTest).";
    "glmm": Glmm(glmm::Options), "Gegeneraliseerd lineair model met toevallige effecten (R: glmer).";
    "lmer": Lmer(lmm::Options), "Hetzelfde als lmm.";
    "glmer": Glmer(glmm::Options), "Hetzelfde als glmm.";
    "lme": Lme(lme::Options), "Idem met samenhangende of ongelijke residuen (R: nlme::lme).";
    "gls": Gls(gls::Options), "Lineair model met samenhangende of ongelijke residuen (R: nlme::gls).";
    "agreement": Agreement(agreement::Options), "Overeenstemming tussen beoordelaars: kappa, Krippendorff, Gwet (R: irr, psych, irrCAC).";
    "icc": Icc(icc::Options), "Intraklassecorrelaties (R: irr::icc, psych::ICC).";
    "alpha": Alpha(alpha::Options), "Interne consistentie van een schaal (R: psych::alpha).";
    "rci": Rci(rci::Options), "Betrouwbare verandering (Jacobson en Truax).";
    "calculate": Calculate(calculate::Options), "Verdelingen, toetsen en intervallen in één uitdrukking (R: pnorm, t.test, binom.test …).";
    "pool": Pool(pool::Options), "Regressie over meervoudige imputaties (R: mice::pool, D1).";
    "impute": Impute(impute::Options), "Meervoudige imputatie met kettingvergelijkingen (R: mice).";
    "patterns": Patterns(patterns::Options), "Patronen van ontbrekende waarden (R: md.pattern).";
    "smd": Smd(smd::Options), "Gestandaardiseerde verschillen tussen groepen (R: tableone::ExtractSmd).";
    "logistf": Logistf(logistf::Options), "Logistische regressie met Firths boete (R: logistf).";
    "coxphf": Coxphf(coxphf::Options), "Cox-regressie met Firths boete (R: coxphf).";
    "glmnet": Glmnet(glmnet::Options), "Lasso, ridge en elastic net langs een pad van boetes (R: glmnet).";
    "coxpenal": Coxpenal(coxpenal::Options), "Cox-regressie met ridge() en frailty() in de formule (R: coxph).";
    "coxme": Coxme(coxme::Options), "Cox-regressie met toevallige effecten (R: coxme).";
    "flexible": Flexible(flexible::Options), "Flexibele parametrische overleving met splines van Royston en Parmar (R: flexsurvspline).";
    "survreg": Survreg(survreg::Options), "Parametrische tijdsduurmodellen: Weibull, lognormaal, gegeneraliseerde gamma … (R: survreg).";
    "pyears": Pyears(pyears::Options), "Gebeurtenissen en persoonstijd per groep (R: pyears).";
    "msfit": Msfit(msfit::Options), "Cumulatieve overgangsintensiteiten (R: mstate::msfit).";
    "probtrans": Probtrans(probtrans::Options), "Overgangskansen tussen toestanden (R: mstate::probtrans).";
    "elos": Elos(elos::Options), "Verwachte verblijfsduur per toestand (R: mstate::ELOS).";
    "lmaj": Lmaj(lmaj::Options), "Kansen na een landmark, ook zonder de Markov-eigenschap (R: mstate::LMAJ).";
    "markov-test": MarkovTest(markov_test::Options), "Is het model Markov? Log-rank vanaf landmarks (R: mstate::MarkovTest).";
    "ms-events": MsEvents(ms_events::Options), "Hoe vaak elke overgang voorkomt (R: mstate::events).";
    "msprep": Msprep(msprep::Options), "Lange gegevens voor een model met meer toestanden (R: mstate::msprep).";
    "ms-cox": MsCox(ms_cox::Options), "Cox-modellen van alle overgangen samen (R: coxph met toestanden).";
    "ms-survfit": MsSurvfit(ms_survfit::Options), "Toestandskansen van nieuwe personen onder ms-cox (R: survfit).";
    "ipw": Ipw(ipw::Options), "Inverse-probability-gewichten van blootstelling en uitval (R: ipw::ipwpoint, ipwtm).";
}
