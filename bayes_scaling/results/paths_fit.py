"""A posterior of groups that follow one shared curve, each on a path of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.inference.draws import Draws
from bayes_scaling.inference.group_paths.density import GroupPathsDensity
from bayes_scaling.inference.group_paths.design import log_scale_of
from bayes_scaling.inference.group_paths.paths import draw_paths
from bayes_scaling.law.likelihoods.group_paths import PATH_NAMES
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecaster import Targets
from bayes_scaling.results.group_paths import GroupPathDraws, continued_paths
from bayes_scaling.results.paths_checks import diagnose_paths
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.targets import as_targets

Arrays = dict[str, np.ndarray]

_FARTHEST = 50.0  # a departure that a million times the compute may exceed, and exp may not


@dataclass(frozen=True, eq=False, repr=False)
class PathsFit(PooledFit):
    """The posterior of a law whose noise is ``GroupPaths``: what ``law="auto"`` gives for groups.

    The law's parameters are the same for all groups; what sets a group apart is its path,
    ``departure`` in the posterior: how far it lies from the shared curve at the largest runs, on
    the link's scale. Everything else is as in ``PooledFit``.
    """

    @cached_property
    def log_scale(self) -> np.ndarray:
        """Log scale of the places that the runs are at."""
        return self.data["paths"]["log_scale"]

    @cached_property
    def path_draws(self) -> GroupPathDraws:
        """The paths, continued beyond the runs."""
        rng = generator(Stream.GROUP_PATHS, self.seed, self.provenance["data_hash"], "beyond")
        flat = self.flat("discrepancy_at", "path", "growth_at")
        flat |= {name: values[:, 0] for name, values in self.flat(*PATH_NAMES).items()}
        return continued_paths(rng, self.log_scale, flat)

    def parameters_of(self, key: tuple) -> tuple[Arrays, Arrays]:
        """Draws of what all groups share, also for one without runs: as ``PooledDraws``."""
        known = self.pool.index_of(key) is not None
        return super().parameters_of(key if known else self.pool.key(self.groups[0]))

    def curve_of(
        self,
        key: tuple,
        x: Arrays,
        published: Arrays,
        pick: slice | np.ndarray = slice(None),  # noqa: B008, a slice does not change
    ) -> np.ndarray:
        """Evaluate a group's curve, as ``PooledDraws``: the law's, with discrepancy and path.

        Parameters
        ----------
        key, x, published, pick
            As in ``PooledDraws.curve_of``.

        Returns
        -------
        numpy.ndarray
            Shape (draws, targets).
        """
        log_scale, group = log_scale_of(self.law, x), self.pool.index_of(key)
        if group is None:
            rng = generator(Stream.NEW_GROUP, self.seed, self.provenance["data_hash"], repr(key))
            departure = self.path_draws.departure_of_new(rng, log_scale, pick)
        else:
            departure = self.path_draws.departure(group, log_scale, pick)
        noise: Any = self.law.noise  # GroupPaths
        law = noise.forward(super().curve_of(key, x, published))
        return noise.backward(law + np.clip(departure, -_FARTHEST, _FARTHEST))

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """Verdicts on sampling, fit and reach."""
        return diagnose_paths(self)

    @cached_property
    def log_likelihood(self) -> np.ndarray:
        """Log density of each outcome about its group's path, shape (draws, runs)."""
        noise: Any = self.law.noise
        outcome, group = self.table[self.y].to_numpy(float), self.place[0]
        center = np.empty((self.count, len(group)))
        for number, label in enumerate(self.groups):
            rows, key = group == number, self.pool.key(label)
            x = {name: self.by_run(values)[rows][None] for name, values in self.data["x"].items()}
            published = {name: value[:, None] for name, value in self.parameters_of(key)[0].items()}
            center[:, rows] = noise.forward(self.curve_of(key, x, published))
        p = {q.sampled: self.flat(q.sampled)[q.sampled][:, :1] for q in noise.parameters}
        se = self.by_run(self.data["se"]) if "se" in self.data else None
        sd = noise.sd(p, self.by_run(self.data["u"]), se)
        about = -0.5 * ((noise.forward(outcome) - center) / sd) ** 2 - np.log(sd)
        return about - 0.5 * np.log(2 * np.pi) + noise.log_jacobian(outcome)

    def drift_note(self, to: Targets) -> str:
        """Describe how curves may move beyond the runs, as ``Fit.drift_note``.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets with the groups' columns.

        Returns
        -------
        str
            One sentence; "" where no target lies beyond the runs.
        """
        to = self.with_known(as_targets(to))
        if not (log_scale_of(self.law, self.inputs(to)) > self.log_scale[-1]).any():
            return ""
        noise: Any = self.law.noise
        discrepancy, rate = (
            float(np.median(self.posterior[name])) for name in ("discrepancy", "rate")
        )
        return (
            f"Beyond the training runs all groups together may leave the law, by an sd of"
            f" {discrepancy:.2g} for each square root of an e-fold of compute, and each group by"
            f" itself, by {rate:.2g}, on the {noise.link} of {self.y}, as they did along the runs"
        )


def paths_posterior(
    density: GroupPathsDensity, sampled: Draws, data: Mapping[str, Any], seed: int
) -> Arrays:
    """Name the draws of a ``PathsFit``.

    Parameters
    ----------
    density : GroupPathsDensity
        The density.
    sampled : Draws
        Its draws.
    data : dict
        From ``paths_design``.
    seed : int
        Seed of the fit.

    Returns
    -------
    {str: numpy.ndarray}
        Shape (chains, draws, ...): what the law and its noise have, (..., groups), the same for
        all; ``departure`` (..., groups), the path at the largest runs; ``path`` (..., groups,
        places), ``discrepancy_at`` (..., places) and ``growth_at`` (..., places - 1).
    """
    data = dict(data)
    chains, draws, size = sampled.theta.shape
    theta = sampled.theta.reshape(-1, size)
    quantities, growth = density.named(theta, data)
    discrepancy, paths = draw_paths(density, theta, data, seed)
    shared = {
        name: np.broadcast_to(values[:, None], (len(values), density.groups))
        for name, values in quantities.items()
    }
    every = shared | {
        "departure": paths[..., -1],
        "path": paths,
        "discrepancy_at": discrepancy,
        "growth_at": growth,
    }
    return {
        name: values.reshape(chains, draws, *values.shape[1:]) for name, values in every.items()
    }
