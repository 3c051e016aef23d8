"""Cautions on targets that a law may not describe."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayes_scaling.law.law import Law

_FAR = 4  # a target's tokens per parameter are this many times outside the range of all runs


def domain_cautions(law: Law, to: pd.DataFrame, curve: np.ndarray) -> Iterator[str]:
    """A law's curve (draws, targets) that leaves the domain of its outcome: an error below 0."""
    outside = law.noise.outside(curve).mean(axis=0)
    if outside.any():
        worst = int(outside.argmax())
        often = f"{outside[worst]:.0%}" if outside[worst] >= 0.01 else "less than 1%"
        yield (
            f"target {to.index[worst]}: in {often} of the draws the law's curve is an impossible"
            f" {law.outcome}: {law.name} cannot be extrapolated this far"
        )


def ratio_cautions(to: pd.DataFrame, training: pd.DataFrame) -> Iterator[str]:
    """Tokens per parameter far outside those of all runs, which ``extrapolation`` does not show."""
    if "M" not in to.columns or "M" not in training.columns:
        return
    ratios = to["M"].to_numpy(float)
    low, high = training["M"].min(), training["M"].max()
    factors = np.maximum(low / ratios, ratios / high)
    if not factors.max() >= _FAR:  # nor where a group has no runs
        return
    worst = int(factors.argmax())
    side = "above" if ratios[worst] > high else "below"
    yield (
        f"target {to.index[worst]}: its M = {ratios[worst]:.3g} tokens per parameter is"
        f" {factors[worst]:.3g} times {side} those of all runs ({low:.3g} to {high:.3g}):"
        " the effect of M there is the law's assumption alone"
    )
