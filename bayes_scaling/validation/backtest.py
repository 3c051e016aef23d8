"""Forecasts of runs that were trained, made from smaller ones alone: what intervals are worth is what they have been shown to cover."""

import warnings

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_counts, check_seed
from bayes_scaling._core.errors import InputError, RunsWarning
from bayes_scaling._core.messages import listed, several, shown
from bayes_scaling._core.table import Table
from bayes_scaling.inference.design import check_outcome, conditioned, distance, measured, padded
from bayes_scaling.inference.input_checks import check_options, look
from bayes_scaling.inference.predictive import held_out
from bayes_scaling.law.likelihoods.drift import told
from bayes_scaling.results.fit_many import fit_many
from bayes_scaling.results.fitting import adapted, read
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.validation.backtest_result import Backtest
from bayes_scaling.validation.baselines import foretold
from bayes_scaling.validation.scores import INSIDE, scored
from bayes_scaling.validation.splits import check_column, left_out, rolling, series_of

_PERCENT = ("error", "width", "crps", "interval_score")  # scores in the outcome's unit


def backtest(
    laws, runs, y=None, *, by="C", group=None, cutoffs=None, shares=None, leave=None, multiples=(2, 5, 10, 30), baselines=(), refits=100,
    noise=None, se=None, draws=500, warmup=200, chains=2, seed=0, length=0, executor=None, progress=None, **columns,
):  # fmt: skip
    """Fit the runs up to a cutoff, foretell those beyond, and hold the forecasts against what was measured; again for each cutoff and law.

    Parameters
    ----------
    laws : law or name, list of them, or {label: law}.
    runs : as in ``fit``.
    y : column of the outcome, or several: each is a series of its own.
    by : column of positive numbers along which the runs are cut, such as "C", "N" or "D".
    group : column, or list of columns, that tell series apart: each is cut, fitted and foretold alone.
    cutoffs : values of ``by``, the last that is still fitted; or how many to choose, evenly in its logarithm, from the first with twice
        as many runs below it as the largest law has parameters; 6 where cutoffs, shares and leave are left out.
    shares : in place of cutoffs, shares of each series' own largest value of ``by``, such as (0.1, 0.3).
    leave : column; in place of cutoffs every group of runs with one value of it is foretold from the others.
    multiples : edges of the classes of ``extrapolation``: a run's value of ``by`` over the largest that was fitted.
    baselines : of "point" (a point fit by Huber's loss, with the spread of its residuals) and "bootstrap" (of the runs): see
        ``bayes_scaling.validation.baselines``.
    refits : of the bootstrap.
    noise, se, draws, warmup, chains, seed, length, executor, progress, **columns : as in ``fit_many``; a column is used by the laws that have
        the input, and a measurement error of a held-out run is part of its forecast.

    Returns
    -------
    Backtest

    Raises
    ------
    InputError : a law, a column or a value can not be, or nothing is left to fit; the sentence says which and how to mend it.

    Examples
    --------
    >>> bs.backtest(["chinchilla", "coupled"], "gadre2024", y="loss_c4", group="dataset", baselines=["bootstrap"])  # doctest: +SKIP
    """
    laws = _named(laws, noise)
    check_options(
        backtest,
        columns,
        [name for law in laws.values() for name in (*law.inputs, *law.noise.reads)],
    )
    check_counts(draws=draws, chains=chains, warmup=warmup, length=length)
    check_seed(seed)
    baselines = (baselines,) if isinstance(baselines, str) else tuple(baselines)
    for name in baselines:
        if name not in ("point", "bootstrap"):
            raise InputError(f"baselines has {name!r}; use 'point', 'bootstrap' or both")
    if isinstance(refits, bool) or not isinstance(refits, int | np.integer) or refits < 10:
        raise InputError(f"refits is {refits!r}; give a whole number of at least 10")
    edges = np.asarray(multiples, float).ravel()
    if not (len(edges) and (edges > 1).all() and (np.diff(edges) > 0).all()):
        raise InputError(
            f"multiples are {multiples!r}; give growing numbers above 1, such as (2, 5, 10)"
        )
    ways = [
        name
        for name, value in (("cutoffs", cutoffs), ("shares", shares), ("leave", leave))
        if value is not None
    ]
    if len(ways) > 1:
        raise InputError(f"{listed(ways)} each say which runs are foretold; give one of them")
    table, y, group, columns = _table(laws, runs, y, by, group, leave, se, columns)
    least = max(len(law.parameters) for law in laws.values())
    splits, unfit = (
        left_out(table, group, by, leave)
        if leave is not None
        else rolling(table, group, by, 6 if cutoffs is None else cutoffs, least, shares)
    )
    skipped = [
        {"law": "every law", **dict(zip(group, series)), "origin": origin, "reason": why}
        for series, origin, why in unfit
    ]
    if not splits:
        mend = (
            "name another column in leave"
            if leave is not None
            else f"give other {'cutoffs' if shares is None else 'shares'}, or more runs"
        )
        raise InputError(
            f"nothing can be fitted and foretold: {skipped[0]['reason'] if skipped else 'there are no runs'}; {mend}"
        )
    _look(laws, table, y, group, columns)
    mend = {
        "cutoffs": "give later cutoffs",
        "shares": "give larger shares",
        "leave": "give more runs",
    }[ways[0] if ways else "cutoffs"]
    forecasts, fitted = [], []
    for label, law in laws.items():
        own = _own(law, columns)
        if all(len(split.train) < len(law.parameters) for split in splits):
            raise InputError(
                f"{label} has {several(len(law.parameters), 'parameter')}, and no table to fit has so many runs; {mend}"
            )
        options = {
            "se": se,
            "draws": draws,
            "warmup": warmup,
            "chains": chains,
            "seed": seed,
            "length": length,
            "executor": executor,
            "progress": progress,
        }
        for rows, about in _of_law(
            label, law, table, y, splits, group, own, options, baselines, refits, skipped
        ):
            forecasts.append(rows), fitted.append(about)
    forecasts = pd.concat(forecasts, ignore_index=True)
    forecasts["distance"] = _classes(forecasts["extrapolation"], edges, forecasts["below"])
    positive = (forecasts["measured"] > 0).all()
    if positive:
        forecasts[list(_PERCENT)] = forecasts[list(_PERCENT)].div(
            forecasts["measured"] / 100, axis=0
        )
    unit = "% of what was measured" if positive else next(iter(laws.values())).unit
    order = [
        "law",
        "method",
        *group,
        "origin",
        "fit",
        "ok",
        "train",
        "run",
        "extrapolation",
        "distance",
        "measured",
        "median",
        "lower",
        "upper",
        *_PERCENT,
        "log_score",
        "pit",
        *INSIDE,
    ]
    return Backtest(
        Table(forecasts[order]),
        Table(fitted),
        Table(skipped, columns=["law", *group, "origin", "reason"]),
        y,
        leave or by,
        tuple(group),
        unit,
        leave is not None,
        _drifts(laws),
    )


