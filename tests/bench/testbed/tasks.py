"""Rules that turn a series into held-out forecasting tasks, fixed before scoring.

- C3, C8, C30, C100: fit runs up to the largest compute over 3, 8, 30 or 100; predict the top, runs
  above half of the largest (a quarter where that leaves fewer than three).
- N: fit the smaller half of sizes (two at least), predict the largest quarter, at up to twice the
  compute of the fitted runs where there are two such runs or more.
- D: fit runs on at most an eighth of the most tokens, predict runs above half, likewise.
- I: fit budgets up to a tenth of the largest of an isoFLOP table, predict runs above half of it.
- F5, F8, F12, F20: as C8, from that many runs alone, chosen from the largest compute on by the
  farthest point in (log N, log D).

At least five runs are fitted, and at most 96, chosen as for F where there are more; at most 24 are
predicted, spread over (D, N), each with at least one token a parameter.
"""

import numpy as np
import pandas as pd

FEWEST, MOST = 5, 24
MOST_FITTED = 96
KINDS = {"C": "far in C", "N": "far in N", "D": "far in D", "I": "isoFLOP", "F": "few runs"}
_ISOFLOP = ("porian2024", "grattafiori2024")


def all_tasks(series: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Runs to fit and runs to predict, each with the columns ``task`` and ``kind``."""
    train, held = [], []
    for name, runs in series.groupby("series", sort=False):
        for kind, (fitted, targets) in tasks_of(runs.reset_index(drop=True)).items():
            targets = _spread_out(targets)
            if len(fitted) > MOST_FITTED:
                fitted = _farthest_points(fitted, MOST_FITTED)
            if len(fitted) >= FEWEST and len(targets):
                label = {"task": f"{name}#{kind}", "kind": kind}
                train.append(fitted.assign(**label))
                held.append(targets.assign(**label))
    return pd.concat(train, ignore_index=True), pd.concat(held, ignore_index=True)


def tasks_of(runs: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """{kind: (runs to fit, runs to predict)} of one series."""
    compute = runs["N"] * runs["D"]
    top = runs[compute > compute.max() / 2]
    if len(top) < 3:
        top = runs[compute > compute.max() / 4]
    made = {}
    for cut in (3, 8, 30, 100):
        below = runs[compute <= compute.max() / cut]
        above = top[top["N"] * top["D"] > compute.max() / cut]
        made[f"C{cut}"] = below, above
        if cut == 8:
            made |= {
                f"F{n}": (_farthest_points(below, n), above)
                for n in (5, 8, 12, 20)
                if len(below) >= n + 3
            }
    if runs["source"].iloc[0] in _ISOFLOP:
        made["I"] = runs[compute <= compute.max() / 10], runs[compute > compute.max() / 2]
    sizes = np.sort(runs["N"].unique())
    if len(sizes) >= 3:
        smaller = runs[runs["N"] <= sizes[max(len(sizes) // 2, 2) - 1]]
        larger = runs[runs["N"] >= sizes[-max(len(sizes) // 4, 1)]]
        made["N"] = smaller, _at_like_compute(smaller, larger)
    few, many = runs[runs["D"] <= runs["D"].max() / 8], runs[runs["D"] > runs["D"].max() / 2]
    made["D"] = few, _at_like_compute(few, many)
    return made


def _at_like_compute(fitted: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Targets of up to twice the compute of the fitted runs, where there are two or more."""
    if fitted.empty:
        return targets
    like = targets[targets["N"] * targets["D"] <= 2 * (fitted["N"] * fitted["D"]).max()]
    return like if len(like) >= 2 else targets


def _farthest_points(runs: pd.DataFrame, count: int) -> pd.DataFrame:
    """Runs by the farthest point in (log N, log D), from that of the largest compute on."""
    at = np.log(runs[["N", "D"]].to_numpy())
    chosen = [int(at.sum(axis=1).argmax())]
    while len(chosen) < count:
        gaps = np.linalg.norm(at[:, None] - at[chosen][None], axis=2).min(axis=1)
        chosen.append(int(gaps.argmax()))
    return runs.iloc[chosen]


def _spread_out(targets: pd.DataFrame) -> pd.DataFrame:
    """At most ``MOST`` targets, spread over (D, N), with at least one token a parameter."""
    targets = targets.sort_values(["D", "N"])
    places = np.linspace(0, len(targets) - 1, min(MOST, len(targets))).round().astype(int)
    targets = targets.iloc[np.unique(places)]
    return targets[targets["D"] >= targets["N"]]
