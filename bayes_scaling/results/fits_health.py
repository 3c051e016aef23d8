"""How each of many fits went, and the Diagnosis of all of them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import not_converged, plural, shorten_list
from bayes_scaling._core.table import Table
from bayes_scaling.inference.convergence import quick_ess, rhat_limit, split_rhat
from bayes_scaling.results.convergence_checks import LIMITS
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.many_posteriors import BLOCK, ManyPosteriors
from bayes_scaling.results.verdict import Verdict


def fits_health(fits: ManyPosteriors) -> Table:
    """Check every fit: see ``Fits.health``."""
    chains, draws = fits.theta.shape[1:3]
    blocks = [fits.theta[start : start + BLOCK] for start in range(0, len(fits), BLOCK)]
    with np.errstate(all="ignore"):
        rhat = np.concatenate([split_rhat(block).max(axis=-1) for block in blocks])
        ess = np.concatenate([quick_ess(block).min(axis=-1) for block in blocks])
    rhat, ess = np.nan_to_num(rhat, nan=np.inf), np.nan_to_num(ess)
    sampler = pd.DataFrame([entry["health"] for entry in fits.about])
    ok = (
        (rhat <= rhat_limit(chains * draws))
        & (ess >= LIMITS["ess_per_chain"] * chains)
        & (chains > 1)
        & (sampler["diverging"] <= LIMITS["diverging"] * sampler["made"])
        & (sampler["bfmi"] >= LIMITS["bfmi"])
    )
    modes = [sum(mass >= 0.01 for _, mass in entry["modes"]) for entry in fits.about]
    return Table(
        {
            **fits.labels(range(len(fits))),
            "ok": ok.to_numpy(),
            "rhat": rhat,
            "ess": ess,
            "diverging": sampler["diverging"],
            "draws": sampler["made"],
            "bfmi": sampler["bfmi"],
            "modes": modes,
            "attempts": [entry["attempts"] for entry in fits.about],
            "sampler": [entry.get("sampler", "nuts") for entry in fits.about],
        }
    )


def diagnose_fits(fits: ManyPosteriors, health: pd.DataFrame) -> Diagnosis:
    """Diagnose all fits together from what ``fits_health`` found."""
    numbers = {
        "rhat": float(health["rhat"].max()),
        "ess_bulk": float(health["ess"].min()),
        "diverging": int(health["diverging"].sum()),
        "attempts": int(health["attempts"].max()),
    }
    bad = [fits.groups[i] for i in np.flatnonzero(~health["ok"])]
    problems = ()
    if bad:
        which = "it" if len(bad) == 1 else "them"
        problems = (
            f"{not_converged(len(bad), len(fits))}: {shorten_list(bad, 5)}; see .health, and give "
            f"{which} more runs, more draws or tighter priors",
        )
    what = f"Sampling of {plural(len(fits), 'fit')}"
    of_each = ("see the diagnosis of each fit, fits[group].diagnosis",)
    law_fits, reach = (Verdict(name, details=of_each, checked=False) for name in ("Fit", "Reach"))
    cautions = tuple(_cautions(fits, health))
    return Diagnosis(problems, cautions, numbers, what, fit=law_fits, reach=reach)


def _cautions(fits: ManyPosteriors, health: pd.DataFrame) -> Iterator[str]:
    """Several modes, deep trees, groups that were left out."""
    count = len(fits)
    if split := [fits.groups[i] for i in np.flatnonzero(health["modes"] > 1)]:
        verb = "has" if len(split) == 1 else "have"
        yield (
            f"{len(split)} of {plural(count, 'posterior')} {verb} more than one mode:"
            f" {shorten_list(split, 5)}"
        )
    if deep := [
        group
        for group, entry in zip(fits.groups, fits.about)
        if entry["health"]["deepest"] > LIMITS["deepest"]
    ]:
        yield (
            f"{len(deep)} of {plural(count, 'fit')} reached the maximum tree depth in more than"
            f" {LIMITS['deepest']:.0%} of the draws, which makes them expensive, not wrong:"
            f" {shorten_list(deep, 5)}"
        )
    if fits.skipped:
        verb = "was" if len(fits.skipped) == 1 else "were"
        yield (
            f"{plural(len(fits.skipped), 'group')} {verb} left out: "
            f"{shorten_list(fits.skipped, 5)}; see .skipped"
        )
