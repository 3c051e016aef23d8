"""How far points lie beyond the convex hull of others, in one or two dimensions."""

import numpy as np

_ROUNDING = 1e-9  # of a distance: below it a point is inside
_DECIMALS = 9  # of places: runs that differ by rounding alone are one corner


def displacements(runs: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Compute the vector to each point from the nearest place of the convex hull of runs.

    Parameters
    ----------
    runs : array (runs, dimensions)
        Places whose hull is taken, in one or two dimensions; at least one. The hull of runs on a
        line is the segment between the outermost.
    points : array (points, dimensions)
        Places whose distance is asked.

    Returns
    -------
    array (points, dimensions)
        Its length is the distance; zeros inside the hull.
    """
    corners, inside = _corners(_distinct(runs), points)
    sides = np.roll(corners, -1, axis=0) - corners
    from_corner = points[:, None] - corners
    squares = np.maximum((sides**2).sum(axis=-1), np.finfo(float).tiny)
    along = np.clip((from_corner * sides).sum(axis=-1) / squares, 0.0, 1.0)
    to_sides = from_corner - along[..., None] * sides
    lengths = np.linalg.norm(to_sides, axis=-1)
    nearest = lengths.argmin(axis=1)
    vectors = to_sides[np.arange(len(points)), nearest]
    near = lengths[np.arange(len(points)), nearest] <= _ROUNDING
    return np.where((inside | near)[:, None], 0.0, vectors)


def distances(runs: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Compute the distance of each point to the convex hull of runs: see ``displacements``."""
    return np.linalg.norm(displacements(runs, points), axis=-1)


def _distinct(runs: np.ndarray) -> np.ndarray:
    """Places in the order of their first coordinate, those that differ by rounding once."""
    _, first = np.unique(runs.round(_DECIMALS), axis=0, return_index=True)
    return runs[first][np.lexsort(runs[first].T[::-1])]


def _corners(runs: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The hull's corners, in order, and which points lie inside it."""
    center = runs.mean(axis=0)
    _, widths, axes = np.linalg.svd(runs - center, full_matrices=False)
    if len(runs) < 3 or len(widths) < 2 or widths[1] <= 1e-6 * max(widths[0], 1.0):
        along = (runs - center) @ axes[0]
        return runs[[along.argmin(), along.argmax()]], np.zeros(len(points), bool)
    corners = np.array(_chain(runs) + _chain(runs[::-1]))
    sides = np.roll(corners, -1, axis=0) - corners
    outward = np.stack([sides[:, 1], -sides[:, 0]], axis=1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    above = ((points[:, None] - corners) * outward).sum(axis=-1)
    return corners, (above <= _ROUNDING).all(axis=1)


def _chain(ordered: np.ndarray) -> list[np.ndarray]:
    """Corners of the hull from the first to before the last of ordered places, counterclockwise.

    Andrew's monotone chain; SciPy's hull is as good and takes a fifth of a second to import.
    """
    corners: list[np.ndarray] = []
    for place in ordered:
        while len(corners) > 1 and not _turns_left(corners[-2], corners[-1], place):
            corners.pop()
        corners.append(place)
    return corners[:-1]


def _turns_left(one: np.ndarray, two: np.ndarray, three: np.ndarray) -> bool:
    """Whether the second place lies to the right of the way from the first to the third."""
    (x, y), (dx, dy) = two - one, three - one
    return bool(dx * y < dy * x)
