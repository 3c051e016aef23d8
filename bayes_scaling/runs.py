"""Tables of training runs: loading, checking, selecting. One row a run.

N parameters (count), D training tokens, C = 6 N D training FLOPs, M = D / N tokens per parameter.
"""

import ast
import difflib
import warnings
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = ("N", "D", "C", "M")
_LEAST = {"N": (1e5, "parameters"), "D": (1e6, "tokens"), "C": (1e10, "FLOPs")}  # smaller columns are in other units
_READERS = {
    ".csv": pd.read_csv,
    ".tsv": lambda path: pd.read_csv(path, sep="\t"),
    ".parquet": pd.read_parquet,
    ".jsonl": lambda path: pd.read_json(path, lines=True),
}


class InputError(ValueError):
    """Bad input, told in one sentence that names the place and the mend."""


class RunsWarning(UserWarning):
    """Something about the runs that a careful reader should know."""


def meant(word, choices):
    """' (did you mean ...?)' where a choice is close to the word, else ''."""
    close = difflib.get_close_matches(str(word), [str(c) for c in choices], n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def row_name(runs, position):
    """How a message names a row: its label and, where there is one, the run's name."""
    name = f" ({runs['run'].iloc[position]})" if "run" in runs.columns else ""
    return f"row {runs.index[position]}{name}"


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


def load_runs(source, *, columns=None, where=None):
    """A validated table of runs.

    Parameters
    ----------
    source : name of a bundled table, a path (.csv, .tsv, .parquet, .jsonl) or a DataFrame.
    columns : {name here: name in the table}, e.g. ``{"N": "params", "D": "tokens"}``. Columns are never guessed.
    where : query that keeps rows, e.g. ``"dataset == 'c4' and N < 5e8"``.

    Returns
    -------
    DataFrame, with C = 6 N D and M = D / N (or D, N from them) added where they were absent.

    Raises
    ------
    InputError : in one sentence: what is wrong, where, and the mend.

    Warns
    -----
    RunsWarning : rows that stand twice.
    """
    runs = (source.copy() if isinstance(source, pd.DataFrame) else _read(source)).rename_axis(index=None)
    label = "the table" if isinstance(source, pd.DataFrame) else str(source)
    for name, given in (columns or {}).items():
        if given not in runs.columns:
            raise InputError(f"{label} has no column {given!r}{meant(given, runs.columns)}; it has {', '.join(map(str, runs.columns))}")
        runs[name] = runs[given]
    if runs.empty:
        raise InputError(f"{label} has no rows; give a table with one row a run")
    present = {key: positive(runs, key) for key in SIZES if key in runs.columns}
    for key, (least, unit) in _LEAST.items():
        if key in present and present[key].max() < least:
            raise InputError(
                f"column {key} is at most {present[key].max():g} ({row_name(runs, int(present[key].argmax()))}): "
                f"give {unit} as a count, such as {least * 1e4:g}, not in millions or billions"
            )
    full = derive(present)
    if {"N", "D", "C"} <= present.keys():
        off = np.abs(np.log(full["C"] / (6 * full["N"] * full["D"])))
        if off.max() > np.log(100):
            raise InputError(f"{row_name(runs, int(off.argmax()))}: C is {full['C'][off.argmax()]:g} but 6 N D is {6 * full['N'][off.argmax()] * full['D'][off.argmax()]:g}; give C in FLOPs")
    runs = runs.assign(**full)
    if where is not None:
        runs = select(runs, where)
    twice = runs.astype(str).duplicated().to_numpy()
    if twice.any():
        warnings.warn(f"{row_name(runs, int(twice.argmax()))} stands twice in {label}; drop the copy unless it is a repeated run ({int(twice.sum())} such rows)", RunsWarning, stacklevel=2)
    return runs


def _read(source):
    """The raw table of a bundled name or a path."""
    bundled = sorted(name for name, entry in sources().items() if "N" in entry["columns"])
    path = Path(source)
    if str(source) in bundled:
        return pd.read_csv(resources.files("bayes_scaling.data").joinpath(f"{source}.csv"))
    if path.is_dir():
        raise InputError(f"{path} is a folder; give a file (.csv, .tsv, .parquet, .jsonl) or one of {', '.join(bundled)}")
    if not path.exists():
        raise InputError(f"there is no file or bundled table {str(source)!r}{meant(source, bundled)}; bundled are {', '.join(bundled)}")
    if path.suffix not in _READERS:
        raise InputError(f"{path} ends in {path.suffix or 'nothing'}; give a .csv, .tsv, .parquet or .jsonl file")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty; give a table with a header and one row a run")
    try:
        runs = _READERS[path.suffix](path)
    except PermissionError:
        raise InputError(f"{path} can not be read; mend its permissions") from None
    except Exception as error:  # every reader has errors of its own; none of them is the user's language
        raise InputError(f"{path} is no {path.suffix[1:]} table ({str(error).splitlines()[0][:80]}); check the file") from None
    if not isinstance(runs, pd.DataFrame) or len(runs.columns) < 2:
        raise InputError(f"{path} is no {path.suffix[1:]} table with columns; check the separator and the header")
    return runs


def numbers(runs, column):
    """A column as float64, refusing text and missing values by row."""
    if column not in runs.columns:
        raise InputError(f"the runs have no column {column!r}{meant(column, runs.columns)}; name one of {shown(runs.columns)}")
    values = pd.to_numeric(runs[column], errors="coerce").to_numpy(float, na_value=np.nan)
    bad = ~np.isfinite(values)
    if bad.any():
        at = int(bad.argmax())
        raise InputError(f"{row_name(runs, at)}: {column} is {runs[column].iloc[at]!r}; give a finite number or leave the row out")
    return values


def positive(runs, column):
    """A column of positive numbers as float64."""
    values = numbers(runs, column)
    if (values <= 0).any():
        at = int((values <= 0).argmax())
        raise InputError(f"{row_name(runs, at)}: {column} is {values[at]:g}; give a positive number or leave the row out")
    return values


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

    Raises
    ------
    InputError : the query does not parse, names an unknown column or matches nothing.
    """
    try:
        tree = ast.parse(str(query).strip(), mode="eval")
    except (SyntaxError, ValueError):
        raise InputError(f"the query {query!r} does not parse; write for instance \"dataset == 'c4' and N < 5e8\"") from None
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise InputError(f"the query {query!r} holds a {type(node).__name__}; only columns, numbers, quoted text, comparisons, and, or, not, in are taken")
        if isinstance(node, ast.Name) and node.id not in runs.columns:
            raise InputError(f"the query {query!r} names {node.id}, which is no column{meant(node.id, runs.columns)}; quote text, and name one of {shown(runs.columns)}")
    try:
        kept = runs.query(str(query).strip(), engine="python")
    except Exception as error:
        raise InputError(f"the query {query!r} can not be answered ({str(error).splitlines()[0][:80]})") from None
    if not isinstance(kept, pd.DataFrame) or kept.empty:
        raise InputError(f"the query {query!r} matches none of the {len(runs)} runs; loosen it")
    return kept


def targets(table=None, /, **columns):
    """Runs to foretell: any two of N, D, C, M (scalars or lists), or other inputs of a law by name.

    Returns
    -------
    DataFrame with N, D, C, M where they follow, and the other columns as given.

    Raises
    ------
    InputError : nothing given, lengths that do not match, or a value that is no positive number.
    """
    if table is None:
        if not columns:
            raise InputError("targets need values; give N and D, such as targets(N=[7e9], D=[140e9])")
        arrays = {key: np.atleast_1d(np.asarray(value)) for key, value in columns.items()}
        length = max(len(array) for array in arrays.values())
        for key, array in arrays.items():
            if len(array) not in (1, length):
                raise InputError(f"targets have {length} rows but {key} has {len(array)} values; give one or {length}")
        table = pd.DataFrame({key: np.broadcast_to(array, length) for key, array in arrays.items()})
    if len(table) == 0:
        raise InputError("targets have no rows; give at least one run to foretell")
    present = {key: positive(table, key) for key in SIZES if key in table.columns}
    if present and len(present) < 2 and not set(table.columns) - set(SIZES):
        raise InputError(f"targets have {next(iter(present))} alone; give two of N, D, C, M, such as N and D")
    full = derive(present)
    return pd.DataFrame({**full, **{key: table[key].to_numpy() for key in table.columns if key not in SIZES}}, index=table.index)[
        [*(key for key in SIZES if key in full), *(key for key in table.columns if key not in SIZES)]
    ]
