//! `msm`: a Markov model in continuous time for panel data, as R's `msm`.

mod data;
mod output;

use super::Fit;
use super::matexp::square;
use crate::arguments::DataArguments;
use crate::{Failure, Fitted, Inputs};
use clap::Args;
use data::Panel;
use statistics::matrix::Matrix;
use statistics::panel::{IntensityModel, PanelFit, PanelLikelihood};

/// Options of `msm`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Formule "toestand ~ tijd"; toestanden zijn de getallen 1, 2, ….
    #[arg(value_name = "FORMULE")]
    formula: String,
    /// Kolom die zegt van wie een rij is.
    #[arg(long, value_name = "UITDRUKKING")]
    subject: String,
    /// Startwaarden van de intensiteiten, rij na rij; 0 is een onmogelijke overgang:
    /// "0,0.25;0,0".
    #[arg(long, value_name = "MATRIX", allow_hyphen_values = true)]
    qmatrix: String,
    /// Startwaarden uit de gegevens in plaats van uit --qmatrix (R: gen.inits).
    #[arg(long)]
    gen_inits: bool,
    /// Covariaten van alle intensiteiten: "~ sex + age".
    #[arg(long, value_name = "FORMULE")]
    covariates: Option<String>,
    /// Een covariaat alleen voor deze overgangen: "sex=1-2,2-3". Herhaalbaar.
    #[arg(long, value_name = "COVARIAAT=VAN-NAAR,…")]
    only: Vec<String>,
    /// Startwaarden van de effecten van een covariaat, één of één per overgang: "sex=0.2".
    /// Herhaalbaar.
    #[arg(long, value_name = "COVARIAAT=GETALLEN", allow_hyphen_values = true)]
    covinits: Vec<String>,
    /// Gelijke effecten van een covariaat: "sex=1,2,2,1", één nummer per overgang. Herhaalbaar.
    #[arg(long, value_name = "COVARIAAT=NUMMERS")]
    constraint: Vec<String>,
    /// Gelijke intensiteiten: 1,2,2,3, één nummer per overgang.
    #[arg(long, value_name = "NUMMERS", value_delimiter = ',')]
    qconstraint: Vec<usize>,
    /// Covariaten niet centreren op hun gemiddelde (R: center = FALSE).
    #[arg(long)]
    no_center: bool,
    /// Toestanden waarvan het tijdstip van intreden bekend is: 4.
    #[arg(long, value_name = "TOESTANDEN", value_delimiter = ',')]
    deathexact: Vec<usize>,
    /// Alle tijden zijn tijden van overgang (R: exacttimes = TRUE).
    #[arg(long)]
    exacttimes: bool,
    /// Kolom die per rij zegt hoe de toestand gezien is: 1 bij een bezoek, 2 precies op dat
    /// moment bereikt en tot dan gebleven, 3 precies bereikt vanuit onbekende toestand.
    #[arg(long, value_name = "UITDRUKKING")]
    obstype: Option<String>,
    /// Waarden van de toestand die zeggen dat zij onbekend is: 99.
    #[arg(long, value_name = "WAARDEN", value_delimiter = ',')]
    censor: Vec<f64>,
    /// Welke toestanden het dan kan zijn, per waarde gescheiden door ";": "1,2,3"; zonder deze
    /// optie alle die verlaten kunnen worden.
    #[arg(long, value_name = "TOESTANDEN")]
    censor_states: Option<String>,
    /// Niets schatten (of alleen deze parameters niet: 1,3).
    #[arg(long, value_name = "NUMMERS", value_delimiter = ',', num_args = 0..=1)]
    fixedpars: Option<Vec<usize>>,
    /// Ook de overgangskansen over deze tijden (R: pmatrix.msm).
    #[arg(long, value_name = "TIJDEN", value_delimiter = ',')]
    pmatrix: Vec<f64>,
    /// Ook de verwachte tijd in elke toestand tot deze tijden (R: totlos.msm).
    #[arg(long, value_name = "TIJDEN", value_delimiter = ',')]
    totlos: Vec<f64>,
    /// Ook de verwachte tijd tot deze toestand (R: efpt.msm).
    #[arg(long, value_name = "TOESTAND")]
    efpt: Option<usize>,
    /// Covariaten waarbij de uitkomsten gelden: "sex=1,age=50"; anders hun gemiddelde (zonder
    /// centreren 0).
    #[arg(long, value_name = "WAARDEN", allow_hyphen_values = true)]
    at: Option<String>,
    /// Dekking van de betrouwbaarheidsgrenzen.
    #[arg(long, value_name = "KANS", default_value_t = 0.95)]
    cl: f64,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let start = square("qmatrix", &self.qmatrix)?;
        let panel = Panel::read(self, inputs, start.rows())?;
        let transitions = transitions(&start);
        let model = IntensityModel::new(start.rows(), &transitions, panel.names.len())?
            .with_ties(&self.ties(&transitions, &panel.names)?)?;
        let likelihood = PanelLikelihood::new(model, &panel.data())?;
        let start = self.start(&start, &likelihood, &panel.names)?;
        let fit = match likelihood.model().free_parameters() {
            0 => {
                let (ln_likelihood, _) = likelihood.evaluate(&start)?;
                PanelFit {
                    covariance: Matrix::zeros(start.len(), start.len()),
                    parameters: start,
                    ln_likelihood,
                    gradient: Vec::new(),
                    iterations: 0,
                }
            }
            _ => likelihood.maximise(&start)?,
        };
        if fit.ln_likelihood == f64::NEG_INFINITY {
            let message = "De gegevens kunnen onder dit model niet voorkomen (kans 0): een geziene overgang is volgens --qmatrix onmogelijk.";
            inputs.warn("impossible_data", message);
        }
        self.outcome(likelihood.model(), &fit, &panel)
    }
}

