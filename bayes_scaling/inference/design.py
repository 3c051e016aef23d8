"""runs + law -> the arrays that a posterior is conditioned on."""

import hashlib

import jax
import numpy as np

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import meant, option, several, shown
from bayes_scaling._core.padding import half_slot
from bayes_scaling.inference.input_checks import check_sign, look
from bayes_scaling.models._registry import find_law
from bayes_scaling.runs.columns import numbers, positive, row_name, vector
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.sizes import SIZES


def design(law, runs, y=None, *, se=None, columns=None):
    """A law's data from a table: inputs, outcome on the noise's scale, reference run.

    Parameters
    ----------
    law : Law or name.
    runs : DataFrame of runs, or what ``load_runs`` takes.
    y : column of the outcome; the law's own name of it where left out.
    se : column of known standard errors of the outcome, in its unit, independent between runs.
    columns : {input: column} where an input, or what the likelihood reads of a run, stands under another name;
        one number where it is the same for every run and the law knows it (a chance level, a number of items).

    Returns
    -------
    dict of float64 arrays: ``x`` {input: (runs,) or (runs, pieces)}, ``z``, ``u`` (runs,), ``ref`` {name: ()}, ``priors``;
    ``se`` where given, and ``rows`` {name: (runs,)} where the likelihood reads any.

    Raises
    ------
    InputError : a column is missing, a value can not be, rows are fewer than parameters, or an input never varies.
    """
    law, runs = find_law(law), load_runs(runs)
    return looked_at(law, runs, law.outcome if y is None else y, se, dict(columns or {}))


def looked_at(law, runs, y, se, columns):
    """The same from a table that ``load_runs`` has validated and no fit has seen: what is likely a slip is warned of."""
    data = conditioned(law, runs, y, se, columns)
    look(law, runs, y, data["u"])
    return data


def conditioned(law, runs, y, se, columns):
    """As ``looked_at``, of a table that was looked at before."""
    for name, column in (("y", y), ("se", se), *columns.items()):
        fixed = (
            name in (*law.known, *law.noise.reads)
            and isinstance(column, int | float)
            and not isinstance(column, bool)
        )
        if column is not None and not isinstance(column, str) and not fixed:
            raise InputError(f"{name} is {column!r}; give the name of a column as text")
    x, rows = _inputs(law, runs, columns), _rows(law, runs, columns)
    outcome = _outcome(law, runs, y, columns, rows)
    if len(outcome) < len(law.parameters):
        raise InputError(
            f"{law.name} has {several(len(law.parameters), 'parameter')} and the table {several(len(outcome), 'row')}; give at least {len(law.parameters)}, better twice as many"
        )
    _check_variety(law, runs, x)
    if outcome.min() <= 0 and any(q.sampled == f"{q.name}_share" for q in law.parameters):
        raise InputError(
            f"{y} goes down to {outcome.min():g}, and {law.name} has a floor below a positive outcome; give that parameter a prior of its own in place of floor()"
        )
    total = {name: v.sum(axis=-1) if name in law.vectors else v for name, v in x.items()} | rows
    ref = {
        name: float(np.exp(np.log(v).mean()) if (v > 0).all() else v.mean())
        for name, v in total.items()
    }
    ref |= {
        f"{name}_{end}": float(getattr(v, end)())
        for name, v in total.items()
        for end in ("min", "max")
    } | {"y_min": float(outcome.min()), "y_max": float(outcome.max())}
    if law.scale is not None:
        scale = np.broadcast_to(law.scale(x), outcome.shape)
        ref["scale_max"], ref["y_last"] = float(scale.max()), float(outcome[scale.argmax()])
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
        data["se"] = _error(law, runs, outcome, se)
    return jax.tree.map(lambda value: np.asarray(value, float), data)


