"""Random tables of counts for the attack and the measurements from outside.

A cell of a table is the tuple of its labels; the label after the last stands for the total, as
in the tables of `disclosure`. Nothing of the crate is used here but its example program.
"""

import itertools
import json
import subprocess

import numpy as np


def random_table(rng, sizes, mean):
    """Inner cells that look like counts of people: uneven rows and columns, many small."""
    weights = [rng.dirichlet(np.full(size, 1.5)) for size in sizes]
    expected = mean * np.prod(sizes)
    for axis, weight in enumerate(weights):
        shape = [1] * len(sizes)
        shape[axis] = -1
        expected = expected * weight.reshape(shape)
    return rng.poisson(expected * rng.gamma(2.0, 0.5, size=tuple(sizes)))


def random_tables(seed, how_many):
    """Two- and three-dimensional tables in turn, of all sizes up to 8 x 7 and 5 x 4 x 4."""
    rng = np.random.default_rng(seed)
    tables = []
    for index in range(how_many):
        if index % 2:
            sizes = [int(rng.integers(2, 6)), int(rng.integers(2, 5)), int(rng.integers(2, 5))]
        else:
            sizes = [int(rng.integers(2, 9)), int(rng.integers(2, 8))]
        mean = float(rng.choice([6, 12, 25, 50, 100]))
        tables.append((sizes, random_table(rng, sizes, mean)))
    return tables


def protect(program, tables):
    """What the crate hides: per table a dictionary with `values`, `hidden`, `seconds`."""
    asked = "".join(
        json.dumps({"sizes": sizes, "inner": [int(v) for v in inner.ravel()]}) + "\n"
        for sizes, inner in tables
    )
    done = subprocess.run([program], input=asked, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(tables)
    return answers


class Sums:
    """The cells of a table with margins, and the sums that everybody knows to hold."""

    def __init__(self, sizes, inner):
        self.sizes = sizes
        self.cells = list(itertools.product(*[range(size + 1) for size in sizes]))
        index = {cell: i for i, cell in enumerate(self.cells)}
        whole = inner
        for axis in range(len(sizes)):
            whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
        self.values = np.array([whole[cell] for cell in self.cells], dtype=float)
        rows, self.lines = [], []
        for cell in self.cells:
            for axis, size in enumerate(sizes):
                if cell[axis] == size:
                    parts = [index[cell[:axis] + (i,) + cell[axis + 1:]] for i in range(size)]
                    row = np.zeros(len(self.cells))
                    row[parts] = 1
                    row[index[cell]] = -1
                    rows.append(row)
                    self.lines.append((index[cell], parts))
        self.matrix = np.array(rows)

    def demands(self, threshold=10, share=0.9):
        """(cells whose sum it is, at most, at least): what must stay unknown, by the rules of
        privacy for counts, restated here from their description."""
        wanted = []
        for cell, value in enumerate(self.values):
            if 0 < value < threshold:
                wanted.append(([cell], 1, threshold))
        for total, parts in self.lines:
            top = max(parts, key=lambda part: (self.values[part], part))
            whole, most = self.values[total], self.values[top]
            rest = whole - most
            if len(parts) > 1 and whole >= threshold and rest < threshold and most >= share * whole:
                least = max(threshold, int(np.ceil((1 - share) * whole - 1e-9)))
                wanted.append(([part for part in parts if part != top], 1, least))
        return wanted
