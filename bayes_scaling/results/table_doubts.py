"""Cautions on a table whose sizes or outcome may be in other units than they are taken for."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.law.law import Law
from bayes_scaling.runs.size_doubts import size_doubts

_LARGEST_LOSS = 12.0  # nats/token: above the logarithm of most vocabularies
_PERPLEXITY = re.compile(r"ppl|perplex", re.IGNORECASE)
_OTHER_QUANTITY = re.compile(r"bit|bpb|bpc|byte|char|mse|fid|err|acc|score|rate", re.IGNORECASE)


def size_cautions(runs: pd.DataFrame) -> Iterator[str]:
    """Runs whose tokens per parameter suggest other units, or N and D swapped.

    Parameters
    ----------
    runs : pandas.DataFrame
        The table that was fitted.
    """
    yield from size_doubts(runs, {name: runs[name] for name in ("N", "D") if name in runs})


def outcome_cautions(law: Law, outcome: Any, y: str) -> Iterator[str]:
    """Losses that are no losses in nats/token, such as perplexities.

    Parameters
    ----------
    law : Law
        The law.
    outcome : array
        The outcomes that were fitted, (runs,).
    y : str
        Their column.
    """
    if law.unit != "nats/token" or not law.outcome.startswith("loss"):
        return
    largest = float(np.max(np.asarray(outcome, float)))
    if _PERPLEXITY.search(y):
        yield (
            f"{y} is taken for a loss in nats/token, and by its name is a perplexity: take its"
            " logarithm, as in load_runs(..., columns={'loss': 'log("
            f"{y})'}})"
        )
    elif largest > _LARGEST_LOSS and not _OTHER_QUANTITY.search(y):
        yield (
            f"{y} goes up to {largest:.3g}, above what losses in nats/token reach (about"
            f" {_LARGEST_LOSS:g}): where these are perplexities take the logarithm, and where they"
            " are in another unit put that in the column's name"
        )
