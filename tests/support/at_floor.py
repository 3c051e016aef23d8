"""Simulated tables whose runs reach their floor, and how often intervals hold there."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import bayes_scaling as bs


def _grid(N, D):
    """Every N with every D."""
    N, D = (values.ravel() for values in np.meshgrid(N, D, indexing="ij"))
    return {"N": N, "D": D}


@dataclass(frozen=True)
class AtFloor:
    """A law at fixed values, on a design at whose end it has reached its floor.

    ``scale`` is that of the noise on the link's scale, Student-t(4) as the laws have it and the
    same for all runs; ``far`` is one run far beyond the design.
    """

    law: str
    floor: str
    values: dict
    inputs: dict
    scale: float
    far: dict


CASES = {
    "power_law_floor": AtFloor(
        "power_law_floor",
        "E",
        {"E": 1.8, "A": 3e5, "alpha_C": 0.33},
        {"C": np.geomspace(1e17, 1e23, 24)},
        0.015,
        {"C": [1e25]},
    ),
    "m2": AtFloor(
        "m2",
        "eps_inf",
        {"eps_inf": 0.1, "beta": 30.0, "c": -0.6},
        {"x": np.geomspace(1e4, 1e8, 20)},
        0.04,
        {"x": [1e10]},
    ),
    "chinchilla": AtFloor(
        "chinchilla",
        "E",
        {"E": 1.8, "A": 4000.0, "B": 8000.0, "alpha_N": 0.45, "alpha_D": 0.45},
        _grid(np.geomspace(1e7, 1e10, 6), np.geomspace(1e9, 1e12, 6)),
        0.008,
        {"N": [1e11], "D": [1e13]},
    ),
    "bnsl1": AtFloor(
        "bnsl1",
        "a",
        {"a": 0.1, "b": 30.0, "c0": 0.4, "c1": 0.4, "d1": 1e5, "f1": 0.5},
        {"x": np.geomspace(1e3, 1e8, 40)},
        0.03,
        {"x": [1e10]},
    ),
    # its limit is that of an untrained model: the runs of high loss have reached it
    "perplexity_to_error": AtFloor(
        "perplexity_to_error",
        "epsilon",
        {"epsilon": 0.85, "k": 2.2, "gamma": 0.9},
        {"L": np.linspace(7.5, 3.0, 24)},
        0.03,
        {"L": [2.5]},
    ),
}


def tables(case, sets, normal=False):
    """Simulated tables of a case, identified by the column ``set``; their noise may be normal."""
    law = bs.find_law(case.law)
    link, mean = law.noise, np.asarray(law.mean(case.inputs, **case.values), float)
    rng = np.random.default_rng(0)

    def noise():
        if normal:  # with the quartiles of Student-t(4) noise
            return 1.1 * case.scale * rng.standard_normal(len(mean))
        return case.scale * rng.standard_t(4, len(mean))

    return pd.concat(
        [
            pd.DataFrame(
                {
                    **case.inputs,
                    law.outcome: link.backward(link.forward(mean) + noise()),
                    "set": i,
                }
            )
            for i in range(sets)
        ],
        ignore_index=True,
    )


def covered(case, sets, noise=None, draws=400, normal=False):
    """Which 90% intervals of the floor, and of the curve far out, hold: two arrays (sets,)."""
    law = bs.find_law(case.law)
    fits = bs.fit_many(case.law, tables(case, sets, normal), by="set", noise=noise, draws=draws)
    ahead = float(np.asarray(law.mean(case.far, **case.values))[0])
    held = []
    for i in range(sets):
        floor = fits[i].flat(case.floor)[case.floor]
        far = fits[i].draws(pd.DataFrame(case.far), of="mean")[:, 0]
        held.append([_inside(floor, case.values[case.floor]), _inside(far, ahead)])
    return np.array(held).T


def _inside(draws, value):
    low, high = np.quantile(draws, [0.05, 0.95])
    return low <= value <= high
