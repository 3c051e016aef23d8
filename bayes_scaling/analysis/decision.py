"""Which group to choose at each target: how likely it is best, and what a mistake would cost."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.analysis.contrast_tables import Curves, Key, describe_target, target_columns
from bayes_scaling.analysis.contrasts import Contrasts, central_quantiles, probability_best


def expected_regret(outcomes: np.ndarray, better: str) -> np.ndarray:
    """Mean distance of each group's outcome from the best group's.

    Parameters
    ----------
    outcomes : np.ndarray (groups, draws, targets)
        Draws of the groups' outcomes.
    better : {"lower", "higher"}
        Which outcomes are better.

    Returns
    -------
    np.ndarray (groups, targets)
        In the unit of the outcome, 0 for a group that is best in every draw.
    """
    best = outcomes.min(axis=0) if better == "lower" else outcomes.max(axis=0)
    return np.abs(outcomes - best).mean(axis=1)


def indistinguishable(p_best: np.ndarray, risk: float) -> np.ndarray:
    """Choose the smallest set of groups that holds the best one with probability 1 - risk.

    Parameters
    ----------
    p_best : np.ndarray (groups,)
        Probability that each group is best.
    risk : float
        Accepted probability that the best group is left out.

    Returns
    -------
    np.ndarray of bool (groups,)
    """
    order = np.argsort(-p_best, kind="stable")
    before = np.cumsum(p_best[order]) - p_best[order]
    chosen = np.zeros(len(p_best), bool)
    chosen[order] = before < 1 - risk
    return chosen


def decide(
    sides: Mapping[Key, Side],
    outcomes: Curves,
    targets: pd.DataFrame,
    better: str,
    risk: float,
    prob: float,
) -> Contrasts:
    """Tabulate what a choice of each group would mean, at each target.

    Parameters
    ----------
    sides : mapping of key to Side
        The groups, in each context.
    outcomes : mapping of key to np.ndarray
        Draws of what is compared, (draws, targets).
    targets : pd.DataFrame
        The targets.
    better : {"lower", "higher"}
        Which outcomes are better.
    risk : float
        Accepted probability that the best group is not in the set.
    prob : float
        Probability inside the central intervals.

    Returns
    -------
    Contrasts
        One row for each context, target and group: median, lower and upper of what is compared;
        p_best; regret, the expected distance from the
        best group, in the unit of the outcome; in_set, whether the group cannot be distinguished
        from the best at this risk; choice, the group of least expected regret. One
        sentence a target.
    """
    rows, sentences = [], []
    for context in dict.fromkeys(context for context, _ in sides):
        names = [name for other, name in sides if other == context]
        if len(names) < 2:
            continue
        drawn = np.stack([outcomes[context, name] for name in names])
        p_best, regret = probability_best(drawn, better), expected_regret(drawn, better)
        side = sides[context, names[0]]
        ends = central_quantiles(drawn, prob, axis=1)
        for i in range(len(targets)):
            inside, choice = indistinguishable(p_best[:, i], risk), int(regret[:, i].argmin())
            rows += [
                {
                    **side.context_label,
                    "group": name,
                    **target_columns(targets, i),
                    **dict(zip(("lower", "median", "upper"), ends[:, j, i].tolist())),
                    "p_best": float(p_best[j, i]),
                    "regret": float(regret[j, i]),
                    "in_set": bool(inside[j]),
                    "choice": j == choice,
                }
                for j, name in enumerate(names)
            ]
            left = [name for j, name in enumerate(names) if inside[j] and j != choice]
            sentences.append(
                f"{side.context_prefix}At {describe_target(targets, i)}, choose {names[choice]}:"
                f" best with probability {p_best[choice, i]:.2f}, expected regret"
                f" {regret[choice, i]:.2g}; " + _set_in_words(left, names[choice], risk)
            )
    return Contrasts.of(rows, sentences)


def _set_in_words(others: list, choice: object, risk: float) -> str:
    """Who else may be best."""
    if not others:
        return f"no other group may be best at a risk of {percent(risk)}."
    return (
        f"at a risk of {percent(risk)}, {shorten_list(others, 4)} cannot be distinguished"
        f" from {choice}."
    )
