"""runs + law -> the arrays that a posterior is conditioned on."""

import hashlib
import warnings

import jax
import numpy as np

from bayes_scaling.registry import find_law
from bayes_scaling.runs import SIZES, InputError, RunsWarning, load_runs, meant, numbers, positive, row_name, shown


def design(law, runs, y=None, *, se=None, columns=None):
    """A law's data from a table: inputs, outcome on the noise's scale, reference run.

    Parameters
    ----------
    law : Law or name.
    runs : DataFrame of runs, or what ``load_runs`` takes.
    y : column of the outcome; the law's own name of it where left out.
    se : column of known standard errors of the outcome, in its unit, independent between runs.
    columns : {input: column} where an input stands under another name.

    Returns
    -------
    dict of float64 arrays: ``x`` {input: (runs,)}, ``z``, ``u`` (runs,), ``ref`` {name: ()}, ``priors``, and ``se`` where given.

    Raises
    ------
    InputError : a column is missing, a value can not be, rows are fewer than parameters, or an input never varies.
    """
    law = find_law(law)
    return conditioned(law, load_runs(runs), law.outcome if y is None else y, se, dict(columns or {}))


def conditioned(law, runs, y, se, columns):
    """The same from a table that ``load_runs`` has validated."""
    for name, column in (("y", y), ("se", se), *columns.items()):
        if column is not None and not isinstance(column, str):
            raise InputError(f"{name} is {column!r}; give the name of a column as text")
    x, outcome = _inputs(law, runs, columns), _outcome(law, runs, y, columns)
    if len(outcome) < len(law.parameters):
        raise InputError(f"{law.name} has {len(law.parameters)} parameters and the table {len(outcome)} rows; give at least {len(law.parameters)}, better twice as many")
    _check_variety(law, runs, x)
    if outcome.min() <= 0 and any(q.sampled == f"{q.name}_share" for q in law.parameters):
        raise InputError(f"{y} goes down to {outcome.min():g}, and {law.name} has a floor below a positive outcome; give that parameter a prior of its own in place of floor()")
    ref = {name: float(np.exp(np.log(v).mean()) if (v > 0).all() else v.mean()) for name, v in x.items()}
    ref |= {f"{name}_min": float(v.min()) for name, v in x.items()} | {"y_min": float(outcome.min()), "y_max": float(outcome.max())}
    if law.scale is not None:
        ref["scale_max"] = float(np.max(law.scale(x)))
    data = {"x": x, "z": law.noise.forward(outcome), "u": distance(law, x, ref), "ref": ref, "priors": {q.sampled: dict(q.prior.args) for q in law.sites}}
    if se is not None:
        error = positive(runs, se)
        step = 1e-4 * error  # the link's slope, by a small step
        data["se"] = np.abs(law.noise.forward(outcome + step) - law.noise.forward(outcome - step)) / 2e-4
    return jax.tree.map(lambda value: np.asarray(value, float), data)


def _inputs(law, runs, columns):
    """{input: values} of a law."""
    for name in columns:
        if name not in law.inputs:
            raise InputError(f"{name} is no input of {law.name}{meant(name, law.inputs)}; its inputs are {', '.join(law.inputs)}")
    x = {}
    for name, unit in law.inputs.items():
        column = columns.get(name, name)
        if column not in runs.columns:
            like = [c for c in runs.columns if str(c).startswith(unit.split(",")[0]) and not str(c).endswith("_se")]
            hint = "the table needs two of N, D, C, M" if name in SIZES else f"name its column, such as {name}={str((like or list(runs.columns))[0])!r}"
            raise InputError(f"{law.name} needs the input {name} ({unit}), and the runs have no column {column!r}; {hint}")
        x[name] = (positive if name in SIZES else numbers)(runs, column)
    return x


def _outcome(law, runs, y, columns):
    """Values of the outcome, in the domain of the law's noise."""
    if y in (*law.inputs, *columns.values()) or (y in SIZES and y != law.outcome):
        raise InputError(f"y is {y}, an input of the law; give the column of the outcome")
    if y not in runs.columns:
        like = [c for c in runs.columns if str(c).startswith(law.outcome) and not str(c).endswith("_se")]
        raise InputError(f"the runs have no column {y!r}{meant(y, runs.columns)}; give the outcome as y, one of {shown(like or runs.columns)}")
    outcome = numbers(runs, y)
    bad = law.noise.check(outcome)
    if bad:
        raise InputError(f"{row_name(runs, bad[0])}: {y} is {outcome[bad[0]]:g}; it must be {bad[1]}: mend it or leave the row out")
    if len(outcome) > 1 and np.ptp(outcome) == 0:
        raise InputError(f"every run has {y} = {outcome[0]:g}: there is nothing to fit; check the column")
    return outcome


def _check_variety(law, runs, x):
    """Refuse inputs that never vary; M alone may stand still, for a law can still be fitted along compute."""
    sizes = ("N", "D") if {"C", "M"} & set(law.inputs) and {"N", "D"} <= set(runs.columns) else ()
    for name in (*law.inputs, *sizes):
        values = np.asarray(x.get(name, runs.get(name)))
        if np.ptp(values) == 0:
            text = f"every run has {name} = {values[0]:g}: what {name} does to the outcome can not be seen"
            if name != "M":
                raise InputError(f"{text}; add runs that vary it")
            warnings.warn(f"{text}; forecasts at another {name} rest on the prior: add runs that vary it", RunsWarning, stacklevel=4)


def padded(data):
    """The same data with masked copies of the last run up to a few set lengths: one compilation serves many tables."""
    count = len(data["u"])
    octave = 2 ** max(int(np.ceil(np.log2(count))), 3)
    length = octave * 3 // 4 if count <= octave * 3 // 4 else octave
    pad = lambda a: np.concatenate([a, np.repeat(a[-1:], length - count, axis=0)]) if np.ndim(a) else a
    return {**{key: jax.tree.map(pad, value) for key, value in data.items()}, "mask": np.arange(length) < count}


def distance(law, x, ref):
    """u = log(largest training scale / scale) of runs, never below 0: what the noise grows along."""
    if law.scale is None:
        return np.zeros(np.shape(next(iter(x.values()))))
    return np.maximum(np.log(ref["scale_max"] / np.asarray(law.scale(x), float)), 0.0)


def data_hash(data, count=None):
    """SHA-256 of inputs and outcome of the first ``count`` runs: what the posterior was conditioned on."""
    digest = hashlib.sha256()
    for array in (*(data["x"][name] for name in sorted(data["x"])), data["z"], data.get("se", np.zeros(0))):
        digest.update(np.ascontiguousarray(array[:count], float).tobytes())
    return digest.hexdigest()
