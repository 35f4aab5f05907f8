"""Links left.csv and right.csv with splink: unsupervised, blocked, one to one.

The threshold is the lowest of a grid that reaches the highest F1 with the truth in hand, which
is in splink's favour: a user does not have the truth.
"""

import json
import logging
import pathlib
import sys
import time

import pandas
import splink.comparison_library as compare
from importlib.metadata import version
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

GRID = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999]


def read(path):
    """One file; empty texts are missing."""
    table = pandas.read_csv(path, dtype=str, keep_default_na=True)
    table["unique_id"] = range(len(table))
    return table


def settings(number, sex):
    """Fields, how they are compared, and which pairs are looked at."""
    comparisons = [
        compare.NameComparison("given"),
        compare.NameComparison("surname").configure(term_frequency_adjustments=True),
        compare.DateOfBirthComparison("birth", input_is_string=True),
        compare.LevenshteinAtThresholds("postcode", 1),
    ]
    blocks = [
        block_on("surname", "given"),
        block_on("birth", "surname"),
        block_on("birth", "given"),
        block_on("birth", "postcode"),
        block_on("surname", "postcode"),
        block_on("given", "postcode"),
    ]
    if sex:
        comparisons.append(compare.ExactMatch("sex"))
    if number:
        comparisons.append(compare.LevenshteinAtThresholds("number", 1))
        blocks.append(block_on("number"))
    return SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocks,
    )


def predictions(left, right, number):
    """Pairs with a match probability, one to one: the best pair of each row on both sides."""
    database = DuckDBAPI()
    tables = [database.register(left, dataset_display_name="left_file"),
              database.register(right, dataset_display_name="right_file")]
    sex = bool(left["sex"].notna().any())
    linker = Linker(tables, settings(number, sex), log_level=logging.ERROR)
    exact = [block_on("given", "surname", "birth"), block_on("surname", "birth", "postcode")]
    linker.training.estimate_probability_two_random_records_match(exact, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("birth", "postcode"), block_on("surname", "given")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=min(GRID))
    pairs = pairs.as_pandas_dataframe()
    pairs = pairs.sort_values("match_probability", ascending=False, kind="stable")
    pairs = pairs.drop_duplicates("unique_id_l").drop_duplicates("unique_id_r")
    return pairs


def quality(pairs, left, right):
    """Precision and recall at the threshold of the best F1."""
    pairs = pairs.copy()
    swapped = (pairs["source_dataset_l"] == "right_file").to_numpy()
    of_left = pairs["unique_id_l"].where(~swapped, pairs["unique_id_r"])
    of_right = pairs["unique_id_r"].where(~swapped, pairs["unique_id_l"])
    pairs["right"] = left["person"].to_numpy()[of_left] == right["person"].to_numpy()[of_right]
    real = right["person"].isin(left["person"]).sum()
    best = (0.0, 0.0, 0.0)
    for threshold in GRID:
        kept = pairs[pairs["match_probability"] >= threshold]
        if len(kept) == 0:
            continue
        precision, recall = kept["right"].mean(), kept["right"].sum() / real
        f1 = 2 * precision * recall / (precision + recall)
        best = max(best, (f1, precision, recall))
    return best[1:]


def main():
    logging.disable(logging.WARNING)
    folder = pathlib.Path(sys.argv[1])
    number = "number" in sys.argv[2:]
    left, right = read(folder / "left.csv"), read(folder / "right.csv")
    start = time.perf_counter()
    pairs = predictions(left, right, number)
    seconds = time.perf_counter() - start
    precision, recall = quality(pairs, left, right)
    told = {
        "version": version("splink"),
        "rows": len(left) + len(right),
        "precision": float(precision),
        "recall": float(recall),
        "seconds": seconds,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
