# Compares every curve of Doorstroom with R's survival, on the same exported rows.
#
#   cargo run -p analysis --example curves -- rows > rows.csv
#   cargo run -p analysis --example curves -- estimates > estimates.json
#   Rscript tests/r/curves.R rows.csv estimates.json
#
# rows.csv: columns result, stratum, institution, entry, exit, event, cause (survival_csv).
# estimates.json: the estimates as JSON. Exit code 1 where anything differs or nothing is compared.
#
# Rules: a relative tolerance of 1e-8 (absolute 1e-10 near 0). Days without an event or censoring
# are skipped in R. Where R has no limits (survival 3.5-3 at a standard error of 0; any version at
# S = 0) there is nothing to compare.
suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 2) stop("usage: Rscript curves.R rows.csv estimates.json")
rows <- read.csv(arguments[1], stringsAsFactors = FALSE)
estimates <- fromJSON(arguments[2], simplifyVector = FALSE)

passed <- 0
failed <- 0
check <- function(what, ours, r) {
  if (length(ours) != length(r)) {
    failed <<- failed + 1
    cat("FAILED", what, ": we have", length(ours), "values, R has", length(r), "\n")
    return(invisible())
  }
  compare <- is.finite(r)
  good <- !compare | (is.finite(ours) & abs(ours - r) <= 1e-8 * abs(r) + 1e-10)
  passed <<- passed + sum(good & compare)
  failed <<- failed + sum(!good)
  for (i in head(which(!good), 3)) {
    cat("FAILED", what, "[", i, "]: ours", format(ours[i], digits = 17), ", R",
        format(r[i], digits = 17), "\n")
  }
}
numbers <- function(list, field) vapply(list, function(x) as.numeric(x[[field]]), 0)

# R's numbers at the days of our steps.
fit_survival <- function(data) {
  fit <- survfit(Surv(entry, exit, event > 0) ~ 1, data = data, conf.type = "log-log")
  list(fit = fit, time = fit$time, n_risk = fit$n.risk, n_censor = fit$n.censor,
       n_event = fit$n.event, estimate = fit$surv,
       std_err = ifelse(fit$surv > 0, fit$surv * fit$std.err, 0),
       lower = fit$lower, upper = fit$upper)
}
fit_incidence <- function(data, cause) {
  names <- unique(data[data$event > 0, c("event", "cause")])
  names <- names[order(names$event), ]
  data$state <- factor(data$event, c(0, names$event), c("(censored)", names$cause))
  data$id <- seq_len(nrow(data))
  fit <- survfit(Surv(entry, exit, state) ~ 1, data = data, id = id, conf.type = "log")
  k <- match(cause, fit$states)
  column <- function(m) matrix(m, nrow = length(fit$time))[, k]
  censored <- if (is.matrix(fit$n.censor)) rowSums(fit$n.censor) else fit$n.censor
  list(fit = fit, time = fit$time, n_risk = fit$n.risk[, 1], n_censor = censored,
       n_event = column(fit$n.event), estimate = column(fit$pstate),
       std_err = column(fit$std.err), lower = column(fit$lower), upper = column(fit$upper))
}

check_series <- function(id, kind, strata, series, data) {
  stratum <- strata[[series$stratum + 1]]
  data <- data[data$stratum == stratum$label, ]
  what <- paste(id, stratum$label, series$label)
  r <- if (kind == "Survival") fit_survival(data) else fit_incidence(data, series$label)
  check(paste(what, "size"), stratum$size$count, nrow(data))
  # The group: who is at risk and censored on days on which R lists something.
  listed <- r$n_event > 0 | r$n_censor > 0
  times <- unlist(stratum$times)
  at <- match(r$time[listed], times)
  check(paste(what, "group days"), times[at], r$time[listed])
  check(paste(what, "group n.risk"), unlist(stratum$n_risk)[at], r$n_risk[listed])
  check(paste(what, "group n.censor"), unlist(stratum$n_censor)[at], r$n_censor[listed])
  # The curve.
  step <- r$n_event > 0
  check(paste(what, "time"), numbers(series$steps, "time"), r$time[step])
  for (field in c("n_event", "n_risk", "estimate", "std_err", "lower", "upper")) {
    check(paste(what, field), numbers(series$steps, field), r[[field]][step])
  }
  check(paste(what, "events"), series$events$count, sum(r$n_event))
  # The horizons: the last listed day up to each.
  for (horizon in series$horizons) {
    until <- r$time <= horizon$time
    last <- function(x, before) if (any(until)) x[sum(until)] else before
    check(paste(what, "horizon"), horizon$estimate, last(r$estimate, if (kind == "Survival") 1 else 0))
    check(paste(what, "horizon events"), horizon$n_event, sum(r$n_event[until]))
    check(paste(what, "horizon lower"), horizon$lower, last(r$lower, NA))
    check(paste(what, "horizon upper"), horizon$upper, last(r$upper, NA))
    at_risk <- sum(data$entry < horizon$time & horizon$time <= data$exit)
    check(paste(what, "horizon n.risk"), horizon$n_risk, at_risk)
  }
  if (kind == "Survival") check_median(what, series$median, r$fit)
}

check_median <- function(what, ours, fit) {
  median <- quantile(fit, 0.5)
  if (identical(ours, "NotReached")) {
    check(paste(what, "median not reached"), as.numeric(is.na(median$quantile)), 1)
    return(invisible())
  }
  check(paste(what, "median"), ours$At$days, unname(median$quantile))
  for (side in c("lower", "upper")) {
    limit <- ours$At[[side]]
    r <- unname(median[[side]])
    check(paste(what, "median", side, "known"), as.numeric(!is.null(limit)), as.numeric(!is.na(r)))
    if (!is.null(limit)) check(paste(what, "median", side), limit, r)
  }
}

curves <- 0
for (estimate in estimates) {
  shape <- estimate$outcome$Ok$Curves
  if (is.null(shape)) next
  data <- rows[rows$result == estimate$meta$id, ]
  for (series in shape$series) {
    check_series(estimate$meta$id, shape$kind, shape$strata, series, data)
    curves <- curves + 1
  }
}
cat(R.version.string, "- survival", as.character(packageVersion("survival")), "- jsonlite",
    as.character(packageVersion("jsonlite")), "\n")
cat(curves, "curves:", passed, "passed,", failed, "failed\n")
if (failed > 0 || passed == 0) quit(status = 1)
