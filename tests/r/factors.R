# Compares every model of factors with R's survival, on the same completed rows.
#
#   cargo run -p analysis --example curves -- factors > factors.csv
#   cargo run -p analysis --example curves -- estimates > estimates.json
#   Rscript tests/r/factors.R factors.csv estimates.json
#
# factors.csv: columns as written by analysis::factor_csv. estimates.json: the estimates as JSON.
# Exit code 1 where anything differs or nothing is compared.
#
# Made here, apart from Doorstroom: the fit of each completed data set (coxph; finegray with
# strata, robust errors), Rubin's rules with the degrees of freedom of Barnard and Rubin (1999) as
# in mice's pool.scalar, the limits, and cox.zph with the logarithm of time. Tolerance: 1e-6
# relative on the ratios, as R ends its search at a relative change of 1e-9.
suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 2) stop("usage: Rscript factors.R factors.csv estimates.json")
rows <- read.csv(arguments[1], stringsAsFactors = FALSE)
estimates <- fromJSON(arguments[2], simplifyVector = FALSE)

pool <- function(q, u, complete) {
  m <- length(q)
  if (m == 1) return(c(q, sqrt(u), qnorm(0.975)))
  between <- var(q)
  total <- mean(u) + (1 + 1 / m) * between
  lambda <- (1 + 1 / m) * between / total
  old <- if (lambda < 1e-4) Inf else (m - 1) / lambda^2
  observed <- (complete + 1) / (complete + 3) * complete * (1 - lambda)
  df <- if (is.infinite(old)) observed else old * observed / (old + observed)
  c(mean(q), sqrt(total), qt(0.975, df))
}

fit_one <- function(one) {
  x <- do.call(rbind, lapply(strsplit(as.character(one$design), " "), as.numeric))
  institution <- one$institution
  if (one$subdistribution[1] == 1) {
    data <- data.frame(x, institution, stop = one$exit + 1, row = seq_len(nrow(one)))
    # R wants times above 0, and codes of states in which censoring comes first.
    data$state <- factor(one$status, levels = sort(unique(c(0, one$status))))
    weighted <- finegray(
      Surv(stop, state) ~ . + strata(institution), data = data, etype = as.character(one$cause[1])
    )
    columns <- paste0("X", seq_len(ncol(x)))
    if (ncol(x) == 1) columns <- "x"
    formula <- reformulate(
      c(columns, "strata(institution)"), "Surv(fgstart, fgstop, fgstatus)"
    )
    fit <- coxph(formula, weighted, weights = fgwt, cluster = row, ties = "efron")
    return(list(coef = coef(fit), variance = diag(vcov(fit)), fit = NULL))
  }
  fit <- coxph(
    Surv(one$entry, one$exit, one$status == one$cause) ~ x + strata(institution), ties = "efron"
  )
  list(coef = coef(fit), variance = diag(vcov(fit)), fit = fit)
}

passed <- 0
failed <- 0
check <- function(what, ours, r) {
  good <- length(ours) == length(r) && all(is.finite(ours)) && all(abs(ours - r) <= 1e-6 * abs(r))
  if (good) passed <<- passed + length(r) else {
    failed <<- failed + 1
    cat("FAILED", what, ": ours", format(ours, digits = 12), ", R", format(r, digits = 12), "\n")
  }
}

for (result in unique(rows$result)) {
  own <- rows[rows$result == result, ]
  estimate <- Filter(function(e) e$meta$id == result, estimates)[[1]]$outcome$Ok$Regression
  if (estimate$method != "Plain") next
  fits <- lapply(split(own, own$imputation), fit_one)
  events <- sum(own$status[own$imputation == 0] == own$cause[1])
  columns <- length(fits[[1]]$coef)
  effects <- list()
  term_of <- c()
  for (position in seq_along(estimate$terms)) {
    coding <- estimate$terms[[position]]$coding
    found <- if (!is.null(coding$Slope)) list(coding$Slope$effect) else
      Filter(Negate(is.null), lapply(coding$Levels, function(level) level$effect))
    effects <- c(effects, found)
    term_of <- c(term_of, rep(position, length(found)))
  }
  for (column in seq_len(columns)) {
    q <- vapply(fits, function(fit) unname(fit$coef[column]), 0)
    u <- vapply(fits, function(fit) unname(fit$variance[column]), 0)
    pooled <- pool(q, u, events - columns)
    limits <- pooled[1] + c(0, -1, 1) * pooled[2] * pooled[3]
    ours <- effects[[column]]
    check(paste(result, column), c(ours$estimate, ours$lower, ours$upper), exp(limits))
  }
  if (!is.null(fits[[1]]$fit)) {
    zph <- cox.zph(fits[[1]]$fit, transform = function(t) log(t + 2), terms = FALSE)
    # One column at a time and no other test: terms of one column can be held to it.
    p <- zph$table[seq_len(columns), "p"]
    doubtful <- unlist(lapply(estimate$caveats, function(c) if (is.list(c)) c$NotProportional))
    for (position in unique(term_of)) {
      of_term <- which(term_of == position)
      if (length(of_term) != 1) next
      expected <- p[of_term] < 0.05 / length(estimate$terms)
      check(paste(result, "zph", position), as.numeric((position - 1) %in% doubtful) + 1, as.numeric(unname(expected)) + 1)
    }
  }
}
cat(passed, "numbers of models equal R's survival", as.character(packageVersion("survival")), "\n")
if (failed > 0 || passed == 0) quit(status = 1)
