//! The factsheet (PDF), tables (.xlsx, .csv) and pictures (.svg, .png) of released results.