def _own(law, columns):
    """Those of the laws' columns that one of them has a use for."""
    return {
        name: column for name, column in columns.items() if name in (*law.inputs, *law.noise.reads)
    }


def _look(laws, table, y, group, columns):
    """Warn of what is likely a slip, as a fit does, of a series once for all laws."""
    x = {
        label: measured(law, table, y, None, _own(law, columns))["x"] for label, law in laws.items()
    }
    for series, rows in series_of(table, group).items():
        outcome = (
            series[-1] if y == "value" and group[-1:] == ["y"] else y
        )  # of several outcomes each is a series
        part = table.iloc[rows].rename(columns={y: outcome})
        any(
            look(
                law,
                part,
                outcome,
                distance(
                    law,
                    {name: values[rows] for name, values in x[label].items()},
                    {"scale_max": 1.0},
                ),
            )
            for label, law in laws.items()
        )


def _drifts(laws):
    """{a drift in words: names of the laws that have it}."""
    made = {}
    for label, law in laws.items():
        if law.noise.drift:
            made.setdefault(told(law), []).append(label)
    return made


def _named(laws, noise):
    """{label: Law}."""
    if isinstance(laws, dict):
        made = {str(label): adapted(law, noise) for label, law in laws.items()}
    else:
        found = [
            adapted(law, noise) for law in (laws if isinstance(laws, list | tuple) else [laws])
        ]
        made = {law.name: law for law in found}
        if len(made) < len(found):
            raise InputError(
                f"two laws are called {found[0].name if len(made) == 1 else shown([law.name for law in found])}; give {{label: law}}"
            )
    if not made:
        raise InputError("there is no law; give a name, such as 'chinchilla', or a list of them")
    return made


