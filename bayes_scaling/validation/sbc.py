"""Simulation-based calibration: whether inference recovers simulated parameters on a design.

Parameters are drawn from the prior, outcomes are simulated with the law's own noise on the user's
inputs, and the law is fitted to each table. Where model, simulation and sampler agree, the rank of
a true value among its posterior draws is uniform (Talts et al. 2018, arXiv 1804.06788). The log
likelihood of the true values is ranked too: it detects errors that leave each parameter's ranks
uniform (Modrak et al. 2023, arXiv 2211.02383).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_scaling._core.arguments import check_counts, check_sampler, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.progress import live
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.inference.batch import CHUNK_SIZE, stacked
from bayes_scaling.inference.design import padded
from bayes_scaling.inference.input_checks import check_options
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.results.adapt_law import adapt_law, suit_law
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_design import data_of, unpadded
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.many_draws import Task, gather_draws
from bayes_scaling.validation.calibration import Calibration
from bayes_scaling.validation.ecdf_uniformity import LEVELS
from bayes_scaling.validation.fixed_values import (
    rank_fixed_values,
    read_values,
    simulate_at,
)
from bayes_scaling.validation.sbc_design import simulation_design
from bayes_scaling.validation.sbc_simulation import Chunk, rank_true_values, simulate_tables


def calibrate(
    law: Law | str | Fit,
    runs: Any = None,
    y: str | None = None,
    *,
    sims: int = 200,
    between: tuple[float, float] | None = None,
    at: Mapping[str, float] | None = None,
    size: float = 0.05,
    priors: dict[str, Any] | None = None,
    noise: Likelihood | None = None,
    se: str | None = None,
    draws: int = 500,
    warmup: int = 200,
    chains: int = 2,
    seed: int = 0,
    sampler: str = "auto",
    executor: Any = None,
    progress: bool | None = None,
    **columns: Any,
) -> Calibration:
    """Simulation-based calibration of a law on a design of your own.

    Parameters
    ----------
    law : Law, str or Fit
        A law or its name; or a Fit, in place of the law and everything else a fit is made from.
    runs : pandas.DataFrame, path or str
        The design: the inputs of the law, one row a run, as in ``fit``.
    y : str
        Column of the outcome; the law's own name of it where left out. Only its smallest and
        largest values are used, on which some priors are stated.
    sims : int
        Number of simulated tables, each of which is fitted.
    between : (float, float)
        Smallest and largest outcome, in place of such a column; those of the law's first
        published values where both are left out.
    at : mapping of str to float
        True values of the published parameters and of the noise, by name, in place of draws from
        the prior. Each simulated table is then fitted with its own smallest and largest outcome,
        as a table of your own would be, and the coverage of 90% intervals is tested. Give values
        whose curve reaches its floor within the design to see whether intervals hold there.
    size : float
        Probability that a correct law fails, over all quantities together.
    priors, noise, se, **columns
        As in ``fit``.
    draws, warmup, chains : int
        Of each fit; ranks are counted among 99 draws spaced evenly over all of them.
    seed, sampler, executor, progress
        As in ``fit_many``.

    Returns
    -------
    Calibration

    Raises
    ------
    InputError
        An argument, a column or a value is invalid, or hardly any draw from the prior gives a
        valid table.

    Notes
    -----
    The reference run (mean inputs, smallest outcome) is that of the given table throughout: the
    model is tested given that run. ``at`` is the exception: it shows faults of priors that rest on
    the outcomes themselves, such as a floor that the smallest outcome limits. A table is refused
    by its outcomes alone, never by its parameters, which leaves the ranks of the others uniform.
    """
    fit = law if isinstance(law, Fit) else None
    law = law.law if isinstance(law, Fit) else adapt_law(law, noise, priors)
    if fit is None:
        law = suit_law(law, runs, law.outcome if y is None else y, priors)
    check_options(calibrate, columns, (*law.inputs, *law.noise.reads))
    if fit is not None and (runs is not None or y is not None or noise or priors or se or columns):
        raise InputError(
            "a fit brings its own law, runs and outcome; give the fit alone, or the law and the "
            "rest"
        )
    check_counts(draws=draws, chains=chains, warmup=warmup)
    check_sampler(sampler)
    check_seed(seed)
    _check_simulations(sims, chains, draws, size)
    if fit is None:
        data, count = simulation_design(law, runs, y, between, se, columns)
    else:
        data, count = unpadded(data_of(fit))
    sampling = {"chains": chains, "draws": draws, "warmup": warmup, "sampler": sampler}
    seeds = generator(Stream.SIMULATED_FIT, seed).integers(0, 2**32, sims).tolist()
    how = (seeds, sampling, se, columns, executor, progress)
    if at is not None:
        values = read_values(law, at)
        with live("calibration", progress) as line:
            line.update("simulating tables")
            designs, refused = simulate_at(law, data, values, sims, seed)
            line.update("")
            chunks = _chunks([padded(design) for design in designs])
            fits = _fit(law, chunks, *how)
        converged = fits.health["ok"].to_numpy()
        ranks = rank_fixed_values(law, values, fits.theta, chunks, converged)
        return Calibration(ranks, law.name, count, refused, float(size), fixed=True)
    with live("calibration", progress) as line:
        line.update("simulating tables")
        true_theta, tables, refused = simulate_tables(law, data, sims, seed)
        line.update("")
        chunks = _chunks([padded(data | {"z": z}) for z in tables])
        fits = _fit(law, chunks, *how)
    converged = fits.health["ok"].to_numpy()
    ranks = rank_true_values(law, true_theta, fits.theta, chunks, converged)
    return Calibration(ranks, law.name, count, refused, float(size))


def _check_simulations(sims: Any, chains: int, draws: int, size: Any) -> None:
    """Refuse too few simulations or draws, and a size that is not a probability."""
    if isinstance(sims, bool) or not isinstance(sims, int | np.integer) or sims < 20:
        raise InputError(f"sims is {sims!r}; give a whole number of at least 20, better 200")
    if chains * draws < LEVELS - 1:
        raise InputError(
            f"{chains} chains of {draws} draws are too few to rank among; give at least "
            f"{LEVELS - 1} in all"
        )
    if not (isinstance(size, float) and 0 < size < 1):
        raise InputError(f"size is {size!r}; give a probability, such as 0.05")


def _chunks(designs: list[dict[str, Any]]) -> list[Chunk]:
    """Tables in chunks that are fitted at once."""
    starts = range(0, len(designs), CHUNK_SIZE)
    members = [list(range(start, min(start + CHUNK_SIZE, len(designs)))) for start in starts]
    return [(indices, stacked([designs[i] for i in indices])) for indices in members]


def _fit(
    law: Law,
    chunks: list[Chunk],
    seeds: list[int],
    sampling: dict[str, Any],
    se: str | None,
    columns: dict[str, Any],
    executor: Any,
    progress: bool | None,
) -> Fits:
    """The fits of all simulated tables."""
    tasks: list[Task] = [(rows, [seeds[i] for i in indices]) for indices, rows in chunks]
    members = [indices for indices, _ in chunks]
    theta, stats, about = gather_draws(law, tasks, members, sampling, executor, progress)
    simulations, warmup = tuple(range(len(seeds))), sampling["warmup"]
    return Fits(
        law, ("simulation",), simulations, (), law.outcome, se, columns, theta, stats, about,
        tuple(seeds), warmup, {},
    )  # fmt: skip
