"""Rows that are checkpoints of one run: which column names the run, and which orders them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.messages import plural

# columns whose values name runs, and columns that several runs may share
_OF_A_RUN = ("run", "run_name", "run_id", "experiment", "experiment_name", "id")
_OF_SEVERAL = ("name", "model", "config")
_STEPS = (
    "step",
    "steps",
    "_step",
    "iteration",
    "global_step",
    "tokens",
    "tokens_seen",
    "total_tokens",
    "num_input_tokens_seen",
    "epoch",
    "relative_time",
    "wall_time",
)
_SUFFIX = re.compile(  # of r0-step1000, r0/checkpoint-1000
    r"[-_/@: .]*(?:global_?step|step|checkpoint|ckpt|iter|iteration)[-_= ]?\d+[kKmM]?$"
)
_FEW = {True: 2, False: 3}  # rows of one run from which they are checkpoints, by kind of name
_SAME = 1.01  # factor within which counts of one run's parameters may differ
_REPEATED = 0.2  # fraction of rows that a run which was resumed may have logged twice
_MANY = 8  # rows of one N that are checkpoints where their D are evenly spaced


class Checkpoints(NamedTuple):
    """How a table's rows are checkpoints: the columns, and the run of each row."""

    run: str
    order: str
    labels: "pd.Series[Any]"


def find_checkpoints(runs: pd.DataFrame) -> Checkpoints | None:
    """Find how a table's rows are checkpoints of runs.

    Parameters
    ----------
    runs : DataFrame
        One row a run, or a checkpoint.

    Returns
    -------
    Checkpoints or None
        None where rows are runs: names are unique, or the rows of a name differ in N or do not
        grow. Names that end in a step, such as r0-step1000, count without it.
    """
    found = _run_labels(runs)
    if found is None:
        return None
    name, labels, is_of_a_run = found
    few = _FEW[is_of_a_run]
    order = next((one for one in _orders(runs) if _grows(runs, labels, one, few)), None)
    if order is None:
        return None
    if "N" in runs:
        table = pd.DataFrame({"run": labels.to_numpy(), "N": _numbers(runs["N"])})
        groups = table.groupby("run")["N"]
        if table["N"].isna().any() or not (groups.max() <= _SAME * groups.min()).all():
            return None
    is_log = is_of_a_run or order != "D" or any(_plain(one) in _STEPS for one in runs.columns)
    return Checkpoints(name, order, labels) if is_log or _evenly_spaced(runs, labels) else None


def nameless_checkpoints(runs: pd.DataFrame) -> Iterator[str]:
    """Doubt about rows that no column names, of which many have one N and evenly spaced D.

    Parameters
    ----------
    runs : DataFrame
        One row a run, or a checkpoint, with N and D.
    """
    if not {"N", "D"} <= set(runs.columns) or _run_labels(runs, unique=True) is not None:
        return
    sizes = pd.Series(_numbers(runs["N"]))
    counts = sizes.value_counts()
    rows = int(counts.max()) if len(counts) else 0
    if rows >= _MANY and _evenly_spaced(runs, sizes):
        yield (
            f"{plural(rows, 'row')} have N = {counts.index[0]:.4g} and evenly"
            " spaced D: checkpoints share the luck of their run and are no runs of their own; name"
            " each row's run in a column run, or keep the last of each"
        )


def _run_labels(
    runs: pd.DataFrame, unique: bool = False
) -> "tuple[str, pd.Series[Any], bool] | None":
    """The column that names runs, the run of each row, and whether no two runs share a name."""
    names = {str(one).lower(): one for one in reversed(runs.columns)}
    for plain in (*_OF_A_RUN, *_OF_SEVERAL):
        if plain not in names or runs[names[plain]].isna().all():
            continue
        labels = runs[names[plain]].astype(object).fillna("")
        if all(isinstance(label, str) for label in labels):
            labels = labels.str.replace(_SUFFIX, "", regex=True)
        is_of_a_run = plain in _OF_A_RUN
        if not labels.is_unique or unique:
            return names[plain], labels, is_of_a_run
        if is_of_a_run:
            return None  # every row is a run
    return None


def _plain(name: object) -> str:
    """A column's name in lower case, without a unit, a prefix or spaces."""
    text = re.sub(r"\s*[(\[].*", "", str(name).lower()).rsplit("/", 1)[-1]
    return text.replace(" ", "_")


def _orders(runs: pd.DataFrame) -> Iterator[str]:
    """Columns that may order the checkpoints of a run."""
    yield from (name for name in ("D", *_STEPS, "C") if name in runs)
    yield from (
        name for name in map(str, runs.columns) if name not in _STEPS and _plain(name) in _STEPS
    )


def _grows(runs: pd.DataFrame, labels: "pd.Series[Any]", order: str, few: int) -> bool:
    """Whether a column has another number in nearly every row of a run, and a few in one."""
    values = runs[order]
    if not pd.api.types.is_numeric_dtype(values) or values.isna().any():
        return False
    pairs = pd.DataFrame({"run": labels.to_numpy(), "order": values.to_numpy()})
    repeated = pairs.duplicated()
    counts = pairs["run"][~repeated].value_counts()
    return bool(repeated.mean() <= _REPEATED and counts.max() >= few)


def _numbers(cells: "pd.Series[Any]") -> NDArray[np.float64]:
    """Cells as floats, NaN where one is no number, which is refused later."""
    return pd.to_numeric(cells, errors="coerce").to_numpy(float)


def _evenly_spaced(runs: pd.DataFrame, labels: "pd.Series[Any]") -> bool:
    """Whether most rows of the longest run have D at one distance from the row before."""
    if "D" not in runs:
        return False
    longest = labels.to_numpy() == labels.value_counts().index[0]
    gaps: NDArray[np.float64] = np.diff(np.unique(_numbers(runs["D"])[longest]))
    if len(gaps) < _FEW[False] - 1:
        return False
    return bool((np.abs(gaps / np.median(gaps) - 1) < 0.02).mean() > 0.5)