def _table(laws, runs, y, by, group, leave, se, columns):
    """The runs with what is needed alone, one row a run and outcome; the outcome's column, those of the series, and the laws' columns."""
    table, columns = read(runs, columns)
    outcomes = {law.outcome for law in laws.values()}
    if y is None and len(outcomes) > 1:
        raise InputError(
            f"the laws have the outcomes {', '.join(sorted(outcomes))}; name the column of the outcome as y"
        )
    y, many = (outcomes.pop() if y is None else y), not (y is None or isinstance(y, str))
    group = [] if group is None else [group] if isinstance(group, str) else list(group)
    taken = {name for law in laws.values() for name in (*law.inputs, *law.noise.reads)}
    for name in columns:
        if name not in taken:
            raise InputError(
                f"{name} is no input of {shown(laws)}; their inputs are {shown(sorted(taken))}"
            )
    if not many:
        check_outcome(next(iter(laws.values())), table, y)
    for what, name in (
        ("by", by) if leave is None else ("leave", leave),
        *(("group", name) for name in group),
        *([] if se is None else [("se", se)]),
    ):
        check_column(table, what, name)
    named = {*columns.values(), *group, by, leave, se, *SIZES, *([] if many else [y])} | {
        name for law in laws.values() for name in law.noise.reads
    }
    named |= {getattr(law.noise, name) for law in laws.values() for name in law.noise.reads}
    vectors = tuple(f"{columns.get(name, name)}_" for law in laws.values() for name in law.vectors)
    inputs = {columns.get(name, name) for law in laws.values() for name in law.inputs}
    kept = [
        c for c in table.columns if c in named | inputs or (vectors and str(c).startswith(vectors))
    ]
    labels = (
        table["run"]
        if "run" in table and table["run"].is_unique
        else table.index
        if table.index.is_unique
        else np.arange(len(table))
    )
    lean = table[kept].assign(run=np.asarray(labels).astype(str))
    if not many:
        return lean.reset_index(drop=True), y, group, columns
    if se is not None or not len(y):
        raise InputError(
            "y names several outcomes and se the error of one; give one outcome, or none of the errors"
            if len(y)
            else "y is empty; name the column of the outcome"
        )
    for name in ("y", "value"):
        if name in lean.columns:
            raise InputError(
                f"with several outcomes the column {name!r} is made anew; rename that of the runs"
            )
    parts = [lean.assign(y=column, value=numbers(table, column)) for column in y]
    return pd.concat(parts, ignore_index=True), "value", [*group, "y"], columns


def _of_law(label, law, table, y, splits, group, columns, options, baselines, refits, skipped):
    """The forecasts of one law, method by method and split by split: [(rows, about the fit), ...]."""
    place = {}
    for split in splits:
        if len(split.train) >= len(law.parameters):
            place[split.name] = split
        else:
            skipped.append(
                {
                    "law": label,
                    **dict(zip(group, split.series)),
                    "origin": split.origin,
                    "reason": f"{several(len(split.train), 'run')} for {several(len(law.parameters), 'parameter')}",
                }
            )
    data = measured(law, table, y, options["se"], columns)
    longest = max(
        options.pop("length"), *(len(split.train) for split in place.values())
    )  # one length for all: they share one compilation
    long = table.iloc[np.concatenate([split.train for split in place.values()])].assign(
        split=np.repeat(list(place), [len(split.train) for split in place.values()])
    )
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RunsWarning
        )  # what is left out is told in .skipped; that M stands still, of a training table, is no news
        try:
            fits = fit_many(
                law, long, y, by="split", length=longest, on_error="skip", **options, **columns
            )
        except InputError as error:
            raise InputError(f"{label}: {error}") from None
        for name, why in fits.skipped.items():
            skipped.append(
                {
                    "law": label,
                    **dict(zip(group, place[name].series)),
                    "origin": place[name].origin,
                    "reason": why,
                }
            )
        mine = [place[name] for name in fits.groups]
        designs = [
            padded(conditioned(law, part, y, options["se"], columns), longest)
            for part in fits.tables
        ]
    tests, ok, labels = (
        [split.test for split in mine],
        fits.health["ok"].to_numpy(),
        table["run"].to_numpy(),
    )

    def told(i, method, draws, log_density):
        split, sound = mine[i], bool(ok[i]) if method == "posterior" else True
        about = {
            "law": label,
            "method": method,
            **dict(zip(group, split.series)),
            "origin": split.origin,
            "fit": f"{label} {method} {split.name}",
            "train": len(split.train),
            "ok": sound,
        }
        truth = data["y"][split.test]
        rows = scored(draws, truth, log_density, np.random.default_rng([fits.seeds[i], 2]))
        return pd.DataFrame(
            {
                **about,
                "run": labels[split.test],
                "extrapolation": split.extrapolation,
                "below": split.below,
                "measured": truth,
                **rows,
            }
        ), about

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RunsWarning)  # the same of the same tables
        made = {
            ("posterior", i): told(i, "posterior", *drawn)
            for i, *drawn in held_out(fits, tests, data, [design["ref"] for design in designs])
        }
    if baselines:
        for i, both in foretold(
            law, designs, tests, data, fits.seeds, refits if "bootstrap" in baselines else 0
        ):
            made |= {(method, i): told(i, method, *both[method]) for method in baselines}
    return [made[method, i] for method in ("posterior", *baselines) for i in range(len(mine))]


def _classes(extrapolation, edges, below=False):
    """The class of each extrapolation: "up to 2x", "2x to 5x", ..., "beyond 30x"; "within" where it is at most 1, "below" where the run is smaller than
    all that were fitted, "" where there is none."""
    names = [
        "below",
        "within",
        f"up to {edges[0]:g}x",
        *(f"{low:g}x to {high:g}x" for low, high in zip(edges, edges[1:])),
        f"beyond {edges[-1]:g}x",
        "",
    ]
    place = np.where(
        np.isnan(extrapolation),
        len(names) - 1,
        1 + np.searchsorted([1.0, *edges], extrapolation, side="left"),
    )
    return pd.Categorical.from_codes(np.where(below, 0, place), names, ordered=True)
