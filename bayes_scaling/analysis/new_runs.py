"""New training runs of the sides of a comparison: draws of the outcome, noise and drift included.

Groups of one pooled fit are drawn in one call, so that what their runs have in common is in all
of them. Separate fits draw noise of their own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.analysis.contrast_side import NewRuns, Side
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group, identity

type _Identity = tuple[int, tuple[Any, ...] | None]


def draw_new_runs(sides: Mapping[Any, Side], targets: pd.DataFrame) -> dict[Any, np.ndarray]:
    """Draw a new run of each side at each target.

    Parameters
    ----------
    sides : mapping of key to Side
        The sides.
    targets : pd.DataFrame
        One row for each target.

    Returns
    -------
    dict of key to np.ndarray
        Draws of the outcome, shape (draws, targets), in its unit, paired as the sides' parameters
        are. Of a mean over groups, the mean of their new runs.
    """
    sources = [part.runs for side in sides.values() for part in side.parts if part.runs is not None]
    first = _draws_of_fits((source.fit for source in sources), targets)
    return {
        key: np.mean([_draws_of(part.runs, first, targets) for part in side.parts], axis=0)
        for key, side in sides.items()
    }


def _draws_of(
    source: NewRuns | None, first: Mapping[_Identity, np.ndarray], targets: pd.DataFrame
) -> np.ndarray:
    """Draws of one group, in the order in which its parameters are compared."""
    assert source is not None  # as_comparands gives every part its fit
    draws = first[identity(source.fit)]
    draws = draws if source.order is None else draws[source.order]
    return draws if source.chain is None else source.chain.draws_after(draws, targets)


def _draws_of_fits(
    fits: Iterable[Fit | Group], targets: pd.DataFrame
) -> dict[_Identity, np.ndarray]:
    """Draws of every fit, those of all groups of one pooled fit jointly."""
    distinct = {identity(fit): fit for fit in fits}
    draws: dict[_Identity, np.ndarray] = {}
    pooled: dict[int, list[Group]] = {}
    for key, fit in distinct.items():
        if isinstance(fit, Group):
            pooled.setdefault(id(fit.fit), []).append(fit)
        else:
            draws[key] = fit.draws(targets, of="run")
    for groups in pooled.values():
        runs = pd.concat([group.with_known(targets) for group in groups], ignore_index=True)
        joint = np.split(groups[0].fit.draws(runs, of="run"), len(groups), axis=1)
        draws |= {identity(group): part for group, part in zip(groups, joint)}
    return draws
