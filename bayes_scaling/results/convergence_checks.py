"""Checks of draws: agreement of chains, effective sample size, health of the sampler."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bayes_scaling._core.command_line import option
from bayes_scaling.inference.convergence import rank_diagnostics, rhat_limit

LIMITS = {
    "ess_per_chain": 100.0,
    "diverging": 0.001,
    "bfmi": 0.3,
    "pareto_k": 0.7,
    "learned": 0.2,
    "deepest": 0.01,
}


def convergence(
    draws: Mapping[str, np.ndarray], health: Mapping[str, Any]
) -> tuple[dict[str, float], list[str], list[str]]:
    """Check named draws; constant or non-finite draws count as not converged.

    Parameters
    ----------
    draws : {str: numpy.ndarray}
        Draws of each quantity, shape (chains, draws).
    health : dict
        What the sampler recorded: see ``bayes_scaling.inference.sampler.Draws``.

    Returns
    -------
    numbers : {str: float}
        The value of each check.
    problems, cautions : list of str
        What failed, each with its remedy, and what a reader should know.
    """
    names = list(draws)
    stack = np.stack([draws[name] for name in names], axis=-1)
    rhat, bulk, tail = rank_diagnostics(stack)
    rhat, bulk, tail = np.nan_to_num(rhat, nan=np.inf), np.nan_to_num(bulk), np.nan_to_num(tail)
    numbers = {
        "rhat": float(rhat.max()),
        "ess_bulk": float(bulk.min()),
        "ess_tail": float(tail.min()),
        "diverging": health["diverging"],
        "bfmi": health["bfmi"],
    }
    chains, draws_per_chain = stack.shape[:2]
    problems = [
        *_chain_problems(names, rhat, chains, draws_per_chain),
        *_ess_problems("bulk", names, bulk, chains, draws_per_chain),
        *_ess_problems("tail", names, tail, chains, draws_per_chain),
        *_sampler_problems(health),
    ]
    return numbers, problems, list(_sampler_cautions(health))


def _chain_problems(
    names: list[str], rhat: np.ndarray, chains: int, draws_per_chain: int
) -> Iterator[str]:
    """Chains that disagree, or one that has no other to be compared with."""
    limit = rhat_limit(chains * draws_per_chain)
    if chains < 2:
        yield (f"one chain alone cannot show whether it has converged; give {option('chains', 4)}")
    elif rhat.max() > limit:
        value = f"{rhat.max():.3f}" if rhat.max() < 100 else "above 100"
        yield (
            f"R-hat of {names[rhat.argmax()]} is {value} (limit {limit:.3f}): the chains disagree;"
            " raise draws and warmup, or give it a tighter prior"
        )


def _ess_problems(
    kind: str, names: list[str], ess: np.ndarray, chains: int, draws_per_chain: int
) -> Iterator[str]:
    """Too few effective draws, and how many to ask for."""
    limit = LIMITS["ess_per_chain"] * chains
    if ess.min() < limit:
        enough = int(draws_per_chain * limit / max(ess.min(), 1)) + 1
        yield (
            f"the {kind} ESS of {names[ess.argmin()]} is {ess.min():.0f} (limit {limit:.0f}):"
            f" too few independent draws; raise draws to {enough} or more"
        )


def _sampler_problems(health: Mapping[str, Any]) -> Iterator[str]:
    """Many divergences, or a low E-BFMI."""
    diverging, made, bfmi = health["diverging"], health["made"], health["bfmi"]
    if diverging > LIMITS["diverging"] * made:
        yield (
            f"{diverging} of {made} draws diverged: part of the posterior may be missing;"
            " add runs, or give tighter priors to the parameters that the runs leave uncertain"
        )
    if bfmi < LIMITS["bfmi"]:
        yield (
            f"E-BFMI is {bfmi:.2f} (limit {LIMITS['bfmi']}): the tails are explored slowly;"
            " raise draws, or give tighter priors"
        )


def _sampler_cautions(health: Mapping[str, Any]) -> Iterator[str]:
    """A few divergences, or many trees of the maximum depth."""
    diverging, made, deepest = health["diverging"], health["made"], health["deepest"]
    if 0 < diverging <= LIMITS["diverging"] * made:
        yield f"{diverging} of {made} draws diverged, too few to matter for an interval"
    # depth measures cost, not error: R-hat, ESS and divergences do, as Stan's guide to warnings has
    if deepest > LIMITS["deepest"]:
        yield (
            f"{deepest:.0%} of the draws reached the maximum tree depth: the posterior is badly"
            " scaled, which makes draws expensive, not wrong; tighter priors or more runs help"
        )
