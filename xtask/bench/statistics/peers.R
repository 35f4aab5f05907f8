# Times what R takes for the tasks: Rscript peers.R FOLDER TASK/PEER…
#
# Reading the tables is not timed. One line per task and package:
# {"task", "peer", "version", "seconds"}.
suppressPackageStartupMessages({library(survival); library(cmprsk); library(lme4); library(geepack)})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
wanted <- arguments[-1]
read <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))

told <- function(task, peer, package, run) {
  if (!paste(task, peer, sep = "/") %in% wanted) return(invisible())
  invisible(gc(FALSE))
  seconds <- system.time(run())[["elapsed"]]
  cat(sprintf('{"task":"%s","peer":"%s","version":"%s","seconds":%.9f}\n',
    task, peer, packageVersion(package), seconds))
}

s <- read("survival")
s$cause <- factor(s$status, 0:2)
told("km", "survival", "survival", function() survfit(Surv(time, status > 0) ~ 1, s))
told("logrank", "survival", "survival", function() survdiff(Surv(time, status > 0) ~ group, s))
told("cif", "survival", "survival", function() survfit(Surv(time, cause) ~ 1, s))
told("cox", "survival", "survival",
  function() summary(coxph(Surv(time, status == 1) ~ x1 + x2 + x3 + x4 + x5, s)))
x <- as.matrix(s[c("x1", "x2", "x3", "x4", "x5")])
y <- Surv(s$time, s$status == 1)
told("cox-kernel", "coxph.fit", "survival", function()
  coxph.fit(x, y, NULL, NULL, rep(0, 5), coxph.control(), NULL, "efron", NULL, resid = FALSE))
told("concordance", "survival", "survival",
  function() concordance(Surv(time, status == 1) ~ x1, s))
told("fine-gray", "cmprsk", "cmprsk", function() crr(s$time, s$status, x))
if (suppressPackageStartupMessages(require("mets", quietly = TRUE))) {
  told("fine-gray", "mets", "mets", function()
    cifreg(Event(time, status) ~ x1 + x2 + x3 + x4 + x5, s, cause = 1, propodds = NULL))
}
if (requireNamespace("fastcmprsk", quietly = TRUE)) {
  told("fine-gray-kernel", "fastcmprsk", "fastcmprsk", function() fastcmprsk::fastCrr(
    fastcmprsk::Crisk(s$time, s$status) ~ x, variance = FALSE))
}
rm(s, x, y)

m <- read("states")
m$event <- factor(m$event)
told("multistate", "survival", "survival",
  function() survfit(Surv(t0, t1, event) ~ 1, m, id = id, istate = from))
rm(m)

d <- read("startstop")
told("start-stop-robust", "survival", "survival", function()
  summary(coxph(Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(stratum), d, cluster = id)))
rm(d)

r <- read("repeated")
told("mixed", "lme4", "lme4", function() summary(lmer(y ~ x + day + (day | id), r)))
told("gee", "geepack", "geepack",
  function() summary(geeglm(y ~ x + day, data = r, id = id, corstr = "exchangeable")))
