"""The table that ``influence`` returns, and its notes."""

import numpy as np

from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.results.convergence_checks import LIMITS
from bayes_scaling.results.diagnosis import Diagnosis

UNRELIABLE = "weights, unreliable"  # in the column ``how``


def influence_table(
    runs: np.ndarray,
    kind: str,
    names: list[str],
    quantiles: np.ndarray,
    complete: np.ndarray,
    sd: np.ndarray,
    k: np.ndarray,
    how: np.ndarray,
    diagnosis: Diagnosis,
) -> AnnotatedTable:
    """One row a run and target, the largest move first.

    Parameters
    ----------
    runs : numpy.ndarray (runs,)
        Labels of the runs.
    kind : {"target", "parameter"}
        What the names are of.
    names : list of str (targets,)
        Labels of the targets, or names of the parameters.
    quantiles : numpy.ndarray (runs, 3, targets)
        Median, lower and upper end without each run.
    complete : numpy.ndarray (3, targets)
        The same with all runs.
    sd : numpy.ndarray (targets,)
        Sd with all runs.
    k : numpy.ndarray (runs,)
        Pareto k of the weights.
    how : numpy.ndarray (runs,) of str
        How each row was computed.
    diagnosis : Diagnosis
        Of all fits.

    Returns
    -------
    Table
    """
    shift = quantiles[:, 0] - complete[0]
    table = AnnotatedTable(
        {
            "run": np.repeat(runs, len(names)),
            kind: names * len(runs),
            "without": quantiles[:, 0].ravel(),
            "shift": (100 * shift / np.abs(complete[0])).ravel(),
            "shift_sd": (shift / sd).ravel(),
            "width": ((quantiles[:, 2] - quantiles[:, 1]) / (complete[2] - complete[1])).ravel(),
            "pareto_k": np.repeat(k, len(names)),
            "how": np.repeat(how, len(names)),
        }
    )
    order = np.argsort(-table["shift_sd"].abs().to_numpy(), kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    table.foot = _notes(table, diagnosis, len(runs))
    return table


def _notes(table: AnnotatedTable, diagnosis: Diagnosis, count: int) -> str:
    """Which run moves an answer most, and which weights are unreliable."""
    kind, top = table.columns[1], table.iloc[0]
    lines = [
        f"Of {count} runs {top['run']} moves {kind} {top[kind]} most: without it the median would "
        f"be {abs(top['shift']):.2g}% {'lower' if top['shift'] < 0 else 'higher'} "
        f"({abs(top['shift_sd']):.2g} of its sd) and the interval {top['width']:.2g} times as wide."
    ]
    refit, unreliable = (
        list(dict.fromkeys(table.loc[table["how"] == how, "run"])) for how in ("refit", UNRELIABLE)
    )
    if refit:
        lines.append(
            f"Pareto k is above {LIMITS['pareto_k']} for {shorten_list(refit, 4)}: the law was "
            f"fitted again without {'it' if len(refit) == 1 else 'each'}."
        )
    if unreliable:
        lines.append(
            f"Pareto k is above {LIMITS['pareto_k']} for {shorten_list(unreliable, 4)}: these rows "
            f"are unreliable; raise refits to {len(refit) + len(unreliable)}."
        )
    return "\n".join(lines if diagnosis.ok else [*lines, str(diagnosis)])
