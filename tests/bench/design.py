"""Which runs to train for a budget: ScaleBench's protocol (arXiv 2604.22753).

    python tests/bench/design.py [--data FOLDER] [--tasks ...] [--repeats 2] [--draws 200]

The pool is a task's training runs, whose outcomes are known once they are bought; what a run costs
is the benchmark's (6 N D of most tasks). At 1, 5 and 10% of the pool's cost (20, 35 and 50% of
domain mixtures and sparsity) the task's law is fitted to what was bought and scored in the target
region, whose inputs are known to every method and whose outcomes to none: R2 over all outcomes,
clipped to -1, and, which nobody publishes, the width and coverage of the 90% intervals.

All methods have the same law, the same fit and the same number of stages, and were written down
before anything was scored:

    next_runs   the first runs by the law's priors (where it has published values; else as for the
                others), then ``plan.next_runs`` twice a budget
    V-opt       the greatest decrease of the targets' variance for cost^0.3, D-opt the greatest gain
                of information for cost^0.4, both as the benchmark has them, with the posterior's
                covariance in place of the local curvature; the first runs are the cheapest, two and
                a half times as many as parameters
    cheapest    the cheapest runs
    random      runs at random, mean of ``--repeats`` (the benchmark repeats ten times)

With too few runs for a fit R2 is -1, as in the benchmark. Laws are those of
``tests/bench/scalebench.py``, whose text says what they were chosen on. Of lr_bsz, domain mixtures
and sparsity the targets are the largest tenth by scale of the training runs unless FOLDER has the
benchmark's own; the published figures are means of 65 laws on those.

When this was written (R2 at the three budgets; other tasks were not run): data_constrained .987,
.995, .976 (V-opt .994, .960, .947; random, once, .993, .998, .991; published .73, .85, .86);
parallel, by next_runs alone, -1, .984, 1.000 (published -1.00, .77, .99); farseer .901, .842, .756
(V-opt .904, .955, .965; random, twice, .265, .716, .962; published .67, .88, .93). There next_runs
is worse the more it buys: it spends on few runs near the targets, and the law, which is wrong by
half a percent over this table, is fitted to those and the smallest. V-opt, which buys more and
cheaper runs, is better. These scores were made before a stage's cheaper runs were trained first.
"""

import argparse
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from measure import table, timed
from scalebench import TASKS, bundled, of_folder

import bayes_scaling as bs
from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.plan.joint_outcomes import joint_outcome
from bayes_scaling.analysis.plan.run_designs import Beliefs

COSTS = {
    "parallel": lambda t: t["N"],
    "vocab": lambda t: t["N_nv"] * t["H"],
    "domain_mixture": lambda t: 1.0 + 0.0 * t["N"],
    "moe": lambda t: t["N"] * t["X"],
    "sparsity": lambda t: 6 * (t["N_dense"] * t["D1"] + t["N_active"] * t["D2"]),
}
BUDGETS = dict.fromkeys(TASKS, (0.01, 0.05, 0.1)) | dict.fromkeys(
    ("domain_mixture", "sparsity"), (0.2, 0.35, 0.5)
)
PUBLISHED = {  # best choice at each budget, mean of 65 laws
    "parallel": (-1.00, 0.77, 0.99),
    "vocab": (0.96, 0.98, 0.98),
    "domain_mixture": (0.64, 0.91, 0.95),
    "moe": (0.67, 0.80, 0.83),
    "data_constrained": (0.73, 0.85, 0.86),
    "lr_bsz": (-0.65, 0.00, 0.22),
    "sparsity": (0.31, 0.44, 0.53),
    "farseer": (0.67, 0.88, 0.93),
}
METHODS = ("next_runs", "V-opt", "D-opt", "cheapest", "random")
STAGES = 2  # of each budget
_COST_POWERS = {"V-opt": 0.3, "D-opt": 0.4}


