"""Would small runs have chosen the right group? Their decisions, judged by larger runs."""

from collections.abc import Iterable, Iterator, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import is_integer
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling._core.progress import live
from bayes_scaling._core.table import Table
from bayes_scaling.results.direction import direction
from bayes_scaling.results.fitting import fit
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.load import load_given
from bayes_scaling.runs.quantities import parse_quantity
from bayes_scaling.validation.decision_result import DecisionBacktest
from bayes_scaling.validation.decision_rules import RULES, forecasts_of_rule
from bayes_scaling.validation.decision_scores import constant_brier, pairs_of, score_ranking

_SAME = 1.1  # factor up to which two sizes count as one


def decision_backtest(
    runs: Any,
    y: str | Sequence[str],
    group: str,
    cutoffs: Iterable[float | str] | float | str | None = None,
    *,
    along: str = "C",
    ahead: int = 2,
    law: Any = "auto",
    better: str | None = None,
    rules: Sequence[str] = tuple(RULES),
    judged_by: Any = None,
    progress: bool | None = None,
    **options: Any,
) -> DecisionBacktest:
    """Judge decisions between groups, made from small runs, by the larger runs that followed.

    For each cutoff the runs up to it are fitted together, and the groups' order at each of the next
    sizes is forecast, with the probability of every pair's order. The same runs are ranked by the
    largest size alone and by a least-squares law for each group.

    Parameters
    ----------
    runs : pandas.DataFrame, path or str
        Runs of all sizes, or the name of a bundled table.
    y : str or sequence of str
        Column of the outcome, or of several, each decided by its own fit.
    group : str
        Column that identifies the groups.
    cutoffs : iterable of float, optional
        Values of ``along`` up to which runs are used, numbers or sizes such as "80M"; by default
        every one that leaves at least three sizes below it and one above.
    along : str
        Column of the size, such as "C" or "N".
    ahead : int
        How many of the next sizes are forecast from each cutoff.
    law : Law or str
        As in ``bayes_scaling.fit``.
    better : str, optional
        Which outcomes are better, "lower" or "higher"; as in ``bayes_scaling.compare``.
    rules : sequence of str
        What to compare with: "largest size", "2 parameters", "3 parameters".
    judged_by : pandas.DataFrame, path or str, optional
        Runs by which decisions are judged, such as those of all seeds where decisions are made
        from one; ``runs`` by default.
    progress : bool, optional
        As in ``bayes_scaling.fit``.
    **options : Any
        As in ``bayes_scaling.fit``: draws, warmup, chains, seed, priors, noise, columns.

    Returns
    -------
    DecisionBacktest

    Raises
    ------
    InputError
        There is no size above a cutoff, or as ``bayes_scaling.fit``.

    Notes
    -----
    Decision accuracy is that of Magnusson et al. 2025, DataDecide (arXiv 2504.11393).
    """
    _check_rules(rules)
    if not is_integer(ahead) or ahead < 1:
        raise InputError(f"ahead is {ahead!r}; give the number of next sizes, such as 2")
    table = load_given(runs)
    truth = table if judged_by is None else load_given(judged_by)
    rows: list[dict[str, Any]] = []
    judged: list[np.ndarray] = []
    problems: list[str] = []
    outcomes = [y] if isinstance(y, str) else list(y)
    if not outcomes:
        raise InputError("y names no outcome; give a column, or several")
    for outcome in outcomes:
        sizes = _sizes(truth, along, group, outcome)
        which = direction(better, outcome)
        chosen = _read_cutoffs(cutoffs, sizes, along)
        before = f"{outcome}, " if len(outcomes) > 1 else ""
        for i, cutoff in enumerate(chosen, 1):
            train = table[table[along] <= cutoff * _SAME]
            with live(f"decision backtest: {before}cutoff {i} of {len(chosen)}", progress):
                fitted = fit(law, train, outcome, group=group, **options)
            problems += [
                f"{before}{along} up to {cutoff:.3g}: {text}" for text in fitted.diagnosis.problems
            ]
            above = [value for value in sizes if value > cutoff * _SAME][:ahead]
            for size, held in _held_out(truth, train, above, along, group):
                base = {
                    **({"outcome": outcome} if len(outcomes) > 1 else {}),
                    "cutoff": cutoff,
                    "target": size,
                    "compute": float(train["C"].sum()),
                    "groups": held[group].nunique(),
                }
                scores, pairs = _judge_fit(fitted, held, outcome, group, which)
                rows.append({**base, "method": "posterior", **scores})
                judged.append(pairs)
                rows += _judge_rules(rules, train, held, outcome, group, which, base)
    if not rows:
        raise InputError(
            f"no two groups of {group} have runs both up to a cutoff and above it; give other"
            " cutoffs, or runs of more sizes"
        )
    return DecisionBacktest(
        Table(_with_constant_confidence(pd.DataFrame(rows))),
        np.concatenate(judged),
        shorten_list(outcomes, 4),
        group,
        along,
        tuple(dict.fromkeys(problems)),
    )


