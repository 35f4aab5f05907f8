//! The rows behind the models, for checks in other programs.

use super::fit::Hazard;
use super::{FACTOR_IDS, Question, model, rows};
use crate::context::Context;
use cohort::StudyDefinition;
use record::LinkedContent;
use std::fmt::{self, Write};

/// The rows of every model that the data can carry, as one CSV (comma, header): result, whether
/// it is of a subdistribution, imputation, institution, entry, exit, status, the status that is
/// modelled, and the columns of the model, separated by spaces.
///
/// These are individual data: for checks on the restricted side only.
pub fn factor_csv(linked: &LinkedContent, study: &StudyDefinition) -> String {
    let provenance = Context::no_provenance();
    let context = Context::prepare(linked, study, &provenance, &|_| ());
    let mut csv = String::from(
        "result,subdistribution,imputation,institution,entry,exit,status,cause,design\n",
    );
    for id in FACTOR_IDS {
        write_model(&context, id, &mut csv).expect("writing to a string cannot fail");
    }
    csv
}

fn write_model(context: &Context<'_>, id: &'static str, csv: &mut String) -> fmt::Result {
    let question = Question::of(id);
    let rows = rows(context, &question);
    let Ok(model) = model(context, &question, &rows) else {
        return Ok(());
    };
    let (cause, status) = (question.cause(), rows.status());
    let sub = u8::from(question.hazard == Hazard::Subdistribution);
    for (imputation, values) in model.completed.iter().enumerate() {
        let design = model.design.matrix(values);
        for row in 0..rows.rows() {
            let institution = rows.institution[rows.subject[row] as usize] as usize;
            let (entry, exit) = (rows.entry[row], rows.exit[row]);
            let status = status[row];
            write!(
                csv,
                "{id},{sub},{imputation},{institution},{entry},{exit},{status},{cause},"
            )?;
            for (place, value) in design.row(row).into_iter().enumerate() {
                let space = if place > 0 { " " } else { "" };
                write!(csv, "{space}{value}")?;
            }
            csv.push('\n');
        }
    }
    Ok(())
}
