"""Reads every file with polars and validates it with pandera: types, codes, limits, keys."""

import time
import warnings

import delivery
import pandera.polars as pandera
from pandera.errors import SchemaErrors
from polars_read import TYPES, polars, read


def column(field, key):
    """The dictionary's constraints on a field, as pandera's checks."""
    limits = field.get("constraints", {})
    checks = []
    if "enum" in limits:
        checks.append(pandera.Check.isin(limits["enum"]))
    if "pattern" in limits:
        checks.append(pandera.Check.str_matches(limits["pattern"]))
    if "minimum" in limits:
        checks.append(pandera.Check.ge(limits["minimum"]))
    if "maximum" in limits:
        checks.append(pandera.Check.le(limits["maximum"]))
    return pandera.Column(
        TYPES.get(field["type"], polars.String),
        checks,
        nullable=not limits.get("required", False),
        unique=field["name"] in key,
    )


def failures(path, schema):
    """Rows of a table, and cells that break its schema."""
    key = schema.get("primaryKey", [])
    columns = {field["name"]: column(field, key) for field in schema["fields"]}
    table = read(path, schema)
    try:
        pandera.DataFrameSchema(columns).validate(table, lazy=True)
        return table.height, 0
    except SchemaErrors as error:
        return table.height, error.failure_cases.height


def main():
    warnings.simplefilter("ignore")
    files = list(delivery.files(*delivery.arguments()))
    start = time.perf_counter()
    found = [failures(path, schema) for path, schema in files]
    seconds = time.perf_counter() - start
    rows, errors = (sum(part) for part in zip(*found))
    import pandera as package

    delivery.report(package.__version__, rows, seconds, errors)


if __name__ == "__main__":
    main()
