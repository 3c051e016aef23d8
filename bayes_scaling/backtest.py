"""Forecasts of runs that were trained, made from smaller ones alone: what intervals are worth is what they have been shown to cover."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayes_scaling.baselines import foretold
from bayes_scaling.design import conditioned, measured, padded
from bayes_scaling.diagnose import Diagnosis
from bayes_scaling.fit import adapted, check_counts, read
from bayes_scaling.forecast import check_seed
from bayes_scaling.many import fit_many
from bayes_scaling.origins import left_out, rolling
from bayes_scaling.predictive import held_out
from bayes_scaling.runs import SIZES, InputError, RunsWarning, numbers, shown
from bayes_scaling.scores import PROBS, clustered, scored
from bayes_scaling.table import Table

_PERCENT = ("error", "width", "crps", "interval_score")  # scores in the outcome's unit
_FEW = 5  # series below which the fits, and not the series, are taken as independent


class Summary(Table):
    """A summary of held-out forecasts that says what must be read with it."""

    _metadata = ["foot"]

    def _foot(self):
        return getattr(self, "foot", "")


@dataclass(frozen=True, eq=False)
class Backtest:
    """Held-out forecasts and their scores. Immutable.

    Parameters
    ----------
    forecasts : one row a forecast: law, method ("posterior", "point", "bootstrap"), the columns of ``series``, origin (the cutoff, or
        the group left out), fit (its number), ok (whether that fit is sound), train (runs fitted), run, extrapolation, distance
        (its class), measured, median, lower, upper (90%), error (signed), width, crps, interval_score (90%), log_score (nats),
        pit, in_50, in_80, in_90, in_95.
    fits : one row a fit: law, method, series, origin, fit, train, ok.
    skipped : what could not be fitted: law, series, origin, reason.
    y, by : columns of the outcome and of what the runs are cut along.
    series : columns that tell series apart.
    scale : what error, width, crps and interval_score are in.
    """

    forecasts: Table
    fits: Table
    skipped: Table
    y: str
    by: str
    series: tuple
    scale: str

    def summary(self, by=("law", "method"), common=True):
        """Means of the scores, with standard errors.

        Parameters
        ----------
        by : columns of ``forecasts`` that tell the lines apart, such as ["law", "distance"].
        common : whether to count only forecasts that every law and method made, so that lines can be compared.

        Returns
        -------
        Table: forecasts, fits, not_converged (of the fits), error (median of its size), bias (mean of the signed error), and of the
        other scores their means and, in <score>_se, standard errors that take the forecasts of one series (of one fit, where there
        are fewer than five series) as dependent.

        Raises
        ------
        InputError : there is no such column.
        """
        by = [by] if isinstance(by, str) else list(by)
        for column in by:
            if column not in self.forecasts.columns:
                raise InputError(f"by is {column!r}, and the forecasts have no such column; name one of {shown(self.forecasts.columns)}")
        table, left = self._common() if common else (self.forecasts, 0)
        made = Summary([self._line(part) | dict(zip(by, key if isinstance(key, tuple) else (key,))) for key, part in table.groupby(by, sort=False, observed=True)])
        made = made[[*by, *(column for column in made if column not in by)]]
        if "distance" in by:
            made["distance"] = pd.Categorical(made["distance"], self.forecasts["distance"].cat.categories, ordered=True)
            places = [made[column].cat.codes if column == "distance" else pd.factorize(made[column])[0] for column in by]
            made = made.iloc[np.lexsort(places[::-1])].reset_index(drop=True)
        made.foot = self._told(left)
        return made

    def _common(self):
        """Forecasts that every law and method made, and how many others there are."""
        table = self.forecasts
        key = [*self.series, "origin", "run"]
        methods = len(table[["law", "method"]].drop_duplicates())
        everywhere = table.groupby(key, sort=False, dropna=False)["law"].transform("size") == methods
        return table[everywhere.to_numpy()], int((~everywhere).sum())

    @property
    def _cluster(self):
        """Columns whose values tell independent forecasts apart."""
        many = self.series and len(self.forecasts[list(self.series)].drop_duplicates()) >= _FEW
        return list(self.series) if many else [*self.series, "origin"]

    def _line(self, part):
        """One line of the summary."""
        clusters = part.groupby(self._cluster, sort=False, dropna=False).ngroup()
        fits = part.drop_duplicates("fit")
        line = {"forecasts": len(part), "fits": len(fits), "not_converged": int((~fits["ok"]).sum()), "error": part["error"].abs().median()}
        columns = {"bias": part["error"], **{name: part[name] for name in ("width", "crps", "interval_score", "log_score", *_inside())}}
        for name, values in columns.items():
            line[name], line[f"{name}_se"] = clustered(values, clusters)
        return line

    @property
    def diagnosis(self):
        """How many fits have not converged, and what was left out."""
        problems, cautions = (), ()
        for law, part in self.fits[self.fits["method"] == "posterior"].groupby("law", sort=False):
            bad = part[~part["ok"]]
            if len(bad):
                problems += (f"{len(bad)} of {len(part)} fits of {law} have not converged: {shown(map(self._place, bad.to_dict('records')), 3)}; their forecasts are counted, see .forecasts",)
        if len(self.skipped):
            first = self.skipped.iloc[0]
            cautions += (f"{len(self.skipped)} tables were not fitted, such as {self._place(first)}: {first['reason']}; see .skipped",)
        return Diagnosis(problems, cautions, what="Sampling of every fit")

    def _place(self, row):
        """A table of runs in words."""
        of = [str(row[column]) for column in self.series] + ([f"{row['origin']:.4g}" if isinstance(row["origin"], float) else str(row["origin"])] if row["origin"] is not None else [])
        return " ".join(of) or "all runs"

    def _told(self, left):
        """What must be read with a summary."""
        what = "series" if self._cluster == list(self.series) else "fit"
        count = self.forecasts.groupby(self._cluster, dropna=False).ngroups
        text = f"{self.y}: error (median size), bias, width, crps and interval_score (90%) are in {self.scale}; log_score in nats, larger is better.\n"
        text += f"Standard errors take forecasts of one {what} as dependent ({count} of them)" + (": too few to trust the errors." if count < _FEW else ".")
        if left:
            text += f"\n{left} forecasts that not every line made are not counted (common=False counts them)."
        return f"{text}\n{self.diagnosis}"

    def plot(self, **options):
        """Nominal against actual coverage, and the histogram of the PIT: see ``bayes_scaling.panels.calibration``."""
        from bayes_scaling import panels

        return panels.calibration(self, **options)

    def _brief(self):
        """The summary by law with the columns that are looked at first."""
        whole = self.summary()
        made = whole[["law", "method", "forecasts", "not_converged", "error", "interval_score", "interval_score_se", "log_score", "log_score_se", *_inside(), "in_90_se"]]
        made.foot = whole.foot
        return made

    def __repr__(self):
        return repr(self._brief())

    def _repr_html_(self):
        return self._brief()._repr_html_()


def _inside():
    return [f"in_{prob:.0%}"[:-1] for prob in PROBS]


def backtest(
    laws, runs, y=None, *, by="C", group=None, cutoffs=6, leave=None, multiples=(2, 5, 10, 30), baselines=(), refits=100,
    noise=None, se=None, draws=500, warmup=200, chains=2, seed=0, executor=None, progress=None, **columns,
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
        as many runs below it as the largest law has parameters.
    leave : column; in place of cutoffs every group of runs with one value of it is foretold from the others.
    multiples : edges of the classes of ``extrapolation``: a run's value of ``by`` over the largest that was fitted.
    baselines : of "point" (a point fit by Huber's loss, with the spread of its residuals) and "bootstrap" (of the runs): see
        ``bayes_scaling.baselines``.
    refits : of the bootstrap.
    noise, se, draws, warmup, chains, seed, executor, progress, **columns : as in ``fit_many``; a column is used by the laws that have
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
    check_counts(draws=draws, chains=chains, warmup=warmup)
    check_seed(seed)
    baselines = (baselines,) if isinstance(baselines, str) else tuple(baselines)
    for name in baselines:
        if name not in ("point", "bootstrap"):
            raise InputError(f"baselines has {name!r}; use 'point', 'bootstrap' or both")
    if isinstance(refits, bool) or not isinstance(refits, int | np.integer) or refits < 10:
        raise InputError(f"refits is {refits!r}; give a whole number of at least 10")
    edges = np.asarray(multiples, float).ravel()
    if not (len(edges) and (edges > 1).all() and (np.diff(edges) > 0).all()):
        raise InputError(f"multiples are {multiples!r}; give growing numbers above 1, such as (2, 5, 10)")
    table, y, group, columns = _table(laws, runs, y, by, group, leave, se, columns)
    least = max(len(law.parameters) for law in laws.values())
    splits, unfit = left_out(table, group, by, leave) if leave is not None else rolling(table, group, by, cutoffs, least)
    skipped = [{"law": "every law", **dict(zip(group, series)), "origin": origin, "reason": why} for series, origin, why in unfit]
    if not splits:
        raise InputError(f"nothing can be fitted and foretold: {skipped[0]['reason'] if skipped else 'there are no runs'}; give other cutoffs, or more runs")
    forecasts, fitted = [], []
    for label, law in laws.items():
        own = {name: column for name, column in columns.items() if name in (*law.inputs, *law.noise.reads)}
        options = {"se": se, "draws": draws, "warmup": warmup, "chains": chains, "seed": seed, "executor": executor, "progress": progress}
        for rows, about in _of_law(label, law, table, y, splits, group, own, options, baselines, refits, skipped):
            forecasts.append(rows), fitted.append(about)
    forecasts = pd.concat(forecasts, ignore_index=True)
    forecasts["distance"] = _classes(forecasts["extrapolation"], edges)
    positive = (forecasts["measured"] > 0).all()
    if positive:
        forecasts[list(_PERCENT)] = forecasts[list(_PERCENT)].div(forecasts["measured"] / 100, axis=0)
    unit = "% of what was measured" if positive else next(iter(laws.values())).unit
    order = ["law", "method", *group, "origin", "fit", "ok", "train", "run", "extrapolation", "distance", "measured", "median", "lower", "upper", *_PERCENT, "log_score", "pit", *_inside()]
    return Backtest(Table(forecasts[order]), Table(fitted), Table(skipped, columns=["law", *group, "origin", "reason"]), y, leave or by, tuple(group), unit)


def _named(laws, noise):
    """{label: Law}."""
    if isinstance(laws, dict):
        made = {str(label): adapted(law, noise) for label, law in laws.items()}
    else:
        found = [adapted(law, noise) for law in (laws if isinstance(laws, list | tuple) else [laws])]
        made = {law.name: law for law in found}
        if len(made) < len(found):
            raise InputError(f"two laws are called {found[0].name if len(made) == 1 else shown([law.name for law in found])}; give {{label: law}}")
    if not made:
        raise InputError("there is no law; give a name, such as 'chinchilla', or a list of them")
    return made


def _table(laws, runs, y, by, group, leave, se, columns):
    """The runs with what is needed alone, one row a run and outcome; the outcome's column, those of the series, and the laws' columns."""
    table, columns = read(runs, columns)
    outcomes = {law.outcome for law in laws.values()}
    if y is None and len(outcomes) > 1:
        raise InputError(f"the laws have the outcomes {', '.join(sorted(outcomes))}; name the column of the outcome as y")
    y, several = (outcomes.pop() if y is None else y), not (y is None or isinstance(y, str))
    group = [] if group is None else [group] if isinstance(group, str) else list(group)
    taken = {name for law in laws.values() for name in (*law.inputs, *law.noise.reads)}
    for name in columns:
        if name not in taken:
            raise InputError(f"{name} is no input of {shown(laws)}; their inputs are {shown(sorted(taken))}")
    for name in [by] if leave is None else [leave]:
        if name not in table.columns:
            raise InputError(f"{'by' if leave is None else 'leave'} is {name!r}, and the runs have no such column; name one of {shown(table.columns)}")
    named = {*columns.values(), *group, by, leave, se, *SIZES, *(([]) if several else [y])} | {name for law in laws.values() for name in law.noise.reads}
    named |= {getattr(law.noise, name) for law in laws.values() for name in law.noise.reads}
    vectors = tuple(f"{columns.get(name, name)}_" for law in laws.values() for name in law.vectors)
    inputs = {columns.get(name, name) for law in laws.values() for name in law.inputs}
    kept = [c for c in table.columns if c in named | inputs or (vectors and str(c).startswith(vectors))]
    labels = table["run"] if "run" in table and table["run"].is_unique else table.index if table.index.is_unique else np.arange(len(table))
    lean = table[kept].assign(run=np.asarray(labels).astype(str))
    if not several:
        return lean.reset_index(drop=True), y, group, columns
    if se is not None or not len(y):
        raise InputError("y names several outcomes and se the error of one; give one outcome, or none of the errors" if len(y) else "y is empty; name the column of the outcome")
    for name in ("y", "value"):
        if name in lean.columns:
            raise InputError(f"with several outcomes the column {name!r} is made anew; rename that of the runs")
    parts = [lean.assign(y=column, value=numbers(table, column)) for column in y]
    return pd.concat(parts, ignore_index=True), "value", [*group, "y"], columns


def _of_law(label, law, table, y, splits, group, columns, options, baselines, refits, skipped):
    """The forecasts of one law, method by method and split by split: [(rows, about the fit), ...]."""
    place = {}
    for split in splits:
        if len(split.train) >= len(law.parameters):
            place[split.name] = split
        else:
            skipped.append({"law": label, **dict(zip(group, split.series)), "origin": split.origin, "reason": f"{len(split.train)} runs for {len(law.parameters)} parameters"})
    if not place:
        raise InputError(f"{label} has {len(law.parameters)} parameters, and no table to fit has so many runs; give later cutoffs")
    data = measured(law, table, y, options["se"], columns)
    long = table.iloc[np.concatenate([split.train for split in place.values()])].assign(split=np.repeat(list(place), [len(split.train) for split in place.values()]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RunsWarning)  # what is left out is told in .skipped; that M stands still, of a training table, is no news
        try:
            fits = fit_many(law, long, y, by="split", on_error="skip", **options, **columns)
        except InputError as error:
            raise InputError(f"{label}: {error}") from None
        for name, why in fits.skipped.items():
            skipped.append({"law": label, **dict(zip(group, place[name].series)), "origin": place[name].origin, "reason": why})
        mine = [place[name] for name in fits.groups]
        designs = [padded(conditioned(law, part, y, options["se"], columns)) for part in fits.tables]
    tests, ok, labels = [split.test for split in mine], fits.health["ok"].to_numpy(), table["run"].to_numpy()

    def told(i, method, draws, log_density):
        split, sound = mine[i], bool(ok[i]) if method == "posterior" else True
        about = {"law": label, "method": method, **dict(zip(group, split.series)), "origin": split.origin, "fit": f"{label} {method} {split.name}", "train": len(split.train), "ok": sound}
        truth = data["y"][split.test]
        rows = scored(draws, truth, log_density, np.random.default_rng([fits.seeds[i], 2]))
        return pd.DataFrame({**about, "run": labels[split.test], "extrapolation": split.extrapolation, "measured": truth, **rows}), about

    made = {("posterior", i): told(i, "posterior", *drawn) for i, *drawn in held_out(fits, tests, data, [design["ref"] for design in designs])}
    if baselines:
        for i, both in foretold(law, designs, tests, data, fits.seeds, refits if "bootstrap" in baselines else 0):
            made |= {(method, i): told(i, method, *both[method]) for method in baselines}
    return [made[method, i] for method in ("posterior", *baselines) for i in range(len(mine))]


def _classes(extrapolation, edges):
    """The class of each extrapolation: "up to 2x", "2x to 5x", ..., "beyond 30x"; "within" where it is at most 1, "" where there is none."""
    names = ["within", f"up to {edges[0]:g}x", *(f"{low:g}x to {high:g}x" for low, high in zip(edges, edges[1:])), f"beyond {edges[-1]:g}x", ""]
    place = np.where(np.isnan(extrapolation), len(names) - 1, np.searchsorted([1.0, *edges], extrapolation, side="left"))
    return pd.Categorical.from_codes(place, names, ordered=True)
