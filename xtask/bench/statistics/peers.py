"""Times what Python's packages take for the tasks: peers.py FOLDER TASK/PEER…

Reading the tables is not timed. One line per task and package.
"""

import json
import sys
import time
from importlib.metadata import version

import lifelines
import pandas
import statsmodels.api as sm
from survival import _survival as survival
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.nonparametric import kaplan_meier_estimator
from statsmodels.duration.survfunc import SurvfuncRight

COVARIATES = ["x1", "x2", "x3", "x4", "x5"]


def main():
    folder, *wanted = sys.argv[1:]

    def read(name):
        return pandas.read_csv(f"{folder}/{name}.csv")

    def told(task, peer, run):
        if f"{task}/{peer}" not in wanted:
            return
        start = time.perf_counter()
        run()
        line = {"seconds": time.perf_counter() - start}
        line |= {"task": task, "peer": peer, "version": version(peer)}
        print(json.dumps(line), flush=True)

    s = read("survival")
    times, any_event, first = s.time.to_numpy(), (s.status > 0).to_numpy(), (s.status == 1).to_numpy()
    told("km-kernel", "statsmodels", lambda: SurvfuncRight(times, any_event.astype(int)))
    told("km", "lifelines", lambda: lifelines.KaplanMeierFitter().fit(times, any_event))
    told("km", "scikit-survival", lambda: kaplan_meier_estimator(any_event, times, conf_type="log-log"))
    frame = s[COVARIATES].assign(time=times, first=first)
    told("cox", "lifelines", lambda: lifelines.CoxPHFitter().fit(frame, "time", "first"))
    outcome = frame[["first", "time"]].to_records(index=False)
    x = s[COVARIATES].to_numpy()
    told("cox", "scikit-survival", lambda: CoxPHSurvivalAnalysis(ties="efron").fit(x, outcome))
    told("cox", "statsmodels", lambda: sm.PHReg(times, x, first, ties="efron").fit())

    # The `survival` wheel, which is no translation into Python but a Rust library.
    x1 = survival.CovariateMatrix(list(s.x1), len(s), 1)
    pairs = survival.SurvivalData(list(times), [int(event) for event in first])
    causes = s.status.to_numpy()
    told("km-kernel", "survival", lambda: survival.survfitkm(times, any_event.astype(float)))
    told("cif-kernel", "survival", lambda: survival.survfitaj(times, causes, ["1", "2"]))
    told("cox-kernel", "survival", lambda: survival.coxph_fit(times, first.astype(float), x))
    told("concordance-kernel", "survival", lambda: survival.concordancefit(pairs, x1))

    m = read("states")
    states = ["a", "b", "c", "d"]
    codes = m.event.map({"0": 0} | {state: place + 1 for place, state in enumerate(states)})
    told(
        "multistate-kernel",
        "survival",
        lambda: survival.survfitaj(
            m.t1.to_numpy(), codes.to_numpy(), states, start=m.t0.to_numpy(), id=list(m.id), istate=list(m["from"])
        ),
    )

    r = read("repeated")
    told(
        "mixed",
        "statsmodels",
        lambda: sm.MixedLM.from_formula("y ~ x + day", r, groups=r.id, re_formula="~day").fit(),
    )
    told(
        "gee",
        "statsmodels",
        lambda: sm.GEE.from_formula("y ~ x + day", "id", r, cov_struct=sm.cov_struct.Exchangeable()).fit(),
    )


if __name__ == "__main__":
    main()