@dataclass(frozen=True)
class Problem:
    """A task's pool and targets, what each run costs, and how the pool is fitted."""

    name: str
    pool: pd.DataFrame
    targets: pd.DataFrame
    draws: int

    @property
    def task(self):
        return TASKS[self.name]

    @property
    def costs(self):
        cost = COSTS.get(self.name, lambda t: 6 * t["N"] * t["D"])
        return np.asarray(cost(self.pool), float)

    @property
    def fewest(self):
        """Runs that the first fit of every method needs."""
        laws = [bs.find_law(law) if isinstance(law, str) else law for law in self.task.laws]
        return max(len(law.parameters) for law in laws)

    def fit(self, bought, seed):
        """{outcome: fit} of the runs that were bought, an average where the task has two laws."""
        runs = self.pool.iloc[bought].reset_index(drop=True)
        more = {"group": self.task.group} if self.task.group else {}
        options = {"noise": self.task.noise, "draws": self.draws, "chains": 2, "seed": seed} | more
        made = {}
        for y in self.task.outcomes:
            fits = [bs.fit(law, runs, y=y, **options) for law in self.task.laws]
            labels = [one.law.name for one in fits]
            made[y] = (
                fits[0] if len(fits) == 1 else bs.average(dict(zip(labels, fits)), weights="equal")
            )
        return made

    def score(self, fits):
        """R2 of the means, fraction inside 90%, and median width of the targets' intervals."""
        rows = []
        for y, fit in fits.items():
            new = np.asarray(fit.draws(self.targets))
            answer = (new.mean(axis=0), *np.quantile(new, [0.05, 0.95], axis=0))
            rows.append(np.column_stack([self.targets[y].to_numpy(float), *answer]))
        y, mean, lower, upper = np.vstack(rows).T
        r2 = 1 - ((y - mean) ** 2).sum() / ((y - y.mean()) ** 2).sum()
        inside = ((lower < y) & (y < upper)).mean()
        return max(float(r2), -1.0), float(inside), float(np.median(upper - lower))


def problem(name, folder, draws):
    """A task's training runs and targets; None where FOLDER has no test part of it."""
    task = TASKS[name]
    if folder:
        parts = of_folder(name, task, folder)
        if not parts:
            return None
        pool, targets = next(iter(parts.values()))
    else:
        runs = bs.load_runs(task.bundled)
        if "role" in runs:
            names = {a: b for a, b in task.columns.items() if a == "loss"}
            runs = runs.rename(columns=names)
            runs = runs.astype({n: float for n in runs.select_dtypes("number")})
            pool, targets = runs[runs["role"] == "train"], runs[runs["role"] == "test"]
        else:
            pool, targets = next(iter(bundled(task).values()))
    return Problem(name, pool.reset_index(drop=True), targets.reset_index(drop=True), draws)


def affordable(order, costs, left):
    """The runs of an order that fit what is left, one after the other."""
    chosen = []
    for i in order:
        if costs[i] <= left * (1 + 1e-12):
            chosen.append(int(i))
            left -= costs[i]
    return chosen


def cheapest(costs, bought, left, count=None):
    """The cheapest runs that were not bought yet, as many as fit, or ``count``."""
    order = [i for i in np.argsort(costs, kind="stable") if i not in set(bought)]
    return affordable(order, costs, left)[:count]


def first_by_priors(this, left):
    """The first runs by the law's priors; the cheapest where it has no published values."""
    costs = this.costs
    try:
        if this.task.group or len(this.task.outcomes) > 1:
            raise InputError("priors are of one outcome")
        pool = this.pool.assign(cost=costs)
        law = this.task.laws[0]
        law = bs.find_law(law) if isinstance(law, str) else law
        if this.task.noise is not None:
            law = law.with_noise(this.task.noise)
        plan = bs.plan.next_runs(None, pool, this.targets, budget=left / 2, cost="cost", law=law)
        if len(plan) >= this.fewest:
            return plan.index.tolist()
    except InputError:
        pass
    return cheapest(costs, [], left, int(2.5 * this.fewest))


def by_plan(this, fits, bought, left, part):
    """The next runs of a stage by ``plan.next_runs``, until ``part`` of the cost is spent."""
    pool = this.pool.assign(cost=this.costs).drop(index=bought)
    if not (pool["cost"] <= left).any():
        return []
    loss = fits if len(fits) > 1 else next(iter(fits.values()))
    targets = this.targets
    plan = bs.plan.next_runs(loss, pool, targets, budget=left, cost="cost")
    plan = plan.sort_values("cost", kind="stable")  # as next_runs does with a stage's runs
    spent = plan["cost"].cumsum().to_numpy()
    return plan.index[: int(np.searchsorted(spent, part * (1 - 1e-12))) + 1].tolist()


