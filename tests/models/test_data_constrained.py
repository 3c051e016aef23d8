"""Unique tokens beyond those that a run saw are worth nothing to it."""

import numpy as np
import pytest

import bayes_scaling as bs

P = {"E": 1.87, "A": 521.0, "B": 1488.0, "alpha_ND": 0.3527, "R_D": 15.388, "R_N": 5.310}


def muennighoff(N, D, U):
    """arXiv 2305.16264 in plain NumPy: U_D = min(U, D), U_N = min(U_D (A/B)^(1/alpha), N)."""
    unique = np.minimum(U, D)
    sized = np.minimum(unique * (P["A"] / P["B"]) ** (1 / P["alpha_ND"]), N)

    def worth(total, base, R):
        return base * (1 + R * (1 - np.exp((1 - total / base) / R)))

    tokens, parameters = worth(D, unique, P["R_D"]), worth(N, sized, P["R_N"])
    return P["E"] + P["A"] * parameters ** -P["alpha_ND"] + P["B"] * tokens ** -P["alpha_ND"]


@pytest.mark.parametrize("more", [1.0, 1.5, 10.0, 1e4])
def test_unique_tokens_that_were_not_seen_change_nothing(more):
    law = bs.find_law("data_constrained")
    N, D = (a.ravel() for a in np.meshgrid([1e7, 3e8, 4e9, 1e11], [1e9, 2e10, 3e11]))
    found = np.asarray(law.mean({"N": N, "D": D, "U": more * D}, **P))
    np.testing.assert_allclose(found, muennighoff(N, D, more * D), rtol=1e-5)
    np.testing.assert_array_equal(found, law.mean({"N": N, "D": D, "U": D}, **P))
