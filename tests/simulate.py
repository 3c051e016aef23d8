"""Simulated tables: runs drawn from a law at published values, on the law's own example design."""

import numpy as np
import pandas as pd


def published(law):
    """The law's first published setting: {parameter: value}."""
    return dict(next(iter(law.published.values())).values)


def simulate(law, seed, sigma, kappa=0.1):
    """A table of runs: the law's example design, outcomes with the law's own noise about its mean."""
    design = pd.DataFrame({name: np.asarray(values, float) for name, values in law.example.items()})
    x = {name: design[name].to_numpy() for name in law.inputs}
    mean = np.asarray(law.mean(x, **published(law)), float)
    scale = None if law.scale is None else law.scale(x)
    u = np.zeros(len(design)) if scale is None else np.log(scale.max() / scale)
    noise = {"sigma": sigma, "kappa": kappa}
    return design.assign(**{law.outcome: law.noise.draw(np.random.default_rng(seed), mean, noise, u)})
