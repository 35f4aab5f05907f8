# Makes model_matrix.json beside this file: what R's model.matrix() gives for some formulas.
# Rscript model_matrix.R   (R 4.2.2, survival 3.5-3, splines, jsonlite)
suppressPackageStartupMessages({library(survival); library(splines); library(jsonlite)})
d <- data.frame(
  y = c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8),
  x = c(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, NA, 5, 5.5, 6),
  z = c(10, 12, 9, 14, 11, 13, 8, 15, 10, 12, 16, 7),
  f = factor(c("b", "a", "c", "a", "b", "c", "a", "b", "c", "a", NA, "b"), levels = c("b", "a", "c")),
  g = factor(c("lo", "hi", "lo", "hi", "lo", "lo", "hi", "hi", "lo", "hi", "lo", "hi")),
  o = factor(c("1", "2", "3", "4", "1", "2", "3", "4", "1", "2", "3", "4"), ordered = TRUE),
  l = c(TRUE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE, TRUE, FALSE),
  t = c("u", "v", "w", "u", "v", "w", "u", "v", "w", "u", "v", "w"),
  k = c(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3))
formulas <- c(
  "y ~ x", "y ~ 1", "y ~ x - 1", "y ~ 0 + x", "y ~ f", "y ~ f - 1", "y ~ g + f - 1", "y ~ x + f - 1",
  "y ~ x * f", "y ~ x:f", "y ~ f:x", "y ~ f:g", "y ~ f * g", "y ~ g + f:g", "y ~ f + f:g", "y ~ f:g - 1",
  "y ~ (x + z + f)^2", "y ~ (x + z + g)^3 - x:z", "y ~ f/x", "y ~ f/x - 1", "y ~ g/(x + z)", "y ~ x %in% f",
  "y ~ f * g * x", "y ~ g:f + g", "y ~ . - t - k", "y ~ x + I(x^2)", "y ~ log(z) + sqrt(z) + exp(-z/10)",
  "y ~ factor(k)", "y ~ factor(k, levels = c(3, 1, 2))", "y ~ relevel(f, ref = 'c')", "y ~ t", "y ~ l", "y ~ l:x",
  "y ~ l * g", "y ~ o", "y ~ o - 1", "y ~ o:x", "y ~ cut(z, c(6, 10, 13, 16))", "y ~ interaction(f, g, drop = TRUE)",
  "y ~ ns(z, df = 3)", "y ~ ns(z, knots = c(9, 12), Boundary.knots = c(7, 15))", "y ~ bs(z, df = 5)",
  "y ~ bs(z, knots = 11, degree = 2)", "y ~ poly(z, 3)", "y ~ poly(z, 2, raw = TRUE)", "y ~ scale(z)",
  "y ~ ns(z, 2):g", "y ~ pmin(x, 3) + pmax(z, 10)", "y ~ ifelse(x > 2 & g == 'lo', 1, 0)", "y ~ I(z >= 12)",
  "y ~ g + strata(k)", "y ~ x * strata(k)", "y ~ x:strata(k) + g", "y ~ offset(log(z)) + x", "log(y) ~ x + z",
  "y ~ factor(z > 10) + x", "y ~ g %in% f", "y ~ (f + g)^2 - f", "y ~ x + z + x:z - z", "y ~ I((x - 1) * z/2)",
  "y ~ cbind(x, z)", "y ~ factor(f, labels = c('B', 'A', 'C'))", "y ~ ordered(k)", "y ~ round(x) + z%%3 + z%/%3")
one <- function(text) {
  m <- model.frame(as.formula(text), data = d)
  x <- model.matrix(attr(m, "terms"), m)
  list(formula = text, rows = I(match(rownames(m), rownames(d))), names = I(colnames(x)), values = unname(x))
}
out <- list(data = as.list(d), cases = lapply(formulas, one))
file <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
write(toJSON(out$cases, digits = 16, auto_unbox = TRUE, na = "null"), file.path(dirname(file), "model_matrix.json"))
