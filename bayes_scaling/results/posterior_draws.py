"""What the sampler returned for one fit, and the draws of every named quantity."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density, quantities
from bayes_scaling.inference.draws import Draws
from bayes_scaling.law.law import Law


@dataclass(frozen=True, eq=False)
class Sampled:
    """The runs that were fitted, and the sampler's draws.

    Parameters
    ----------
    table : pandas.DataFrame
        The validated runs.
    y : str
        Column of the outcome.
    data : dict
        The padded design that the draws are conditioned on.
    draws : Draws
        The sampler's draws.
    """

    table: pd.DataFrame
    y: str
    data: dict[str, Any]
    draws: Draws


def posterior(law: Law, sampled: Sampled) -> dict[str, np.ndarray]:
    """{name: (chains, draws)}: published parameters and sampled quantities."""
    chains, draws, size = sampled.draws.theta.shape
    with float64():
        values = quantities(Density(law), sampled.draws.theta.reshape(-1, size), sampled.data)
        return {name: np.asarray(a).reshape(chains, draws) for name, a in values.items()}
