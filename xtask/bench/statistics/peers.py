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
    told("km", "statsmodels", lambda: SurvfuncRight(times, any_event.astype(int)))
    told("km", "lifelines", lambda: lifelines.KaplanMeierFitter().fit(times, any_event))
    told("km", "scikit-survival", lambda: kaplan_meier_estimator(any_event, times, conf_type="log-log"))
    frame = s[COVARIATES].assign(time=times, first=first)
    told("cox", "lifelines", lambda: lifelines.CoxPHFitter().fit(frame, "time", "first"))
    outcome = frame[["first", "time"]].to_records(index=False)
    x = s[COVARIATES].to_numpy()
    told("cox", "scikit-survival", lambda: CoxPHSurvivalAnalysis(ties="efron").fit(x, outcome))
    told("cox", "statsmodels", lambda: sm.PHReg(times, x, first, ties="efron").fit())

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
