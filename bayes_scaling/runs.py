"""Tables of training runs: loading, checking, selecting. One row a run.

N parameters (count), D training tokens, C = 6 N D training FLOPs, M = D / N tokens per parameter.
"""

import ast
import difflib
import inspect
import os
import re
import warnings
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from bayes_scaling.words import warn

SIZES = ("N", "D", "C", "M")
_LEAST = {"N": (1e5, "parameters"), "D": (1e6, "tokens"), "C": (1e10, "FLOPs")}  # smaller columns are in other units


def _csv(path, sep=","):
    """A table of text; no column is taken for an index where rows are longer than the header."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(path, sep=sep, index_col=False, skipinitialspace=True)


_READERS = {
    ".csv": _csv,
    ".tsv": lambda path: _csv(path, "\t"),
    ".parquet": pd.read_parquet,
    ".jsonl": lambda path: pd.read_json(path, lines=True, dtype=False, precise_float=True),
}


class InputError(ValueError):
    """Bad input, told in one sentence that names the place and the mend."""


class RunsWarning(UserWarning):
    """Something about the runs that a careful reader should know."""


def meant(word, choices, alike=0.6):
    """' (did you mean ...?)' where a choice is close to the word, else ''; how much must be ``alike``, of 1."""
    names = {str(c).lower(): str(c) for c in choices}
    close = difflib.get_close_matches(str(word).lower(), names, n=1, cutoff=alike)
    return f" (did you mean {names[close[0]]}?)" if close else ""


def check_options(function, columns, taken):
    """Refuse what was taken for an input's column and is closer to an option of the function than to any input in ``taken``."""
    options = [name for name, option in inspect.signature(function).parameters.items() if option.kind is not option.VAR_KEYWORD]
    for name in columns:
        hint = meant(name, [*taken, *SIZES, *options], alike=0.7)
        if name not in (*taken, *SIZES) and hint and hint == meant(name, options, alike=0.7):
            raise InputError(f"there is no option {name}{hint}")


def row_name(runs, position):
    """How a message names a row: its label and, where there is one, the run's name."""
    name = f" ({runs['run'].iloc[position]})" if "run" in runs.columns else ""
    return f"row {runs.index[position]}{name}"


def check_present(runs, column, mend):
    """Refuse a column with a missing value, by its row."""
    missing = runs[column].isna().to_numpy()
    if missing.any():
        raise InputError(f"{row_name(runs, int(missing.argmax()))}: {column} is missing; {mend} or leave the row out")


def derive(x):
    """Add what follows from C = 6 N D and M = D / N, as floats; works on arrays of any kind."""
    x = dict(x)
    has = lambda *keys: all(key in x for key in keys)
    if "D" not in x and has("N", "M"):
        x["D"] = x["N"] * x["M"]
    if "D" not in x and has("N", "C"):
        x["D"] = x["C"] / (6.0 * x["N"])
    if "N" not in x and has("D", "M"):
        x["N"] = x["D"] / x["M"]
    if "N" not in x and has("D", "C"):
        x["N"] = x["C"] / (6.0 * x["D"])
    if "N" not in x and has("C", "M"):
        x["N"] = (x["C"] / (6.0 * x["M"])) ** 0.5
        x.setdefault("D", x["N"] * x["M"])
    if has("N", "D"):
        x.setdefault("C", 6.0 * x["N"] * x["D"])
        x.setdefault("M", x["D"] / x["N"])
    return x


def sources():
    """The bundled tables: name -> its entry in ``sources.toml`` (title, citation, licence, columns with units)."""
    import tomllib

    return tomllib.loads(resources.files("bayes_scaling.data").joinpath("sources.toml").read_text(encoding="utf-8"))


def tables_of_runs():
    """Names of the bundled tables that hold runs; a table named _tasks describes the tasks of another."""
    return sorted(name for name in sources() if not name.endswith("_tasks"))


