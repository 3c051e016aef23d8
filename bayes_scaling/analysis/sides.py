"""Former names of what is now in ``comparands`` and ``contrast_side``, until users are renamed."""

from typing import Any

import pandas as pd

from bayes_scaling.analysis.comparands import as_comparands
from bayes_scaling.analysis.contrast_side import GroupDraws as Part
from bayes_scaling.analysis.contrast_side import Side as Side
from bayes_scaling.results.diagnosis import Diagnosis

__all__ = ["Part", "Side", "sides_of"]


def sides_of(
    fit: Any, across: str | None = None
) -> tuple[list[Side], Diagnosis, list[pd.DataFrame]]:
    """Return sides, diagnosis and training runs: see ``as_comparands``."""
    comparands = as_comparands(fit, across)
    return comparands.sides, comparands.diagnosis, comparands.training
