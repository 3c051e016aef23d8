r"""What should I train? The best split of a budget between parameters and tokens, and the run that tells most for its cost.

A budget of C FLOPs trains N parameters on D tokens and, where tokens are to be served afterwards, pays for those too (Sardana et al. 2023,
arXiv 2401.00448):

.. math:: C = 6 N D + 2 N D_{serve}

Each draw of the posterior has a best N of its own, the least of the law's curve along that path. One run is to be trained, though: that of the least
expected loss over all draws. ``next_run`` is in a module of that name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_better, check_prob
from bayes_scaling._core.errors import FitWarning, InputError, RunsWarning, warn
from bayes_scaling._core.html import card
from bayes_scaling._core.messages import listed, meant, option
from bayes_scaling._core.table import Table, Told
from bayes_scaling.analysis.plan.budget_path import Path, further, one_shape, runs_of
from bayes_scaling.inference.input_checks import check_options
from bayes_scaling.results._plotting import draw
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import targets

WITHIN = (
    0.1,
    1e5,
)  # tokens per parameter in which the best is looked for where nothing else is asked


_LEAST = 1e13  # FLOPs; less is in other units


@dataclass(frozen=True, eq=False)
class Allocation:
    """How to split budgets between parameters and tokens: see ``compute_optimal``.

    Parameters
    ----------
    choice : Table, one row a budget (and group): the one run to train, and what it costs to be wrong.
    best : Table, one row a budget and quantity: each draw's own best run.
    curves : Table, one row a place along a budget's path: how far from its own best each draw is there, in percent.
    sentences : the answer in words, one text for each row of ``choice``.
    prob, tolerance, serve, better, within, inputs : as asked.
    y, unit : the outcome and its unit.
    ratios : (least, largest) tokens per parameter of the runs that were fitted; NaN where they have none.
    diagnosis : of the fits, and cautions of the runs to train.
    """

    choice: Table
    best: Table
    curves: Table
    sentences: tuple
    prob: float
    tolerance: float
    serve: float
    better: str
    within: tuple
    inputs: dict
    y: str
    unit: str
    ratios: tuple
    diagnosis: Diagnosis

    @property
    def targets(self):
        """The runs to train as targets, each called by its budget; InputError where a budget has no best that could be named."""
        if (lost := self.choice["N"].isna().to_numpy()).any():
            raise InputError(
                f"the plan names no run for {self.choice['C'][lost].iloc[0]:.3g} FLOPs, whose best lies at an end of the search; {further(self.within)}, or leave that budget out"
            )
        by, told = self.groups, [f"{budget:.3g}" for budget in self.choice["C"]]
        if self.choice["C"].nunique() > len(set(told)):
            told = [f"{budget:.12g}" for budget in self.choice["C"]]
        labels = [
            ", ".join([*map(str, key), f"the run for {budget} FLOPs"])
            for key, budget in zip(self.choice[by].itertuples(index=False, name=None), told)
        ]
        return targets(
            pd.DataFrame(self.choice[[*by, "N", "D"]]).assign(**self.inputs).set_axis(labels)
        )

    @property
    def groups(self):
        """Columns that tell groups apart: of ``choice`` those before the budget."""
        return list(self.choice.columns[: list(self.choice.columns).index("C")])

    def __repr__(self):
        told = "\n".join(self.sentences)
        return f"{told}\n{self.diagnosis}" if self.diagnosis.ok else f"{self.diagnosis}\n{told}"

    def _repr_html_(self):
        return card(
            f"What to train for the best {self.y} ({self.unit})",
            self.choice._repr_html_(),
            self.diagnosis,
        )

    def plot(self, x="N", ax=None, **options):
        """Figure of the answer: options, Axes and errors as in ``bayes_scaling.plot.valley``."""
        return draw("valley", self, x, ax=ax, **options)


def compute_optimal(
    loss, C, *, serve=0.0, prob=0.9, tolerance=0.001, within=WITHIN, better="lower", **inputs
):
    r"""The posterior of the best parameters and tokens for a budget, and the one run to train.

    Each draw of the law's curve is followed along C = 6 N D + 2 N serve. Of Chinchilla's law without serving its best is (Hoffmann et al. 2022,
    arXiv 2203.15556)

    .. math:: N = G (C / 6)^{\alpha_D / (\alpha_N + \alpha_D)}, \quad G = (\alpha_N A / (\alpha_D B))^{1 / (\alpha_N + \alpha_D)}

    and here it is looked for, in all laws alike.

    Parameters
    ----------
    loss : what foretells from N and D, or from C and M: Fit, PooledFit or a group of it, Fits, Average, Chain down to an error, or {name: one of these}.
    C : budgets in FLOPs, a number or a list.
    serve : tokens that the trained model is to be run on, which the budget pays for too with 2 N FLOPs each.
    prob : probability of the intervals, which are central, and of a run being close to the best.
    tolerance : share of the outcome: a run within it of a draw's own best is close, as good in practice.
    within : (least, largest) tokens per parameter in which the best is looked for.
    better : "lower" for losses and errors, "higher" for accuracies.
    **inputs : other inputs of the law, one number each, such as U=1e11 unique tokens.

    Returns
    -------
    Allocation. For each budget ``choice`` has the run of least expected loss: N, D, M = D / N; median, lower and upper of the law's curve there;
    excess, by how much it is expected to miss each draw's own best, in the outcome's unit (NaN, as are close and the range, where more than 5% of draws have none inside ``within``); close, the probability of that being within ``tolerance``;
    N_least to N_most (and M_least to M_most), the runs about it that are close with probability ``prob``; extrapolation, 6 N D over the largest training
    compute; outside, the share of draws whose best M is beyond that of all runs; and none, the share without a best inside ``within``. ``best`` has
    median, lower and upper of each draw's own best N, D, M and of the curve there. What was not obtained is NaN: a budget whose expected loss is least
    at an end of the search, an end of an interval that lies beyond it, a range where no run is close.

    Raises
    ------
    InputError : a law that does not read both parameters and tokens, or can not tell them apart; budgets, ``serve`` or other options that can not be.

    Warns
    -----
    FitWarning : a fit has not converged.
    RunsWarning : all runs have one M, so that the best M is the prior's word alone.

    Notes
    -----
    The law's curve is compared: run-to-run noise, and a drift off the law beyond the data, are taken to meet all splits of a budget alike.
    """
    parts, prob = _parts(loss), check_prob(prob)
    budgets, span = checked(C, serve, tolerance, within, better)
    for _, one in parts:
        check_laws(laws_of(one), inputs, one.law)
    diagnosis = (
        loss.diagnosis
        if not isinstance(loss, Mapping)
        else sum((one.diagnosis.named(str(name)) for name, one in loss.items()), Diagnosis())
    )
    if not diagnosis.ok:
        warn(f"a plan from draws that have not converged: {diagnosis.problems[0]}", FitWarning)
    rows, found, curves, told, ratios, cautions = [], [], [], [], [], []
    for label, one in parts:
        about = f"{' / '.join(map(str, label.values()))}: " if label else ""
        paths = [
            Path(
                one,
                budget,
                float(serve),
                span,
                1.0 if better == "lower" else -1.0,
                float(tolerance),
                inputs,
            )
            for budget in budgets
        ]
        chosen = [{**label, **path.choice(prob)} for path in paths]
        rows += chosen
        told += [about + path.told(row, prob) for path, row in zip(paths, chosen)]
        found += [{**label, "C": path.budget, **line} for path in paths for line in path.best(prob)]
        curves += [path.curve(prob).assign(**label) for path in paths]
        cautions += [about + text for text in _cautions(one, paths)]
        ratios += (
            [runs_of(one)["M"].min(), runs_of(one)["M"].max()] if "M" in runs_of(one) else [np.nan]
        )
    diagnosis += Diagnosis(cautions=tuple(dict.fromkeys(cautions)))
    choice, best, first = Told(rows), Told(found), parts[0][1]
    choice.foot, choice.diagnosis, best.foot, best.diagnosis = (
        _foot(told, diagnosis),
        diagnosis,
        _foot([], diagnosis),
        diagnosis,
    )
    curves = pd.concat(curves, ignore_index=True)
    curves = Table(curves[[*parts[0][0], *(name for name in curves if name not in parts[0][0])]])
    return Allocation(
        choice,
        best,
        curves,
        tuple(told),
        prob,
        float(tolerance),
        float(serve),
        better,
        span,
        {name: float(value) for name, value in inputs.items()},
        first.outcome_name,
        first.unit,
        (min(ratios), max(ratios)),
        diagnosis,
    )


def _parts(loss):
    """[({column: value} of a group, its forecaster)]."""
    if isinstance(loss, Fits):
        return [
            (dict(zip(loss.by, group if isinstance(group, tuple) else (group,))), loss[group])
            for group in loss
        ]
    if hasattr(loss, "pool") and isinstance(loss, Forecaster):
        return [
            (dict(zip(loss.pool.by, loss.pool.key(group))), loss.group(group))
            for group in loss.groups
        ]
    if (
        isinstance(loss, Mapping)
        and loss
        and all(isinstance(one, Forecaster) and not hasattr(one, "pool") for one in loss.values())
    ):
        if (
            len(
                kinds := dict.fromkeys(f"{one.outcome_name} in {one.unit}" for one in loss.values())
            )
            > 1
        ):
            raise InputError(f"the fits foretell {listed(kinds)}; plan for one outcome at a time")
        return [({"group": name}, one) for name, one in loss.items()]
    if isinstance(loss, Mapping):
        raise InputError(
            "compute_optimal takes {name: fit}, at least one, each a fit, an average or a chain; give a pooled fit alone"
        )
    if not isinstance(loss, Forecaster):
        raise InputError(
            f"compute_optimal takes a fit (or an average, a chain, a pooled fit) first, then budgets; it was given a {type(loss).__name__} first"
        )
    return [({}, loss)]


def laws_of(forecaster):
    """The laws of a forecaster that read a run's sizes: of an average those with a weight, of a chain the first."""
    if hasattr(forecaster, "fits"):
        return [
            fit.law
            for label, fit in forecaster.fits.items()
            if forecaster.weights.loc[label, "weight"] > 0
        ]
    if hasattr(forecaster, "first"):
        return laws_of(forecaster.first)
    return (
        [law for part in forecaster.parts for law in laws_of(part)]
        if isinstance(getattr(forecaster, "parts", None), list)
        else [forecaster.law]
    )


