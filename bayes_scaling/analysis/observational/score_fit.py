"""Scores of models forecast from their other scores, their family and their compute."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_counts, check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.progress import live
from bayes_scaling._core.random_streams import Stream, generator, key
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling._core.threefry import wrap
from bayes_scaling.analysis.observational.factor_model import (
    ScoreTable,
    factor_model,
    new_scores,
    starting_values,
)
from bayes_scaling.inference.convergence import rank_diagnostics
from bayes_scaling.results.diagnosis import Diagnosis

_DEPTH = 8  # of the sampler's trees: 255 steps a draw


@dataclass(frozen=True, eq=False)
class ScoreFit:
    """Draws of every model's scores.

    Parameters
    ----------
    table : pandas.DataFrame
        The models, with the scores that were fitted.
    scores : tuple of str
        Columns of the scores.
    level, new : numpy.ndarray
        Draws of each model's level of each score, and of a measurement of it, shape (chains, draws,
        models, scores).
    diverging : int
        Number of divergent transitions.
    """

    table: pd.DataFrame
    scores: tuple[str, ...]
    level: np.ndarray
    new: np.ndarray
    diverging: int

    def __repr__(self) -> str:
        missing = int((~np.isfinite(self.table[list(self.scores)].to_numpy(float))).sum())
        return (
            f"<ScoreFit of {len(self.scores)} scores of {len(self.table)} models, {missing} of them"
            " missing: see forecast()>"
        )

    @property
    def diagnosis(self) -> Diagnosis:
        """The verdict on sampling, by the levels of all scores."""
        chains, draws = self.level.shape[:2]
        rhat, bulk, _ = rank_diagnostics(self.level.reshape(chains, draws, -1))
        problems = []
        if not np.nanmax(rhat) < 1.05:
            problems.append(
                f"R-hat of a score's level is {np.nanmax(rhat):.2f} (limit 1.05): the chains "
                "disagree; raise draws and warmup"
            )
        if not np.nanmin(bulk) > 50 * chains:
            problems.append(
                f"the bulk ESS of a score's level is {np.nanmin(bulk):.0f} (limit {50 * chains}): "
                "raise draws"
            )
        if self.diverging > 0.001 * chains * draws:
            problems.append(f"{self.diverging} divergent transitions: give fewer factors")
        return Diagnosis(tuple(problems))

    def forecast(self, prob: float = 0.9) -> AnnotatedTable:
        """Forecast every score that is missing from the table.

        Parameters
        ----------
        prob : float
            Probability inside the central interval.

        Returns
        -------
        Table
            One row a model and missing score: its label, score, mean, median, lower and upper, of
            a new measurement in [0, 1].

        Raises
        ------
        InputError
            ``prob`` is not between 0 and 1.
        """
        prob = check_prob(prob)
        values = self.table[list(self.scores)].to_numpy(float)
        rows, columns = np.nonzero(~np.isfinite(values))
        draws = self.new.reshape(-1, *values.shape)[:, rows, columns]
        lower, upper = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
        table = AnnotatedTable(
            {
                "model": self.table.index[rows],
                "score": [self.scores[j] for j in columns],
                "mean": draws.mean(axis=0),
                "median": np.median(draws, axis=0),
                "lower": lower,
                "upper": upper,
            }
        )
        table.diagnosis, table.foot = self.diagnosis, str(self.diagnosis)
        return table


def fit_scores(
    table: pd.DataFrame,
    scores: Sequence[str],
    *,
    family: str,
    compute: str,
    factors: int = 3,
    draws: int = 600,
    warmup: int = 400,
    chains: int = 2,
    seed: int = 0,
) -> ScoreFit:
    """Fit a factor model to the scores of models, with gaps, by NUTS.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a model, labeled by the index.
    scores : sequence of str
        Columns of scores in [0, 1], empty where a score is missing: those are forecast.
    family : str
        Column of the model's family.
    compute : str
        Column of training compute, in any unit; empty where it is unknown.
    factors : int
        Number of factors behind the scores.
    draws, warmup, chains : int
        Draws and warm-up draws of each chain, and their number.
    seed : int
        Seed.

    Returns
    -------
    ScoreFit

    Raises
    ------
    InputError
        A column is missing, a score is outside [0, 1] or hardly measured, or an option is invalid.

    Notes
    -----
    The model is in ``bayes_scaling.analysis.observational.factor_model`` (after Ruan et al. 2024,
    arXiv 2405.10938). A model that is planned is a row with its family, its compute and no scores.

    Examples
    --------
    >>> scores = ["mmlu", "arc", "gsm8k", "bbh"]
    >>> fit = bs.observational.fit_scores(  # doctest: +SKIP
    ...     models, scores, family="family", compute="FLOPs"
    ... )
    >>> fit.forecast()  # doctest: +SKIP
    """
    check_counts(draws, chains, warmup)
    if isinstance(factors, bool) or not isinstance(factors, int) or factors < 1:
        raise InputError(f"factors is {factors!r}; give a whole number from 1")
    check_seed(seed)
    data = _score_table(table, tuple(scores), family, compute, factors)
    with live(f"fitting {len(scores)} scores of {len(table)} models"):
        level, sd, diverging = _sample(data, draws, warmup, chains, seed)
    new = new_scores(generator(Stream.NEW_SCORES, seed), level, sd)
    return ScoreFit(table, tuple(scores), level, new, diverging)


def _score_table(
    table: pd.DataFrame, scores: tuple[str, ...], family: str, compute: str, factors: int
) -> ScoreTable:
    """The arrays of a table, checked."""
    for name in (*scores, family, compute):
        if name not in table.columns:
            raise InputError(f"the table has no column {name}; name one that it has")
    if len(scores) <= factors:
        raise InputError(f"{factors} factors need more than {factors} scores; give fewer factors")
    values = np.stack([_numbers(table, name) for name in scores], axis=1)
    for j, name in enumerate(scores):
        column = values[:, j]
        bad = np.flatnonzero(np.isfinite(column) & ~((column >= 0) & (column <= 1)))
        if len(bad):
            raise InputError(
                f"row {table.index[bad[0]]}: {name} is {column[bad[0]]:g}; give scores from 0 to 1"
            )
        if np.isfinite(column).sum() <= factors + 1:
            raise InputError(
                f"{name} was measured for {np.isfinite(column).sum()} models; leave it out"
            )
    FLOPs = _numbers(table, compute)
    if (FLOPs <= 0).any() or np.isinf(FLOPs).any() or np.isfinite(FLOPs).sum() < 2:
        raise InputError(f"{compute} has values up to 0, or hardly any; give compute above 0")
    if np.nanmin(FLOPs) == np.nanmax(FLOPs):
        raise InputError(f"{compute} is {FLOPs[np.isfinite(FLOPs)][0]:g} throughout; it must vary")
    log = np.log(FLOPs)
    number = pd.factorize(table[family], use_na_sentinel=False)[0]
    return ScoreTable(values, number, (log - np.nanmean(log)) / np.nanstd(log), factors)


def _numbers(table: pd.DataFrame, name: str) -> np.ndarray:
    """A column as numbers, NaN where it is empty."""
    read = pd.to_numeric(table[name], errors="coerce").to_numpy(float)
    bad = np.flatnonzero(np.isnan(read) & table[name].notna().to_numpy())
    if len(bad):
        raise InputError(
            f"row {table.index[bad[0]]}: {name} is {table[name].iloc[bad[0]]!r}; give a number, or "
            "leave the cell empty"
        )
    return read


def _sample(
    data: ScoreTable, draws: int, warmup: int, chains: int, seed: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Levels and sds, (chains, draws, models, scores), and the divergences."""
    import jax.numpy as jnp
    from numpyro.infer import MCMC, NUTS, init_to_value

    with float64():
        start = {name: jnp.asarray(value) for name, value in starting_values(data).items()}
        kernel: Any = NUTS(
            factor_model,
            target_accept_prob=0.85,
            max_tree_depth=_DEPTH,
            init_strategy=init_to_value(values=start),
        )
        sampler = MCMC(
            kernel,
            num_warmup=warmup,
            num_samples=draws,
            num_chains=chains,
            chain_method="sequential",
            progress_bar=False,
        )
        sampler.run(wrap(key(Stream.SCORE_FACTORS, seed)), data, extra_fields=("diverging",))
        found: Any = sampler.get_samples(group_by_chain=True)
        diverging = int(np.sum(np.asarray(sampler.get_extra_fields()["diverging"])))
        return np.asarray(found["level"]), np.asarray(found["sd"]), diverging
