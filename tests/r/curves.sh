#!/bin/sh
# Makes the curves of a made-up network and compares each with R. Run from the repository's root.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo run -q -p analysis --example curves -- rows > "$folder/rows.csv"
cargo run -q -p analysis --example curves -- estimates > "$folder/estimates.json"
Rscript tests/r/curves.R "$folder/rows.csv" "$folder/estimates.json"