def load_runs(source, *, columns=None, where=None):
    """A validated table of runs.

    Parameters
    ----------
    source : name of a bundled table, a path (.csv, .tsv, .jsonl, each also as .gz, or .parquet) or a DataFrame.
    columns : {name here: name in the table}, e.g. ``{"N": "params", "D": "tokens"}``. Columns are never guessed.
    where : query that keeps rows, e.g. ``"dataset == 'c4' and N < 5e8"``; a name with spaces stands in backticks.

    Returns
    -------
    DataFrame, with C = 6 N D and M = D / N (or D, N from them) added where they were absent.

    Raises
    ------
    InputError : in one sentence: what is wrong, where, and the mend.

    Warns
    -----
    RunsWarning : rows that stand twice, or C or M more than a tenth off 6 N D or D / N.
    """
    runs = source if isinstance(source, pd.DataFrame) else _read(source)
    runs = runs.set_axis(runs.index.to_flat_index(), axis=0).rename_axis(index=None)  # an index named N would make queries of N ambiguous
    label = "the table" if isinstance(source, pd.DataFrame) else str(source)
    if not runs.columns.is_unique:
        raise InputError(f"{label} has two columns {runs.columns[runs.columns.duplicated()][0]!r}; drop or rename one")
    for given in (columns or {}).values():
        if given not in runs.columns:
            raise InputError(f"{label} has no column {given!r}{meant(given, runs.columns)}; it has {shown(runs.columns)}")
    runs = runs.assign(**{name: runs[given] for name, given in (columns or {}).items()})
    if runs.empty:
        raise InputError(f"{label} has no rows; give a table with one row a run")
    full = _sizes(runs, most=10.0)
    for key, formula, _, at, given, value in _contradictions(full, 1.1):
        text = f"{key} is {given:.4g} and {formula} is {value:.4g}; targets are reckoned by {formula}, so leave the column {key} out unless it is meant so"
        warn(f"{row_name(runs, at)}: {text}", RunsWarning)
    runs = runs.assign(**full)
    if where is not None:
        runs = select(runs, where)
    twice = runs.astype(str).duplicated().to_numpy()
    if twice.sum() > runs.attrs.get("twice", 0):  # a table that was loaded before has been spoken of
        warn(f"{row_name(runs, int(twice.argmax()))} stands twice in {label}; drop the copy unless it is a repeated run ({int(twice.sum())} such rows)", RunsWarning)
    runs.attrs["twice"] = int(twice.sum())
    return runs


def _contradictions(sizes, factor):
    """C and M that are off 6 N D and D / N by more than a factor: (key, formula, unit, row, given, value) of the worst row."""
    if {"N", "D"} <= sizes.keys():
        for key, formula, unit, value in (("C", "6 N D", "FLOPs", 6.0 * sizes["N"] * sizes["D"]), ("M", "D / N", "tokens per parameter", sizes["D"] / sizes["N"])):
            off = np.abs(np.log(sizes.get(key, value) / value))
            at = int(off.argmax())
            if off[at] > np.log(factor):
                yield key, formula, unit, at, sizes[key][at], value[at]


def _sizes(table, most):
    """N, D, C, M of a table and what follows from them, refused where units or values can not be or contradict one another by a factor of ``most``."""
    present = {key: positive(table, key) for key in SIZES if key in table.columns}
    for key, (least, unit) in _LEAST.items():
        if key in present and present[key].max() < least:
            raise InputError(
                f"column {key} is at most {present[key].max():g} ({row_name(table, int(present[key].argmax()))}): "
                f"give {unit} as a count, such as {least * 1e4:g}, not in millions or billions"
            )
    for key, formula, unit, at, given, value in _contradictions(present, most):
        raise InputError(f"{row_name(table, at)}: {key} is {given:g} but {formula} is {value:g}; give {key} in {unit}, or leave the column out")
    return derive(present)


