"""Which group is better, and how sure are we? Contrasts of posteriors, of forecasts, crossovers and compute multipliers.

Every answer is counted from draws: of one pooled fit, whose groups' draws belong together, or of separate fits,
whose draws are paired at random, for their posteriors are independent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from numbers import Real

import numpy as np

from bayes_scaling._core.arguments import check_better, check_prob
from bayes_scaling._core.errors import FitWarning, InputError, warn
from bayes_scaling._core.html import card
from bayes_scaling._core.messages import amount, meant, percent
from bayes_scaling.analysis.contrasts import (
    Contrasts,
    best_shares,
    contrast_row,
    crossing,
    multiplier,
    spoken,
)
from bayes_scaling.analysis.sides import sides_of
from bayes_scaling.inference.design import check_inputs
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets

ROPE = {"parameters": 0.05, "forecasts": 0.005}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Groups against one another: tables of contrasts, each with a sentence a row (``.sentences``).

    Parameters
    ----------
    parameters : contrasts of every published parameter.
    forecasts : contrasts of the law's curve at each target.
    best : probability that each group is best, at each target.
    crossovers : compute at which the order of two groups turns; empty where the law has no compute.
    multipliers : how much more compute the worse group needs to come as far as the better one, inf beyond a million times, and
        ``p_never``, the probability of that; empty likewise.
    diagnosis : of the fits that were compared.
    reach : how far beyond the runs the targets lie, in words; "" where none does.
    """

    parameters: Contrasts
    forecasts: Contrasts
    best: Contrasts
    crossovers: Contrasts
    multipliers: Contrasts
    diagnosis: Diagnosis
    reach: str = ""

    @property
    def sentences(self):
        """Everything in words."""
        return [
            line
            for table in (
                self.best,
                self.forecasts,
                self.crossovers,
                self.multipliers,
                self.parameters,
            )
            for line in table.sentences
        ]

    def __repr__(self):
        told = [*self.sentences, *([self.reach] if self.reach else [])]
        return "\n".join(
            [str(self.diagnosis), *told] if self._warned else [*told, str(self.diagnosis)]
        )

    def _repr_html_(self):
        return card(
            "Which group is best at each target, and how surely",
            self.best._repr_html_(),
            self.diagnosis,
            first=self._warned,
        )

    @property
    def _warned(self):
        """Whether the sentences must be read with something in mind, which then comes before them."""
        return bool(self.diagnosis.problems or self.diagnosis.cautions)


def compare(
    fit, at, *, reference=None, within=None, across=None, prob=0.9, rope=None, better="lower"
):
    """Posterior contrasts between groups.

    Parameters
    ----------
    fit : a PooledFit, Fits, or {name: Fit, Chain or group of a pooled fit} of one outcome. Of a fit that stands on several sides, as the second law of
        several chains, what it leaves open is the same on all of them.
    at : targets at which the groups' curves are compared.
    reference : the group that all others are compared with; every pair where left out.
    within : (least, largest) compute in FLOPs in which crossovers are looked for; from the least training compute to the largest of
        runs and targets where left out. The path is that of each M among the targets.
    across : with crossed groups, the column whose values are compared, the first where left out: at each value of the others, and
        on the mean over them ("all").
    prob : probability inside intervals, which are central.
    rope : {parameter, "parameters" or "forecasts": share}: within this share of the reference two values count as the same in
        practice. By default 0.05 for parameters and 0.005 for forecasts.
    better : "lower" for losses and errors, "higher" for accuracies.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError : fewer than two groups, an unknown reference, column or name in ``rope``, bad targets, ``within``, ``prob`` or ``better``,
        or fits that can not be compared.

    Warns
    -----
    FitWarning : a fit has not converged.
    """
    at, prob = as_targets(at), check_prob(prob)
    check_better(better)
    for column in getattr(getattr(fit, "pool", None), "by", ()):
        if column in at.columns:
            raise InputError(
                f"at has the column {column}, which tells the groups apart; leave it out: the groups are compared at each target"
            )
    sides, diagnosis, runs = sides_of(fit, across)
    names = list(dict.fromkeys(side.name for side in sides))
    if len(names) < 2:
        raise InputError(f"there is one group, {names[0]}; give at least two to compare")
    if reference is not None and reference not in names:
        raise InputError(
            f"the reference {reference!r} is no group{meant(reference, names)}; groups are {', '.join(map(repr, names[:10]))}"
        )
    rope = _ropes(rope, dict.fromkeys(name for side in sides for name in side.parameters))
    for part in {part.law: part for side in sides for part in side.parts}.values():
        check_inputs(
            part.law, at.assign(**{name: at.get(name, value) for name, value in part.known.items()})
        )
    if not diagnosis.ok:
        warn(f"a comparison of draws that have not converged: {diagnosis.problems[0]}", FitWarning)
    pairs = (
        [(one, two) for one, two in combinations(names, 2)]
        if reference is None
        else [(name, reference) for name in names if name != reference]
    )
    here = {(side.context, side.name): side for side in sides}
    pairs = [
        (here[context, one], here[context, two])
        for context in dict.fromkeys(side.context for side in sides)
        for one, two in pairs
        if {(context, one), (context, two)} <= here.keys()
    ]
    curves = {key: side.at(at) for key, side in here.items()}
    paths = _paths(
        at,
        {name for side in sides for part in side.parts for name in part.law.inputs},
        runs,
        within,
    )
    return Comparison(
        _parameters(pairs, prob, rope), _forecasts(pairs, curves, at, prob, rope, better), _best(here, curves, at, better),
        _crossovers(pairs, paths, prob, better), _multipliers(pairs, at, curves, prob, better) if paths else Contrasts.of([], []), diagnosis, _reach(at, runs),
    )  # fmt: skip


