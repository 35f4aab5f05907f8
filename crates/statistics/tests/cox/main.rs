//! Cox's model: its partial likelihood, and what follows from a fit.

mod likelihood;
mod residuals;
mod rows;
