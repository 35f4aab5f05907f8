//! Tests of an outcome between groups: `t.test`, `wilcox.test`, `kruskal.test`, `anova`.

use super::evaluate::{Arguments, bad};
use super::value::Value;
use crate::Failure;
use formula::{Binary, Expression};
use statistics::table_one::{Test, anova_one_way, kruskal_wallis, t_test, wilcoxon};

/// What some tests give besides.
#[derive(Clone, Debug, Default)]
pub(super) struct TestResult {
    pub(super) estimate: Option<Vec<f64>>,
    pub(super) limits: Option<[f64; 2]>,
}

/// A test as R's class `htest` has it.
pub(super) fn tested(test: &Test, extra: TestResult) -> Value {
    let df: Vec<f64> = test.df.into_iter().chain(test.df2).collect();
    let optional = |values: Option<Vec<f64>>| values.map_or(Value::Missing, Value::Vector);
    Value::named([
        ("statistic", Value::number(test.statistic)),
        ("parameter", optional((!df.is_empty()).then_some(df))),
        ("p.value", Value::number(test.p_value)),
        ("estimate", optional(extra.estimate)),
        (
            "conf.int",
            optional(extra.limits.map(|limits| limits.to_vec())),
        ),
    ])
}

pub(super) fn call(arguments: &mut Arguments<'_, '_, '_>) -> Result<Option<Value>, Failure> {
    Ok(Some(match arguments.function() {
        "t.test" => {
            let level = arguments.number("conf.level", usize::MAX, Some(0.95))?;
            let pooled = arguments.flag("var.equal", false)?;
            let [first, second] = two_groups(arguments)?;
            let result = t_test(&first, &second, pooled, level)?;
            let extra = TestResult {
                estimate: Some(result.means.to_vec()),
                limits: Some([result.limits.0, result.limits.1]),
            };
            tested(&result.test, extra)
        }
        "wilcox.test" => {
            let exact = match arguments.call.named("exact") {
                Some(_) => Some(arguments.flag("exact", false)?),
                None => None,
            };
            let [first, second] = two_groups(arguments)?;
            tested(&wilcoxon(&first, &second, exact)?, TestResult::default())
        }
        "kruskal.test" => {
            let groups = groups(arguments)?;
            tested(&kruskal_wallis(&slices(&groups))?, TestResult::default())
        }
        "anova" | "aov" | "oneway.test" => {
            let groups = groups(arguments)?;
            tested(&anova_one_way(&slices(&groups))?, TestResult::default())
        }
        _ => return Ok(None),
    }))
}

fn slices(groups: &[Vec<f64>]) -> Vec<&[f64]> {
    groups.iter().map(Vec::as_slice).collect()
}

fn two_groups(arguments: &mut Arguments<'_, '_, '_>) -> Result<[Vec<f64>; 2], Failure> {
    <[Vec<f64>; 2]>::try_from(groups(arguments)?)
        .map_err(|_| bad(arguments.call, "verwacht precies twee groepen"))
}

/// `outcome ~ group`, or one vector per group; missing values are left out.
fn groups(arguments: &mut Arguments<'_, '_, '_>) -> Result<Vec<Vec<f64>>, Failure> {
    let unnamed = arguments.unnamed();
    let Some(Expression::Binary(Binary::Tilde, outcome, group)) = unnamed.first() else {
        let mut groups = Vec::new();
        for place in 0..unnamed.len() {
            let values = arguments.numbers("", place)?;
            groups.push(values.into_iter().filter(|value| !value.is_nan()).collect());
        }
        return Ok(groups);
    };
    let values = arguments.column(outcome)?.to_numbers();
    let values = values.ok_or_else(|| bad(arguments.call, "de uitkomst is geen getal"))?;
    let factor = arguments.factor(group)?;
    if values.len() != factor.codes.len() {
        return Err(bad(
            arguments.call,
            "uitkomst en groep verschillen in lengte",
        ));
    }
    let mut groups = vec![Vec::new(); factor.levels.len()];
    for (row, value) in values.into_iter().enumerate() {
        if !value.is_nan() && !factor.is_missing(row) {
            groups[factor.codes[row] as usize].push(value);
        }
    }
    groups.retain(|group| !group.is_empty());
    Ok(groups)
}
