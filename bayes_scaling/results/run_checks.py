"""Cautions on rows of a table that are no independent runs, or count parameters differently."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import plural, shorten_list
from bayes_scaling.law.law import Law
from bayes_scaling.runs.columns import row_name
from bayes_scaling.runs.find_checkpoints import find_checkpoints, nameless_checkpoints

_WIDTHS = ("width", "d_model", "hidden_size", "n_embd")
_VOCABULARIES = ("vocab", "vocab_size", "n_vocab")
_WITHOUT_EMBEDDING = ("N_non_embedding", "non_embedding_params", "N_nonembed")
_FACTOR = 3.0  # by which fractions of embedding parameters differ much


def copy_cautions(training: pd.DataFrame, columns: Sequence[str]) -> Iterator[str]:
    """Runs whose inputs and outcome equal those of another run.

    Parameters
    ----------
    training : pandas.DataFrame
        The runs that were fitted.
    columns : sequence of str
        The law's inputs and the outcome.
    """
    sizes = [name for name in ("N", "D", "seed") if name in training]  # seeds are runs of their own
    rows = np.flatnonzero(training.duplicated([*dict.fromkeys((*columns, *sizes))]))
    if len(rows):
        names = shorten_list([row_name(training, row) for row in rows], 3)
        yield (
            f"{plural(len(rows), 'run')} ({names}) {'repeats' if len(rows) == 1 else 'repeat'} the"
            " sizes and the outcome of another: copies make intervals too narrow; leave them out"
            " (drop_duplicates), unless they are runs of their own"
        )


def checkpoint_cautions(law: Law, runs: pd.DataFrame) -> Iterator[str]:
    """Rows that are checkpoints of one run, which the law counts as runs.

    Parameters
    ----------
    law : Law
        The law.
    runs : pandas.DataFrame
        The table that was fitted, with its labels.
    """
    if law.vectors or law.noise.labels or not {"N", "D"} <= set(runs.columns):
        return
    yield from nameless_checkpoints(runs)
    found = find_checkpoints(runs)
    if found is None:
        return
    counts = found.labels.value_counts(sort=False)
    names = counts.index[counts > 1]
    yield (
        f"{plural(len(names), 'run')} {'has' if len(names) == 1 else 'have'} several rows of one N"
        f" and growing D ({shorten_list(names, 3)}): checkpoints share the luck of their run and"
        " are no runs of their own; keep the last of each,"
        f" runs.sort_values('D').groupby({found.run!r}).tail(1), or give each run an effect of its"
        " own, load_runs(..., checkpoints='all')"
    )


def embedding_fraction(table: pd.DataFrame) -> np.ndarray | None:
    """Compute the fraction of parameters in the embeddings; None where columns do not have it.

    Parameters
    ----------
    table : pandas.DataFrame
        Runs or targets with N and either a count without embeddings, or width and vocabulary.
    """
    without = next((name for name in _WITHOUT_EMBEDDING if name in table), None)
    if "N" not in table:
        return None
    if without is not None:
        return 1 - _numbers(table, without) / table["N"].to_numpy(float)
    width = next((name for name in _WIDTHS if name in table), None)
    vocabulary = next((name for name in _VOCABULARIES if name in table), None)
    if width is None or vocabulary is None:
        return None
    return _numbers(table, width) * _numbers(table, vocabulary) / table["N"].to_numpy(float)


def embedding_cautions(runs: pd.DataFrame, to: pd.DataFrame | None = None) -> Iterator[str]:
    """Embeddings that take a much larger fraction of the parameters in some runs than in others.

    Parameters
    ----------
    runs : pandas.DataFrame
        The table that was fitted.
    to : pandas.DataFrame, optional
        Targets, to be compared with the runs.
    """
    of_runs = embedding_fraction(runs)
    if of_runs is None:
        return
    others, what = of_runs, "another run"
    if to is not None:
        of_targets = embedding_fraction(to)
        if of_targets is None:
            return
        others, what = of_targets, "a target"
    high, low = float(np.nanmax(of_runs)), float(np.nanmin(others))
    if high > 0.1 and high > _FACTOR * max(low, 1e-6):
        yield (
            f"embeddings are {high:.0%} of the parameters of a run and {low:.1%} of those of"
            f" {what}: N does not count the same there; count parameters without embeddings, or"
            " leave the smallest runs out"
        )


def _numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    return pd.to_numeric(table[column], errors="coerce").to_numpy(float)
