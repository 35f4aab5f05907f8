//! Cohort definitions as data, the cohorts they select, and the attrition on the way.
