"""Distances to the convex hull of runs."""

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from bayes_scaling._core.hull import displacements, distances
from bayes_scaling._core.random_streams import Stream, generator

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.5, 0.5]])


@pytest.mark.parametrize(
    "point, expected",
    [
        ([0.5, 0.2], [0.0, 0.0]),  # inside
        ([1.0, 0.3], [0.0, 0.0]),  # on a side
        ([3.0, 0.5], [2.0, 0.0]),  # beyond a side
        ([2.0, 3.0], [1.0, 2.0]),  # beyond a corner
    ],
)
def test_a_displacement_points_from_the_nearest_place_of_the_hull(point, expected):
    np.testing.assert_allclose(displacements(SQUARE, np.array([point]))[0], expected, atol=1e-12)


def test_the_hull_of_runs_on_a_line_is_the_segment_between_the_outermost():
    line = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    points = np.array([[1.5, 1.5], [3.0, 3.0], [0.0, 1.0], [-3.0, -4.0]])
    np.testing.assert_allclose(
        distances(line, points), [0.0, np.sqrt(2), np.sqrt(0.5), 5.0], atol=1e-12
    )


def test_one_run_and_one_dimension():
    assert distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]))[0] == 5.0
    along = displacements(np.array([[2.0], [0.0]]), np.array([[3.0], [1.0], [-0.5]]))
    np.testing.assert_allclose(along[:, 0], [1.0, 0.0, -0.5])


def test_the_distance_is_that_of_the_nearest_of_many_points_of_the_hull():
    """Against brute force: mixtures of the runs with random weights come near the hull's edge."""
    rng = np.random.default_rng(0)
    runs, points = rng.normal(size=(12, 2)), 3 * rng.normal(size=(20, 2))
    mixtures = rng.dirichlet(np.full(12, 0.15), 60_000) @ runs
    brute = np.linalg.norm(points[:, None] - mixtures[None], axis=2).min(axis=1)
    ours = distances(runs, points)
    assert (ours <= brute + 1e-9).all()
    np.testing.assert_allclose(ours, brute, atol=0.05)


@pytest.mark.parametrize("kind", ["anywhere", "on a grid", "doubled up to rounding"])
def test_corners_are_those_of_scipy(kind):
    rng = np.random.default_rng(0)
    for count in range(3, 40):
        runs = rng.normal(size=(count, 2)) * [20, 3]
        if kind == "on a grid":
            runs = np.concatenate([runs.round(), [[0, 0], [1, 0], [0, 1]]])
        elif kind == "doubled up to rounding":
            runs = np.concatenate([runs, runs + 1e-14 * rng.normal(size=runs.shape)])
        points = np.concatenate([rng.normal(size=(30, 2)) * [30, 5], runs])
        hull = ConvexHull(runs)
        above = points @ hull.equations[:, :2].T + hull.equations[:, 2]
        found = distances(runs, points)
        np.testing.assert_array_equal(found > 1e-8, above.max(axis=1) > 1e-8)
        # outside, the distance is no less than that to the farthest side, and equal before it
        assert (found >= above.max(axis=1) - 1e-8).all()
        corners = runs[hull.vertices]
        np.testing.assert_allclose(found, distances(corners, points), atol=1e-8)


def test_runs_that_differ_by_rounding_are_one_corner():
    """Grids whose places are off by rounding, as logs of N and D are, beside SciPy's hull."""
    rng = generator(Stream.SIMULATED_TABLE, 3)
    points = 3.0 * rng.standard_normal((20, 2))
    for _ in range(300):
        grid = rng.integers(0, 5, (20, 2)) * [0.7, 0.3]
        runs = grid + 1e-16 * rng.integers(-3, 4, grid.shape)
        sides = ConvexHull(np.unique(grid.round(9), axis=0)).equations
        outside = (points @ sides[:, :2].T + sides[:, 2]).max(axis=1) > 1e-9
        assert ((distances(runs, points) > 0) == outside).all()
