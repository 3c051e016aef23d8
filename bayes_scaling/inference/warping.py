"""Warped coordinates learned from draws, in which a curved posterior is close to normal."""

import jax.numpy as jnp
import numpy as np

_LOOKED_AT = 500  # draws, about, by which the direction is chosen that coordinates are bent along


def _powers(first, xp=jnp):
    """First three powers of a coordinate, the higher ones tame far out: (..., 3)."""
    x = 3 * xp.tanh(first / 3)
    return xp.stack([first, x**2, x**3], axis=-1)


def _learned(theta):
    """Centre, root and bend of ``_chains`` from draws (chains, draws, size); none of draws that do not move.

    The direction that leads is the one that foretells the others best, of the principal ones and the coordinates' own: along a bent
    valley its length, in a funnel such as that of a noise that few runs tell of the width.
    """
    flat = theta.reshape(-1, theta.shape[-1])
    spread = np.atleast_2d(np.cov(flat.T))
    if not np.isfinite(spread).all():
        return None
    wide, ways = np.linalg.eigh(spread)
    if not wide[0] > 1e-14 * wide[-1] > 0:
        return None
    centre, root = flat.mean(axis=0), (ways * np.sqrt(wide))[:, ::-1]
    u = (flat - centre) @ np.linalg.inv(root).T
    leading = [*np.eye(len(root)), *root / np.linalg.norm(root, axis=1, keepdims=True)]
    turn = _to_first(
        max(leading, key=lambda way: _bent(u[:: len(u) // _LOOKED_AT + 1] @ _to_first(way))[0])
    )
    _, middle, about, bend = _bent(u @ turn)
    root = root @ turn
    return (
        centre + root[:, 1:] @ middle,
        np.concatenate([root[:, :1], root[:, 1:] @ about], axis=1),
        bend,
    )


def _to_first(way):
    """The reflection that takes a direction to that of the first coordinate."""
    first = np.eye(len(way))[0]
    off = way - first
    return np.eye(len(way)) - 2 * np.outer(off, off) / max(off @ off, 1e-30)


def _bent(u):
    """How the other coordinates of draws (draws, size) hang on the first: what that gains in their mean log density, their middle, a root
    of their covariance about it, and the bend of ``_chains``: their means and the logs of their sds, as cubics."""
    powers = np.column_stack([np.ones(len(u)), _powers(u[:, 0], np)])
    solve = np.linalg.pinv(powers)
    shift = solve @ u[:, 1:]
    rest = u[:, 1:] - powers @ shift
    about = np.linalg.cholesky(rest.T @ rest / len(u) + 1e-9 * np.eye(rest.shape[1]))
    rest = rest @ np.linalg.inv(about).T
    log = (solve @ np.log(rest**2 + 1e-12) / 2)[1:]
    size = powers[:, 1:] @ log
    about = about * (rest * np.exp(-size)).std(axis=0)
    return (
        -np.log(np.diag(about)).sum() - size.sum(axis=1).mean(),
        shift[0],
        about,
        np.stack([np.linalg.solve(about, shift[1:].T).T, log]),
    )
