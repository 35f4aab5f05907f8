"""How near the hidden cells are to the fewest possible, and how long protecting takes.

    quality.py PROGRAM HOW_MANY SECONDS [SIZES [MEAN]]

The optimum is found from outside: cuts from the duals of scipy's linear programs (Fischetti and
Salazar-Gonzalez 2001), the integer program over them by HiGHS, until no demand is unmet or the
seconds for a table are over; then the bound that was proven counts. Margins that the crate
leaves open stay open. Prints a line per table and the medians.
"""

import sys
import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from tables import Sums, protect, random_table

SLACK = 1e-3


class Optimum:
    """The fewest cells to hide, besides those that are unsafe themselves."""

    def __init__(self, sums, hidden):
        margin = np.array([any(c == s for c, s in zip(cell, sums.sizes)) for cell in sums.cells])
        small = (sums.values > 0) & (sums.values < 10)
        demands = sums.demands()
        in_full_line = np.zeros(len(sums.cells), dtype=bool)
        for cells, _, _ in demands:
            if len(cells) > 1 or not small[cells[0]]:
                in_full_line[cells] = True
        self.must = small
        may = (sums.values > 0) | in_full_line
        may &= ~margin | hidden
        self.free = np.flatnonzero(may | self.must | hidden)
        place = {cell: i for i, cell in enumerate(self.free)}
        self.matrix = csr_matrix(sums.matrix[:, self.free])
        self.value = sums.values[self.free]
        self.base = self.must[self.free]
        self.demands = []
        for cells, at_most, at_least in demands:
            aim = np.zeros(len(self.free))
            for cell in cells:
                if cell in place:
                    aim[place[cell]] = 1
            value = sum(sums.values[cell] for cell in cells)
            if value > at_most:
                self.demands.append((-aim, value - at_most))
            if value < at_least:
                self.demands.append((aim, at_least - value))
        self.cuts, self.known = [], set()

    def reach(self, aim, need, hidden, slack):
        room = np.where(hidden, 1.0, slack)
        bounds = np.column_stack([-self.value * room, 4 * need * room])
        found = linprog(-aim, A_eq=self.matrix, b_eq=np.zeros(self.matrix.shape[0]), bounds=bounds, method="highs")
        assert found.status == 0, found.message
        return -found.fun, -found.eqlin.marginals

    def add_cuts(self, hidden):
        """Adds cuts for unmet demands; how many demands are unmet."""
        unmet = 0
        for aim, need in self.demands:
            reached, duals = self.reach(aim, need, hidden, 0.0)
            if reached >= need - 1e-6:
                continue
            unmet += 1
            more, better = self.reach(aim, need, hidden, SLACK)
            duals = better if more < need else duals
            worth = aim - self.matrix.T @ duals
            worth[np.abs(worth) < 1e-7] = 0
            cut = np.minimum(np.where(worth > 0, 4 * need * worth, -self.value * worth), need) / need
            key = tuple(np.round(cut, 6))
            if key not in self.known:
                self.known.add(key)
                self.cuts.append(cut)
        return unmet

    def solve(self, seconds):
        """Hidden cells at the optimum, or else the least that was proven; and which it is."""
        start, hidden, bound = time.time(), self.base.copy(), int(self.base.sum())
        while self.add_cuts(hidden):
            left = seconds - (time.time() - start)
            if left <= 1:
                return bound, False
            rows = csr_matrix(np.array(self.cuts))
            found = milp(
                np.ones(len(self.base)),
                constraints=LinearConstraint(rows, lb=1 - 1e-7),
                integrality=np.ones(len(self.base)),
                bounds=Bounds(self.base.astype(float), 1),
                options={"time_limit": left},
            )
            if found.mip_dual_bound is not None:
                bound = max(bound, int(np.ceil(found.mip_dual_bound - 1e-6)))
            if found.status != 0:
                return bound, False
            hidden = found.x > 0.5
        return int(hidden.sum()), True


def main():
    program, how_many, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    sizes = [int(size) for size in sys.argv[4].split("x")] if len(sys.argv) > 4 else [8, 5, 4]
    mean = float(sys.argv[5]) if len(sys.argv) > 5 else 40.0
    rng = np.random.default_rng(270)
    tables = [(sizes, random_table(rng, sizes, mean)) for _ in range(how_many)]
    answers = protect(program, tables)
    ratios, extra = [], []
    for number, ((sizes, inner), answer) in enumerate(zip(tables, answers)):
        if answer["hidden"] is None:
            print(f"table {number}: withheld")
            continue
        sums, hidden = Sums(sizes, inner), np.array(answer["hidden"])
        ours = int(hidden.sum())
        if seconds <= 0:
            continue
        best, proven = Optimum(sums, hidden).solve(seconds)
        ratios.append(ours / best)
        extra.append(ours - best)
        how = "optimum" if proven else "at least"
        print(f"table {number}: {ours} hidden, {how} {best}, in {answer['seconds']:.2f} s", flush=True)
    times = [answer["seconds"] for answer in answers]
    print(f"{'x'.join(map(str, sizes))}, mean {mean:g}: median {np.median(times):.2f} s, most {max(times):.2f} s")
    if ratios:
        print(f"cells hidden beside the optimum: median {np.median(ratios):.3f}, most {max(ratios):.3f}; in all {sum(extra)} cells more")


if __name__ == "__main__":
    main()
