"""The tables of a comparison, each with a sentence for each row or each target."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import format_count, percent
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.analysis.contrasts import (
    Contrasts,
    central_quantiles,
    contrast_row,
    describe_contrast,
    probability_best,
)
from bayes_scaling.analysis.crossings import crossing, multiplier

_WIDEST = 100.0  # ratio of an interval's ends above which a multiplier is not known
_HIGH = 0.9  # probability from which two sides count as different

type Pairs = Sequence[tuple[Side, Side]]
type Key = tuple[tuple[tuple[str, Any], ...], Any]  # a side's context and name
type Curves = Mapping[Key, np.ndarray]  # (draws, targets) of each side


def parameter_contrasts(pairs: Pairs, prob: float, rope: Mapping[str, float]) -> Contrasts:
    """Contrast every published parameter that differs between the sides of a pair."""
    rows, sentences = [], []
    for one, two in pairs:
        for name in one.parameters:
            if name not in two.parameters:
                continue
            a, b = one.parameters[name], two.parameters[name]
            if np.array_equal(a, b):  # a parameter that the sides share is no finding
                continue
            row = contrast_row(a, b, prob, rope.get(name, rope["parameters"]))
            rows.append({**one.label(two), "parameter": name, **row})
            sentences.append(describe_contrast(name, one, two, row, prob))
    return Contrasts.of(rows, sentences)


def forecast_contrasts(
    pairs: Pairs,
    outcomes: Curves,
    targets: pd.DataFrame,
    prob: float,
    rope: float,
    better: str,
    of: str,
) -> Contrasts:
    """Contrast new runs, or curves, of each pair at each target."""
    rows, sentences = [], []
    for one, two in pairs:
        a, b = outcomes[one.context, one.name], outcomes[two.context, two.name]
        for i in range(len(targets)):
            row = contrast_row(a[:, i], b[:, i], prob, rope)
            row["p_better"] = 1 - row["p_above"] if better == "lower" else row["p_above"]
            rows.append({**one.label(two), **target_columns(targets, i), **row})
            quantity = f"the {one.outcome} of a new run" if of == "run" else "the curve"
            what = f"At {describe_target(targets, i)}, {quantity}"
            sentences.append(describe_contrast(what, one, two, row, prob))
    return Contrasts.of(rows, sentences)


def exponents_alone(parameters: Contrasts, pairs: Pairs, curves: Curves) -> str:
    """Warn of exponents that differ between sides whose curves do not.

    A floor and an exponent trade off in a fit: a higher floor with a larger exponent gives nearly
    the same curve.

    Parameters
    ----------
    parameters : Contrasts
        What ``parameter_contrasts`` returned.
    pairs : sequence of (Side, Side)
        The sides of each contrast.
    curves : mapping
        The curve of each side at the targets, shape (draws, targets).

    Returns
    -------
    str
        One sentence; "" if there are none.
    """
    found = []
    for one, two in pairs:
        a, b = curves[one.context, one.name], curves[two.context, two.name]
        of_curves = _either_way((a > b).mean(axis=0) + (a == b).mean(axis=0) / 2).max()
        if not of_curves < _HIGH:
            continue
        label = one.label(two)
        for row in parameters.to_dict("records"):
            differs = _either_way(np.asarray(row["p_above"])).max()
            same_pair = all(row[name] == value for name, value in label.items())
            if same_pair and row["parameter"] in one.exponents and differs >= _HIGH:
                found.append(
                    f"{one.context_prefix}{row['parameter']} of {one.name} and {two.name} "
                    f"(probability {differs:.2f}, of the curves at most {of_curves:.2f})"
                )
    if not found:
        return ""
    return (
        f"An exponent differs where the curves at the targets do not: {shorten_list(found, 4)}; "
        "it trades off with the floor in a fit, so compare the forecasts and not the exponents."
    )


def _either_way(p_above: np.ndarray) -> np.ndarray:
    """Probability of the likelier order."""
    return np.maximum(p_above, 1 - p_above)


def best_groups(
    sides: Mapping[Key, Side], outcomes: Curves, targets: pd.DataFrame, better: str, of: str
) -> Contrasts:
    """Tabulate the probability that each group is best, in each context with two groups or more.

    That is the probability that its new run is best, or its curve.
    """
    subject = "a new run of " if of == "run" else "the curve of "
    rows, sentences = [], []
    for context in dict.fromkeys(context for context, _ in sides):
        names = [name for other, name in sides if other == context]
        if len(names) < 2:
            continue
        side = sides[context, names[0]]
        p_best = probability_best(np.stack([outcomes[context, name] for name in names]), better)
        for i in range(len(targets)):
            probabilities = p_best[:, i].tolist()
            scale = target_columns(targets, i)
            rows += [
                {**side.context_label, "group": name, **scale, "p_best": p}
                for name, p in zip(names, probabilities)
            ]
            first, *others = np.argsort(probabilities)[::-1][:4]
            sentences.append(
                f"{side.context_prefix}At {describe_target(targets, i)}, "
                f"{subject}{names[first]} is best with probability {probabilities[first]:.2f}"
                + "".join(f", {names[j]} {probabilities[j]:.2f}" for j in others)
                + "."
            )
    return Contrasts.of(rows, sentences)


def crossovers(
    pairs: Pairs, paths: Sequence[tuple[float, float, float]], prob: float, better: str
) -> Contrasts:
    """Tabulate where the curves of each pair cross along each path (M, smallest C, largest C)."""
    rows, sentences = [], []
    for one, two in pairs:
        for ratio, low, high in paths:
            row = crossing(one, two, ratio, low, high, prob, better)
            rows.append({**one.label(two), "M": ratio, "from_C": low, "to_C": high, **row})
            text = _describe_crossing(one, two, row, low, high, prob)
            sentences.append(f"{one.context_prefix}At M = {ratio:g}, {text}.")
    return Contrasts.of(rows, sentences)


def _describe_crossing(
    one: Side, two: Side, row: Mapping[str, float], low: float, high: float, prob: float
) -> str:
    span = f"between {low:.1e} and {high:.1e} FLOPs"
    if row["p_none"] > 0.99:
        return f"{one.name} and {two.name} do not cross {span} (probability {row['p_none']:.2f})"
    return (
        f"{one.name} and {two.name} cross with probability {1 - row['p_none']:.2f} {span}; "
        f"if they do, at {row['C']:.1e} "
        f"({percent(prob)}: {row['lower']:.1e} to {row['upper']:.1e}), "
        f"{one.name} better above that with probability {row['p_better_beyond']:.2f}"
    )


def compute_multipliers(
    pairs: Pairs, curves: Curves, targets: pd.DataFrame, prob: float, better: str
) -> Contrasts:
    """Tabulate how many times the compute the worse side of each pair needs, at each target."""
    rows, sentences = [], []
    for one, two in pairs:
        for i in range(len(targets)):
            a, b = curves[one.context, one.name][:, i], curves[two.context, two.name][:, i]
            one_leads = ((a < b).mean() >= 0.5) == (better == "lower")
            good, poor, goal = (one, two, a) if one_leads else (two, one, b)
            compute, ratio = float(targets["C"].iloc[i]), float(targets["M"].iloc[i])
            times = multiplier(poor, goal, compute, ratio, better)
            lower, median, upper = central_quantiles(times, prob, method="inverted_cdf")
            row = {
                "multiplier": median,
                "lower": lower,
                "upper": upper,
                "p_never": float(np.isinf(times).mean()),
            }
            names = {**good.context_label, "better": good.name, "worse": poor.name}
            rows.append({**names, **target_columns(targets, i), **row})
            where = f"{good.context_prefix}At {describe_target(targets, i)}, "
            if upper > _WIDEST * lower:
                sentences.append(
                    f"{where}how much more compute {poor.name} needs to match {good.name} is not"
                    f" known ({percent(prob)}: {_times(lower)} to {_times(upper)})."
                )
                continue
            sentences.append(
                f"{where}{poor.name} needs {_times(median)} the compute to match {good.name}"
                f"{_multiplier_interval(row, prob)}."
            )
    return Contrasts.of(rows, sentences)


def _multiplier_interval(row: Mapping[str, float], prob: float) -> str:
    """The uncertainty of a multiplier, after a sentence."""
    lower, upper, never = row["lower"], row["upper"], row["p_never"]
    if np.isinf(row["multiplier"]):
        least = f" ({percent(prob)}: {_times(lower)} or more)" if np.isfinite(lower) else ""
        return f", with probability {never:.2f}{least}"
    more = f"; more than a million times with probability {never:.2f}" if never > 0.005 else ""
    return f" ({percent(prob)}: {_times(lower)} to {_times(upper)}{more})"


def _times(value: float) -> str:
    return "more than a million times" if np.isinf(value) else f"{format_count(value)} times"


def target_columns(targets: pd.DataFrame, i: int) -> dict[str, Any]:
    """The columns of the i-th target."""
    return {name: targets[name].iloc[i] for name in targets.columns}


def describe_target(targets: pd.DataFrame, i: int) -> str:
    """Return the i-th target in words: by compute and M where it has them."""
    if {"C", "M"} <= set(targets.columns):
        return f"C = {targets['C'].iloc[i]:.1e}, M = {targets['M'].iloc[i]:.3g}"
    return ", ".join(
        f"{name} = {value:.4g}"
        if isinstance(value, float | int | np.number)
        else f"{name} = {value}"
        for name, value in target_columns(targets, i).items()
    )