def _ropes(rope, parameters):
    """Shares inside which two values count as the same."""
    if not isinstance(rope or {}, Mapping) or any(
        isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < 1
        for value in (rope or {}).values()
    ):
        raise InputError(
            f"rope is {rope!r}; give shares by name, such as {{'eta': 0.02, 'forecasts': 0.005}}"
        )
    for name in rope or {}:
        if name not in (known := [*ROPE, *parameters]):
            raise InputError(
                f"rope names {name!r}{meant(name, known)}; there are {', '.join(known)}"
            )
    return ROPE | dict(rope or {})


def _reach(at, runs):
    """How far beyond the runs the targets lie."""
    seen = [frame["C"].max() for frame in runs if "C" in frame.columns]
    if not seen or "C" not in at.columns or not at["C"].max() > min(seen):
        return ""
    least, most = (amount(at["C"].max() / end(seen)) for end in (max, min))
    return f"The largest target needs {least if least == most else f'{least} to {most}'} times the compute of the largest run that was fitted{'' if least == most else ' of each group'}."


def _parameters(pairs, prob, rope):
    rows, lines = [], []
    for one, two in pairs:
        for name in one.parameters:
            # one value for both is no finding
            if name in two.parameters and not np.array_equal(
                one.parameters[name], two.parameters[name]
            ):
                row = contrast_row(
                    one.parameters[name],
                    two.parameters[name],
                    prob,
                    rope.get(name, rope["parameters"]),
                )
                rows.append({**one.label(two), "parameter": name, **row})
                lines.append(spoken(name, one, two, row, prob))
    return Contrasts.of(rows, lines)


def _forecasts(pairs, curves, at, prob, rope, better):
    rows, lines = [], []
    for one, two in pairs:
        a, b = curves[one.context, one.name], curves[two.context, two.name]
        for i in range(len(at)):
            row = contrast_row(a[:, i], b[:, i], prob, rope["forecasts"])
            row["p_better"] = 1 - row["p_above"] if better == "lower" else row["p_above"]
            rows.append({**one.label(two), **_scale(at, i), **row})
            lines.append(spoken(f"At {_told(at, i)}, the curve", one, two, row, prob))
    return Contrasts.of(rows, lines)


def _best(here, curves, at, better):
    rows, lines = [], []
    for context in dict.fromkeys(context for context, _ in here):
        names = [name for where, name in here if where == context]
        if len(names) < 2:  # nothing to be better than
            continue
        every = best_shares(np.stack([curves[context, name] for name in names]), better)
        for i in range(len(at)):
            shares = every[:, i].tolist()
            rows += [
                {
                    **here[context, name].context_label,
                    "group": name,
                    **_scale(at, i),
                    "p_best": share,
                }
                for name, share in zip(names, shares)
            ]
            order = np.argsort(shares)[::-1]
            lines.append(
                f"{here[context, names[0]].where}At {_told(at, i)}, {names[order[0]]} is best with probability {shares[order[0]]:.2f}"
                + "".join(f", {names[j]} {shares[j]:.2f}" for j in order[1:4])
                + "."
            )
    return Contrasts.of(rows, lines)


