//! Outcomes, roles, strata, groups and random effects of a model frame.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use formula::{
    Censoring, DesignOptions, Error, Expression, Formula, MISSING_CODE, ModelFrame, Role, Schema,
    read_csv,
};

const DATA: &str = "\
id,t0,t1,d,s,sex,g,x,w
1,0,5,1,2,F,a,1,1
1,5,9,0,1,F,b,2,2
2,0,4,1,2,M,a,3,1
3,2,2,1,2,M,b,4,1
4,0,7,3,1,F,a,,1
5,1,8,0,1,M,b,6,
";

fn model(formula: &str, roles: &[(&'static str, &str)]) -> Result<ModelFrame, Error> {
    let frame = read_csv(DATA.as_bytes(), &Schema::unknown())?;
    let roles: Vec<Role> = roles
        .iter()
        .map(|(name, text)| Role {
            name,
            expression: Expression::parse(text).unwrap(),
        })
        .collect();
    ModelFrame::new(&Formula::parse(formula)?, &frame, &roles)
}

#[test]
fn rows_that_miss_anything_are_left_out() {
    let plain = model("t1 ~ sex", &[]).unwrap();
    assert_eq!((plain.len(), plain.omitted()), (6, 0));
    let with_x = model("t1 ~ x", &[("weights", "w")]).unwrap();
    assert_eq!(with_x.rows, [0, 1, 2, 3]);
    assert_eq!(
        with_x.role_numbers("weights").unwrap().unwrap(),
        [1.0, 2.0, 1.0, 1.0]
    );
    assert!(with_x.role("cluster").is_none());
    let nothing = model("t1 ~ log(0 * x - 1)", &[]).unwrap_err();
    assert_eq!(nothing.code(), "no_rows");
}

#[test]
fn statuses_are_read_as_r_reads_them() {
    let status = |text: &str| model(text, &[]).map(|m| m.survival().unwrap().status.clone());
    assert_eq!(status("Surv(t1, s) ~ 1").unwrap(), [1, 0, 1, 1, 0, 0]);
    assert_eq!(status("Surv(t1, s == 1) ~ 1").unwrap(), [0, 1, 0, 0, 1, 1]);
    assert_eq!(status("Surv(t1) ~ 1").unwrap(), [1; 6]);
    // A 3 is no status: the row is missing, and the user is told.
    let odd = model("Surv(t1, d) ~ 1", &[]).unwrap();
    assert_eq!(odd.len(), 5);
    assert_eq!(odd.notices[0].code, "invalid_status");
    let text = model("Surv(t1, g) ~ 1", &[]).unwrap_err();
    assert_eq!(text.code(), "bad_argument");
    let states = model("Surv(t0, t1, factor(g)) ~ 1", &[]).unwrap();
    let survival = states.survival().unwrap();
    assert_eq!(
        (survival.censored.as_deref(), survival.states.as_slice()),
        (Some("a"), &["b".to_owned()][..])
    );
    let coded = model("Surv(t1, d, type = 'mstate') ~ 1", &[]).unwrap();
    assert_eq!(coded.survival().unwrap().states, ["1", "3"]);
}

#[test]
fn an_interval_that_holds_no_time_is_told() {
    let model = model("Surv(t0, t1, s) ~ 1", &[]).unwrap();
    assert_eq!(model.rows, [0, 1, 2, 4, 5]);
    assert_eq!(model.notices[0].code, "stop_not_after_start");
    assert!(model.notices[0].message.contains("rij 4"));
    assert_eq!(model.survival().unwrap().censoring, Censoring::Counting);
}

#[test]
fn intervals_are_read_in_both_codings() {
    let limits = |text: &str| {
        let model = model(text, &[]).unwrap();
        let survival = model.survival().unwrap().clone();
        (survival.start, survival.stop, survival.status)
    };
    let (lower, upper, _) = limits("Surv(t0, x, type = 'interval2') ~ 1");
    assert_eq!((lower[0], upper[0]), (0.0, 1.0));
    // The second row runs backwards and is left out.
    assert_eq!((lower[3], upper[3]), (0.0, f64::INFINITY));
    let (lower, upper, status) = limits("Surv(t0, t1, d, type = 'interval') ~ 1");
    assert_eq!((lower[0], upper[0]), (0.0, 0.0));
    assert_eq!((lower[1], upper[1]), (5.0, f64::INFINITY));
    assert_eq!((lower[4], upper[4]), (0.0, 7.0));
    assert!(!status.contains(&MISSING_CODE));
}

#[test]
fn groups_and_strata_are_named_as_in_r() {
    let groups = |text: &str| model(text, &[]).unwrap().groups(&[]).unwrap();
    assert_eq!(groups("t1 ~ 1"), None);
    assert_eq!(
        groups("t1 ~ sex + s").unwrap().levels,
        ["sex=F, s=1", "sex=F, s=2", "sex=M, s=1", "sex=M, s=2"]
    );
    assert_eq!(
        groups("t1 ~ strata(s)").unwrap().levels,
        ["strata(s)=s=1", "strata(s)=s=2"]
    );
    let strata = |text: &str| model(text, &[]).unwrap().strata();
    assert_eq!(strata("t1 ~ x"), None);
    assert_eq!(strata("t1 ~ strata(sex)").unwrap().levels, ["F", "M"]);
    assert_eq!(strata("t1 ~ strata(s, sex)").unwrap().levels.len(), 4);
    // survfit(Surv(…) ~ sex + (x > 0))$strata in R 4.2.2: beyond the first, levels are padded.
    let padded = groups("t1 ~ sex + (s > 1)").unwrap().levels;
    assert_eq!(padded[1], "sex=F, s > 1=TRUE ");
    assert_eq!(
        strata("t1 ~ strata(s) + strata(g)").unwrap().levels[0],
        "s=1, a"
    );
    assert!(model("t1 ~ sex*s", &[]).unwrap().groups(&[]).is_err());
}

#[test]
fn strata_get_no_columns_but_count_in_the_coding() {
    let model = model(
        "Surv(t1, s) ~ x*strata(sex) + t0:strata(sex) + cluster(id)",
        &[],
    )
    .unwrap();
    let options = DesignOptions {
        except: &["strata", "cluster"],
        always_intercept: true,
    };
    let design = model.design(options).unwrap().without_intercept();
    assert_eq!(
        design.names,
        ["x", "x:strata(sex)M", "strata(sex)F:t0", "strata(sex)M:t0"]
    );
    assert_eq!(design.assign, [1, 2, 3, 3]);
    let clusters = model.specials("cluster");
    assert_eq!(clusters[0].1.factor().unwrap().levels, ["1", "2", "3", "5"]);
}

#[test]
fn a_factor_with_one_level_has_a_name() {
    let model = model("t1 ~ factor(s > 0) + x", &[]).unwrap();
    let error = model.design(DesignOptions::default()).unwrap_err();
    assert_eq!(error.code(), "one_level_factor");
    assert!(error.to_string().contains("maar één niveau"), "{error}");
}

#[test]
fn random_effects_have_groups_and_columns() {
    let model = model("t1 ~ x + (1 + x | sex/g) + (1 | id)", &[]).unwrap();
    let groups = model.random_groups();
    assert_eq!(groups[0].levels, ["F", "M"]);
    assert_eq!(groups[1].levels, ["a:F", "a:M", "b:F", "b:M"]);
    assert_eq!(groups[2].levels, ["1", "2", "3", "5"]);
    let designs = model.random_designs().unwrap();
    assert_eq!(designs[0].names, ["(Intercept)", "x"]);
    assert_eq!(designs[2].names, ["(Intercept)"]);
}

#[test]
fn offsets_add_up() {
    let model = model("t1 ~ sex + offset(x) + offset(2 * t0)", &[]).unwrap();
    assert_eq!(model.offset.as_ref().unwrap()[1], 12.0);
    assert_eq!(model.terms.labels(), ["sex"]);
}

#[test]
fn levels_that_the_model_does_not_know_are_refused() {
    let model = model("t1 ~ sex + x", &[]).unwrap();
    let plan = model.plan(DesignOptions::default()).unwrap();
    let new = |text: &str| plan.apply(&read_csv(text.as_bytes(), &Schema::unknown()).unwrap());
    assert_eq!(new("sex,x\nM,3\n").unwrap().values, [1.0, 1.0, 3.0]);
    assert_eq!(new("sex,x\nX,3\n").unwrap_err().code(), "unknown_level");
    assert_eq!(new("sex\nM\n").unwrap_err().code(), "unknown_column");
}

/// Many combinations are found by hashing, few in a table: both give the groups that occur.
#[test]
fn many_groups_are_found_as_few_are() {
    let rows = 5000;
    let mut text = String::from("y,a,b\n");
    for row in 0..rows {
        text += &format!("1,{},{}\n", row * 7 % rows, row * 11 % rows);
    }
    let frame = read_csv(text.as_bytes(), &Schema::unknown()).unwrap();
    let groups = |formula: &str| {
        let formula = Formula::parse(formula).unwrap();
        let model = ModelFrame::new(&formula, &frame, &[]).unwrap();
        model.groups(&[]).unwrap().unwrap()
    };
    let many = groups("y ~ a + b");
    assert_eq!(many.levels.len(), rows);
    let row = (0..rows).find(|row| row * 7 % rows == 1).unwrap();
    let width = (rows - 1).to_string().len();
    assert_eq!(
        many.levels[1],
        format!("a=1, b={:<width$}", row * 11 % rows)
    );
    assert_eq!(many.codes[row], 1);
    let few = groups("y ~ I(a %% 3) + I(b %% 2)");
    assert_eq!(few.levels.len(), 6);
    assert_eq!(few.levels[0], "I(a%%3)=0, I(b%%2)=0");
}

#[test]
fn a_time_that_is_no_number_is_told() {
    let told = |cell: &str, formula: &str| {
        let text = format!("t,d,x\n1,1,1\n{cell},1,2\n3,0,3\n");
        let frame = read_csv(text.as_bytes(), &Schema::unknown()).unwrap();
        let model = ModelFrame::new(&Formula::parse(formula).unwrap(), &frame, &[]).unwrap();
        assert_eq!(model.len(), 2);
        model
            .notices
            .iter()
            .map(|notice| notice.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(told("NaN", "Surv(t, d) ~ x"), ["nan_time"]);
    assert_eq!(told("NaN", "Surv(t + 1, d) ~ x"), ["nan_time"]);
    assert_eq!(
        told("NaN", "Surv(0 * t, t, d) ~ x"),
        ["nan_time", "nan_time"]
    );
    // Missing is only missing.
    assert!(told("", "Surv(t, d) ~ x").is_empty());
    assert!(told("NA", "Surv(t * 2, d) ~ x").is_empty());
    assert_eq!(
        told("-1", "Surv(sqrt(t), d) ~ x"),
        ["nan_produced", "nan_time"]
    );
}

#[test]
fn numbers_become_levels_in_their_order() {
    let numbers = vec![
        3.0,
        f64::NEG_INFINITY,
        f64::NAN,
        -0.5,
        f64::INFINITY,
        0.1 + 0.2,
        0.3,
        3.0,
    ];
    let factor = formula::Column::Number(numbers).to_factor();
    assert_eq!(factor.levels, ["-Inf", "-0.5", "0.3", "3", "Inf"]);
    let missing = formula::MISSING_CODE;
    assert_eq!(factor.codes, [3, 0, missing, 1, 4, 2, 2, 3]);
    let whole = formula::Column::Number(vec![100_000.0, 7.0, f64::NAN, -7.0]).to_factor();
    assert_eq!(whole.levels, ["-7", "7", "1e+05"]);
    assert_eq!(whole.codes, [2, 1, missing, 0]);
}
