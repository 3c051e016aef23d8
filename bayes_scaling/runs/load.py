"""Tables of training runs, loaded and checked: one row a run.

N parameters (count), D training tokens, C = 6 N D training FLOPs, M = D / N tokens per parameter.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import plural
from bayes_scaling.runs.checkpoints import GIVEN, check_mode, select_checkpoints
from bayes_scaling.runs.columns import row_name
from bayes_scaling.runs.compute import check_flops_per_nd, convention_notices, in_six_nd
from bayes_scaling.runs.files import is_bundled, is_path, read_table
from bayes_scaling.runs.mapping import parse_source, rename_columns
from bayes_scaling.runs.mapping_file import read_mapping
from bayes_scaling.runs.proposal import propose_columns
from bayes_scaling.runs.quantities import UNIT_NAMES, read_quantities
from bayes_scaling.runs.query import query_columns, select
from bayes_scaling.runs.size_doubts import size_doubts
from bayes_scaling.runs.sizes import SIZES, check_sizes, size_contradictions

_MAX_FACTOR = 10.0  # a C or M further off 6 N D or D / N is in other units
_WARNING_FACTOR = 1.1


def load_runs(
    source: Any,
    *,
    columns: Mapping[str, str | float] | str | None = None,
    where: str | None = None,
    format: str | None = None,
    checkpoints: str | None = None,
    flops_per_nd: float | None = None,
) -> pd.DataFrame:
    """Load a table of runs, or logs of them, and check it.

    Parameters
    ----------
    source : str, path-like or table
        Name of a bundled table, path of a file or a folder of logs, "wandb:ENTITY/PROJECT" (extra
        ``wandb``), or the table itself: a
        DataFrame of pandas, a table of polars or pyarrow, a list of rows or a dict of columns.
    columns : mapping or str, optional
        {name here: source}, such as ``{"N": "params", "C": "total_gflops*1e9", "loss":
        "log(ppl)"}``; a number serves every row. "propose" proposes a mapping for common names,
        with a notice. Another text is the path of a mapping that ``bayes-scaling import`` wrote.
        Columns are never guessed without it.
    where : str, optional
        Query that keeps rows, such as ``"dataset == 'c4' and N < 5e8"``; a name with spaces stands
        in backticks.
    format : str, optional
        Format of the file or folder, such as "trainer_state", "wandb", "lm_eval", "mlflow" or
        "tensorboard"; found by content where left out.
    checkpoints : str, optional
        Which checkpoints of a run to keep, where rows are checkpoints. "last", with a notice, where
        left out: the last of each run or, where a column has the learning rate, those at which it
        has come down. "all" gives each run an effect of its own in a fit of one law:
        ``RunEffects``. Bundled tables keep all.
    flops_per_nd : float, optional
        FLOPs per parameter and token by which the column C is counted: 6 for forward and backward
        passes, 2 for a forward pass. C is brought to 6 N D. 6, with a notice where N or D follows
        from C, where left out.

    Returns
    -------
    DataFrame
        The runs, with C = 6 N D and M = D / N (or D, N from them) added where they were absent.

    Raises
    ------
    InputError
        In one sentence: what is wrong, where, and the remedy.

    Warns
    -----
    RunsWarning
        Rows appear twice or are checkpoints; C or M is more than a tenth off 6 N D or D / N; sizes
        are in units that were read, or unlikely ones; a mapping was proposed.
    """
    check_flops_per_nd(flops_per_nd)
    check_mode(checkpoints)
    return _load(source, columns, where, format, checkpoints, flops_per_nd)


def _load(
    source: Any,
    columns: Mapping[str, str | float] | str | None,
    where: str | None = None,
    format: str | None = None,
    checkpoints: str | None = None,
    flops_per_nd: float | None = None,
) -> pd.DataFrame:
    """Load a table as ``load_runs``; checkpoints "given" keeps its rows without a word."""
    runs = read_table(source, format)
    label = str(source) if is_path(source) else "the table"
    runs, notices = _read_sizes(_with_rows(_map_columns(runs, columns, label), label))
    late = where
    if where is not None and {*query_columns(where)} <= {*runs.columns}:
        runs, late = select(runs, where), None  # before the last checkpoints are chosen
    if not (is_bundled(source) and checkpoints is None):
        runs = select_checkpoints(runs, checkpoints, label)
    if flops_per_nd is None and not is_bundled(source):
        notices += convention_notices(runs)
    runs = _add_sizes(in_six_nd(runs, flops_per_nd), notices)
    if late is not None:
        runs = select(runs, late)
    _warn_of_duplicates(runs, label)
    return runs


def load_targets(
    source: Any,
    columns: Mapping[str, str],
    format: str | None = None,
    flops_per_nd: float | None = None,
) -> pd.DataFrame:
    """Load a table of targets under the mapping of the runs.

    Parameters
    ----------
    source : str, path-like or table
        As in ``load_runs``.
    columns : mapping of str to str
        As in ``load_runs``; a column that the targets do not have is left out.
    format : str, optional
        As in ``load_runs``.
    flops_per_nd : float, optional
        As in ``load_runs``.
    """
    table = read_table(source, format)
    present = {
        name: given
        for name, given in columns.items()
        if parse_source(given, table.columns).column in table.columns
    }
    label = str(source) if is_path(source) else "the table"
    table, notices = _read_sizes(_with_rows(rename_columns(table, present, label), label))
    table = _add_sizes(in_six_nd(table, flops_per_nd), notices)
    _warn_of_duplicates(table, label)
    return table


def _with_rows(runs: pd.DataFrame, label: str) -> pd.DataFrame:
    """The table; refused where it has no rows."""
    if runs.empty:
        raise InputError(f"{label} has no rows; give a table with one row a run")
    return runs


def load_given(runs: Any, columns: Mapping[str, str | float] | None = None) -> pd.DataFrame:
    """Load what a fit is given: a pandas DataFrame keeps all of its rows.

    Parameters
    ----------
    runs : str, path-like or table
        As in ``load_runs``.
    columns : mapping, optional
        As in ``load_runs``.
    """
    return _load(runs, columns, checkpoints=GIVEN if isinstance(runs, pd.DataFrame) else None)


def _map_columns(
    runs: pd.DataFrame, columns: Mapping[str, str | float] | str | None, label: str
) -> pd.DataFrame:
    """The table with the columns of a mapping, stated, proposed or in a file."""
    if columns is None:
        return runs
    if columns == "propose":
        proposal = propose_columns(runs)
        proposal.check(label)
        if proposal.columns:
            warn(f"{label}: {proposal}", RunsWarning)
        return rename_columns(runs, proposal.columns, label)
    if isinstance(columns, str):
        columns = read_mapping(columns)
    if not isinstance(columns, Mapping):
        raise InputError(
            f"columns is {repr(columns)[:60]}; give {{name here: name in the table}}, such as "
            "{'N': 'params', 'D': 'tokens'}"
        )
    return rename_columns(runs, columns, label)


def _read_sizes(runs: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table with sizes such as 1.3B as numbers, and the notices of that."""
    notices: list[str] = []
    for name in SIZES:
        if name not in runs.columns or pd.api.types.is_numeric_dtype(runs[name]):
            continue
        values, changed = read_quantities(runs[name], name)
        if changed:
            row, cell = changed[0]
            others = len(changed) - 1
            rest = f", and {plural(others, 'more cell')} likewise" if others else ""
            notices.append(
                f"{row_name(runs, row)}: {name} is {cell!r}, read as {values.iloc[row]:.15g} "
                f"{UNIT_NAMES[name]}{rest}; write another number if this is wrong"
            )
            runs = runs.assign(**{name: values})
    return runs, notices


