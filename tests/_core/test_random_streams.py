"""Named random streams: distinct purposes, fits and calls draw independent numbers."""

from dataclasses import replace
from itertools import combinations

import jax
import numpy as np
import pytest

import bayes_scaling as bs
from bayes_scaling._core.random_streams import Stream, entropy, fingerprint, generator, key

BIG = bs.targets(N=[6.89e9], D=[138e9])
# a correlation of 4000 independent pairs has sd 0.016: five of them
INDEPENDENT = 5 / 4000**0.5


def first_numbers(*parts):
    return generator(*parts).standard_normal(3)


def test_the_same_parts_give_the_same_numbers():
    one, again = (first_numbers(Stream.NEW_RUN, 3, "data") for _ in range(2))
    np.testing.assert_array_equal(one, again)
    seed = entropy(Stream.PRIOR, 1) % 2**32
    of_jax = jax.random.key_data(jax.random.key(seed))
    np.testing.assert_array_equal(key(Stream.PRIOR, 1), of_jax)


def test_no_two_streams_share_their_numbers():
    """A zero at the end counts, and so does where one part ends and the next begins."""
    parts = [(), (4,), (4, 0), (0, 4), ("4",), (4, "0"), ("40",), (40,), (4, 0, 0)]
    streams = [(purpose, *part) for purpose in Stream for part in parts]
    numbers = [first_numbers(*stream)[0] for stream in streams]
    assert len(set(numbers)) == len(streams)


def test_a_fingerprint_is_of_names_shapes_and_numbers():
    one = {"N": np.array([[1.0, 2.0]]), "D": np.array([[3.0, 4.0]])}
    others = [
        {"N": one["D"], "D": one["N"]},
        {"N": one["N"].T, "D": one["D"]},
        {"N": one["N"], "D": one["D"] + 1e-9},
        {"N": one["N"]},
    ]
    prints = [fingerprint(arrays) for arrays in (one, *others)]
    assert len(set(prints)) == 5 and fingerprint(dict(reversed(one.items()))) == prints[0]


@pytest.fixture(scope="module")
def fits(gadre):
    """One fit for each corpus, all of the same seed."""
    small = gadre.query("N < 5e8")
    return {
        corpus: bs.fit("over_training", small.query("dataset == @corpus"), y="loss_c4")
        for corpus in ("c4", "redpajama", "refinedweb")
    }


def noise(fit, to, seed=0):
    """Logs of new runs over the law's curve: run noise and drift alone."""
    return np.log(fit.draws(to, seed=seed) / fit.draws(to, of="mean"))


def test_two_fits_draw_independent_noise(fits):
    """A difference of two forecasts is as wide as independent runs make it."""
    for one, two in combinations(fits.values(), 2):
        pair = noise(one, BIG)[:, 0], noise(two, BIG)[:, 0]
        assert abs(np.corrcoef(*pair)[0, 1]) < INDEPENDENT
        runs = one.draws(BIG)[:, 0], two.draws(BIG)[:, 0]
        assert np.std(runs[0] - runs[1]) == pytest.approx(np.hypot(*map(np.std, runs)), rel=0.05)


def test_two_laws_of_one_table_draw_independent_noise(small, fits):
    other = bs.fit("chinchilla", small, y="loss_c4")
    pair = noise(fits["redpajama"], BIG)[:, 0], noise(other, BIG)[:, 0]
    assert abs(np.corrcoef(*pair)[0, 1]) < INDEPENDENT


def test_calls_of_one_seed_share_the_drift_and_not_the_noise(fits):
    """Targets of one fit drift together, asked for at once or not; by another seed otherwise."""
    fit = fits["redpajama"]
    still = replace(fit, law=fit.law.with_noise(replace(fit.law.noise, drift=0.0)))
    size, tokens = [7e10, 7e11], [1.4e12, 1.4e13]  # far enough for the drift to dominate
    both = bs.targets(N=size, D=tokens)
    one, other = (bs.targets(N=[n], D=[d]) for n, d in zip(size, tokens))

    def correlation(fit, seed=0):
        return np.corrcoef(noise(fit, one)[:, 0], noise(fit, other, seed)[:, 0])[0, 1]

    assert abs(correlation(still)) < INDEPENDENT and abs(correlation(fit, 1)) < INDEPENDENT
    assert correlation(fit) > 0.5 and np.corrcoef(noise(fit, both).T)[0, 1] > 0.5
    np.testing.assert_array_equal(fit.draws(both), fit.draws(both))
    assert not np.array_equal(fit.draws(both), fit.draws(both, seed=1))


def test_a_seed_keeps_its_draws_when_the_fit_is_saved(fits, tmp_path):
    fit = fits["c4"]
    back = bs.load(fit.save(tmp_path / "fit.nc"))
    np.testing.assert_array_equal(back.draws(BIG), fit.draws(BIG))