def check_laws(laws, inputs, last=None):
    """Refuse laws that do not read both parameters and tokens, and inputs that can not be; ``last`` is a chain's second law."""
    last = last or laws[0]
    for law in laws:
        if len(sizes := [name for name in SIZES if name in law.inputs]) < 2:
            text = f"{law.name} reads {listed(law.inputs)}{', and can not tell parameters from tokens' if sizes else ' of a run'}"
            raise InputError(
                f"{text}; give a fit of a law of N and D, or of C and M, such as chinchilla or over_training"
            )
    taken = {
        name for law in laws for name in (*law.inputs, *law.noise.reads) if name not in SIZES
    } | {*last.known, *last.noise.reads}
    check_options(compute_optimal, inputs, taken)
    for name, value in inputs.items():
        if name not in taken:
            raise InputError(
                f"{name} is no input of {listed(law.name for law in laws)} beside the sizes that are looked for{meant(name, taken)}; leave it out"
            )
        if not _is_number(value):
            raise InputError(
                f"{name} is {value!r}; give one number, which every run along the budget then has"
            )
    for law in laws:
        for name in law.inputs:
            if name not in (*SIZES, *law.known, *inputs):
                raise InputError(
                    f"{law.name} reads {name} ({law.inputs[name]}) of a run too; give one number for it, {option('at', f'{name}=...', f'{name}=...')}"
                )


