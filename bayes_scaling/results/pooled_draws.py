"""Draws from a pooled fit: parameters of a group, and its outcome at inputs given as arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_scaling._core.arguments import check_of, check_seed
from bayes_scaling._core.random_streams import Stream, fingerprint, generator
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.results.new_group import new_group_parameters
from bayes_scaling.results.pooled_drift import drift_at, drift_draws
from bayes_scaling.results.pooled_targets import PooledTargets

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class PooledDraws(PooledTargets):
    """The part of a ``PooledFit`` that draws parameters and outcomes of one group."""

    def published(self, group: Any) -> Arrays:
        """Draws of one group's published parameters, with runs or new.

        Parameters
        ----------
        group : Any
            The column's value, or a tuple of one value for each column; it may have no runs.

        Returns
        -------
        {str: numpy.ndarray}
            Draws of each parameter, shape (draws,).

        Raises
        ------
        InputError
            Not one value for each column.
        """
        return self.parameters_of(self.pool.key(group))[0]

    def parameters_of(self, key: tuple) -> tuple[Arrays, Arrays]:
        """Draws of a group's published parameters and sampled quantities.

        Parameters
        ----------
        key : tuple
            One value for each column; the group may have no runs.

        Returns
        -------
        published, sampled : {str: numpy.ndarray}
            Shape (draws,).
        """
        position = self.pool.index_of(key)
        if position is None:
            return new_group_parameters(self, key)
        published, sampled = (
            {name: values[:, position] for name, values in self.flat(*names).items()}
            for names in (self.law.names, (q.sampled for q in self.law.sites))
        )
        return published, sampled

    def curve_of(
        self,
        key: tuple,
        x: Arrays,
        published: Arrays,
        pick: slice | np.ndarray = slice(None),  # noqa: B008, a slice does not change
    ) -> np.ndarray:
        """Evaluate a group's curve, here the law's.

        Parameters
        ----------
        key : tuple
            One value for each column.
        x : {str: numpy.ndarray}
            Inputs, shape (1 or draws, targets).
        published : {str: numpy.ndarray}
            The group's parameters, shape (draws, 1).
        pick : slice or numpy.ndarray
            Which draws of the posterior ``published`` has, in which order.

        Returns
        -------
        numpy.ndarray
            Shape (draws, targets), in the unit of the outcome.
        """
        return curve(self.law, x, published)

    def draws_at(
        self,
        key: tuple,
        x: Arrays,
        rows: Arrays | None,
        of: str = "run",
        seed: int = 0,
        pick: slice | np.ndarray = slice(None),  # noqa: B008, a slice does not change
    ) -> np.ndarray:
        """Draws of one group's outcome at inputs given as arrays.

        Parameters
        ----------
        key : tuple
            The group, one value for each column; it may have no runs.
        x : {str: numpy.ndarray}
            Inputs, shape (1 or draws, targets).
        rows : {str: numpy.ndarray} or None
            Everything that the likelihood reads of a run, shape (1, targets); None if nothing.
        of : {"run", "mean"}
            As in ``Fit.draws_at``.
        seed : int
            As in ``Fit.draws_at``.
        pick : slice or numpy.ndarray
            Which draws of the posterior to use, in which order.

        Returns
        -------
        numpy.ndarray
            Draws, shape (draws, targets), in the unit of the outcome.

        Raises
        ------
        InputError
            A bad ``of`` or ``seed``.
        """
        check_of(of)
        check_seed(seed)
        published, sampled = (
            {name: np.asarray(value)[pick, None] for name, value in part.items()}
            for part in self.parameters_of(key)
        )
        mean = self.curve_of(key, x, published, pick)
        if of == "mean":
            return mean
        drift = drift_at(self, key, x, seed, len(mean))
        residuals = self._training_residuals(key, published)
        rng, u = self._noise_stream(key, x, seed), distance(self.law, x, self.ref)
        return self.law.noise.draw(rng, mean, sampled, u, None, rows, drift=drift, **residuals)

    def scatter_at(
        self, key: tuple, x: Arrays, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give new runs of one group on the link's scale.

        Parameters
        ----------
        key : tuple
            The group, one value for each column.
        x : {str: numpy.ndarray}
            As in ``Fit.scatter_at``.
        seed : int
            As in ``Fit.scatter_at``.

        Returns
        -------
        center, sd, distance : numpy.ndarray
            As from ``Fit.scatter_at``, with the distance from the group's own runs.
        """
        published, sampled = (
            {name: value[:, None] for name, value in part.items()}
            for part in self.parameters_of(key)
        )
        mean, u = self.curve_of(key, x, published), distance(self.law, x, self.ref)
        residuals = self._training_residuals(key, published)
        rng = self._noise_stream(key, x, seed)
        noise: Any = self.law.noise  # a Noise
        center, sd = noise.scatter(rng, mean, sampled, u, **residuals)
        return center, sd, self.drift_draws(key).distances(x)

    def _noise_stream(self, key: tuple, x: Arrays, seed: int) -> np.random.Generator:
        """Noise of new runs of one group at these inputs, as for a Fit."""
        of_fit = (self.seed, repr(self.law.names), self.provenance["data_hash"], repr(key))
        return generator(Stream.NEW_RUN, *of_fit, seed, fingerprint(x))

    def _training_residuals(self, key: tuple, published: Arrays) -> dict[str, dict[str, Any]]:
        """Residuals of a group's runs, which determine its discrepancy; {} without one."""
        position = self.pool.index_of(key)
        if not self.law.noise.smooth or position is None:
            return {}
        group, slot = (index[self.place[0] == position] for index in self.place)
        x = {name: values[group, slot] for name, values in self.data["x"].items()}
        mean = curve(self.law, {name: values[None] for name, values in x.items()}, published)
        residual = self.data["z"][group, slot] - self.law.noise.forward(mean)
        se = self.data["se"][group, slot] if "se" in self.data else None
        return {"seen": {"residual": residual, "u": distance(self.law, x, self.ref), "se": se}}

    def drift_draws(self, key: tuple) -> DriftDraws:
        """Give the drift of a group's new runs, beyond the hull of its own runs.

        Parameters
        ----------
        key : tuple
            As in ``draws_at``; a group without runs drifts beyond those of all groups.

        Returns
        -------
        DriftDraws
            The drift, of its level's size.
        """
        return drift_draws(self, key)
