"""How far each single run moves an answer: each is left out in turn, mostly without a new fit.

Leaving out run i reweights the posterior by 1 / p(y_i | theta), with the largest weights smoothed
by a Pareto tail (PSIS-LOO, Vehtari et al. 2017, arXiv 1507.04544). Where the tail's k is above 0.7
the weights are unreliable, and the law is fitted again without the run.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.inference.batch import CHUNK_SIZE, draws_of, run_chunks, stacked
from bayes_scaling.inference.psis import smooth_weights, weighted_quantiles
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.results.convergence_checks import LIMITS, convergence
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_design import data_of
from bayes_scaling.results.forecaster import Targets
from bayes_scaling.results.posterior_draws import Sampled, posterior
from bayes_scaling.runs.targets import as_targets
from bayes_scaling.validation.influence_table import UNRELIABLE, influence_table
from bayes_scaling.validation.sensitivity import check_fit

Refits = dict[int, tuple[Fit, tuple[str, ...]]]  # run left out -> fit, problems of its draws


def influence(
    fit: Fit,
    to: Targets | None = None,
    *,
    prob: float = 0.9,
    of: str = "run",
    refits: int = 10,
    seed: int = 0,
) -> AnnotatedTable:
    """How far forecasts, or the parameters, would move without each single run.

    Parameters
    ----------
    fit : Fit
        A fit of one law.
    to : pandas.DataFrame or dict
        Targets; the law's published parameters where left out.
    prob : float
        Probability of the intervals whose widths are compared.
    of : {"run", "mean"}
        Forecasts of a new run, or of the law's curve.
    refits : int
        Maximum number of new fits, each without one run whose weights are unreliable.
    seed : int
        Seed of the noise of new runs, and of new fits.

    Returns
    -------
    Table
        One row a run and target, the largest move first: run, target, without (median without the
        run), shift (of the median, in percent of it), shift_sd (the same in posterior sds), width
        (of the interval, over that with the run), pareto_k, and how the row was computed:
        "weights", "refit", or "weights, unreliable" where k is too high and no fit was made again.

    Raises
    ------
    InputError
        ``fit`` is not of one law, has a smooth discrepancy, or has too many runs to keep the
        likelihood of each; ``to``, ``prob``, ``of``, ``refits`` or ``seed`` is invalid.

    Notes
    -----
    The priors stay those of all runs: a floor stated as a fraction of the smallest outcome keeps
    that outcome. Forecasts without a run at the edge drift from its neighbors on.
    """
    check_fit(fit)
    if fit.law.noise.correlates:
        cause = "a smooth discrepancy" if fit.law.noise.smooth else "effects of runs"
        raise InputError(
            f"with {cause} rows are correlated, and none can be left out alone; fit without"
        )
    check_seed(seed)
    if isinstance(refits, bool) or not isinstance(refits, int | np.integer) or refits < 0:
        raise InputError(f"refits is {refits!r}; give a whole number")
    prob = check_prob(prob)
    question = _Question(fit, None if to is None else as_targets(to), of, seed)
    probs = [0.5, (1 - prob) / 2, (1 + prob) / 2]
    draws, count = question.draws_of(fit), len(fit.parts.runs)
    assert fit.parts.log_likelihood is not None  # check_fit refuses such a fit
    weights, k = smooth_weights(-fit.parts.log_likelihood.reshape(len(draws), -1))
    quantiles = np.stack(
        [
            weighted_quantiles(question.with_drift(draws, i), weights[:, i], probs)
            for i in range(count)
        ]
    )  # (runs, probs, targets)
    bad = [int(i) for i in np.argsort(-k) if k[i] > LIMITS["pareto_k"]]
    how, diagnosis = np.full(count, "weights", object), fit.diagnosis
    how[bad] = UNRELIABLE
    for i, (refit, problems) in refit_without(fit, bad[:refits], seed).items():
        drifting = question.with_drift(question.draws_of(refit), i)
        quantiles[i], how[i] = np.quantile(drifting, probs, axis=0), "refit"
        diagnosis += Diagnosis(tuple(f"without {fit.parts.runs[i]}: {text}" for text in problems))
    complete, sd = np.quantile(draws, probs, axis=0), draws.std(axis=0, ddof=1)
    kind = "parameter" if to is None else "target"
    return influence_table(
        fit.parts.runs, kind, question.names, quantiles, complete, sd, k, how, diagnosis
    )


@dataclass(frozen=True, eq=False)
class _Question:
    """What is asked of a fit: forecasts of targets, or the published parameters."""

    fit: Fit
    to: pd.DataFrame | None
    of: str
    seed: int

    @property
    def names(self) -> list[str]:
        """Labels of the targets, or names of the parameters."""
        return list(self.fit.law.names) if self.to is None else [str(i) for i in self.to.index]

    def draws_of(self, fit: Fit) -> np.ndarray:
        """Draws (draws, targets) under a fit with these runs or all but one."""
        if self.to is None:
            return np.stack(list(fit.flat(*self.names).values()), axis=-1)
        return fit.draws(self.to, of=self.of, seed=self.seed)

    def with_drift(self, draws: np.ndarray, i: int) -> np.ndarray:
        """Draws with the additional drift that forecasts of new runs have without run ``i``.

        Without a run at the edge, the hull of the runs ends at its neighbors.
        """
        fit, noise, drift = self.fit, self.fit.law.noise, self.fit.drift_draws
        if self.to is None or self.of != "run" or drift is None or not isinstance(noise, Noise):
            return draws
        x = fit.inputs(fit.with_known(self.to))
        beyond = drift.distances(x)
        without = replace(drift, runs=np.delete(drift.runs, i, axis=0)).distances(x)
        # of targets beyond all runs alone: the neighbors of the run determine the others
        more = np.where(beyond > 0, np.sqrt(np.maximum(without**2 - beyond**2, 0)), 0.0)
        if not more.any():
            return draws
        data_hash = fit.provenance["data_hash"]
        rng = generator(Stream.INFLUENCE, fit.seed, self.seed, data_hash)
        sd = drift.sizes(rng, len(draws)) * more
        return noise.backward(noise.forward(draws) + sd * rng.standard_normal(draws.shape))


def refit_without(fit: Fit, left_out: list[int], seed: int) -> Refits:
    """Fit again without each of some runs, in one program.

    Parameters
    ----------
    fit : Fit
        The fit to all runs.
    left_out : list of int
        Positions of the runs.
    seed : int
        Added to the fit's seed and the run's position.

    Returns
    -------
    dict of int to (Fit, tuple of str)
        Position of the run -> the fit without it, and the problems of its draws.
    """
    data, law, fits = data_of(fit), fit.law, {}
    sampling = {name: fit.engine[name] for name in ("chains", "draws", "warmup")}
    positions = np.arange(len(data["mask"]))
    for start in range(0, len(left_out), CHUNK_SIZE):
        chunk = left_out[start : start + CHUNK_SIZE]
        rows = stacked([{**data, "mask": data["mask"] & (positions != i)} for i in chunk])
        seeds = [(fit.seed + seed + i + 1) % 2**32 for i in chunk]
        ((_, result),) = run_chunks(law, [(rows, seeds)], sampling)
        for j, i in enumerate(chunk):
            draws = draws_of(result, j)
            values = posterior(law, Sampled(pd.DataFrame(), fit.y, data, draws))
            sampled = {q.sampled: values[q.sampled] for q in law.sites}
            problems = convergence(sampled, draws.health)[1]
            fits[i] = fit.with_posterior(values), tuple(problems)
    return fits
