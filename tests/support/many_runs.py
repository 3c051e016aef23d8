"""Simulated curves, many of them, and what the tests of fit_many fit to them; run as a script it prints their draws' hash."""

import hashlib
import sys

import numpy as np
import pandas as pd

import bayes_scaling as bs

LAW = bs.find_law("power_law_floor").with_noise(
    bs.Noise(grows=False, drift=0)
)  # curves that follow their law


def curves(count, points=12, seed=0):
    """Losses along compute of ``count`` curves, a column ``curve`` tells them apart; lengths differ by three where points is 0."""
    rng, tables = np.random.default_rng(seed), []
    for i in range(count):
        C = np.geomspace(1e18, 1e21, points or 6 + i % 3 * 5)
        floor, slope, term = rng.uniform(1.5, 2.2), rng.uniform(0.1, 0.25), rng.uniform(0.5, 1.5)
        loss = (floor + term * (C / 3e19) ** -slope) * np.exp(0.005 * rng.standard_normal(len(C)))
        tables.append(pd.DataFrame({"curve": f"c{i}", "C": C, "loss": loss}))
    return pd.concat(tables, ignore_index=True)


def draws_hash(fits):
    """SHA-256 of all draws, groups in the order of their names."""
    digest = hashlib.sha256()
    for group in sorted(fits):
        digest.update(np.ascontiguousarray(fits.theta[fits.groups.index(group)]).tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    made = bs.fit_many(LAW, curves(int(sys.argv[1]), points=0), by="curve", draws=100)
    import jax

    print(jax.local_device_count(), draws_hash(made))
