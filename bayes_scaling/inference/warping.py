"""Warped coordinates, learned from draws, in which a curved posterior is close to normal.

The parameters are theta = center + root (u[0], shift + u[1:] exp(log_scale)), where shift and
log_scale are cubics in u[0]: a curved valley that narrows along u[0] becomes straight and even.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

_DIRECTION_DRAWS = 500  # about how many draws choose the leading direction


class Coordinates(NamedTuple):
    """Warped coordinates of R^size.

    Attributes
    ----------
    center : np.ndarray
        (size,).
    root : np.ndarray
        (size, size): linear map from whitened to original coordinates.
    warp : np.ndarray
        (2, 3, size - 1): coefficients of shift and log scale on the powers of u[0].
    """

    center: np.ndarray
    root: np.ndarray
    warp: np.ndarray


def no_warp(size: int) -> np.ndarray:
    """Coefficients of coordinates that are not warped."""
    return np.zeros((2, 3, size - 1))


def powers(leading: Any, xp: ModuleType = jnp) -> Any:
    """First three powers of a coordinate, the higher two bounded in the tails: (..., 3)."""
    x = 3 * xp.tanh(leading / 3)
    return xp.stack([leading, x**2, x**3], axis=-1)


def draws_vary(theta: np.ndarray) -> bool:
    """Whether draws (chains, draws, size) move in every direction, so that they have a root."""
    return _principal_axes(theta.reshape(-1, theta.shape[-1])) is not None


def learn_coordinates(theta: np.ndarray) -> Coordinates | None:
    """Learn warped coordinates from draws.

    The leading direction is the one that best predicts the others, among the principal axes and
    the coordinate axes: along a curved valley its length, in a funnel its width, such as the noise
    that few runs determine.

    Parameters
    ----------
    theta : np.ndarray
        Draws, (chains, draws, size).

    Returns
    -------
    Coordinates or None
        None where the draws do not move.
    """
    flat = theta.reshape(-1, theta.shape[-1])
    root = _principal_axes(flat)
    if root is None:
        return None
    center = flat.mean(axis=0)
    u = (flat - center) @ np.linalg.inv(root).T
    directions = [*np.eye(len(root)), *root / np.linalg.norm(root, axis=1, keepdims=True)]
    few = u[:: len(u) // _DIRECTION_DRAWS + 1]
    try:
        rotations = np.stack([_to_first(direction) for direction in directions])
        rotation = rotations[_fit_warp(few @ rotations, _by_products)[0].argmax()]
        _, middle, rest_root, warp = _fit_warp(u @ rotation, np.linalg.pinv)
    except np.linalg.LinAlgError:  # draws that stand still along some coordinate
        return None
    root = root @ rotation
    return Coordinates(
        center + root[:, 1:] @ middle,
        np.concatenate([root[:, :1], root[:, 1:] @ rest_root], axis=1),
        warp,
    )


def _principal_axes(flat: np.ndarray) -> np.ndarray | None:
    """Root of the covariance of draws (draws, size), widest axis first; None if singular."""
    covariance = np.atleast_2d(np.cov(flat.T))
    if not np.isfinite(covariance).all():
        return None
    variances, axes = np.linalg.eigh(covariance)
    if not variances[0] > 1e-14 * variances[-1] > 0:
        return None
    return (axes * np.sqrt(variances))[:, ::-1]


def _to_first(direction: np.ndarray) -> np.ndarray:
    """Reflection that maps a direction to the first coordinate axis."""
    first = np.eye(len(direction))[0]
    off = direction - first
    return np.eye(len(direction)) - 2 * np.outer(off, off) / max(off @ off, 1e-30)


def _by_products(design: np.ndarray) -> np.ndarray:
    """Pseudo-inverse of a design (..., draws, terms) by its products: accurate enough to choose."""
    return np.linalg.solve(design.mT @ design, design.mT)


def _fit_warp(
    u: np.ndarray, invert: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Fit the means and log sds of the other coordinates as cubics in the first.

    Returns the gain in their mean log density, their center, a root of their residual covariance,
    and the coefficients of the warp. ``u`` is (..., draws, size), each result (..., *shape);
    ``invert`` makes the pseudo-inverse of a design.
    """
    design = np.concatenate([np.ones_like(u[..., :1]), powers(u[..., 0], np)], axis=-1)
    solve = invert(design)
    shift = solve @ u[..., 1:]
    rest = u[..., 1:] - design @ shift
    size = rest.shape[-1]
    root = np.linalg.cholesky(rest.mT @ rest / u.shape[-2] + 1e-9 * np.eye(size))
    rest = rest @ np.linalg.inv(root).mT
    log_scale = (solve @ np.log(rest**2 + 1e-12) / 2)[..., 1:, :]
    log_sd = design[..., 1:] @ log_scale
    root = root * (rest * np.exp(-log_sd)).std(axis=-2)[..., None, :]
    log_root = np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(axis=-1)
    return (
        -log_root - log_sd.sum(axis=-1).mean(axis=-1),
        shift[..., 0, :],
        root,
        np.stack([np.linalg.solve(root, shift[..., 1:, :].mT).mT, log_scale], axis=-3),
    )
