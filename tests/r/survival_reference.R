# Makes crates/statistics/tests/reference/survival.json: what R's survival says about small data.
# Run from the repository's root:  Rscript tests/r/survival_reference.R
#
# The data are made here, by hand or by a seeded generator (CC0). For the estimators used (one
# initial state, no weights) survival 3.5-3 (Debian 12) and 3.8-6 give the same numbers, except
# that limits where the standard error is 0 are NA in 3.5-3 and the estimate itself in 3.8-6.
suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

ties <- data.frame(entry = -1,
                   exit = c(1, 1, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7),
                   event = c(1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0))
late <- data.frame(entry = c(0, 0, 2, 3, 5, 5, 6, 8, 8, 1),
                   exit = c(2, 4, 5, 4, 7, 9, 8, 9, 12, 3),
                   event = c(1, 1, 0, 1, 1, 0, 1, 1, 1, 1))
gap <- data.frame(entry = c(0, 0, 1, 6, 6, 7), exit = c(2, 3, 3, 8, 9, 10),
                  event = c(1, 1, 1, 1, 0, 1))
flat <- data.frame(entry = -1, exit = 1:8, event = c(1, 1, 1, 1, 0, 0, 0, 1))
competing <- data.frame(entry = c(-1, -1, -1, 3, 3, -1, 5, -1, 2, -1, 8, 8),
                        exit = c(2, 3, 3, 4, 9, 5, 9, 6, 9, 12, 10, 15),
                        event = c(1, 2, 0, 1, 3, 2, 1, 1, 0, 2, 1, 0))
set.seed(20240101)
n <- 150
start <- ifelse(runif(n) < .4, floor(rexp(n, 1 / 60)), -1)
simulated <- data.frame(entry = start, exit = start + 1 + floor(rexp(n, 1 / 120)),
                        event = sample(0:3, n, TRUE, c(.35, .35, .2, .1)))

# NA and NaN become null; an infinite standard error (at S = 0) too.
clean <- function(x) ifelse(is.finite(x), x, NA)

km <- function(name, data, conf.type) {
  fit <- survfit(Surv(entry, exit, event > 0) ~ 1, data = data, conf.type = conf.type)
  q <- quantile(fit, c(.25, .5, .75))
  list(name = name, kind = "km", conf_type = conf.type, data = as.list(data),
       time = fit$time, n_risk = fit$n.risk, n_event = fit$n.event, n_censor = fit$n.censor,
       surv = fit$surv, std_err_log = clean(fit$std.err), lower = clean(fit$lower),
       upper = clean(fit$upper), cumhaz = fit$cumhaz, std_chaz = fit$std.chaz,
       quantile = clean(unname(q$quantile)), quantile_lower = clean(unname(q$lower)),
       quantile_upper = clean(unname(q$upper)))
}

aj <- function(name, data, conf.type) {
  data$state <- factor(data$event, 0:3, c("censor", "one", "two", "three"))
  data$id <- seq_len(nrow(data))
  fit <- survfit(Surv(entry, exit, state) ~ 1, data = data, id = id, conf.type = conf.type)
  # Limits on the arcsin scale lose their dimensions in 3.5-3.
  cause <- function(m) {
    m <- matrix(m, nrow = length(fit$time))
    lapply(2:4, function(k) clean(m[, k]))
  }
  list(name = name, kind = "aj", conf_type = conf.type, data = as.list(data[1:3]),
       time = fit$time, n_risk = fit$n.risk[, 1], n_censor = if (is.matrix(fit$n.censor)) rowSums(fit$n.censor) else fit$n.censor,
       event_free = fit$pstate[, 1], incidence = cause(fit$pstate), std_err = cause(fit$std.err),
       lower = cause(fit$lower), upper = cause(fit$upper))
}

types <- c("plain", "log", "log-log", "logit", "arcsin")
cases <- c(
  lapply(types, function(t) km("ties", ties, t)),
  lapply(types, function(t) km("simulated", simulated, t)),
  list(km("late", late, "log"), km("gap", gap, "log"), km("flat", flat, "log-log"),
       km("competing", competing, "plain")),
  lapply(types, function(t) aj("competing", competing, t)),
  lapply(types, function(t) aj("simulated", simulated, t)),
  list(aj("late", late, "log")))

out <- "crates/statistics/tests/reference/survival.json"
versions <- list(R = R.version.string, survival = as.character(packageVersion("survival")))
writeLines(toJSON(list(versions = versions, rtol = 1e-8, cases = cases), digits = I(17),
                  auto_unbox = TRUE, na = "null"), out)
cat("R", versions$R, "survival", versions$survival, "-", length(cases), "cases\n")
