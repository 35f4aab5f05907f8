#!/bin/sh
# Makes the curves and models of a made-up network and compares each with R. Run from the repository's root.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo run -q -p analysis --example curves -- rows > "$folder/rows.csv"
cargo run -q -p analysis --example curves -- estimates > "$folder/estimates.json"
Rscript tests/r/curves.R "$folder/rows.csv" "$folder/estimates.json"
cargo run -q -p analysis --example curves -- factors > "$folder/factors.csv"
Rscript tests/r/factors.R "$folder/factors.csv" "$folder/estimates.json"
