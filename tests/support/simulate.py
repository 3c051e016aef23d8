"""Simulated tables: outcomes of a law at published values, on the law's own example design."""

import numpy as np
import pandas as pd

from bayes_scaling.runs.columns import split_columns


def published(law):
    """The law's first published setting: {parameter: value}."""
    return dict(next(iter(law.published.values())).values)


def with_error(table, seed=1):
    """The table with an error that falls with its loss: 0.85 - 2.2 exp(-L), with sd 0.003."""
    noise = np.random.default_rng(seed).standard_normal(len(table))
    return table.assign(error=0.85 - 2.2 * np.exp(-table["loss"]) + 0.003 * noise)


def simulate(law, seed, sigma, kappa=0.1, phi=200.0):
    """A table of runs: the law's example design, with its own noise about its mean."""
    inputs = {name: np.asarray(values, float) for name, values in law.example.items()}
    x = {name: inputs[name] for name in law.inputs}
    columns = {}
    for name, values in inputs.items():
        columns |= split_columns(name, values) if values.ndim > 1 else {name: values}
    design = pd.DataFrame(columns)
    mean = np.asarray(law.mean(x, **published(law)), float)
    scale = None if law.scale is None else law.scale(x)
    u = np.zeros(len(design)) if scale is None else np.log(scale.max() / scale)
    noise = {**published(law), "sigma": sigma, "kappa": kappa, "phi": phi, "sigma_run": 2 * sigma}
    rows = {name: inputs[name] for name in law.noise.reads}
    (outcome,) = law.noise.draw(np.random.default_rng(seed), mean[None], noise, u, None, rows)
    names = [f"run {i}" for i in range(len(design))]  # two runs may have the same outcome
    design = design if "run" in design else design.assign(run=names)
    return design.assign(**{law.outcome: outcome})
