"""The learning rate and batch size to train with, as a posterior."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.table import Table
from bayes_scaling.models import LAWS
from bayes_scaling.results.fit import Fit


def best_settings(fit: Fit, targets: pd.DataFrame, *, prob: float = 0.9) -> Table:
    r"""Find the posterior of the best learning rate and batch size of each run, and its loss.

    .. math:: \eta^{*} = \eta_0 N^{a} D^{b}, \qquad B^{*} = B_0 D^{c}

    Parameters
    ----------
    fit : Fit
        Of the law ``lr_batch``.
    targets : pandas.DataFrame
        Runs to train, with columns N and D.
    prob : float
        Probability of the central intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each run: N, D, and of the learning rate, the batch size (unit of the column
        batch) and the loss of the law's curve there the median, lower and upper bound, as ``lr``,
        ``lr_lower``, ``lr_upper`` and so on.

    Raises
    ------
    InputError
        The fit is of another law, or a target lacks N or D.

    References
    ----------
    Li et al. 2025, Predictable Scale: Part I, arXiv 2503.04715.
    """
    law = LAWS["lr_batch"]
    if fit.law.function is not law.function:
        raise InputError(
            f"best_settings needs a fit of lr_batch, and this is one of {fit.law.name}; fit "
            "lr_batch to runs that vary learning rate and batch size"
        )
    prob = check_prob(prob)
    missing = [name for name in ("N", "D") if name not in targets]
    if missing:
        raise InputError(f"targets have no column {missing[0]}; give N and D of each run")
    rows = [_settings(fit, float(n), float(d), prob) for n, d in zip(targets["N"], targets["D"])]
    return Table(rows, index=targets.index)


def _arrays(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as arrays."""
    return {name: np.asarray(value, float) for name, value in values.items()}


def _settings(fit: Fit, N: float, D: float, prob: float) -> dict[str, float]:
    """Summarize the optimum of one run."""
    from bayes_scaling.models.lr_batch import best_batch, best_loss, best_lr

    draws, x = _arrays(fit.flat(*fit.law.names)), _arrays({"N": N, "D": D})
    row = {"N": N, "D": D}
    ends = (0.5 - prob / 2, 0.5 + prob / 2)
    for name, of in (("lr", best_lr), ("batch", best_batch), ("loss", best_loss)):
        with float64():
            values = np.asarray(of(x, draws))
        lower, upper = np.quantile(values, ends)
        row |= {name: float(np.median(values)), f"{name}_lower": lower, f"{name}_upper": upper}
    return row