def checked(C, serve=0.0, tolerance=0.001, within=WITHIN, better="lower"):
    """Budgets, each once, and (least, largest) tokens per parameter; refused where one of the options can not be."""
    budgets = (
        list(C)
        if isinstance(C, list | tuple | np.ndarray | pd.Series | pd.Index) and np.ndim(C) == 1
        else [C]
    )
    for budget in budgets or [C]:
        if not _is_number(budget) or budget <= 0:
            given = (
                repr(budget)
                if np.isscalar(budget) or isinstance(budget, list)
                else f"of type {type(budget).__name__}"
            )
            raise InputError(
                f"a budget C is {given}; give FLOPs, a finite number above 0, such as {option('budget', '1e21 1e24', 'C=[1e21, 1e24]')}"
            )
        if budget < _LEAST:
            raise InputError(
                f"a budget C is {budget:g}; give FLOPs as a count, such as 1e21, not in larger units"
            )
    if not _is_number(serve) or serve < 0:
        raise InputError(
            f"serve is {serve!r}; give the tokens that the trained model is to be run on, from 0, such as 1e12"
        )
    if not _is_number(tolerance) or not 0 < tolerance < 1:
        raise InputError(f"tolerance is {tolerance!r}; give a share of the outcome, such as 0.001")
    try:
        low, high = (float(end) for end in within)
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not 0 < low < high < np.inf:
        raise InputError(
            f"within is {within!r}; give the least and the largest tokens per parameter to look in, such as {option('within', '1 10000', 'within=(1, 10000)')}"
        )
    check_better(better)
    return [float(budget) for budget in dict.fromkeys(budgets)], (low, high)


def _is_number(value):
    """Whether it is a finite number, and no text or truth value."""
    return (
        isinstance(value, int | float | np.integer | np.floating)
        and not isinstance(value, bool)
        and -np.inf < value < np.inf
        and abs(value) < 1e300
    )


def _cautions(forecaster, paths):
    """What is to be said of the runs to train: whether runs tell of M at all, how far M is from theirs, what N counts."""
    runs = runs_of(forecaster)
    if one_shape(runs):
        text = f"every run has M = {runs['M'].iloc[0]:.3g} tokens per parameter: where the best M lies is the prior's word alone; add runs that vary it"
        warn(text, RunsWarning)
        yield text
    for law in laws_of(forecaster):
        if law.inputs.get("N", "parameters") != "parameters":
            yield f"C = 6 N D is reckoned with N as {law.name} counts it, {law.inputs['N']}"
    if chosen := [path for path in paths if path.found]:
        to = pd.concat([path.targets(np.exp(path.place)) for path in chosen])
        yield from forecaster._reach(
            to.set_axis([f"{path.budget:.3g} FLOPs" for path in chosen])
        ).cautions


def _foot(told, diagnosis):
    """Sentences under a table; what is wrong with the draws before them."""
    return "\n".join([*told, str(diagnosis)] if diagnosis.ok else [str(diagnosis), *told])
