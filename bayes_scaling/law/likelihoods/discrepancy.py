r"""The smooth discrepancy of a law: a Gaussian process along the logarithm of scale, marginalised exactly.

On the link's scale outcomes are :math:`z_i = g(u_i) + f(u_i) + \epsilon_i`: the law's curve g, independent Normal noise,
and a process f of mean zero and covariance :math:`\tau^2 k(|u - u'| / \ell)`, which runs of equal u share:

"ou" : :math:`k(s) = e^{-s}`: rough, no trend of its own (Ornstein-Uhlenbeck).
"matern" : :math:`k(s) = (1 + \sqrt 3 s) e^{-\sqrt 3 s}`: once differentiable (Matern-3/2).

Both are Markov: the state is f, or f and its slope, so that the density is that of a Kalman filter along u, whose
cost grows with the number of runs and not with its cube. Särkkä and Solin 2019, Applied Stochastic Differential Equations, 12.3.
"""

from functools import partial
from math import log, pi, sqrt

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from jax import lax
from numpyro.distributions import constraints

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import filled, slot


def correlation(kernel, gap, xp=np):
    """Correlation of the process over a distance of ``gap`` lengths."""
    return xp.exp(-gap) if kernel == "ou" else (1 + sqrt(3) * gap) * xp.exp(-sqrt(3) * gap)


def _transition(kernel, gap, xp):
    """The state's mean after ``gap`` lengths is F state, as rows of arrays; the slope in units that give it the variance of f."""
    if kernel == "ou":
        return ((xp.exp(-gap),),)
    gap = sqrt(3) * gap
    fall = xp.exp(-gap)
    return (fall * (1 + gap), fall * gap), (-fall * gap, fall * (1 - gap))


def _filter(kernel, residual, variance, u, tau, ell):
    """One run after another in the order given, u monotone: what was unforeseen of each, and the variance of that."""
    rows = range(1 if kernel == "ou" else 2)
    lower = [
        (i, j) for i in rows for j in range(i + 1)
    ]  # of symmetric matrices the lower half alone is carried
    whole = lambda half: [[half[lower.index((max(i, j), min(i, j)))] for j in rows] for i in rows]
    gap = jnp.abs(jnp.diff(u, prepend=u[:1])) / ell

    def step(carry, now):
        mean, excess = (
            carry[0],
            whole(carry[1]),
        )  # excess: the state's covariance less tau^2, its covariance while nothing was seen
        residual, variance, F = now
        mean = [sum(F[i][k] * mean[k] for k in rows) for i in rows]
        moved = [[sum(F[i][k] * excess[k][j] for k in rows) for j in rows] for i in rows]
        excess = whole([sum(moved[i][k] * F[j][k] for k in rows) for i, j in lower])
        seen = [excess[i][0] + (tau**2 if i == 0 else 0.0) for i in rows]
        error, spread = residual - mean[0], seen[0] + variance
        gain = [one / spread for one in seen]
        mean = [mean[i] + gain[i] * error for i in rows]
        return (mean, [excess[i][j] - gain[i] * seen[j] for i, j in lower]), (error, spread)

    start = [jnp.zeros_like(u[0]) for _ in rows], [jnp.zeros_like(u[0]) for _ in lower]
    return lax.scan(step, start, (residual, variance, _transition(kernel, gap, jnp)))[1]


def _terms(kernel, residual, variance, u, tau, ell):
    """Log density of each residual given those of the runs before it in the order of falling u; their sum is the joint one."""
    order = jnp.argsort(-u)
    error, spread = _filter(kernel, residual[order], variance[order], u[order], tau, ell)
    terms = -0.5 * (error**2 / spread + jnp.log(spread) + log(2 * pi))
    return jnp.zeros_like(terms).at[order].set(terms)


