"""Inverse roots of positive definite matrices, with a derivative of their own."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular

# columns solved for at once: from 8 on OpenBLAS starts threads, which cost a hundred times the work
_COLUMNS = 7


@jax.custom_jvp
def inverse_root(a: jax.Array) -> jax.Array:
    """R, lower triangular, with R a R' = 1, of positive definite matrices (..., n, n)."""
    if not a.shape[-1]:
        return a
    root, one = jnp.linalg.cholesky(a), jnp.broadcast_to(jnp.eye(a.shape[-1]), a.shape)
    return jnp.concatenate(
        [
            solve_triangular(root, one[..., first : first + _COLUMNS], lower=True)
            for first in range(0, a.shape[-1], _COLUMNS)
        ],
        axis=-1,
    )


@inverse_root.defjvp
def _(primals: tuple[jax.Array], tangents: tuple[jax.Array]) -> tuple[jax.Array, jax.Array]:
    root = inverse_root(*primals)
    inner = jnp.tril(root @ tangents[0] @ root.mT)
    return root, -(inner - 0.5 * inner * jnp.eye(inner.shape[-1])) @ root


def partitioned_inverse_root(a: jax.Array, parts: np.ndarray, rest: np.ndarray) -> jax.Array:
    """Inverse root of one matrix (n, n) whose parts are coupled only through the rest.

    Parameters
    ----------
    a : jax.Array
        Positive definite matrix, (n, n).
    parts : np.ndarray of int
        Indices of each part, (parts, k).
    rest : np.ndarray of int
        All other indices.

    Returns
    -------
    jax.Array
        As ``inverse_root``, lower triangular with the parts first.
    """
    within = inverse_root(a[parts[:, :, None], parts[:, None, :]])
    across = within @ a[parts[:, :, None], rest]
    last = inverse_root(a[rest[:, None], rest] - jnp.einsum("bkr,bks->rs", across, across))
    root = (
        jnp.zeros_like(a)
        .at[parts[:, :, None], parts[:, None, :]]
        .set(within)
        .at[rest[:, None], rest]
        .set(last)
    )
    return root.at[rest[None, :, None], parts[:, None, :]].set(-last @ (across.mT @ within))
