"""Many simulated curves, and the law that the tests of fit_many fit to them.

Run as a script it prints the hash of their draws.
"""

import hashlib
import sys

import numpy as np
import pandas as pd

import bayes_scaling as bs

# the curves follow their law, so it has no drift
LAW = bs.find_law("power_law_floor").with_noise(bs.Noise(grows=False, drift=0))


def curves(count, points=12, seed=0):
    """Losses along compute of ``count`` curves, named in the column ``curve``.

    Where ``points`` is 0, curves of three lengths alternate.
    """
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
    fits = bs.fit_many(LAW, curves(int(sys.argv[1]), points=0), by="curve", draws=100)
    import jax

    print(jax.local_device_count(), draws_hash(fits))
