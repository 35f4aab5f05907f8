"""Times what Python's packages take for the tasks: peers.py FOLDER TASK/PEER…

Reading the tables is not timed. One line per task and package.
"""

import json
import statistics
import sys
import time
from functools import cache
from importlib.metadata import version

import lifelines
import pandas
import statsmodels.api as sm
from survival import _survival as survival
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.nonparametric import kaplan_meier_estimator
from statsmodels.duration.survfunc import SurvfuncRight

COVARIATES = ["x1", "x2", "x3", "x4", "x5"]


def typical(run):
    """The median of as many times as go into half a second, without the first two. What takes
    half a minute is done once."""
    taken = []
    while sum(taken[2:]) < 0.5 and not (len(taken) == 1 and taken[0] > 30):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[2:] or taken)


def main():
    folder, *wanted = sys.argv[1:]

    @cache
    def read(name):
        return pandas.read_csv(f"{folder}/{name}.csv")

    def told(task, peer, prepare):
        """`prepare` gets the input ready, which is not timed, and gives what is."""
        if f"{task}/{peer}" not in wanted:
            return
        line = {"seconds": typical(prepare())}
        line |= {"task": task, "peer": peer, "version": version(peer)}
        print(json.dumps(line), flush=True)

    @cache
    def columns():
        s = read("survival")
        return s.time.to_numpy(), (s.status > 0).to_numpy(), (s.status == 1).to_numpy()

    def covariates():
        return read("survival")[COVARIATES].to_numpy()

    def statsmodels_curve():
        times, any_event, _ = columns()
        return lambda: SurvfuncRight(times, any_event.astype(int))

    def lifelines_curve():
        times, any_event, _ = columns()
        return lambda: lifelines.KaplanMeierFitter().fit(times, any_event)

    def sksurv_curve():
        times, any_event, _ = columns()
        return lambda: kaplan_meier_estimator(any_event, times, conf_type="log-log")

    told("km-kernel", "statsmodels", statsmodels_curve)
    told("km", "lifelines", lifelines_curve)
    told("km", "scikit-survival", sksurv_curve)

    def lifelines_cox():
        times, _, first = columns()
        frame = read("survival")[COVARIATES].assign(time=times, first=first)
        return lambda: lifelines.CoxPHFitter().fit(frame, "time", "first")

    def sksurv_cox():
        times, _, first = columns()
        frame = pandas.DataFrame({"first": first, "time": times})
        outcome, x = frame.to_records(index=False), covariates()
        return lambda: CoxPHSurvivalAnalysis(ties="efron").fit(x, outcome)

    def statsmodels_cox():
        times, _, first = columns()
        x = covariates()
        return lambda: sm.PHReg(times, x, first, ties="efron").fit()

    told("cox", "lifelines", lifelines_cox)
    told("cox", "scikit-survival", sksurv_cox)
    told("cox", "statsmodels", statsmodels_cox)

    # The `survival` wheel, which is no translation into Python but a Rust library.
    def wheel_curve():
        times, any_event, _ = columns()
        return lambda: survival.survfitkm(times, any_event.astype(float))

    def wheel_incidence():
        causes = read("survival").status.to_numpy()
        return lambda: survival.survfitaj(columns()[0], causes, ["1", "2"])

    def wheel_cox():
        times, _, first = columns()
        x = covariates()
        return lambda: survival.coxph_fit(times, first.astype(float), x)

    def wheel_concordance():
        times, _, first = columns()
        x1 = survival.CovariateMatrix(list(read("survival").x1), len(times), 1)
        pairs = survival.SurvivalData(list(times), [int(event) for event in first])
        return lambda: survival.concordancefit(pairs, x1)

    def wheel_states():
        m = read("states")
        states = ["a", "b", "c", "d"]
        codes = m.event.map({"0": 0} | {state: place + 1 for place, state in enumerate(states)})
        start, stop, event = m.t0.to_numpy(), m.t1.to_numpy(), codes.to_numpy()
        person, origin = list(m.id), list(m["from"])
        return lambda: survival.survfitaj(stop, event, states, start=start, id=person, istate=origin)

    told("km-kernel", "survival", wheel_curve)
    told("cif-kernel", "survival", wheel_incidence)
    told("cox-kernel", "survival", wheel_cox)
    told("concordance-kernel", "survival", wheel_concordance)
    told("multistate-kernel", "survival", wheel_states)

    def statsmodels_mixed():
        r = read("repeated")
        return lambda: sm.MixedLM.from_formula("y ~ x + day", r, groups=r.id, re_formula="~day").fit()

    def statsmodels_gee():
        r = read("repeated")
        within = sm.cov_struct.Exchangeable()
        return lambda: sm.GEE.from_formula("y ~ x + day", "id", r, cov_struct=within).fit()

    told("mixed", "statsmodels", statsmodels_mixed)
    told("gee", "statsmodels", statsmodels_gee)


if __name__ == "__main__":
    main()
