"""Posteriors of one law on many data sets, as arrays with a leading axis over groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import padded_rows
from bayes_scaling.inference.density import Density, quantities_of_many
from bayes_scaling.inference.design import conditioned, padded
from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.inference.own_origin import own_runs
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.learned_drift import OwnRuns
from bayes_scaling.law.places import places

BLOCK = 256  # groups summarized at once


@dataclass(frozen=True, eq=False)
class ManyPosteriors:
    """The fields of ``Fits``, and what follows from them alone."""

    law: Law
    by: tuple[str, ...]
    groups: tuple
    tables: tuple[pd.DataFrame, ...]
    y: str
    se: str | None
    columns: dict[str, Any]
    theta: np.ndarray
    stats: dict[str, np.ndarray]
    about: tuple[dict[str, Any], ...]
    seeds: tuple[int, ...]
    warmup: int
    skipped: dict[Any, str]

    def __len__(self) -> int:
        return len(self.groups)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.groups)

    def __contains__(self, group: Any) -> bool:
        return group in self.positions

    @cached_property
    def positions(self) -> dict[Any, int]:
        """Position of each group in ``groups``."""
        return {group: i for i, group in enumerate(self.groups)}

    @cached_property
    def own_runs(self) -> list[OwnRuns | None]:
        """Evidence of each group's own held-out runs on the size of a learned drift."""
        chains, draws = self.theta.shape[1:3]
        options = {"chains": chains, "draws": draws, "warmup": self.warmup}
        designs = [padded(self.design_of(i)) for i in range(len(self))]
        return own_runs(self.law, designs, self.seeds, options)

    def design_of(self, i: int) -> dict[str, Any]:
        """The data of a group.

        Parameters
        ----------
        i : int
            Its position in ``groups``.

        Returns
        -------
        dict
            As ``bayes_scaling.inference.design`` makes it.
        """
        return conditioned(self.law, self.tables[i], self.y, self.se, self.columns)

    @cached_property
    def _drifts(self) -> dict[int, DriftDraws]:
        """The drifts that were asked for, by the group's position."""
        return {}

    def drift_of(self, i: int, sigma: float | None = None) -> DriftDraws | None:
        """The drift of a group's new runs, as ``Fit.drift_draws``.

        Parameters
        ----------
        i : int
            The group's position in ``groups``.
        sigma : float, optional
            Posterior median of its noise's sigma, where it is known already.

        Returns
        -------
        DriftDraws or None
            None where nothing drifts.
        """
        if not self.law.noise.drift:
            return None
        if i not in self._drifts:
            if sigma is None:
                sigma = float(np.median(self.draws_of_parameters([i]).get("sigma", 0.0)))
            runs = places(self.law, self.design_of(i)["x"])
            self._drifts[i] = DriftDraws(self.law, runs, sigma, len(runs), lambda: self.own_runs[i])
        return self._drifts[i]

    def labels(self, which: Sequence[int]) -> dict[str, list]:
        """Values of the columns ``by`` for groups.

        Parameters
        ----------
        which : sequence of int
            Positions of groups in ``groups``.

        Returns
        -------
        {str: list}
            One value per group.
        """
        keys = [group if isinstance(group, tuple) else (group,) for group in self.groups]
        return {name: [keys[i][j] for i in which] for j, name in enumerate(self.by)}

    def draws_of_parameters(self, which: Sequence[int]) -> dict[str, np.ndarray]:
        """Draws of published parameters and of sampled quantities.

        Parameters
        ----------
        which : sequence of int
            Positions of groups in ``groups``.

        Returns
        -------
        {str: numpy.ndarray}
            Draws, shape (groups, chains, draws), the groups in that order.
        """
        rows = padded_rows(list(which))
        theta = self.theta[rows]
        flat = theta.reshape(len(theta), -1, theta.shape[-1])
        with float64():
            values = quantities_of_many(Density(self.law), flat, [self.design_of(i) for i in rows])
            shape = theta.shape[:3]
            return {name: np.asarray(a).reshape(shape)[: len(which)] for name, a in values.items()}