def by_variance(method, this, fits, bought, left, part):
    """The next runs of a stage by V-opt or D-opt."""
    costs, free = this.costs, this.pool.index.difference(bought)
    if not len(free):
        return []
    joints = []
    for fit in fits.values():
        joint = joint_outcome(fit, this.pool.loc[free], this.targets, "mean", 0.9, 0)
        plain = np.array(joint.covariance)
        joints.append(type(joint)(plain, joint.noise, joint.width))
    beliefs, chosen, spent = Beliefs(joints), [], 0.0
    price = (costs[free] / costs.sum()) ** _COST_POWERS[method]
    gain = beliefs.variance_gains if method == "V-opt" else beliefs.information
    while True:
        can = [k for k in range(len(free)) if k not in chosen and spent + costs[free[k]] <= left]
        if not can or spent >= part * (1 - 1e-12):
            return [int(free[k]) for k in chosen]
        best = can[int(np.argmax((gain() / price)[can]))]
        beliefs.add(best)
        chosen.append(best)
        spent += costs[free[best]]


def run(method, this, seed):
    """[(R2, inside, width)] of a method at each budget."""
    costs, rng = this.costs, np.random.default_rng(seed)
    order = rng.permutation(len(costs))
    bought, answers, fits = [], [], None
    for fraction in BUDGETS[this.name]:
        budget = fraction * costs.sum()
        left = budget - costs[bought].sum()
        if method == "random":
            bought += affordable([i for i in order if i not in set(bought)], costs, left)
        elif method == "cheapest":
            bought += cheapest(costs, bought, left)
        else:
            if not bought:
                first = first_by_priors(this, left) if method == "next_runs" else None
                bought += first or cheapest(costs, [], left, int(2.5 * this.fewest))
                fits = fitted(this, bought, seed)
            for stage in range(STAGES):
                left = budget - costs[bought].sum()
                part = left / (STAGES - stage)
                if fits is None:
                    bought += cheapest(costs, bought, left)
                elif method == "next_runs":
                    bought += by_plan(this, fits, bought, left, part)
                else:
                    bought += by_variance(method, this, fits, bought, left, part)
                fits = fitted(this, bought, seed)
        assert costs[bought].sum() <= budget * (1 + 1e-9) and len(set(bought)) == len(bought)
        fits = fits if method in ("next_runs", "V-opt", "D-opt") else fitted(this, bought, seed)
        answers.append((-1.0, np.nan, np.nan) if fits is None else this.score(fits))
    return answers


def fitted(this, bought, seed):
    """The fit, or None where there are too few runs for one."""
    try:
        return this.fit(bought, seed) if len(bought) >= this.fewest else None
    except InputError:
        return None


def main():
    parser = argparse.ArgumentParser(description="Runs chosen for a budget, on ScaleBench.")
    parser.add_argument("--data", type=Path, help="folder of ScaleBench's files")
    parser.add_argument("--tasks", nargs="*", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=METHODS)
    parser.add_argument("--repeats", type=int, default=2, help="seeds of random; others have one")
    parser.add_argument("--draws", type=int, default=200, help="draws of each of two chains")
    given = parser.parse_args()
    rows = []
    for name in given.tasks:
        this = problem(name, given.data, given.draws)
        if this is None:
            continue
        for method in given.methods:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # verdicts of single fits are not what is scored
                seeds = range(given.repeats if method == "random" else 1)
                made, busy, _ = timed(lambda m=method, t=this, s=seeds: [run(m, t, k) for k in s])
            r2, inside, width = np.moveaxis(np.array(made), 2, 0)
            held = [f"{a:.0%}" if np.isfinite(a) else "-" for a in mean_of(inside)]
            rows.append([name, method, *r2.mean(axis=0), *mean_of(width), *held, busy])
            print(*rows[-1], flush=True)
        rows.append([name, "published best", *PUBLISHED[name], *["-"] * 7])
    table(
        "Runs for 1, 5 and 10% of the pool's cost (20, 35 and 50% of domain_mixture and sparsity)",
        ("task", "method", "R2", "R2", "R2", "width", "width", "width")
        + ("inside 90%", "inside 90%", "inside 90%", "CPU s"),
        rows,
    )
    show_means(rows, given.tasks)


def mean_of(values):
    """Means over repeats where there was a fit; NaN where there was none."""
    count = np.isfinite(values).sum(axis=0)
    return np.where(count, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan)


def show_means(rows, tasks):
    """The mean R2 over tasks of every method and of the published row, at each budget."""
    frame = pd.DataFrame([row[:5] for row in rows], columns=["task", "method", "a", "b", "c"])
    frame[["a", "b", "c"]] = frame[["a", "b", "c"]].astype(float)
    means = frame.groupby("method", sort=False)[["a", "b", "c"]].mean()
    print(f"\nMean R2 over {len(tasks)} tasks at the three budgets")
    for method, row in means.iterrows():
        print(f"  {method:<15}", *(f"{value:6.3f}" for value in row))


if __name__ == "__main__":
    main()
