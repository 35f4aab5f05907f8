# Times what R takes for the tasks: Rscript peers.R FOLDER TASK/PEER…
#
# Reading the tables is not timed, and only those that are needed are read. One line per task and
# package: {"task", "peer", "version", "seconds"}.
suppressPackageStartupMessages({library(survival); library(cmprsk); library(lme4); library(geepack)})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
wanted <- arguments[-1]
read <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))

# The median of as many times as go into half a second, without the first two: R compiles what it
# calls for the second time. What takes half a minute is done once.
typical <- function(run) {
  taken <- c()
  while (sum(taken[-(1:2)]) < 0.5 && !(length(taken) == 1 && taken > 30)) {
    start <- Sys.time()
    run()
    taken <- c(taken, as.numeric(difftime(Sys.time(), start, units = "secs")))
  }
  if (length(taken) > 2) median(taken[-(1:2)]) else taken
}

# `input` is read only if the task is wanted, before its time is taken.
told <- function(task, peer, package, input, run) {
  if (!paste(task, peer, sep = "/") %in% wanted) return(invisible())
  force(input)
  invisible(gc(FALSE))
  cat(sprintf('{"task":"%s","peer":"%s","version":"%s","seconds":%.9f}\n',
    task, peer, packageVersion(package), typical(run)))
}

delayedAssign("s", {
  table <- read("survival")
  table$cause <- factor(table$status, 0:2)
  table
})
# Our summary holds what R computes when it prints: medians, expected times in each state.
printed <- function(fit) capture.output(print(fit))
told("km", "survival", "survival", s, function() printed(survfit(Surv(time, status > 0) ~ 1, s)))
told("logrank", "survival", "survival", s, function() survdiff(Surv(time, status > 0) ~ group, s))
told("cif", "survival", "survival", s, function() printed(survfit(Surv(time, cause) ~ 1, s)))
told("cox", "survival", "survival", s,
  function() summary(coxph(Surv(time, status == 1) ~ x1 + x2 + x3 + x4 + x5, s)))
delayedAssign("x", as.matrix(s[c("x1", "x2", "x3", "x4", "x5")]))
delayedAssign("y", Surv(s$time, s$status == 1))
told("cox-kernel", "coxph.fit", "survival", list(x, y), function()
  coxph.fit(x, y, NULL, NULL, rep(0, 5), coxph.control(), NULL, "efron", NULL, resid = FALSE))
told("concordance", "survival", "survival", s,
  function() concordance(Surv(time, status == 1) ~ x1, s))
told("fine-gray", "cmprsk", "cmprsk", list(s, x), function() crr(s$time, s$status, x))
if (suppressPackageStartupMessages(require("mets", quietly = TRUE))) {
  told("fine-gray", "mets", "mets", list(s, x), function()
    cifreg(Event(time, status) ~ x1 + x2 + x3 + x4 + x5, s, cause = 1, propodds = NULL))
}
if (requireNamespace("fastcmprsk", quietly = TRUE)) {
  told("fine-gray-kernel", "fastcmprsk", "fastcmprsk", list(s, x), function() fastcmprsk::fastCrr(
    fastcmprsk::Crisk(s$time, s$status) ~ x, variance = FALSE))
}
rm(s, x, y)

delayedAssign("m", {
  table <- read("states")
  table$event <- factor(table$event)
  table
})
told("multistate", "survival", "survival", m,
  function() printed(survfit(Surv(t0, t1, event) ~ 1, m, id = id, istate = from)))
rm(m)

delayedAssign("d", read("startstop"))
told("start-stop-robust", "survival", "survival", d, function()
  summary(coxph(Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(stratum), d, cluster = id)))
rm(d)

delayedAssign("r", read("repeated"))
told("mixed", "lme4", "lme4", r, function() summary(lmer(y ~ x + day + (day | id), r)))
told("gee", "geepack", "geepack", r,
  function() summary(geeglm(y ~ x + day, data = r, id = id, corstr = "exchangeable")))