def measured(law, runs, y, se, columns):
    """Runs that are held against posteriors of others: ``x``, ``rows``, ``z`` and ``se`` as in ``design``, and ``y``, the outcome itself."""
    x, rows = _inputs(law, runs, columns), _rows(law, runs, columns)
    outcome = _outcome(law, runs, y, columns, rows)
    made = {"x": x, "rows": rows, "y": outcome, "z": law.noise.encode(outcome, rows)} | (
        {"se": _error(law, runs, outcome, se)} if se is not None else {}
    )
    return jax.tree.map(lambda value: np.asarray(value, float), made)


def _error(law, runs, outcome, se):
    """Known standard errors on the noise's scale."""
    if not law.noise.takes_se:
        raise InputError(
            f"se is {se}, and the likelihood is {law.noise}, which knows its own sampling error; leave se out"
        )
    error = positive(runs, se)
    step = 1e-4 * error  # the link's slope, by a small step
    return np.abs(law.noise.forward(outcome + step) - law.noise.forward(outcome - step)) / 2e-4


def _inputs(law, runs, columns):
    """{input: values} of a law."""
    taken = (*law.inputs, *law.noise.reads)
    for name in columns:
        if name not in taken:
            raise InputError(
                f"{name} is no input of {law.name}{meant(name, taken)}; its inputs are {', '.join(taken)}"
            )
    x = {}
    for name, unit in law.inputs.items():
        column = columns.get(name, name)
        if name in law.vectors:
            x[name] = vector(runs, column)
            continue
        if not isinstance(column, str):
            x[name] = np.full(len(runs), float(column))
            continue
        if column not in runs.columns:
            like = [
                c
                for c in runs.columns
                if str(c).startswith(unit.split(",")[0]) and not str(c).endswith("_se")
            ]
            sizes = f"the table needs two of N, D, C, M and has {shown(runs.columns)}: name them, as in {option('column', 'N=params', "load_runs(..., columns={'N': 'params'})")}"
            like = str((like or list(runs.columns))[0])
            hint = (
                sizes
                if name in SIZES
                else f"name its column, such as {option('column', f'{name}={like}', f'{name}={like!r}')}"
            )
            raise InputError(
                f"{law.name} needs the input {name} ({unit}), and the runs have no column {column!r}; {hint}"
            )
        x[name] = (positive if name in SIZES else numbers)(runs, column)
    check_sign(law, runs, x, columns)
    return x


def _rows(law, runs, columns):
    """{name: values} of what the likelihood reads of each run: a column that was named, its own number, or the column of that name."""
    rows = {}
    for name, what in law.noise.reads.items():
        source = columns.get(name, getattr(law.noise, name))
        source = name if source is None else source
        if isinstance(source, str) and source not in runs.columns:
            raise InputError(
                f"the likelihood of {law.name} needs {name} ({what}), and the runs have no column {source!r}{meant(source, runs.columns)}; name its column, {option('column', f'{name}=COLUMN', f"{name}='...'")}, or give one number, {option('column', f'{name}=500', f'{name}=500')}"
            )
        rows[name] = (
            numbers(runs, source) if isinstance(source, str) else np.full(len(runs), float(source))
        )
        bad = rows[name] < 1
        if name in ("items", "passes", "k") and bad.any():
            raise InputError(
                f"{row_name(runs, int(bad.argmax()))}: {name} is {rows[name][bad.argmax()]:g}; give a whole number of at least 1"
            )
    return rows


def check_outcome(law, runs, y):
    """Refuse an outcome that is no column of the runs."""
    if not isinstance(y, str):
        raise InputError(f"y is {y!r}; give the name of a column as text")
    if y not in runs.columns:
        like = [
            c for c in runs.columns if str(c).startswith(law.outcome) and not str(c).endswith("_se")
        ]
        raise InputError(
            f"the runs have no column {y!r}{meant(y, runs.columns)}; give the outcome as y, one of {shown(like or runs.columns)}"
        )


