"""Simulated losses of one recipe along compute, down to a floor."""

import numpy as np
import pandas as pd

COMPUTE = 10.0 ** np.arange(17, 21, 0.2)


def runs(seed, floor=1.8, sigma=0.003):
    """Losses along compute; the larger runs are close to the floor."""
    loss = floor + 1.2 * (COMPUTE / 1e18) ** -0.25
    noise = np.random.default_rng(seed).standard_t(4, len(COMPUTE))
    return pd.DataFrame({"C": COMPUTE, "loss": loss * np.exp(sigma * noise)})
