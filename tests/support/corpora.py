"""Simulated corpora: runs of groups from the over-training law, and a pooled fit of them."""

from functools import cache

import numpy as np
import pandas as pd

import bayes_scaling as bs
from bayes_scaling.models import LAWS

LAW = LAWS["over_training"]
BASE = {"E": 1.7, "a": 160.0, "b": 240.0, "eta": 0.127}


def at_reference(**changes):
    """Published parameters whose terms keep their size at C = 1e18, M = 40 when eta is changed."""
    p = BASE | changes
    for name, x in (("a", 1e18 / 40), ("b", 1e18 * 40)):
        p[name] = p[name] * x ** (p["eta"] - BASE["eta"])
    return p


def corpora(
    parameters,
    seed,
    sigma=0.004,
    sizes=(1.1e7, 7.9e7, 1.5e8, 4.1e8),
    ratios=(5.0, 20.0, 80.0, 320.0),
):
    """A table with a column corpus: the same design for each of {name: published parameters}."""
    rng, parts = np.random.default_rng(seed), []
    n, m = (a.ravel() for a in np.meshgrid(sizes, ratios))
    for name, p in parameters.items():
        mean = np.asarray(LAW.mean({"C": 6 * n**2 * m, "M": m}, **p), float)
        parts.append(
            pd.DataFrame(
                {
                    "corpus": name,
                    "N": n,
                    "D": n * m,
                    "loss": mean * np.exp(sigma * rng.standard_t(4, len(n))),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def crossed_table():
    """Three corpora, each scored on two sets, one of which has losses 1.2 times as high."""
    table = corpora({"one": BASE, "two": at_reference(eta=0.14), "three": at_reference(E=1.8)}, 0)
    return bs.long(
        table.assign(loss_a=table["loss"], loss_b=1.2 * table["loss"]), ["loss_a", "loss_b"], y="y"
    ).drop(columns="loss")


THREE = {"one": BASE, "two": at_reference(eta=0.14), "three": at_reference(E=1.75)}
DRAWS = {"draws": 500}  # one number in all ordinary tests: pooled programs take long to compile


@cache
def three():
    """A fit of three corpora, the second of greater eta, the third of greater E."""
    return bs.fit(LAW, corpora(THREE, 0), y="loss", group="corpus", **DRAWS)
