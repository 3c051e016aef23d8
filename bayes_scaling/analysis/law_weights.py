r"""Weights of several laws by how they foretold runs that were held back from them, never by the target.

The rules are fixed here, before any target is seen. With p_ik the density that law k gave to held-back outcome i:

"lfo" : pseudo-BMA by leave-future-out (Yao et al. 2018, arXiv 1704.02030; Bürkner et al. 2020, arXiv 1902.06281),
    :math:`w_k \propto \exp(n \sum_i v_i \log p_{ik})`, averaged over a Bayesian bootstrap of v.
"stacking" : the w on the simplex that makes :math:`n \sum_i v_i \log \sum_k w_k p_{ik} + \sum_k \log w_k` greatest: each law counts as one
    more outcome, which it alone foretold, so that few do not decide for one law.

What one fit foretells misses together, so that outcomes do not count one by one: i goes over the n origins, each with the
mean of its outcomes' log densities; where there are several series i goes over those.
"""

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.table import Told

RULES = ("lfo", "stacking")


_BOOTSTRAPS = 500


_FEW = 8  # origins or series below which the spread of the bootstrap is no measure of what others would say


def weigh(backtest, rule="lfo", seed=0):
    """Weights of the laws of a backtest.

    Parameters
    ----------
    backtest : Backtest of the laws; forecasts that not every law made are left out.
    rule : "lfo" or "stacking", see the module's text.
    seed : of the bootstrap.

    Returns
    -------
    Table : one row a law: weight; lower and upper, its 90% interval over the bootstrap of what was held back (the outcome
        that stacking gives each law does not vary in it); log_score, the mean log density of what was
        held back, and behind, what that lacks to the best law's.

    Raises
    ------
    InputError : no such rule, or no outcome that every law foretold.
    """
    if rule not in RULES:
        raise InputError(f"the rule is {rule!r}; use one of {', '.join(RULES)}")
    table = backtest.forecasts[backtest.forecasts["method"] == "posterior"]
    wide = table.pivot_table(
        index=[*backtest.series, "origin", "run"], columns="law", values="log_score", sort=False
    )
    wide = wide.reindex(columns=list(dict.fromkeys(table["law"]))).dropna()
    if not len(wide):
        raise InputError(
            "no run was foretold by every law; give other shares, or laws with fewer parameters"
        )
    log = wide.groupby(level=list(backtest.series) or ["origin"], sort=False).mean().to_numpy()
    share = np.random.default_rng(seed).dirichlet(np.ones(len(log)), _BOOTSTRAPS)
    drawn = stacked(log, share) if rule == "stacking" else _softmax(len(log) * (share @ log))
    lower, upper = np.quantile(drawn, [0.05, 0.95], axis=0)
    weight, score = drawn.mean(axis=0) if rule == "lfo" else stacked(log)[0], log.mean(axis=0)
    made = Told(
        {
            "weight": weight,
            "lower": lower,
            "upper": upper,
            "log_score": score,
            "behind": score.max() - score,
        },
        index=pd.Index(wide.columns, name="law"),
    )
    few = " Of so few the weights are rougher than these intervals." if len(log) < _FEW else ""
    made.foot = f"Weights by {'pseudo-BMA' if rule == 'lfo' else 'stacking'} from {len(wide)} held-back outcomes of {len(log)} {'series' if backtest.series else 'origins'}; lower and upper: 90% over a Bayesian bootstrap of them.{few}\n{backtest.diagnosis}"
    made.diagnosis = backtest.diagnosis
    return made


def _softmax(score):
    made = np.exp(score - score.max(axis=-1, keepdims=True))
    return made / made.sum(axis=-1, keepdims=True)


def stacked(log, share=None):
    """Stacking weights (rows, laws) by expectation and maximisation.

    Parameters
    ----------
    log : (outcomes, laws) log densities of what was held back.
    share : (rows, outcomes), what each outcome counts for, rows that sum to 1; where left out one row of equal shares.

    Returns
    -------
    array (rows, laws), rows that sum to 1; of no outcomes equal weights.
    """
    count, laws = log.shape
    share = np.full((1, count), 1 / max(count, 1)) if share is None else share
    density = np.exp(log - log.max(axis=1, keepdims=True))
    weight = np.full((len(share), laws), 1 / laws)
    for _ in range(300):
        weight = (count * weight * ((share / (weight @ density.T)) @ density) + 1) / (count + laws)
    return weight
