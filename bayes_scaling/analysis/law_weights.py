r"""Weights of several laws, learned from their forecasts of held-out runs, never from the target.

The rules are fixed in advance. With p_ik the density that law k gave to held-out outcome i:

"lfo" : pseudo-BMA by leave-future-out (Yao et al. 2018, arXiv 1704.02030; Bürkner et al. 2020,
    arXiv 1902.06281), :math:`w_k \propto \exp(n \sum_i v_i \log p_{ik})`, averaged over a Bayesian
    bootstrap of v.
"stacking" : the w on the simplex that maximizes
    :math:`n \sum_i v_i \log \sum_k w_k p_{ik} + \sum_k \log w_k`: each law counts as one more
    outcome, which it alone predicted, so that few outcomes do not decide for one law.

The errors of one fit's forecasts are correlated, so outcomes do not count one by one: i runs over
the n origins, each with the mean of its outcomes' log densities; with several series i runs over
the series.
"""

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.validation.backtest_result import Backtest

RULES = ("lfo", "stacking")

_RESAMPLES = 500  # of the Bayesian bootstrap
_FEW = 8  # origins or series below which the bootstrap's interval is too narrow
_ITERATIONS = 300  # of expectation and maximization


def learn_weights(backtest: Backtest, rule: str = "lfo", seed: int = 0) -> AnnotatedTable:
    """Learn the weights of a backtest's laws.

    Parameters
    ----------
    backtest : Backtest
        Forecasts of the laws; runs that some law did not forecast are left out.
    rule : str
        "lfo" or "stacking", see the module's text.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    Table
        One row a law: weight; lower and upper, its 90% interval over the bootstrap of the held-out
        outcomes (the outcome that stacking gives each law does not vary in it); log_score, the
        mean log density of the held-out outcomes; and behind, how far that is below the best
        law's.

    Raises
    ------
    InputError
        If there is no such rule, or no outcome that every law predicted.
    """
    if rule not in RULES:
        raise InputError(f"the rule is {rule!r}; use one of {', '.join(RULES)}")
    scores = _common_log_scores(backtest)
    units = list(backtest.series) or ["origin"]
    log = scores.groupby(level=units, sort=False).mean().to_numpy()
    fractions = generator(Stream.LAW_WEIGHTS, seed).dirichlet(np.ones(len(log)), _RESAMPLES)
    if rule == "stacking":
        resampled = stacking_weights(log, fractions)
        weight = stacking_weights(log)[0]
    else:
        resampled = _softmax(len(log) * (fractions @ log))
        weight = resampled.mean(axis=0)
    lower, upper = np.quantile(resampled, [0.05, 0.95], axis=0)
    score = log.mean(axis=0)
    columns = {
        "weight": weight,
        "lower": lower,
        "upper": upper,
        "log_score": score,
        "behind": score.max() - score,
    }
    table = AnnotatedTable(columns, index=pd.Index(scores.columns, name="law"))
    table.foot = _footnote(backtest, rule, len(scores), len(log))
    table.diagnosis = backtest.diagnosis
    return table


def _common_log_scores(backtest: Backtest) -> pd.DataFrame:
    """Log densities of the outcomes that every law predicted, one column a law."""
    forecasts = backtest.forecasts[backtest.forecasts["method"] == "posterior"]
    scores = forecasts.pivot_table(
        index=[*backtest.series, "origin", "run"], columns="law", values="log_score", sort=False
    )
    scores = scores.reindex(columns=list(dict.fromkeys(forecasts["law"]))).dropna()
    if not len(scores):
        raise InputError(
            "no run was predicted by every law; give other shares, or laws with fewer parameters"
        )
    return scores


def _footnote(backtest: Backtest, rule: str, outcomes: int, units: int) -> str:
    name = "pseudo-BMA" if rule == "lfo" else "stacking"
    few = " With so few, the weights are less certain than these intervals." if units < _FEW else ""
    return (
        f"Weights by {name} from {outcomes} held-out outcomes of {units} "
        f"{'series' if backtest.series else 'origins'}; "
        f"lower and upper: 90% over a Bayesian bootstrap of them.{few}\n{backtest.diagnosis}"
    )


def _softmax(score: np.ndarray) -> np.ndarray:
    """Weights proportional to exp(score), along the last axis."""
    weight = np.exp(score - score.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


def stacking_weights(log: np.ndarray, fractions: np.ndarray | None = None) -> np.ndarray:
    """Compute stacking weights by expectation and maximization.

    Parameters
    ----------
    log : np.ndarray
        Log densities of held-out outcomes, shape (outcomes, laws).
    fractions : np.ndarray, optional
        What each outcome counts for, shape (rows, outcomes), in rows that sum to 1; one row of
        equal fractions if left out.

    Returns
    -------
    np.ndarray
        Weights, shape (rows, laws), in rows that sum to 1; equal if there are no outcomes.
    """
    count, laws = log.shape
    if fractions is None:
        fractions = np.full((1, count), 1 / max(count, 1))
    density = np.exp(log - log.max(axis=1, keepdims=True))
    weight = np.full((len(fractions), laws), 1 / laws)
    for _ in range(_ITERATIONS):
        responsibility = (fractions / (weight @ density.T)) @ density
        weight = (count * weight * responsibility + 1) / (count + laws)
    return weight
