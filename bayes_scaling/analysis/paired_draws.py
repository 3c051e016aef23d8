"""Which draws of separate fits are compared with one another."""

from collections.abc import Iterable
from typing import cast

import numpy as np
import pandas as pd

from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.analysis.contrast_side import GroupDraws
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group, joint_fit
from bayes_scaling.results.pooled_fit import PooledFit

type Stages = tuple[Fit | Group, ...]  # one fit, or both fits of a chain


def complete_fit(fit: Fit | Group) -> Fit | PooledFit:
    """Return the fit that a forecaster's draws come from: of a group, the pooled fit."""
    return cast(Fit | PooledFit, joint_fit(fit))


def pair_draws(fits: Iterable[Fit | Group]) -> dict[int, np.ndarray]:
    """Choose the draws of each fit, in random order, equally many of all.

    Fits with the same seed may share random numbers. In random order their draws are as
    independent as their posteriors. A fit that serves several sides keeps one order, so that
    its uncertainty is the same on all of them.

    Parameters
    ----------
    fits : iterable of Fit or Group
        The fits of all sides.

    Returns
    -------
    dict of int to np.ndarray
        The indices of the draws to use, by ``id`` of the complete fit.
    """
    distinct = list({id(fit): fit for fit in map(complete_fit, fits)}.values())
    counts = [len(next(iter(fit.flat(fit.law.names[0]).values()))) for fit in distinct]
    return {
        id(fit): generator(Stream.COMPARISON, fit.seed, fit.provenance["data_hash"], i).permutation(
            count
        )[: min(counts)]
        for i, (fit, count) in enumerate(zip(distinct, counts))
    }


def paired_draws(fits: Stages, order: dict[int, np.ndarray]) -> GroupDraws:
    """Return the draws of a fit, or of both fits of a chain, in the order of ``pair_draws``.

    Parameters
    ----------
    fits : tuple of Fit or Group
        One fit, or both fits of a chain.
    order : dict of int to np.ndarray
        What ``pair_draws`` returned.

    Returns
    -------
    GroupDraws
    """
    fit, *rest = fits
    if isinstance(fit, Group):
        published = cast(PooledFit, fit.fit).published(fit.key)
        runs = fit.with_known(pd.DataFrame(index=[0]))
    else:
        published, runs = fit.flat(*fit.law.names), fit.training
    known = {name: float(runs[name].mean()) for name in fit.law.known}
    chosen = order[id(complete_fit(fit))]
    draws = {name: np.asarray(values)[chosen] for name, values in published.items()}
    return GroupDraws(fit.law, draws, known, paired_draws(tuple(rest), order) if rest else None)
