"""Part ``start`` of ``engine.py``: fresh processes to their answers, with and without a cache."""

import tempfile
from statistics import median

from engine_common import check
from measure import fresh, table

ASK = {
    "import jax, pandas, numpyro": ["-c", "import jax, pandas, numpyro"],
    "from bayes_scaling import fit": ["-c", "from bayes_scaling import fit"],
    "bayes-scaling forecast": [
        "-m",
        "bayes_scaling",
        "forecast",
        "--runs",
        "gadre2024",
        "--where",
        "dataset == 'redpajama'",
        "--train",
        "N < 5e8",
        "--y",
        "loss_c4",
        "--N",
        "6.89e9",
        "--D",
        "138e9",
    ],
    "the same in Python": [
        "-c",
        "import bayes_scaling as bs; runs = bs.load_runs('gadre2024'); "
        "small = runs.query(\"dataset == 'redpajama' and N < 5e8\"); "
        "print(bs.fit('over_training', small, y='loss_c4').forecast(bs.targets(N=6.89e9, "
        "D=138e9)))",
    ],
}


REPORT = [
    "-m", "bayes_scaling", "report", "--backtest", "--output", "{folder}/report.html",
    *ASK["bayes-scaling forecast"][3:],
]  # fmt: skip
AVERAGE = """
import bayes_scaling as bs
runs = bs.load_runs("gadre2024").query("dataset == 'redpajama'")
for limit in (1e8, 2e8, 5e8):
    small = runs[runs["N"] < limit]
    laws = ("over_training", "chinchilla", "coupled")
    fits = [bs.fit(law, small, y="loss_c4") for law in laws]
    print(bs.average(fits).forecast(bs.targets(N=6.89e9, D=138e9)))
"""
CURVE = """
import time
import numpy as np
import bayes_scaling as bs
runs = bs.load_runs("alabdulmohsin2022")
curve = runs[runs["curve"] == runs["curve"].iloc[0]]
context, target = (curve[curve["role"].eq("context") == known] for known in (True, False))
context = context.drop_duplicates(["x", "y"])
for seed in range({calls}):
    begun = time.process_time()
    fits = [bs.fit(law, context, y="y", seed=seed) for law in {laws}]
    bs.average(fits, by="x", seed=seed).forecast(target[["x"]])
    print(time.process_time() - begun)
"""
CURVE_LAWS = ("m1", "m2", "m3", "m4", "bnsl1")
HELD_TO = {  # name -> CPU seconds with a warm cache, and with an empty one
    "bayes-scaling forecast": (4, 14),
    "bayes-scaling report --backtest": (15, None),
    "three laws averaged at three lengths": (5, 20),
}


def start(repeats, quick):
    """Fresh processes to their answers, with a warm cache and with an empty one."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        ask = ASK | {
            "bayes-scaling report --backtest": [part.format(folder=folder) for part in REPORT],
            "three laws averaged at three lengths": ["-W", "ignore", "-c", AVERAGE],
        }
        for name, command in ask.items():
            # a cache of its own, so that what came before has compiled nothing of it
            with tempfile.TemporaryDirectory() as cache:
                first, *warm = [
                    fresh(command, BAYES_SCALING_CACHE=cache)[1:] for _ in range(repeats + 1)
                ]
            row = name, *(median(run[i] for run in warm) for i in (0, 1)), *first
            rows.append(row)
            for at, limit in zip((1, 3), HELD_TO.get(name, ())):
                if limit is not None:
                    how = "warm" if at == 1 else "empty"
                    check(f"start: CPU s, {name}, {how} cache", row[at], limit, least=False)
            if name == "bayes-scaling forecast":
                over = row[1] / rows[0][1]
                check("start: the same over importing jax, pandas, numpyro", over, 2, least=False)
    table(
        "A fresh process to its answer: 30 runs of one corpus, 4 chains x 1000 draws",
        ("what", "CPU s, warm cache", "wall s", "CPU s of the first call", "wall s"),
        rows,
    )
    one_curve(repeats)


def one_curve(repeats):
    """One learning curve extrapolated by an average of five laws; programs are compiled before."""
    code = CURVE.format(calls=repeats + 1, laws=CURVE_LAWS)
    with tempfile.TemporaryDirectory() as cache:
        printed, *_ = fresh(["-W", "ignore", "-c", code], BAYES_SCALING_CACHE=cache)
    first, *warm = map(float, printed.split())
    rows = [(", ".join(CURVE_LAWS), median(warm), first)]
    head = ("laws averaged", "CPU s", "CPU s of the first call, empty cache")
    table("One learning curve to its forecast: fits, leave-future-out weights, average", head, rows)
    check("start: CPU s, one curve, five laws averaged", median(warm), 1.5, least=False)