/// The possible transitions, row after row.
fn transitions(q: &Matrix) -> Vec<(usize, usize)> {
    let states = q.rows();
    let pairs = (0..states).flat_map(|from| (0..states).map(move |to| (from, to)));
    pairs
        .filter(|&(from, to)| from != to && q[(from, to)] > 0.0)
        .collect()
}

impl Options {
    /// Which parameters are equal or held fixed.
    fn ties(
        &self,
        transitions: &[(usize, usize)],
        names: &[String],
    ) -> Result<Vec<Option<usize>>, Failure> {
        let moves = transitions.len();
        let mut ties: Vec<Option<usize>> = (0..moves * (1 + names.len())).map(Some).collect();
        let mut tie = |first: usize, numbers: &[usize], option: &str| {
            if numbers.len() != moves {
                let message = format!("verwacht {moves} nummers, één per overgang");
                return Err(Failure::option(option, message));
            }
            for (place, number) in numbers.iter().enumerate() {
                let same = numbers
                    .iter()
                    .position(|other| other == number)
                    .unwrap_or(place);
                ties[first + place] = Some(first + same);
            }
            Ok(())
        };
        if !self.qconstraint.is_empty() {
            tie(0, &self.qconstraint, "qconstraint")?;
        }
        for text in &self.constraint {
            let (covariate, numbers) = named(text, names, "constraint")?;
            let numbers: Vec<usize> = numbers.iter().map(|number| *number as usize).collect();
            tie((1 + covariate) * moves, &numbers, "constraint")?;
        }
        for text in &self.only {
            let (name, ways) = text
                .split_once('=')
                .ok_or_else(|| Failure::option("only", "verwacht COVARIAAT=VAN-NAAR,…"))?;
            let covariates = places(name, names, "only")?;
            let ways: Vec<&str> = ways.split(',').map(str::trim).collect();
            for covariate in covariates {
                for (place, (from, to)) in transitions.iter().enumerate() {
                    if !ways.contains(&format!("{}-{}", from + 1, to + 1).as_str()) {
                        ties[(1 + covariate) * moves + place] = None;
                    }
                }
            }
        }
        match &self.fixedpars {
            Some(fixed) if fixed.is_empty() => ties.fill(None),
            Some(fixed) => {
                for &number in fixed {
                    let place = number.checked_sub(1).filter(|place| *place < ties.len());
                    let message = format!("parameter {number} bestaat niet");
                    let place = place.ok_or_else(|| Failure::option("fixedpars", message))?;
                    let tied = ties[place];
                    ties.iter_mut()
                        .filter(|tie| **tie == tied)
                        .for_each(|tie| *tie = None);
                }
            }
            None => {}
        }
        Ok(ties)
    }

    fn start(
        &self,
        q: &Matrix,
        likelihood: &PanelLikelihood,
        names: &[String],
    ) -> Result<Vec<f64>, Failure> {
        let model = likelihood.model();
        let moves = model.transitions.len();
        let mut start = likelihood.crude_start();
        if !self.gen_inits {
            for (value, &(from, to)) in start.iter_mut().zip(&model.transitions) {
                *value = q[(from, to)].ln();
            }
        }
        for text in &self.covinits {
            let (covariate, values) = named(text, names, "covinits")?;
            if values.len() != moves && values.len() != 1 {
                let message = format!("verwacht één getal of {moves}, één per overgang");
                return Err(Failure::option("covinits", message));
            }
            for place in 0..moves {
                start[(1 + covariate) * moves + place] = values[place.min(values.len() - 1)];
            }
        }
        Ok(start)
    }
}

/// The columns of a covariate: that of its name, or all that begin with it (a factor).
fn places(name: &str, names: &[String], option: &str) -> Result<Vec<usize>, Failure> {
    let name = name.trim();
    let exact = names.iter().position(|known| known == name);
    let places = match exact {
        Some(place) => vec![place],
        None => (0..names.len())
            .filter(|&place| names[place].starts_with(name))
            .collect(),
    };
    match places.is_empty() {
        true => Err(Failure::option(
            option,
            format!("'{name}' is geen covariaat"),
        )),
        false => Ok(places),
    }
}

/// "sex=0.2,0.3": a covariate and numbers.
fn named(text: &str, names: &[String], option: &str) -> Result<(usize, Vec<f64>), Failure> {
    let (name, values) = text
        .split_once('=')
        .ok_or_else(|| Failure::option(option, "verwacht COVARIAAT=GETALLEN"))?;
    let number = |text: &str| {
        text.trim()
            .parse::<f64>()
            .map_err(|_| Failure::option(option, format!("'{text}' is geen getal")))
    };
    let values = values
        .split(',')
        .map(number)
        .collect::<Result<Vec<f64>, Failure>>()?;
    Ok((places(name, names, option)?[0], values))
}
