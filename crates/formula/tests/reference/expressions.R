# Makes expressions.json beside this file: what R gives for some expressions.
# Rscript expressions.R   (R 4.2.2, jsonlite)
suppressPackageStartupMessages(library(jsonlite))
Sys.setlocale("LC_COLLATE", "C")
d <- data.frame(
  x = c(0.5, 1, NA, 2, -2.5, 3.25), n = c(3, 7, 10, NA, 2, 5), y = c(1e5, 123456, 0.1 + 0.2, 1/3, 1e-5, 365.25),
  l = c(TRUE, FALSE, NA, TRUE, FALSE, TRUE), f = factor(c("b", "a", "c", "b", NA, "a"), levels = c("b", "a", "c")),
  t = c("u", "v", NA, "w", "U", "10"), stringsAsFactors = FALSE)
texts <- c(
  "x + n", "x - 1", "-x^2", "x^2", "2^-1", "-2:3", "x / n", "x %% 2", "n %/% 3", "(x + 1) * 2", "x > 1", "x >= 1 & n > 4",
  "x > 1 | l", "!l", "l & NA", "l | NA", "l + 1", "f == 'b'", "f != 'b'", "t == 'u'", "t < 'v'", "n %in% c(3, 7, NA)",
  "f %in% c('a', 'c')", "log(n)", "log(n, 2)", "log(x + 3, base = 10)", "log2(8)", "log10(1000)", "log1p(n)", "exp(-n)",
  "sqrt(n)", "abs(x)", "sign(x)", "floor(x)", "ceiling(x)", "trunc(x)", "round(x)", "round(y, 2)", "round(123456, -3)",
  "round(2.5)", "round(0.15, 1)", "round(2.675, 2)", "signif(y, 3)", "pmin(x, n)", "pmax(x, 1)", "pmin(x, n, na.rm = TRUE)",
  "ifelse(x > 1, 1, 0)", "ifelse(l, 'yes', 'no')", "ifelse(is.na(x), 0, x)", "is.na(f)", "rank(n, na.last = 'keep')", "rank(c(2, 1, 2, 5))",
  "cumsum(c(1, 2, 3))", "mean(n, na.rm = TRUE)", "sd(n, na.rm = TRUE)", "var(n, na.rm = TRUE)", "median(n, na.rm = TRUE)",
  "min(n, na.rm = TRUE)", "max(n)", "sum(l, na.rm = TRUE)", "quantile(y, 0.3)", "c(1, 2, 3)", "rep(c(1, 2), length.out = 6)",
  "rep(1:3, each = 2)", "seq(0, 1, by = 0.25)", "seq(2, 10, length.out = 5)", "as.numeric(f)", "as.integer(f)", "as.integer(2.9)",
  "as.character(y)", "as.character(f)", "as.numeric(t)", "as.numeric(l)", "as.logical(n - 3)", "as.numeric(as.Date('2024-02-29'))",
  "factor(n)", "factor(y)", "factor(t)", "factor(l)", "factor(f)", "factor(n, levels = c(10, 7, 5))",
  "factor(n > 4, labels = c('low', 'high'))", "factor(f, labels = c('B', 'A', 'C'))", "factor(f, labels = c('B', 'AC', 'AC'))",
  "relevel(f, ref = 'c')", "cut(n, c(0, 3, 6, 10))", "cut(n, c(0, 3, 6, 10), right = FALSE)", "cut(n, 3)",
  "cut(n, c(2, 5, 10), include.lowest = TRUE)", "cut(y, c(0, 1000, 123456, 1e6))", "cut(x, c(-3, 0.12345, 0.12349, 5))",
  "cut(n, c(0, 5, 10), labels = c('lo', 'hi'))", "as.integer(cut(n, c(0, 5, 10), labels = FALSE))", "interaction(f, l)",
  "interaction(f, n > 4, drop = TRUE)", "droplevels(factor(f, levels = c('a', 'b')))", "ordered(n)", "ordered(n) > '3'",
  "1e5 == 100000", "x == 0.5", "TRUE & FALSE", "xor", "3 - -2", "2 ^ 3 ^ 2", "1:3 * 2", "!x > 1", "-1 + 2", "n > 3 & !is.na(x)",
  "seq_len(4)", "seq_along(x)", "length(c(1, 2))", "seq_len(length(x)) <= 2", "duplicated(f)", "!duplicated(n)", "paste(f, t)",
  "paste0(t, n)", "paste(f, n, sep = '-')", "rowSums(cbind(x, n))", "rowMeans(cbind(x, n), na.rm = TRUE)", "is.finite(x)")
one <- function(text) {
  v <- tryCatch(suppressWarnings(eval(parse(text = text), d)), error = function(e) NULL)
  if (is.null(v) || is.function(v)) return(NULL)
  printed <- paste(deparse(parse(text = text)[[1]], width.cutoff = 500L), collapse = "")
  v <- unname(v)
  if (is.factor(v)) list(text = text, printed = printed, kind = "factor", levels = I(levels(v)), values = I(as.character(v)))
  else list(text = text, printed = printed, kind = if (is.logical(v)) "logical" else if (is.character(v)) "text" else "number", values = I(v))
}
file <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
out <- Filter(Negate(is.null), lapply(texts, one))
write(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(dirname(file), "expressions.json"))