def _held_out(
    truth: pd.DataFrame, train: pd.DataFrame, above: list[float], along: str, group: str
) -> Iterator[tuple[float, pd.DataFrame]]:
    """Each next size and its runs, of the groups that have training runs, if there are two."""
    for size in above:
        held = truth[np.abs(np.log(truth[along] / size)) <= np.log(_SAME)]
        held = held[held[group].isin(train[group].unique())]
        if held[group].nunique() > 1:
            yield size, held


def _check_rules(rules: Sequence[str]) -> None:
    if isinstance(rules, str):
        raise InputError(f"rules is {rules!r}; give a list, such as ['largest size']")
    for rule in rules:
        if rule not in RULES:
            raise InputError(f"rules has {rule!r}; there are {', '.join(RULES)}")


def _sizes(table: pd.DataFrame, along: str, group: str, y: str) -> list[float]:
    """Distinct sizes of the runs, smallest first."""
    for name, column in (("along", along), ("group", group), ("y", y), ("C", "C")):
        if column not in table.columns:
            raise InputError(
                f"{name} is {column!r}, and the runs have no such column"
                f"{did_you_mean(column, table.columns)}; they have {shorten_list(table.columns)}"
            )
    values = np.sort(table[along].to_numpy(float))
    first = np.concatenate([[True], np.diff(np.log(values)) > np.log(_SAME)])
    number = np.cumsum(first) - 1
    return [float(np.exp(np.log(values[number == i]).mean())) for i in range(number[-1] + 1)]


def _read_cutoffs(cutoffs: Any, sizes: list[float], along: str) -> list[float]:
    """The cutoffs, each with sizes below and above it."""
    if isinstance(cutoffs, str | Real):
        cutoffs = [cutoffs]
    if cutoffs is None:
        return sizes[2:-1]
    chosen = [_read_size(value, along) for value in cutoffs]
    for value in chosen:
        if not sizes[0] <= value * _SAME or not value * _SAME < sizes[-1]:
            raise InputError(
                f"the cutoff {along} = {value:.4g} leaves no run below it or none above; the sizes"
                f" are {', '.join(f'{size:.3g}' for size in sizes)}"
            )
    return chosen


def _read_size(value: Any, along: str) -> float:
    """A cutoff as a number."""
    read: Any = parse_quantity(value, along) if isinstance(value, str) else value
    if isinstance(read, bool) or not isinstance(read, int | float | np.number) or not read > 0:
        raise InputError(f"cutoffs has {value!r}; give sizes {along}, such as 8e7 or '80M'")
    return float(read)


def _judge_fit(
    fitted: PooledFit, held: pd.DataFrame, y: str, group: str, better: str
) -> tuple[dict[str, float], np.ndarray]:
    """Scores of the posterior, and the confidence and outcome of each pair.

    A group's measured outcome is the mean of its runs, and so is what is forecast of it.
    """
    held = held.reset_index(drop=True)
    draws = fitted.draws(held.drop(columns=[y]), of="run")
    outcome = held[y].to_numpy(float)
    lower, upper = np.quantile(draws, [0.05, 0.95], axis=0)
    groups = list(dict.fromkeys(held[group]))
    masks = [(held[group] == name).to_numpy() for name in groups]
    means = np.stack([draws[:, mask].mean(axis=1) for mask in masks])
    measured = np.array([outcome[mask].mean() for mask in masks])
    one, two = pairs_of(measured)
    ahead = means[one] < means[two] if better == "lower" else means[one] > means[two]
    scores, pairs = score_ranking(means.mean(axis=1), measured, better, ahead.mean(axis=1))
    scores["coverage"] = float(((lower <= outcome) & (outcome <= upper)).mean())
    return scores, pairs


def _judge_rules(
    rules: Sequence[str],
    train: pd.DataFrame,
    held: pd.DataFrame,
    y: str,
    group: str,
    better: str,
    base: dict[str, Any],
) -> list[dict[str, Any]]:
    """Scores of rankings by simpler rules."""
    measured = held.groupby(group, sort=False)[y].mean()
    at = float(np.log(held["C"].to_numpy(float)).mean())
    rows = []
    for rule in rules:
        forecast = forecasts_of_rule(rule, train, y, group, list(measured.index), at)
        if np.isfinite(forecast).all():
            scores, _ = score_ranking(forecast, measured.to_numpy(float), better)
            rows.append({**base, "method": rule, **scores})
    return rows


def _with_constant_confidence(rows: pd.DataFrame) -> pd.DataFrame:
    """Give rankings without probabilities the Brier score of their best constant confidence."""
    for method in rows["method"].unique():
        if method != "posterior":
            mask = rows["method"] == method
            part = rows[mask]
            rows.loc[mask, "brier"] = constant_brier(
                part["accuracy"].to_numpy(), part["pairs"].to_numpy()
            )
    return rows
