"""Simulated tables: runs drawn from a law at published values, on the law's own example design."""

import numpy as np
import pandas as pd

from bayes_scaling.runs.columns import spread


def published(law):
    """The law's first published setting: {parameter: value}."""
    return dict(next(iter(law.published.values())).values)


def with_error(table, seed=1):
    """The table with an error that falls with its loss, Err = 0.85 - 2.2 exp(-L) and a scatter of 0.003."""
    return table.assign(
        error=0.85
        - 2.2 * np.exp(-table["loss"])
        + 0.003 * np.random.default_rng(seed).standard_normal(len(table))
    )


def simulate(law, seed, sigma, kappa=0.1, phi=200.0):
    """A table of runs: the law's example design, outcomes with the law's own noise about its mean."""
    columns = {name: np.asarray(values, float) for name, values in law.example.items()}
    x = {name: columns[name] for name in law.inputs}
    design = pd.DataFrame(
        {
            key: value
            for name, column in columns.items()
            for key, value in (spread(name, column) if column.ndim > 1 else {name: column}).items()
        }
    )
    mean = np.asarray(law.mean(x, **published(law)), float)
    scale = None if law.scale is None else law.scale(x)
    u = np.zeros(len(design)) if scale is None else np.log(scale.max() / scale)
    noise = {**published(law), "sigma": sigma, "kappa": kappa, "phi": phi}
    rows = {name: columns[name] for name in law.noise.reads}
    design = design.assign(
        run=[f"run {i}" for i in range(len(design))]
    )  # two runs may come out alike
    return design.assign(
        **{law.outcome: law.noise.draw(np.random.default_rng(seed), mean, noise, u, None, rows)}
    )
