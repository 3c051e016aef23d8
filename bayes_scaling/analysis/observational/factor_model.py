r"""A factor model of scores in [0, 1] with gaps, families of models and unknown compute.

With m a model of the family f, c its standardized log compute and j a score (after Ruan et al.
2024, arXiv 2405.10938):

.. math::

    y_{mj} &\sim t_5(b_j + (1 - b_j)\, p_{mj}, \mathrm{sd}_{mj}), \quad
    p_{mj} = \operatorname{sigmoid}(\mu_j + \lambda_j' S_m), \\
    S_m &= \nu_f + \theta_f c_m + \tau \eta_m, \quad
    \mathrm{sd}_{mj}^2 = 0.01^2 + s_j^2 (w_j^2 + (4 p_{mj} (1 - p_{mj}))^2).

Families share the distributions of nu and theta. A score that is missing is absent; unknown compute
has the distribution of the known.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

_DF = 5.0
_MEASURED = 0.01  # error of a score from its items


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Scores of models.

    Parameters
    ----------
    values : np.ndarray
        Scores, (models, scores), NaN where missing.
    family : np.ndarray
        Number of each model's family, (models,).
    compute : np.ndarray
        Standardized log compute, (models,), NaN where unknown.
    factors : int
        Number of factors.
    """

    values: np.ndarray
    family: np.ndarray
    compute: np.ndarray
    factors: int


def factor_model(table: ScoreTable) -> None:
    """Declare the model to NumPyro; it records the sites level and sd, (models, scores)."""
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    def normals(name: str, *shape: int) -> Any:
        return numpyro.sample(name, dist.Normal(0.0, 1.0).expand(shape).to_event(len(shape)))

    def scores(name: str, one: Any) -> Any:
        return numpyro.sample(name, one.expand([columns]).to_event(1))

    (models, columns), k = table.values.shape, table.factors
    families, unknown = int(table.family.max()) + 1, np.flatnonzero(np.isnan(table.compute))
    slope = normals("slope", k) + jnp.eye(k)[0]  # the first factor grows with compute
    halves = dist.HalfNormal(1.0).expand([k]).to_event(1)
    sd_level, sd_slope, tau = (numpyro.sample(n, halves) for n in ("sd_level", "sd_slope", "tau"))
    level = sd_level * normals("family_level", families, k)
    slopes = slope + 0.5 * sd_slope * normals("family_slope", families, k)
    compute = jnp.nan_to_num(table.compute).at[unknown].set(normals("compute", len(unknown)))
    S = level[table.family] + slopes[table.family] * compute[:, None]
    S = S + tau * normals("model", models, k)
    loading = normals("loading", columns, k)
    loading = loading.at[:, 0].set(jnp.exp(0.7 * loading[:, 0] - 0.3))  # every score rises with it
    mu = scores("mu", dist.Normal(0.0, 2.0))
    chance = scores("chance", dist.Beta(1.0, 3.0))
    s = scores("s", dist.LogNormal(np.log(0.08), 0.8))
    w = scores("w", dist.Beta(1.5, 6.0))
    p = jax.nn.sigmoid(mu + S @ loading.T)
    mean: Any = numpyro.deterministic("level", chance + (1 - chance) * p)
    error = jnp.sqrt(_MEASURED**2 + (s * w) ** 2 + (s * 4 * p * (1 - p)) ** 2)
    sd: Any = numpyro.deterministic("sd", error)
    at = np.nonzero(np.isfinite(table.values))
    numpyro.sample("y", dist.StudentT(_DF, mean[at], sd[at]), obs=table.values[at])


def starting_values(table: ScoreTable) -> dict[str, np.ndarray]:
    """Find a start: principal components of the logits, and regressions on them."""
    k, seen = table.factors, np.isfinite(table.values)
    share = np.clip(np.where(seen, table.values, 0.5), 0.02, 0.98)
    logit = np.log(share / (1 - share))
    z = np.where(seen, logit, np.nan)
    z = (z - np.nanmean(z, axis=0)) / np.maximum(np.nanstd(z, axis=0), 0.1)
    z = filled = np.where(seen, z, 0.0)
    for _ in range(200):
        u, d, vt = np.linalg.svd(filled, full_matrices=False)
        filled = np.where(seen, z, (u[:, :k] * d[:k]) @ vt[:k])
    S = u[:, :k] * np.sqrt(len(u)) * np.where(vt[:k].sum(axis=1) < 0, -1.0, 1.0)
    mu, loading = np.zeros(z.shape[1]), np.zeros((z.shape[1], k))
    for j in range(z.shape[1]):
        G = np.column_stack([np.ones(seen[:, j].sum()), S[seen[:, j]]])
        beta = np.linalg.solve(G.T @ G + np.eye(k + 1), G.T @ logit[seen[:, j], j])
        mu[j], loading[j] = beta[0], np.clip(beta[1:], -2, 2)
    loading[:, 0] = (np.log(np.maximum(loading[:, 0], 0.2)) + 0.3) / 0.7
    families, columns = int(table.family.max()) + 1, z.shape[1]
    return {
        "slope": np.r_[-0.9, np.zeros(k - 1)],
        "sd_level": np.full(k, 0.5),
        "sd_slope": np.full(k, 0.4),
        "tau": np.ones(k),
        "family_level": np.zeros((families, k)),
        "family_slope": np.zeros((families, k)),
        "compute": np.zeros(int(np.isnan(table.compute).sum())),
        "model": S,
        "loading": loading,
        "mu": mu,
        "chance": np.full(columns, 0.05),
        "s": np.full(columns, 0.1),
        "w": np.full(columns, 0.2),
    }


def new_scores(rng: np.random.Generator, level: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Draw measured scores about levels, inside [0, 1]."""
    return np.clip(level + sd * rng.standard_t(_DF, size=level.shape), 0.0, 1.0)
