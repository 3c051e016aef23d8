"""Groups that follow one shared curve, as a density for the sampler.

Given the law's parameters, the sds and the growth of departures, outcomes are jointly Normal: the
shared curve and every group's path are integrated out, exactly. A Kalman filter runs over places
(distinct scales), for all groups at once, on the outcomes and on a unit outcome at each place;
what it returns is quadratic in the shared curve, which is integrated out last. What is sampled is
the law's and the likelihood's parameters and the growth of departures from each place to the next.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.threefry import key_words, split
from bayes_scaling.inference.density import Density, quantities
from bayes_scaling.law.law import Law

Named = dict[str, Any]


class GroupPathsDensity(Density):
    """log p(theta | data) of a law whose noise is ``GroupPaths``.

    theta is the law's and the noise's quantities, unconstrained, then the standardized growth from
    each place to the next.

    Parameters
    ----------
    law : Law
        The law.
    groups, places : int
        Their numbers.
    """

    def __init__(self, law: Law, groups: int, places: int) -> None:
        super().__init__(law)
        self.groups, self.places = groups, places
        self.sites_size = self.size
        self.size += places - 1
        self._signature = (*law.signature, groups, places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GroupPathsDensity) and self._signature == other._signature

    def __hash__(self) -> int:
        return hash(self._signature)

    def draw_prior(self, key: jax.Array | np.ndarray, data: Named, count: int) -> np.ndarray:
        """Draw from the prior, unconstrained: (count, size)."""
        words, steps = split(key_words(key), 2)
        of_sites = super().draw_prior(words, data, count)
        normal = jax.random.normal(jnp.asarray(steps), (count, self.places - 1))
        return np.concatenate([of_sites, np.asarray(normal)], axis=-1)

    def log(self, theta: jax.Array, data: Named) -> Any:
        """Log density of theta given the runs, with the change of variables."""
        p, steps = self.constrain(theta[: self.sites_size], data), theta[self.sites_size :]
        prior = self.log_prior_of(theta, p, data) - 0.5 * (steps**2).sum()
        return prior + self.log_marginal(p, steps, data)

    def log_marginal(self, p: Named, steps: jax.Array, data: Named) -> jax.Array:
        """Log likelihood of all runs, without the shared curve and the groups' paths."""
        mean, weight, within = self.cells(p, data)
        quadratic, log_determinant = filter_cells(mean, weight, *self.transitions(p, steps, data))
        whole, _ = self.shared_curve(p, data, quadratic)
        constant, slope, curvature = whole
        factor = jnp.linalg.cholesky(curvature)
        solved = jax.scipy.linalg.solve_triangular(factor, slope, lower=True)
        return (
            within
            - 0.5 * (log_determinant + constant - (solved**2).sum())
            - jnp.log(jnp.diagonal(factor)).sum()
        )

    def named(self, theta: np.ndarray, data: Named) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Name draws (draws, size).

        Returns
        -------
        quantities : dict of str to np.ndarray
            Published parameters and sampled quantities, (draws,).
        growth : np.ndarray (draws, places - 1)
            Log of the factor by which departures are stretched from each place to the next.
        """
        with float64():
            found = quantities(self, theta, data)
        p = {name: np.asarray(values) for name, values in found.items()}
        gap = np.diff(data["log_scale"])
        steps = p["growth_sd"][:, None] * np.sqrt(gap) * theta[:, self.sites_size :]
        return p, p["growth"][:, None] * gap + steps

    def cells(self, p: Named, data: Named) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Weighted mean outcome and weight of each group at each place, (groups, places).

        Also the log density of the runs about those means.
        """
        noise: Any = self.law.noise  # GroupPaths
        variance = noise.sd(p, data["u"], data.get("se"), jnp) ** 2
        weight = jnp.where(data["mask"], 1.0 / variance, 0.0)
        cell = data["group"], data["place"]
        total = jnp.zeros((self.groups, self.places)).at[cell].add(weight)
        some = total > 0
        safe = jnp.where(some, total, 1.0)
        mean = jnp.zeros_like(total).at[cell].add(weight * data["z"]) / safe
        about = weight * (data["z"] - mean[cell]) ** 2 + jnp.where(
            data["mask"], jnp.log(2 * jnp.pi * variance), 0.0
        )
        of_means = jnp.where(some, jnp.log(2 * jnp.pi / safe), 0.0)
        return mean, total, -0.5 * about.sum() + 0.5 * of_means.sum()

    def transitions(
        self, p: Named, steps: jax.Array, data: Named
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Variance at the first place; growth factor and added variance from each to the next."""
        x = data["log_scale"]
        gap = jnp.diff(x)
        growth = p["growth"] * gap + p["growth_sd"] * jnp.sqrt(gap) * steps
        added = (p["rate"] * self.roughness(p, data)) ** 2 * gap
        return p["initial_sd"] ** 2, jnp.exp(growth), added

    def roughness(self, p: Named, data: Named) -> jax.Array:
        """How much more all curves move from each place to the next than at the largest scale."""
        x = data["log_scale"]
        return jnp.exp(p["roughness"] * (x[-1] - x[:-1]))

    def shared_curve(
        self, p: Named, data: Named, quadratic: jax.Array
    ) -> tuple[tuple[jax.Array, jax.Array, jax.Array], tuple[jax.Array, jax.Array]]:
        """Minus twice the log likelihood as a quadratic of the standardized discrepancy.

        Returns
        -------
        (constant, slope, curvature) : arrays
            constant - 2 slope . v + v . curvature . v, with v's prior in the curvature.
        (law, root) : arrays
            The law's curve on the link's scale, (places,), and the root of the discrepancy's
            covariance: the shared curve is law + root v.
        """
        law = self.law.noise.forward(
            self.law.function(data["x"], **self.law.publish(p, data["ref"])), jnp
        )
        move = jnp.sqrt(jnp.diff(data["log_scale"])) * self.roughness(p, data)
        sd = p["discrepancy"] * jnp.concatenate([jnp.ones(1), move])
        root = jnp.tril(jnp.ones((self.places, self.places))) * sd
        constant, slope, curvature = quadratic[0, 0], quadratic[1:, 0], quadratic[1:, 1:]
        about_law = slope - curvature @ law
        whole = (
            constant - 2 * slope @ law + law @ curvature @ law,
            root.T @ about_law,
            jnp.eye(self.places) + root.T @ curvature @ root,
        )
        return whole, (law, root)


def filter_cells(
    mean: jax.Array, weight: jax.Array, first: jax.Array, factor: jax.Array, added: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Kalman filter of all groups over places, on outcomes and on a unit outcome at each place.

    Parameters
    ----------
    mean, weight : jax.Array (groups, places)
        Mean outcome of each cell and the inverse of its variance, 0 of an empty cell.
    first : jax.Array
        Variance of paths at the first place.
    factor, added : jax.Array (places - 1,)
        What multiplies paths between places, and the variance that is added.

    Returns
    -------
    quadratic : jax.Array (1 + places, 1 + places)
        Sum over cells of innovation x innovation / variance, of outcomes first.
    log_determinant : jax.Array
        Sum over cells of log(2 pi variance).
    """
    groups, places = mean.shape
    unit = jnp.eye(places)
    factor, added = (jnp.concatenate([part, part[:0].sum()[None]]) for part in (factor, added))

    def step(carry: Any, place: Any) -> Any:
        state, variance, quadratic, log_determinant = carry
        outcome, weight, unit, factor, added = place
        columns = jnp.concatenate(
            [outcome[:, None], jnp.broadcast_to(unit, (groups, places))], axis=1
        )
        innovation = columns - state
        shrink = 1.0 / (1.0 + variance * weight)
        precision = weight * shrink
        quadratic += (innovation * precision[:, None]).T @ innovation
        log_determinant += jnp.where(
            weight > 0, -jnp.log(jnp.where(weight > 0, precision, 1.0) / (2 * jnp.pi)), 0.0
        ).sum()
        state = factor * (state + (variance * precision)[:, None] * innovation)
        variance = factor**2 * variance * shrink + added
        return (state, variance, quadratic, log_determinant), None

    start = (
        jnp.zeros((groups, 1 + places)),
        jnp.broadcast_to(first, (groups,)),
        jnp.zeros((1 + places, 1 + places)),
        jnp.zeros(()),
    )
    (_, _, quadratic, log_determinant), _ = jax.lax.scan(
        step, start, (mean.T, weight.T, unit, factor, added)
    )
    return quadratic, log_determinant
