"""Safe queries: rows selected by an expression that is parsed and never evaluated by Python."""

import ast
import re
from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, first_line, shorten_list

_LOGIC = (ast.BoolOp, ast.And, ast.Or, ast.BitAnd, ast.BitOr, ast.Not, ast.Invert)
_ARITHMETIC = (ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_SIGNS = (ast.UnaryOp, ast.USub, ast.UAdd)
_COMPARISONS = (ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_VALUES = (ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple)
_ALLOWED = (ast.Expression, *_LOGIC, *_ARITHMETIC, *_SIGNS, *_COMPARISONS, *_VALUES)

_LARGEST_POWER = 100  # of a column or a number; larger ones are input errors, or never end

_PLACEHOLDER = "_quoted"  # stands for a name in backticks while a query is parsed


def select(runs: pd.DataFrame, query: str) -> pd.DataFrame:
    """Keep the rows that satisfy a query.

    A query holds column names, numbers, quoted text, comparisons, and, or, not, in.

    Parameters
    ----------
    runs : DataFrame
        One row a run.
    query : str
        Such as ``"dataset == 'c4' and N < 5e8"``; a column whose name is not a plain word stands
        in backticks.

    Returns
    -------
    DataFrame
        Those rows, at least one.

    Raises
    ------
    InputError
        The query does not parse, names an unknown column, is no condition or matches nothing.
    """
    text, label = str(query).strip(), _label(query)
    check_names(query, runs.columns)
    try:
        with np.errstate(all="ignore"):
            mask: Any = _evaluate(runs, text)
    except Exception as error:
        raise InputError(f"{label} cannot be evaluated ({first_line(error)}); correct it") from None
    values = cast("pd.Series[Any]", mask) if isinstance(mask, pd.Series) else None
    if values is None or not pd.api.types.is_bool_dtype(values):
        raise InputError(f"{label} is no condition; compare a column with a value, as in 'N < 5e8'")
    rows: NDArray[np.bool_] = values.to_numpy(bool, na_value=False)
    kept = runs[rows]
    if kept.empty:
        count = len(runs)
        matches = f"matches none of the {count} runs" if count > 1 else "does not match the one run"
        raise InputError(f"{label} {matches}; loosen it")
    return kept


def query_columns(query: str) -> list[str]:
    """Return the columns that a query names.

    Parameters
    ----------
    query : str
        As in ``select``.

    Raises
    ------
    InputError
        The query does not parse, or could run code.
    """
    return _column_names(str(query).strip(), _label(query))


def check_names(query: str, columns: Iterable[str]) -> None:
    """Refuse a query that names what is no column.

    Parameters
    ----------
    query : str
        As in ``select``.
    columns : iterable of str
        The columns there are.

    Raises
    ------
    InputError
        As in ``query_columns``, or a name is no column.
    """
    known = list(columns)
    for name in query_columns(query):
        if name not in known:
            raise InputError(
                f"{_label(query)} names {name[:60]}, which is no column"
                f"{did_you_mean(name, known)}; quote text, and name one of {shorten_list(known)}"
            )


def _label(query: object) -> str:
    """What a query is called in messages."""
    return f"the query {str(query)[:200]!r}"


def _evaluate(runs: pd.DataFrame, text: str) -> Any:
    """What a query gives; its times are in the zone of their column, or have one."""
    # 6 N D does not fit an integer
    table = runs.astype({name: float for name in runs.select_dtypes("integer").columns})
    zoned = runs.select_dtypes("datetimetz").columns
    local = table.assign(**{str(name): table[name].dt.tz_localize(None) for name in zoned})
    try:
        return local.eval(text, engine="python")
    except TypeError:
        if not len(zoned):
            raise
        return table.eval(text, engine="python")


def _column_names(text: str, label: str) -> list[str]:
    """The columns that a query names; refuses one that does not parse or could run code."""
    try:
        tree = ast.parse(re.sub("`[^`]*`", _PLACEHOLDER, text), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(
            f"{label} does not parse; write for instance \"dataset == 'c4' and N < 5e8\""
        ) from None
    names: list[str] = re.findall("`([^`]*)`", text)
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise InputError(
                f"{label} holds a {type(node).__name__}; use only columns, numbers, "
                "quoted text, comparisons, and, or, not, in"
            )
        if isinstance(node, ast.BinOp):
            _check_arithmetic(node, label)
        if isinstance(node, ast.Name) and node.id != _PLACEHOLDER:
            names.append(node.id)
    return names


def _check_arithmetic(node: ast.BinOp, label: str) -> None:
    """Refuse powers that would never end, and arithmetic on text and lists."""
    for side in (node.left, node.right):
        is_text = isinstance(side, ast.Constant) and isinstance(side.value, str | bytes)
        if is_text or isinstance(side, ast.List | ast.Tuple):
            raise InputError(f"{label} computes with text or a list; use columns and numbers there")
    if isinstance(node.op, ast.Pow):
        power = node.right.operand if isinstance(node.right, ast.UnaryOp) else node.right
        value = power.value if isinstance(power, ast.Constant) else None
        is_nested = isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Pow)
        small = isinstance(value, int | float) and value <= _LARGEST_POWER
        if not small or is_nested:
            raise InputError(
                f"{label} has a power that is no number up to {_LARGEST_POWER}; write one, "
                "such as N**0.5"
            )