class SmoothNormal(dist.Distribution):
    """Outcomes about a law's curve: Normal noise and a smooth discrepancy.

    ``log_prob`` gives each run's density given the smaller runs (u larger), so that the terms sum to the joint log density;
    runs with u below that of all others, as those are that pad a table, change none of their terms.
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "log_scale": constraints.real_vector,
        "u": constraints.real_vector,
        "tau": constraints.positive,
        "ell": constraints.positive,
    }
    support = constraints.real
    pytree_data_fields = ("loc", "log_scale", "u", "tau", "ell")
    pytree_aux_fields = ("kernel",)

    def __init__(self, kernel, loc, log_scale, u, tau, ell, *, validate_args=None):
        self.kernel, self.tau, self.ell = kernel, tau, ell
        shape = jnp.shape(u)
        self.loc, self.log_scale, self.u = (
            jnp.broadcast_to(loc, shape),
            jnp.broadcast_to(log_scale, shape),
            u,
        )
        super().__init__(shape, validate_args=validate_args)

    def _each(self, function, value, *given):
        """``function`` of the runs of each series: (runs,), or (series, runs) with a discrepancy of its own each."""
        many = jnp.vectorize(
            function, signature="(n),(n),(n),(),()" + len(given) * ",(n)" + "->(n)"
        )
        tau, ell = (
            a[..., 0] if jnp.ndim(a) == jnp.ndim(self.u) else a for a in (self.tau, self.ell)
        )
        return many(value - self.loc, jnp.exp(2 * self.log_scale), self.u, tau, ell, *given)

    def log_prob(self, value):
        return self._each(partial(_terms, self.kernel), value)

    def left_out(self, value, mask=True):
        """Log density of each outcome given all others: what leave-one-out weighs. Meaningless where not ``mask``."""
        return self._each(self._left_out, value, jnp.broadcast_to(mask, jnp.shape(value)))

    def _left_out(self, residual, variance, u, tau, ell, mask):
        joint = lambda residual, variance: jnp.where(
            mask, _terms(self.kernel, residual, variance, u, tau, ell), 0.0
        ).sum()
        slope, curve = jax.grad(joint, argnums=(0, 1))(residual, variance)
        # the joint density is Normal: its slopes hold the weight K^-1 r of each run, and the diagonal of K^-1
        precision = jnp.where(mask, slope**2 - 2 * curve, 1.0)
        return 0.5 * (jnp.log(precision) - slope**2 / precision - log(2 * pi))

    def sample(self, key, sample_shape=()):
        one, two = jax.random.split(key)
        covariance = self.tau**2 * correlation(
            self.kernel, jnp.abs(self.u[:, None] - self.u) / self.ell, jnp
        )
        shared = dist.MultivariateNormal(
            self.loc, covariance + 1e-12 * jnp.eye(len(self.u))
        ).sample(one, sample_shape)
        return shared + jnp.exp(self.log_scale) * jax.random.normal(
            two, (*sample_shape, *self.batch_shape)
        )


@partial(jax.jit, static_argnums=0)
def _weights(kernel, residual, variance, u, tau, ell):
    """(covariance of the outcomes)^-1 residual for every draw: minus the slope of the log density."""
    slope = jax.grad(lambda *args: -_terms(kernel, *args).sum())
    return jax.vmap(slope, in_axes=(0, 0, None, 0, 0))(residual, variance, u, tau, ell)


def _path(rng, kernel, u, tau, ell):
    """One path of the process from its prior at places u (draws, places), for every draw."""
    order = np.argsort(u, axis=1)
    gap = np.diff(np.take_along_axis(u, order, 1), axis=1) / ell
    F = _transition(kernel, gap, np)
    state = [tau[:, 0] * rng.standard_normal(len(u)) for _ in F]
    path = np.empty(u.shape)
    path[:, 0] = state[0]
    for i in range(gap.shape[1]):
        step = [[entry[:, i] for entry in row] for row in F]
        new = [sum(a * s for a, s in zip(row, state)) for row in step]
        # what is not foreseen has covariance tau^2 (1 - F F'), here by its Cholesky factor
        corner = np.sqrt(np.maximum(1 - sum(a**2 for a in step[0]), 0.0))
        unit = [rng.standard_normal(len(u)) for _ in F]
        new[0] = new[0] + tau[:, 0] * corner * unit[0]
        if len(F) == 2:
            across = -(step[0][0] * step[1][0] + step[0][1] * step[1][1]) / np.where(
                corner > 0, corner, np.inf
            )
            rest = np.sqrt(np.maximum(1 - step[1][0] ** 2 - step[1][1] ** 2 - across**2, 0.0))
            new[1] = new[1] + tau[:, 0] * (across * unit[0] + rest * unit[1])
        state = new
        path[:, i + 1] = state[0]
    back = np.empty_like(path)
    np.put_along_axis(back, order, path, 1)
    return back


def conditional(rng, kernel, residual, sd, u, at, tau, ell):
    """Draws of the discrepancy at places ``at``, given what was left of the training runs (numpy).

    A path from the prior at all places, corrected by what it and its noise miss of the training runs: an exact joint draw.

    Parameters
    ----------
    residual, sd : (draws, runs), of the training runs (none: the prior) about the law's curve and of their noise, on the link's scale.
    u : (runs,), log distance of the training runs below the largest.
    at : (draws or 1, places), that of the places, below 0 beyond the data.
    tau, ell : (draws, 1).

    Returns
    -------
    array (draws, places)
    """
    count, runs = residual.shape
    u, at = np.broadcast_to(u, (count, runs)), np.broadcast_to(at, (count, at.shape[-1]))
    path = _path(rng, kernel, np.concatenate([u, at], axis=1), tau, ell)
    if not runs:
        return path
    missed = residual - path[:, :runs] - sd * rng.standard_normal(residual.shape)
    length = slot(runs)  # filled up with runs of which next to nothing was seen
    padded = np.zeros((2, count, length)) + [[[0.0]], [[1e12 * max(1.0, (tau**2).max())]]]
    padded[:, :, :runs] = missed, np.broadcast_to(sd**2, missed.shape)
    with float64():
        weights = np.asarray(_weights(kernel, *padded, filled(u[0], length), tau[:, 0], ell[:, 0]))
    made = path[:, runs:].copy()
    for i in range(runs):
        made += (
            tau**2 * correlation(kernel, np.abs(at - u[:, i : i + 1]) / ell) * weights[:, i : i + 1]
        )
    return made
