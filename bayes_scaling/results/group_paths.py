"""Paths of groups about the curve that they share, from the smallest runs to far beyond them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

# nodes beyond the largest runs, in log scale: the paths are straight from one to the next
_BEYOND = np.concatenate([np.arange(0.25, 4, 0.25), np.arange(4, 8, 0.5), np.arange(8, 24, 1.0)])


@dataclass(frozen=True, eq=False)
class GroupPathDraws:
    """Draws of the shared curve's discrepancy and of every group's path.

    Parameters
    ----------
    nodes : np.ndarray (nodes,)
        Log scale: the places of the runs, then further ones.
    discrepancy : np.ndarray (draws, nodes)
        The shared curve less the law's, on the link's scale.
    paths : np.ndarray (draws, groups, nodes)
        Each group's departure from the shared curve.
    growth : np.ndarray (draws, nodes - 1)
        Log of the factor by which departures are stretched from each node to the next.
    added : np.ndarray (draws, nodes - 1)
        Sd of the change of one group alone.
    initial_sd : np.ndarray (draws,)
        Sd of departures at the first node.
    """

    nodes: np.ndarray
    discrepancy: np.ndarray
    paths: np.ndarray
    growth: np.ndarray
    added: np.ndarray
    initial_sd: np.ndarray

    def departure(self, group: int, log_scale: np.ndarray, pick: Any) -> np.ndarray:
        """Shared discrepancy and the path of a group.

        Parameters
        ----------
        group : int
            The group.
        log_scale : np.ndarray (1 or draws, targets)
            Where.
        pick : slice or np.ndarray
            Which draws, in which order.

        Returns
        -------
        np.ndarray (draws, targets)
            On the link's scale.
        """
        return self._interpolated((self.discrepancy + self.paths[:, group])[pick], log_scale)

    def departure_of_new(
        self, rng: np.random.Generator, log_scale: np.ndarray, pick: Any
    ) -> np.ndarray:
        """As ``departure``, of a group that has no runs."""
        value = self.initial_sd * rng.standard_normal(len(self.initial_sd))
        path = [value]
        for growth, added in zip(self.growth.T, self.added.T):
            value = np.exp(growth) * value + added * rng.standard_normal(len(value))
            path.append(value)
        return self._interpolated((self.discrepancy + np.stack(path, axis=1))[pick], log_scale)

    def _interpolated(self, values: np.ndarray, log_scale: np.ndarray) -> np.ndarray:
        """Values (draws, nodes) at each log scale, held at those of the ends beyond them."""
        at = np.clip(log_scale, self.nodes[0], self.nodes[-1])
        right = np.clip(np.searchsorted(self.nodes, at), 1, len(self.nodes) - 1)
        gap = self.nodes[right] - self.nodes[right - 1]
        fraction = (at - self.nodes[right - 1]) / gap
        left, right = (np.broadcast_to(i, (len(values), at.shape[1])) for i in (right - 1, right))
        before, after = (np.take_along_axis(values, i, axis=1) for i in (left, right))
        return before + fraction * (after - before)


def continued_paths(
    rng: np.random.Generator,
    log_scale: np.ndarray,
    posterior: dict[str, np.ndarray],
) -> GroupPathDraws:
    """Continue the paths beyond the largest runs, each draw on a path of its own.

    Parameters
    ----------
    rng : np.random.Generator
        For what the runs do not determine.
    log_scale : np.ndarray (places,)
        Places of the runs.
    posterior : dict of str to np.ndarray
        Flat draws: ``discrepancy_at`` (draws, places), ``path`` (draws, groups, places),
        ``growth_at`` (draws, places - 1), and the likelihood's quantities (draws,).

    Returns
    -------
    GroupPathDraws
    """
    nodes = np.concatenate([log_scale, log_scale[-1] + _BEYOND])
    gaps, places = np.diff(nodes), len(log_scale)
    q = {name: values[:, None] for name, values in posterior.items() if values.ndim == 1}
    move = np.sqrt(gaps) * np.exp(q["roughness"] * np.maximum(log_scale[-1] - nodes[:-1], 0.0))
    added, ahead = q["rate"] * move, gaps[places - 1 :]
    draws = len(posterior["discrepancy_at"])
    stretch = q["growth"] * ahead + q["growth_sd"] * np.sqrt(ahead) * rng.standard_normal(
        (draws, len(ahead))
    )
    growth = np.concatenate([posterior["growth_at"], stretch], axis=1)
    moves = q["discrepancy"] * np.sqrt(ahead) * rng.standard_normal((draws, len(ahead)))
    discrepancy = np.concatenate(
        [
            posterior["discrepancy_at"],
            posterior["discrepancy_at"][:, -1:] + np.cumsum(moves, axis=1),
        ],
        axis=1,
    )
    paths = np.empty((*posterior["path"].shape[:2], len(nodes)))
    paths[..., :places] = posterior["path"]
    for i in range(places, len(nodes)):
        own = added[:, i - 1, None] * rng.standard_normal(paths.shape[:2])
        paths[..., i] = np.exp(growth[:, i - 1, None]) * paths[..., i - 1] + own
    return GroupPathDraws(nodes, discrepancy, paths, growth, added, posterior["initial_sd"])
