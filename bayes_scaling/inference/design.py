"""Runs and a law to the arrays that a posterior is conditioned on."""

import hashlib
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural
from bayes_scaling._core.padding import fine_padded_length
from bayes_scaling.inference.design_columns import (
    Columns,
    check_column_names,
    check_variety,
    read_inputs,
    read_likelihood_columns,
    read_outcome,
    read_standard_errors,
)
from bayes_scaling.inference.input_checks import warn_of_input_errors
from bayes_scaling.law.check_function import check_function
from bayes_scaling.law.floor_prior import suit_floors
from bayes_scaling.law.law import Law
from bayes_scaling.models._registry import find_law
from bayes_scaling.runs.load import load_given

Design = dict[str, Any]


def design(
    law: Law | str,
    runs: Any,
    y: str | None = None,
    *,
    se: str | None = None,
    columns: Columns | None = None,
) -> Design:
    """Build a law's data from a table: inputs, outcome on the noise's scale, reference run.

    Parameters
    ----------
    law : Law or str
        The law, or its name.
    runs : pd.DataFrame or other source
        The runs, as ``load_runs`` takes them.
    y : str, optional
        Column of the outcome; the law's own name of it by default.
    se : str, optional
        Column of known standard errors of the outcome, in its unit, independent between runs.
    columns : dict of str to str or float, optional
        Column of an input, or of what the likelihood reads of a run, where it has another name.
        A number where it is the same for every run and the law knows it (a chance level, a number
        of items).

    Returns
    -------
    dict
        Float64 arrays: ``x`` {input: (runs,) or (runs, pieces)}, ``z`` and ``u`` (runs,), ``ref``
        {name: ()}, ``priors``; ``se`` (runs,) where given, and ``rows`` {name: (runs,)} where the
        likelihood reads any.

    Raises
    ------
    InputError
        A column is missing, a value is invalid, there are fewer rows than parameters, or an input
        never varies.
    """
    law, runs = find_law(law), load_given(runs)
    y = law.outcome if y is None else y
    law = suit_floors(law, str(y), [])
    return checked_design(law, runs, y, se, dict(columns or {}))


def checked_design(
    law: Law, runs: pd.DataFrame, y: str, se: str | None, columns: Columns
) -> Design:
    """Build a design from a table that no fit has used yet: warn of likely input errors.

    Parameters and errors are as in ``design``, of a table that ``load_runs`` has validated.
    """
    data = conditioned(law, runs, y, se, columns)
    warn_of_input_errors(law, runs, y, data["u"])
    return data


def conditioned(law: Law, runs: pd.DataFrame, y: str, se: str | None, columns: Columns) -> Design:
    """Build a design as ``checked_design`` does, without the warnings."""
    check_column_names(law, y, se, columns)
    x, rows = read_inputs(law, runs, columns), read_likelihood_columns(law, runs, columns)
    outcome = read_outcome(law, runs, y, columns, rows)
    if len(outcome) < len(law.parameters):
        raise InputError(
            f"{law.name} has {plural(len(law.parameters), 'parameter')} and the table "
            f"{plural(len(outcome), 'row')}; give at least {len(law.parameters)}, better twice as "
            "many"
        )
    check_variety(law, runs, x)
    check_function(law.name, law.function, law.names, x, len(outcome))
    if outcome.min() <= 0 and any(q.sampled == f"{q.name}_share" for q in law.parameters):
        raise InputError(
            f"{y} goes down to {outcome.min():g}, and {law.name} has a floor below a positive "
            "outcome; give that parameter a prior of its own in place of floor()"
        )
    ref = _reference_run(law, x, rows, outcome)
    data = {
        "x": x,
        "z": law.noise.encode(outcome, rows),
        "u": distance(law, x, ref),
        "ref": ref,
        "priors": {q.sampled: dict(q.prior.args) for q in law.sites},
    }
    if rows:
        data["rows"] = rows
    if se is not None:
        data["se"] = read_standard_errors(law, runs, outcome, se)
    return jax.tree.map(lambda value: np.asarray(value, float), data)


