"""What default forecasts covered by how far beyond the runs' compute they reached."""

import numpy as np
import pandas as pd

_ENDS = (1, 3, 10, 30, 100, 1000)  # times the largest training compute


def compute_factors(runs: pd.DataFrame, train: pd.DataFrame) -> np.ndarray:
    """Compute of each held-out run over the largest of its task's training runs."""
    return (_compute(runs) / runs["task"].map(_compute(train).groupby(train["task"]).max())).array


def by_reach(scored: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Forecasts and how many 90% intervals held, in bands of ``factor``."""
    ends = list(zip(_ENDS, _ENDS[1:]))
    rows = [scored[(scored["factor"] >= low) & (scored["factor"] < high)] for low, high in ends]
    return pd.DataFrame(
        {
            "kind": kind,
            "low": [low for low, _ in ends],
            "high": [high for _, high in ends],
            "forecasts": [len(part) for part in rows],
            "held": [int((part["in90"] > 0).sum()) for part in rows],
        }
    ).query("forecasts > 0")


def _compute(runs: pd.DataFrame) -> pd.Series:
    """Compute up to a factor."""
    return runs["C"] if "C" in runs else runs["N"] * runs["D"]