def _add_sizes(runs: pd.DataFrame, notices: Iterable[str]) -> pd.DataFrame:
    """The table with N, D, C, M as far as they follow from one another; warns of doubts."""
    sizes = check_sizes(runs, _MAX_FACTOR)
    for notice in notices:
        warn(notice, RunsWarning)
    for odd in size_contradictions(sizes, _WARNING_FACTOR):
        warn(
            f"{row_name(runs, odd.row)}: {odd.column} is {odd.given:.4g} "
            f"and {odd.formula} is {odd.value:.4g}; targets are computed by {odd.formula}, "
            f"so {_remedy(odd.column, sizes)} unless this is intended",
            RunsWarning,
        )
    doubts = [*size_doubts(runs, sizes)]
    if doubts != runs.attrs.get("doubts", []):
        for doubt in doubts:
            warn(doubt, RunsWarning)
    table = runs.assign(**sizes)
    table.attrs["doubts"] = doubts
    return table


def _remedy(column: str, sizes: Mapping[str, np.ndarray]) -> str:
    """What to do about C off 6 N D, or M off D / N."""
    if column == "C":
        ratio = sizes["C"] / (sizes["N"] * sizes["D"])
        factor = float(np.median(ratio))
        if np.allclose(ratio, factor, rtol=0.02):
            convention = option(
                "flops-per-nd", f"{factor:.3g}", f"load_runs(..., flops_per_nd={factor:.3g})"
            )
            return f"state that C is {factor:.3g} N D in every row, as in {convention},"
    return f"leave the column {column} out"


def _warn_of_duplicates(runs: pd.DataFrame, label: str) -> None:
    """Warn of rows that appear twice, unless the same table was loaded and warned of before."""
    duplicates = _duplicates(runs)
    count = int(duplicates.sum())
    if count > runs.attrs.get("twice", 0):
        warn(
            f"{row_name(runs, int(duplicates.argmax()))} appears twice in {label}; "
            f"drop the copy unless it is a repeated run ({plural(count, 'such row')})",
            RunsWarning,
        )
    runs.attrs["twice"] = count


def _duplicates(runs: pd.DataFrame) -> np.ndarray:
    """Which rows repeat an earlier one."""
    floats = runs.select_dtypes("float")
    if any(floats[name].is_unique for name in floats.columns[::-1]):  # most often a loss
        return np.zeros(len(runs), bool)
    try:
        return runs.duplicated().to_numpy()
    except TypeError:  # cells that hold lists
        return runs.astype(str).duplicated().to_numpy()
