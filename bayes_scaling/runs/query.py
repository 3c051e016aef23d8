"""Safe queries: rows selected by an expression that is parsed and never evaluated by Python."""

import ast
import re

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import _brief, meant, shown

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
        raise InputError(
            f"{what} does not parse; write for instance \"dataset == 'c4' and N < 5e8\""
        ) from None
    names = re.findall("`([^`]*)`", text)
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise InputError(
                f"{what} holds a {type(node).__name__}; only columns, numbers, quoted text, comparisons, and, or, not, in are taken"
            )
        names += [node.id] if isinstance(node, ast.Name) and node.id != "_quoted" else []
    for name in names:
        if name not in runs.columns:
            raise InputError(
                f"{what} names {name[:60]}, which is no column{meant(name, runs.columns)}; quote text, and name one of {shown(runs.columns)}"
            )
    try:
        floats = runs.astype(
            {name: float for name in runs.select_dtypes("integer").columns}
        )  # 6 N D does not fit an integer
        mask = floats.eval(text, engine="python")
    except Exception as error:
        raise InputError(f"{what} can not be answered ({_brief(error)}); mend it") from None
    if not (isinstance(mask, pd.Series) and pd.api.types.is_bool_dtype(mask)):
        raise InputError(f"{what} is no condition; compare a column with a value, as in 'N < 5e8'")
    kept = runs[mask.to_numpy(bool, na_value=False)]
    if kept.empty:
        raise InputError(
            f"{what} {'does not match the one run' if len(runs) == 1 else f'matches none of the {len(runs)} runs'}; loosen it"
        )
    return kept