def _paths(at, inputs, runs, within):
    """(M, least C, largest C) of every path along which groups may cross, none where the law's inputs have no compute."""
    if not (set(inputs) <= set(SIZES) and {"C", "M"} <= set(at.columns)):
        return []
    seen = np.concatenate(
        [
            at["C"].to_numpy(float),
            *(frame["C"].to_numpy(float) for frame in runs if "C" in frame.columns),
        ]
    )
    low, high = span(within, seen.min(), seen.max())
    return [(ratio, low, high) for ratio in dict.fromkeys(float(f"{m:.3g}") for m in at["M"])]


def span(within, least, largest):
    """(least, largest) compute: what was given, where something was."""
    try:
        low, high = (float(end) for end in ((least, largest) if within is None else within))
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not 0 < low < high:
        raise InputError(
            f"within is {within!r}; give the least and the largest compute, such as (1e19, 1e24)"
        )
    return low, high


def _crossovers(pairs, paths, prob, better):
    rows, lines = [], []
    for one, two in pairs:
        for ratio, low, high in paths:
            row = crossing(one, two, ratio, low, high, prob, better)
            rows.append({**one.label(two), "M": ratio, "from_C": low, "to_C": high, **row})
            if row["p_none"] > 0.99:
                text = f"{one.name} and {two.name} do not cross between {low:.1e} and {high:.1e} FLOPs (probability {row['p_none']:.2f})"
            else:
                text = f"{one.name} and {two.name} cross with probability {1 - row['p_none']:.2f} between {low:.1e} and {high:.1e} FLOPs; where they do, at {row['C']:.1e} ({percent(prob)}: {row['lower']:.1e} to {row['upper']:.1e})"
                text += (
                    f", {one.name} the better beyond with probability {row['p_better_beyond']:.2f}"
                )
            lines.append(f"{one.where}At M = {ratio:g}, {text}.")
    return Contrasts.of(rows, lines)


def _multipliers(pairs, at, curves, prob, better):
    rows, lines = [], []
    for one, two in pairs:
        for i in range(len(at)):
            a, b = curves[one.context, one.name][:, i], curves[two.context, two.name][:, i]
            ahead = ((a < b).mean() >= 0.5) == (better == "lower")
            good, poor, goal = (one, two, a) if ahead else (two, one, b)
            times = multiplier(poor, goal, float(at["C"].iloc[i]), float(at["M"].iloc[i]), better)
            lower, middle, upper = np.quantile(
                times, [(1 - prob) / 2, 0.5, (1 + prob) / 2], method="inverted_cdf"
            )
            never = float(np.isinf(times).mean())
            rows.append(
                {
                    **good.context_label,
                    "better": good.name,
                    "worse": poor.name,
                    **_scale(at, i),
                    "multiplier": middle,
                    "lower": lower,
                    "upper": upper,
                    "p_never": never,
                }
            )
            lines.append(
                f"{good.where}At {_told(at, i)}, {poor.name} needs {_times(middle)} the compute to come as far as {good.name}{_around(lower, middle, upper, never, prob)}."
            )
    return Contrasts.of(rows, lines)


def _around(lower, middle, upper, never, prob):
    """How sure a multiplier is, in words."""
    if np.isinf(middle):
        return f", with probability {never:.2f}{f' ({percent(prob)}: {_times(lower)} or more)' if np.isfinite(lower) else ''}"
    return f" ({percent(prob)}: {_times(lower)} to {_times(upper)}{f'; more than a million times with probability {never:.2f}' if never > 0.005 else ''})"


def _times(value):
    return "more than a million times" if np.isinf(value) else f"{amount(value)} times"


def _scale(at, i):
    """The columns of a target."""
    return {name: at[name].iloc[i] for name in at.columns}


def _told(at, i):
    """A target in words."""
    if {"C", "M"} <= set(at.columns):
        return f"C = {at['C'].iloc[i]:.1e}, M = {at['M'].iloc[i]:.3g}"
    return ", ".join(
        f"{name} = {value:.4g}"
        if isinstance(value, float | int | np.number)
        else f"{name} = {value}"
        for name, value in _scale(at, i).items()
    )
