"""Attacks protected tables from outside, with the linear programming of scipy (HiGHS).

    attack.py PROGRAM HOW_MANY [SEED]

For every small count, and for every rest of a line in which nearly all are alike, the attacker
finds the least and the most it can be, given all that is shown. Ends with an error if any lies
inside the interval that the rules protect, or if a shown number is itself unsafe.
"""

import sys

import numpy as np
from scipy.optimize import linprog

from tables import Sums, protect, random_tables


def bounds_of(sums, hidden, cells):
    """The least and the most that the sum of some cells can be to a reader."""
    free = np.flatnonzero(hidden)
    place = {cell: i for i, cell in enumerate(free)}
    shown = ~hidden
    known = -sums.matrix[:, shown] @ sums.values[shown]
    fixed = sum(sums.values[cell] for cell in cells if not hidden[cell])
    aim = np.zeros(len(free))
    for cell in cells:
        if hidden[cell]:
            aim[place[cell]] = 1
    if not aim.any():
        return fixed, fixed
    ends = []
    for sign in (1, -1):
        found = linprog(sign * aim, A_eq=sums.matrix[:, free], b_eq=known, method="highs")
        if found.status == 3:
            ends.append(-sign * np.inf)
        else:
            assert found.status == 0, found.message
            ends.append(fixed + sign * found.fun)
    return ends[0], ends[1]


def main():
    program, how_many = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20_261_122
    tables = random_tables(seed, how_many)
    attacked = withheld = hidden_cells = 0
    faults = []
    for number, ((sizes, inner), answer) in enumerate(zip(tables, protect(program, tables))):
        sums = Sums(sizes, inner)
        assert list(sums.values) == answer["values"], "the cells are in another order"
        if answer["hidden"] is None:
            withheld += 1
            continue
        hidden = np.array(answer["hidden"])
        hidden_cells += int(hidden.sum())
        for cells, at_most, at_least in sums.demands():
            least, most = bounds_of(sums, hidden, cells)
            attacked += 1
            if least > at_most + 1e-6 or most < at_least - 1e-6:
                faults.append((number, sizes, [sums.cells[cell] for cell in cells], least, most))
    for fault in faults:
        print("table %d %s, cells %s: between %g and %g" % fault)
    print(
        f"{how_many} tables, {withheld} withheld; {hidden_cells} cells hidden; "
        f"{attacked} unsafe numbers attacked, {len(faults)} found out"
    )
    sys.exit(1 if faults or not attacked else 0)


if __name__ == "__main__":
    main()