def _reference_run(
    law: Law,
    x: dict[str, np.ndarray],
    rows: dict[str, np.ndarray],
    outcome: np.ndarray,
) -> dict[str, float]:
    """Center and range of every input and of the outcome, and the largest scale."""
    totals = {name: v.sum(axis=-1) if name in law.vectors else v for name, v in x.items()} | rows
    ref = {
        name: float(np.exp(np.log(v).mean()) if (v > 0).all() else v.mean())
        for name, v in totals.items()
    }
    for name, v in totals.items():
        ref[f"{name}_min"], ref[f"{name}_max"] = float(v.min()), float(v.max())
    ref["y_min"], ref["y_max"] = float(outcome.min()), float(outcome.max())
    if law.scale is not None:
        scale = np.broadcast_to(law.scale(x), outcome.shape)
        ref["scale_max"], ref["y_last"] = float(scale.max()), float(outcome[scale.argmax()])
    return ref


def subset(law: Law, data: Design, rows: np.ndarray) -> Design:
    """Keep some runs of a design, which is not padded then: what ``conditioned`` makes of them."""
    kept = {
        name: jax.tree.map(lambda values: values[rows], data[name])
        for name in ("x", "z", "se", "rows")
        if name in data
    }
    noise: Any = law.noise  # continuous
    outcome = noise.backward(kept["z"])
    ref = _reference_run(law, kept["x"], kept.get("rows", {}), outcome)
    result = kept | {"u": distance(law, kept["x"], ref), "ref": ref, "priors": data["priors"]}
    return jax.tree.map(lambda value: np.asarray(value, float), result)


def measured(law: Law, runs: pd.DataFrame, y: str, se: str | None, columns: Columns) -> Design:
    """Build the data of held-out runs: ``x``, ``rows``, ``z`` and ``se``, and the outcome ``y``."""
    x, rows = read_inputs(law, runs, columns), read_likelihood_columns(law, runs, columns)
    outcome = read_outcome(law, runs, y, columns, rows)
    data = {"x": x, "rows": rows, "y": outcome, "z": law.noise.encode(outcome, rows)}
    if se is not None:
        data["se"] = read_standard_errors(law, runs, outcome, se)
    return jax.tree.map(lambda value: np.asarray(value, float), data)


def padded(data: Design, least: int = 0) -> Design:
    """Pad a design with masked copies of its last run, so that one compilation serves many tables.

    Parameters
    ----------
    data : dict
        As ``design`` returns it.
    least : int
        Minimum number of rows.

    Returns
    -------
    dict
        The same with ``mask`` (rows,): which of the rows are runs.
    """
    count = len(data["u"])
    length = fine_padded_length(max(count, least))

    def pad(a: np.ndarray) -> np.ndarray:
        if not np.ndim(a):
            return a
        return np.concatenate([a, np.repeat(a[-1:], length - count, axis=0)])

    # u below that of all runs: last where runs are ordered by scale
    u = np.concatenate([data["u"], np.full(length - count, -1.0)])
    return {
        **{key: jax.tree.map(pad, value) for key, value in data.items()},
        "u": u,
        "mask": np.arange(length) < count,
    }


def distance(law: Law, x: Mapping[str, Any], ref: Mapping[str, Any]) -> np.ndarray:
    """Compute u = log(largest training scale / scale): negative in extrapolation.

    Noise, discrepancy and drift are functions of it.
    """
    if law.scale is None or "scale_max" not in ref:  # a fit from before the law had a scale
        name, values = next(iter(x.items()))
        return np.zeros(np.shape(values)[: -1 if name in law.vectors else None])
    return np.log(ref["scale_max"] / np.asarray(law.scale(x), float))


def data_hash(data: Design, count: int | None = None) -> str:
    """SHA-256 of inputs and outcome of the first ``count`` runs: what the posterior depends on."""
    digest = hashlib.sha256()
    rows = data.get("rows", {})
    for array in (
        *(data["x"][name] for name in sorted(data["x"])),
        data["z"],
        data.get("se", np.zeros(0)),
        *(rows[name] for name in sorted(rows)),
    ):
        digest.update(np.ascontiguousarray(array[:count], float).tobytes())
    return digest.hexdigest()