def _read(source):
    """The raw table of a bundled name or a path."""
    bundled = tables_of_runs()
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"runs can not be of type {type(source).__name__}; give a DataFrame, a path or one of {', '.join(bundled)}")
    if str(source) in bundled:
        return _csv(resources.files("bayes_scaling.data").joinpath(f"{source}.csv"))
    if str(source) in sources():
        raise InputError(f"{source} is a bundled table of tasks and holds no runs; give one of {', '.join(bundled)}")
    path = Path(source)
    kind = Path(path.name.lower().removesuffix(".gz")).suffix
    if not str(source) or not os.path.exists(path):
        raise InputError(f"there is no file or bundled table {str(source)!r}{meant(source, bundled)}; bundled are {', '.join(bundled)}")
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder; give a file (.csv, .tsv, .parquet, .jsonl) or one of {', '.join(bundled)}")
    if kind not in _READERS:
        raise InputError(f"{path} ends in {path.suffix or 'nothing'}; give a .csv, .tsv, .parquet or .jsonl file")
    if os.path.getsize(path) == 0:
        raise InputError(f"{path} is empty; give a table with a header and one row a run")
    try:
        runs = _READERS[kind](path)
    except PermissionError:
        raise InputError(f"{path} can not be read; mend its permissions") from None
    except Exception as error:  # every reader has errors of its own; none of them is the user's language
        raise InputError(f"{path} is no {kind[1:]} table ({_brief(error)}); check the file") from None
    if not isinstance(runs, pd.DataFrame) or [str(name).isidentifier() for name in runs.columns] in ([], [False]):
        raise InputError(f"{path} is no {kind[1:]} table with columns; check the separator and the header")
    return runs


def _brief(error):
    """The first line of another library's complaint."""
    return (str(error) or type(error).__name__).split("\n")[0][:80]


def _float(cell):
    """A cell as a float, NaN where it is none."""
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def _spoken(cell):
    """The number that a cell such as 12,000,000 or 12M means, or None."""
    found = re.fullmatch(r"\s*(-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)\s*([kmbt]?)\s*", cell, re.IGNORECASE) if isinstance(cell, str) else None
    return found and float(found[1].replace(",", "")) * {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}[found[2].lower()]


def numbers(runs, column):
    """A column as float64, refusing text and missing values by row."""
    if column not in runs.columns:
        raise InputError(f"the runs have no column {column!r}{meant(column, runs.columns)}; name one of {shown(runs.columns)}")
    values = np.array([_float(cell) for cell in runs[column]])
    bad = ~np.isfinite(values)
    if bad.any():
        at = int(bad.argmax())
        cell = runs[column].iloc[at]
        plain = _spoken(cell)
        mend = "give a finite number" if plain is None else f"write it without commas or letters, as {plain:.15g},"
        raise InputError(f"{row_name(runs, at)}: {column} is {(repr(cell) if isinstance(cell, str) else str(cell))[:60]}; {mend} or leave the row out")
    return values


def positive(runs, column):
    """A column of positive numbers as float64."""
    values = numbers(runs, column)
    if (values <= 0).any():
        at = int((values <= 0).argmax())
        raise InputError(f"{row_name(runs, at)}: {column} is {values[at]:g}; give a positive number or leave the row out")
    return values


def vector(runs, name):
    """Columns name_0, name_1, ... as one array (runs, pieces)."""
    count = 0
    while f"{name}_{count}" in runs:
        count += 1
    if not count:
        raise InputError(f"the runs have no column {name}_0; {name} is one number or more a run, in columns {name}_0, {name}_1, ...")
    return np.stack([numbers(runs, f"{name}_{i}") if isinstance(runs, pd.DataFrame) else np.asarray(runs[f"{name}_{i}"], float) for i in range(count)], axis=-1)


def spread(name, values):
    """The columns name_0, name_1, ... of an array (runs, pieces)."""
    return {f"{name}_{i}": values[:, i] for i in range(values.shape[1])}


def shown(names, most=12):
    """The first few names, for a message."""
    names = [str(name) for name in names]
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.Invert, ast.BinOp, ast.Add, ast.Sub, ast.Mult,
    ast.Div, ast.Pow, ast.BitAnd, ast.BitOr, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Name,
    ast.Load, ast.Constant, ast.List, ast.Tuple,
)  # fmt: skip


