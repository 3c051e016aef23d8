"""Doubts about sizes that are possible and improbable: mixed units, swapped columns."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.messages import plural, shorten_list
from bayes_scaling.runs.columns import row_name

_LARGE_M, _SMALL_M = 1e4, 0.1  # median tokens per parameter that no table of runs has
_GAP = 100.0  # factor between two runs' M, next to one another in order, that is improbable
_SWAPPED = 20.0  # the same where the lower ones have fewer tokens than parameters
_FEW = 4  # runs from which their range of M is known
# names of rows that spreadsheets add below the runs
_SUMMARIES = {"total", "sum", "mean", "average", "avg", "median", "std", "min", "max", "overall"}


def size_doubts(table: pd.DataFrame, sizes: Mapping[str, Any]) -> Iterator[str]:
    """Sentences on rows whose tokens per parameter do not fit those of the others.

    Parameters
    ----------
    table : DataFrame
        The runs, for the names of rows.
    sizes : mapping
        Columns N, D and M as float64, (runs,), as far as there are.
    """
    yield from _summary_rows(table)
    if not {"N", "D"} <= sizes.keys():
        return
    ratio = np.asarray(sizes["D"], float) / np.asarray(sizes["N"], float)
    middle = float(np.median(ratio))
    if middle > _LARGE_M:
        yield (
            f"half of the runs have more than {middle:.2g} tokens per parameter (M = D / N): check"
            " that N and D are counts, and N not in thousands"
        )
    elif middle < _SMALL_M:
        yield (
            f"half of the runs have fewer than {middle:.2g} tokens per parameter (M = D / N): check"
            " that N and D are counts, and D not in thousands; are N and D swapped?"
        )
    if len(ratio) >= _FEW:
        yield from _split(table, ratio)


def swapped_sizes(ratio: NDArray[np.float64]) -> Iterator[str]:
    """Doubt about runs that all have fewer tokens than parameters, which ``size_doubts`` lets pass.

    Where D counts other things than tokens, such as images, this is common.

    Parameters
    ----------
    ratio : array (runs,)
        Their M = D / N.
    """
    if (ratio < 1).all() and np.median(ratio) >= _SMALL_M:
        yield (
            "every run has fewer tokens than parameters (M = D / N is at most"
            f" {ratio.max():.2g}): are N and D swapped?"
        )


def _split(table: pd.DataFrame, ratio: NDArray[np.float64]) -> Iterator[str]:
    """Two groups of runs whose M lie far apart."""
    ordered = np.sort(ratio)
    gaps = ordered[1:] / ordered[:-1]
    at = int(gaps.argmax())
    lower, upper = ratio <= ordered[at], ratio > ordered[at]
    high = ratio[upper]
    mirrored = 1 / ratio[lower]
    is_swapped = (
        gaps[at] > _SWAPPED
        and ordered[at] < 1 < ordered[at + 1]
        and (mirrored >= high.min() / 3).all()
        and (mirrored <= high.max() * 3).all()
    )
    if not is_swapped and gaps[at] < _GAP:
        return
    odd = lower if is_swapped or lower.sum() <= upper.sum() else upper
    rows = np.flatnonzero(odd)
    names = shorten_list([row_name(table, row) for row in rows], 3)
    verb = "has" if len(rows) == 1 else "have"
    remedy = "are N and D swapped there?" if is_swapped else "are N and D there in other units?"
    low, top = ratio[odd].min(), ratio[odd].max()
    values = f"{low:.2g}" if np.isclose(low, top) else f"{low:.2g} to {top:.2g}"
    others = ratio[~odd]
    yield (
        f"{plural(len(rows), 'run')} ({names}) {verb} M = {values} tokens per parameter, and the"
        f" others have {others.min():.2g} to {others.max():.2g}: {remedy}"
    )


def _summary_rows(table: pd.DataFrame) -> Iterator[str]:
    """Rows that hold a total or a mean of the others."""
    for column in ("run", "name", "model"):
        if column in table and not pd.api.types.is_numeric_dtype(table[column]):
            names = table[column].astype(str).str.strip().str.lower()
            for row in np.flatnonzero(names.isin(_SUMMARIES))[:1]:
                yield (
                    f"{row_name(table, row)} is by its name ({table[column].iloc[row]}) a summary"
                    " of the others and no run; leave it out"
                )
            return
