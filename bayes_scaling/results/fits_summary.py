"""The table of the posteriors of many fits."""

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.table import Table
from bayes_scaling.inference.convergence import quick_ess, split_rhat
from bayes_scaling.results.many_posteriors import BLOCK, ManyPosteriors


def fits_summary(fits: ManyPosteriors, prob: float) -> Table:
    """Summarize every parameter of every group: see ``Fits.summary``."""
    prob = check_prob(prob)
    blocks = [range(start, min(start + BLOCK, len(fits))) for start in range(0, len(fits), BLOCK)]
    return Table(
        pd.concat([_block_summary(fits, which, prob) for which in blocks], ignore_index=True)
    )


def _block_summary(fits: ManyPosteriors, which: range, prob: float) -> pd.DataFrame:
    """The rows of a few groups."""
    law = fits.law
    names = [
        *law.names,
        *(q.sampled for q in law.parameters if q.sampled != q.name),
        *(q.name for q in law.noise.parameters),
    ]
    by_name = fits.draws_of_parameters(which)
    draws = np.stack([by_name[name] for name in names], axis=-1)  # (groups, chains, draws, names)
    lower, median, upper = np.quantile(draws, [(1 - prob) / 2, 0.5, (1 + prob) / 2], axis=(1, 2))
    columns = {
        "mean": draws.mean(axis=(1, 2)),
        "median": median,
        "sd": draws.std(axis=(1, 2), ddof=1),
        "lower": lower,
        "upper": upper,
        "rhat": split_rhat(draws),
        "ess": quick_ess(draws),
    }
    return pd.DataFrame(
        {
            **fits.labels(np.repeat(which, len(names)).tolist()),
            "parameter": names * len(which),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )
