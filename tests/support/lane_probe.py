"""The posteriors that HMC in lockstep is tried on, and how its list notices that a law changed."""

import numpy as np
import pandas as pd

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import design

LANE_NAMES = ("over_training", "power_law_floor", "chinchilla", "power_law", "coupled")


def variants(law):
    """A law with its own noise, of one scale, Normal, and Normal of one scale."""
    yield law
    options = {"link": law.noise.link, "sigma": law.noise.sigma}
    for df, grows in ((law.noise.df, False), (None, True), (None, False)):
        yield law.with_noise(bs.Noise(df=df, grows=grows, **options))


def lane_variants():
    """All of them."""
    return [law for name in LANE_NAMES for law in variants(bs.find_law(name))]


def example(law):
    """A law's example design as a table, with outcomes between 0.4 and 0.6."""
    runs = pd.DataFrame({name: np.asarray(values) for name, values in law.example.items()})
    return runs.assign(**{law.outcome: np.linspace(0.6, 0.4, len(runs))})


def probe(law):
    """Log density of a law at the point 0.1 of all coordinates, on its example design."""
    data = design(law, example(law))
    with float64():
        density = Density(law)
        return float(density.log(np.full(density.size, 0.1), data))