def select(runs, query):
    """Rows that satisfy a query of column names, numbers, quoted text, comparisons, and / or / not, in.

    Parameters
    ----------
    runs : DataFrame.
    query : such as ``"dataset == 'c4' and N < 5e8"``; a column whose name is no plain word stands in backticks.

    Returns
    -------
    DataFrame: those rows, of which there is one at least.

    Raises
    ------
    InputError : the query does not parse, names an unknown column, is no condition or matches nothing.
    """
    text, what = str(query).strip(), f"the query {str(query)[:200]!r}"
    try:
        tree = ast.parse(re.sub("`[^`]*`", "_quoted", text), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"{what} does not parse; write for instance \"dataset == 'c4' and N < 5e8\"") from None
    names = re.findall("`([^`]*)`", text)
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise InputError(f"{what} holds a {type(node).__name__}; only columns, numbers, quoted text, comparisons, and, or, not, in are taken")
        names += [node.id] if isinstance(node, ast.Name) and node.id != "_quoted" else []
    for name in names:
        if name not in runs.columns:
            raise InputError(f"{what} names {name[:60]}, which is no column{meant(name, runs.columns)}; quote text, and name one of {shown(runs.columns)}")
    try:
        floats = runs.astype({name: float for name in runs.select_dtypes("integer").columns})  # 6 N D does not fit an integer
        mask = floats.eval(text, engine="python")
    except Exception as error:
        raise InputError(f"{what} can not be answered ({_brief(error)}); mend it") from None
    if not (isinstance(mask, pd.Series) and pd.api.types.is_bool_dtype(mask)):
        raise InputError(f"{what} is no condition; compare a column with a value, as in 'N < 5e8'")
    kept = runs[mask.to_numpy(bool, na_value=False)]
    if kept.empty:
        raise InputError(f"{what} {'does not match the one run' if len(runs) == 1 else f'matches none of the {len(runs)} runs'}; loosen it")
    return kept


def targets(table=None, /, **columns):
    """Runs to foretell: any two of N, D, C, M, or other inputs of a law by name.

    Parameters
    ----------
    table : DataFrame of targets, whose labels are kept, or {column: values}, to which the columns are added.
    **columns : number, text or list of them; one value stands for every row. N parameters, D tokens, C FLOPs, M tokens per parameter.

    Returns
    -------
    DataFrame with N, D, C, M where they follow, and the other columns as given.

    Raises
    ------
    InputError : nothing given, lengths that do not match, or of N, D, C, M a value that is no positive number, in other units, or more
        than 2% off what the others give.
    """
    if isinstance(table, Mapping):
        table, columns = None, {**table, **columns}
    if isinstance(table, pd.DataFrame):
        try:
            table = table.assign(**{name: values.to_numpy() if isinstance(values, pd.Series) else values for name, values in columns.items()})
        except ValueError:
            raise InputError(f"targets have {len(table)} rows, and one of {', '.join(columns)} has another number of values; give one or {len(table)}") from None
    if table is None:
        if not columns:
            raise InputError("targets need values; give N and D, such as targets(N=[7e9], D=[140e9])")
        arrays = {key: np.atleast_1d(np.asarray(value, dtype=object)) for key, value in columns.items()}
        length = max(len(array) for array in arrays.values())
        for key, array in arrays.items():
            if array.ndim > 1:
                raise InputError(f"targets have {array.ndim} dimensions in {key}; give a number or a list of numbers")
            if len(array) not in (1, length):
                raise InputError(f"targets have {length} rows but {key} has {len(array)} values; give one or {length}")
        table = pd.DataFrame({key: np.broadcast_to(array, length) for key, array in arrays.items()}).infer_objects()
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"targets can not be of type {type(table).__name__}; give N and D, such as targets(N=[7e9], D=[140e9]), or a DataFrame")
    if len(table) == 0:
        raise InputError("targets have no rows; give at least one run to foretell")
    full = _sizes(table, most=1.02)  # rounded counts may differ by that; more is a contradiction
    return pd.DataFrame({**full, **{key: table[key].to_numpy() for key in table.columns if key not in SIZES}}, index=table.index)[
        [*(key for key in SIZES if key in full), *(key for key in table.columns if key not in SIZES)]
    ]
