"""The recommended law for the columns at hand: what ``law="auto"`` means.

Of losses over N and D, ``coupled`` alone had the lowest interval score in held-out tasks of nine
published sources; an average with an additive law, which curves the wrong way far out, was worse.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.group_paths import GroupPaths
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.models._registry import find_law

AUTO = "auto"

_FEWEST_COUPLED = 8  # runs, for its six parameters
_SAME = 1e-3  # sd of a log size below which it is the same for every run
_TOGETHER = 0.15  # sd of log D given log N below which N and D cannot be separated


def is_auto(law: object) -> bool:
    """Whether a law is to be chosen: its name is "auto"."""
    return isinstance(law, str) and law == AUTO


def choose_law(
    table: pd.DataFrame, y: str | Sequence[str] | None, columns: Mapping[str, Any]
) -> Law:
    """Choose the recommended law for a table.

    Parameters
    ----------
    table : pandas.DataFrame
        The runs, as ``bayes_scaling.load_runs`` returns them.
    y : str, sequence of str or None
        Column of the outcome, of several the first; "loss" where left out.
    columns : mapping of str to str or float
        {input: column} of a fit; ``L`` makes it a law of an error along that loss.

    Returns
    -------
    Law
        With the reason as its ``chosen``.

    Raises
    ------
    InputError
        No law is recommended for these columns; the sentence names the remedy.
    """
    y = y if isinstance(y, str) else (list(y) if y else ["loss"])[0]
    if "L" in columns:
        along = "the outcome is to be predicted from the loss"
        if is_accuracy(y):
            return _choice("ladder_task", f"{along}, and {y} is an accuracy")
        return _choice("perplexity_to_error", along)
    if is_accuracy(y):
        return _choice("sigmoid", f"{y} is an accuracy and no loss L is named: it follows compute")
    if not {"N", "D"} <= set(table.columns):
        if "C" in table.columns:
            return _choice("power_law_floor", "the runs have compute C, and not both N and D")
        raise InputError(
            "no law can be chosen: the runs have neither compute C nor two of N, D and M; name "
            "their columns, such as C='flops' (--column C=flops), or a law"
        )
    return _of_sizes(table)


def on_paths(law: Law, group: str | Sequence[str] | None, pool: Any = None) -> Law:
    """Put the groups of one column on paths, where the chosen law is one of compute alone.

    Parameters
    ----------
    law : Law
        From ``choose_law``.
    group : str, sequence of str or None
        Columns that identify groups.
    pool : mapping, optional
        How groups share parameters: where it is stated, the law stays as it is.

    Returns
    -------
    Law
        With ``GroupPaths`` as its noise, or as it was.
    """
    noise = law.noise
    single = isinstance(group, str) or (group is not None and len(tuple(group)) == 1)
    if not single or pool is not None or set(law.inputs) != {"C"} or not isinstance(noise, Noise):
        return law
    reason = f"{law.chosen}; groups share its curve, and each has a path of its own about it"
    return replace(law.with_noise(GroupPaths(link=noise.link)), chosen=reason)


def choose_for_groups(
    table: pd.DataFrame,
    by: str | Sequence[str],
    y: str | Sequence[str] | None,
    columns: Mapping[str, Any],
) -> Law:
    """Choose one law for many tables: that of the group with the fewest runs.

    Parameters
    ----------
    table, y, columns
        As in ``choose_law``.
    by : str or sequence of str
        Columns that identify the groups.

    Returns
    -------
    Law

    Raises
    ------
    InputError
        As ``choose_law``.
    """
    by = [by] if isinstance(by, str) else list(by)
    if not by or not set(by) <= set(table.columns):
        return choose_law(table, y, columns)
    groups = [part for _, part in table.groupby(by, sort=False, dropna=False)]
    return choose_law(min(groups, key=len), y, columns)


def _of_sizes(table: pd.DataFrame) -> Law:
    """A law of losses by how N, D and C vary over the runs."""
    log_n, log_d = (np.log(table[name].to_numpy(float)) for name in ("N", "D"))
    runs = plural(len(table), "run")
    if np.std(log_n + log_d) < 0.05 and np.std(log_n) > _SAME:
        return _choice("isoflop", "all runs have one compute budget")
    if np.std(log_n) < _SAME:
        return _choice("power_law_floor", "all runs have one size N: the loss follows compute C")
    if _sd_given(log_n, log_d) < _TOGETHER:
        return _choice(
            "power_law_floor",
            "N and D grow together (D/N is about the same for all runs), so that their effects"
            " cannot be separated: the loss follows compute C",
        )
    if len(table) < _FEWEST_COUPLED:
        return _choice(
            "chinchilla", f"{runs} are too few for coupled, the law chosen from {_FEWEST_COUPLED}"
        )
    return _choice(
        "coupled", f"N and D vary apart in {runs}: of the laws of a loss it forecast best"
    )


def _sd_given(log_n: np.ndarray, log_d: np.ndarray) -> float:
    """Sd of log D about its line on log N."""
    slope, level = np.polyfit(log_n, log_d, 1)
    return float(np.std(log_d - slope * log_n - level))


def is_accuracy(y: str) -> bool:
    """Whether larger is better, by a column's name.

    Parameters
    ----------
    y : str
        The column of the outcome.
    """
    words = re.split(r"[^a-z0-9]+", y.lower())
    return y.lower().startswith("acc") or "accuracy" in y.lower() or "acc" in words


def _choice(name: str, reason: str) -> Law:
    return replace(find_law(name), chosen=reason)
