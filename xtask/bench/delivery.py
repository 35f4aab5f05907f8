"""The deliveries and the dictionary that the peers get, as Doorstroom gets them."""

import csv
import json
import pathlib
import sys


def arguments():
    """The resources of the Data Package by table, and the institutions' folders."""
    package, *folders = sys.argv[1:]
    resources = json.loads(pathlib.Path(package).read_text(encoding="utf-8"))["resources"]
    return {resource["name"]: resource for resource in resources}, [
        pathlib.Path(folder) for folder in folders
    ]


def files(resources, folders):
    """Each file with its table's schema, cut down to the columns that the file has."""
    for folder in folders:
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as stream:
                header = next(csv.reader(stream))
            schema = resources[path.stem]["schema"]
            fields = {field["name"]: field for field in schema["fields"]}
            key = [name for name in schema.get("primaryKey", []) if name in header]
            yield path, {
                "fields": [fields[name] for name in header],
                "missingValues": schema["missingValues"],
                **({"primaryKey": key} if key else {}),
            }


def report(version, rows, seconds, errors=0):
    """One line for the table of `cargo xtask bench`."""
    print(
        json.dumps({"version": version, "rows": rows, "seconds": seconds, "errors": errors})
    )