def _outcome(law, runs, y, columns, rows):
    """Values of the outcome, in the domain of the law's noise."""
    if y in (*law.inputs, *columns.values()) or (y in SIZES and y != law.outcome):
        raise InputError(f"y is {y}, an input of the law; give the column of the outcome")
    check_outcome(law, runs, y)
    outcome = numbers(runs, y)
    bad = law.noise.check(outcome, rows)
    if bad:
        raise InputError(
            f"{row_name(runs, bad[0])}: {y} is {outcome[bad[0]]:g}; it must be {bad[1]}: {_mend(law, outcome, outcome[bad[0]], rows)}"
        )
    if len(outcome) > 1 and np.ptp(outcome) == 0:
        raise InputError(
            f"every run has {y} = {outcome[0]:g}: there is nothing to fit; check the column"
        )
    return outcome


def _mend(law, outcome, value, rows):
    """What to do about an outcome that can not be."""
    allows = lambda value: (
        law.noise.check(np.array([value]), {name: values[:1] for name, values in rows.items()})
        is None
    )
    share = allows(0.5) and not allows(2.0)
    if share and outcome.max() > 1:
        return f"mend it or leave the row out; where these are percent, divide by 100{', and where counts, by the items' if 'items' in rows else ''}"
    if share and value in (0, 1) and not law.noise.reads:
        return "leave the row out, or fit counts of items by a binomial law (task_binomial), which bear it"
    return "mend it or leave the row out"


def _check_variety(law, runs, x):
    """Refuse inputs that never vary; M alone may stand still, for a law can still be fitted along compute."""
    sizes = ("N", "D") if {"C", "M"} & set(law.inputs) and {"N", "D"} <= set(runs.columns) else ()
    for name in (*law.inputs, *sizes):
        values = np.asarray(x.get(name, runs.get(name)))
        if name not in law.known and np.ptp(values, axis=0).max() == 0:
            text = f"every run has {f'{name} = {values[0]:g}' if values.ndim == 1 else f'the same {name}'}: what {name} does to the outcome can not be seen"
            if name != "M":
                raise InputError(f"{text}; add runs that vary it")
            warn(
                f"{text}; forecasts at another {name} rest on the prior: add runs that vary it",
                RunsWarning,
            )


def padded(data, least=0):
    """The same data with masked copies of the last run up to a few set lengths, of ``least`` rows or more: one compilation serves many tables."""
    count = len(data["u"])
    length = half_slot(max(count, least))
    pad = lambda a: (
        np.concatenate([a, np.repeat(a[-1:], length - count, axis=0)]) if np.ndim(a) else a
    )
    u = np.concatenate(
        [data["u"], np.full(length - count, -1.0)]
    )  # beyond all runs: last where runs go by scale
    return {
        **{key: jax.tree.map(pad, value) for key, value in data.items()},
        "u": u,
        "mask": np.arange(length) < count,
    }


def distance(law, x, ref):
    """u = log(largest training scale / scale) of runs, below 0 beyond the data: what noise, discrepancy and drift go along."""
    if law.scale is None:
        name, values = next(iter(x.items()))
        return np.zeros(np.shape(values)[: -1 if name in law.vectors else None])
    return np.log(ref["scale_max"] / np.asarray(law.scale(x), float))


def data_hash(data, count=None):
    """SHA-256 of inputs and outcome of the first ``count`` runs: what the posterior was conditioned on."""
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


def inputs_at(law, to, names):
    """{input: (1, targets)} of those inputs of a law, what it knows of every run left out or not; (1, targets, pieces) of a vector."""
    x = {name: (vector if name in law.vectors else numbers)(to, name)[None] for name in names}
    check_sign(law, to, x, target=True)
    return x


def check_inputs(law, to):
    """Refuse targets that lack an input of the law."""
    for name in law.inputs:
        if (f"{name}_0" if name in law.vectors else name) not in to.columns:
            has = f"have {to.columns[0]} alone" if len(to.columns) == 1 else f"have no {name}"
            raise InputError(
                f"the targets {has}; {law.name} needs {', '.join(law.inputs)}"
                + (": give two of N, D, C, M, such as N and D" if name in SIZES else "")
            )
