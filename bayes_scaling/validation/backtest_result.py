"""Held-out forecasts with their scores, and what they come to: what ``backtest`` returns."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import beside, not_converged, option, several, shown
from bayes_scaling._core.table import Table, Told
from bayes_scaling.results._plotting import draw
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.validation.scores import INSIDE, clustered

_FEW = 5  # series below which the fits, and not the series, are taken as independent


@dataclass(frozen=True, eq=False)
class Backtest:
    """Held-out forecasts and their scores. Immutable.

    Parameters
    ----------
    forecasts : one row a forecast: law, method ("posterior", "point", "bootstrap"), the columns of ``series``, origin (the cutoff, or
        the group left out), fit (its number), ok (whether that fit is sound), train (runs fitted), run, extrapolation, distance
        (its class: "below", "within", "up to 2x" and so on), measured, median, lower, upper (90%), error (signed), width, crps, interval_score (90%), log_score (nats),
        pit, in_50, in_80, in_90, in_95.
    fits : one row a fit: law, method, series, origin, fit, train, ok.
    skipped : what could not be fitted: law, series, origin, reason.
    y, by : columns of the outcome and of what the runs are cut along.
    series : columns that tell series apart.
    scale : what error, width, crps and interval_score are in.
    drifts : what is to be said of each drift beyond the data: {words: names of the laws that have it}.
    left : whether groups of runs were left out, those of one value of ``by`` at a time, in place of cutoffs.
    """

    forecasts: Table
    fits: Table
    skipped: Table
    y: str
    by: str
    series: tuple
    scale: str
    left: bool = False
    drifts: dict = field(default_factory=dict)

    @property
    def outcomes(self):
        """Columns of the outcomes that were foretold."""
        return list(dict.fromkeys(self.forecasts["y"])) if "y" in self.series else [self.y]

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
        are fewer than five series) as dependent, with all outcomes of its runs.

        Raises
        ------
        InputError : there is no such column.
        """
        by = [by] if isinstance(by, str) else list(by)
        for column in by:
            if column not in self.forecasts.columns:
                raise InputError(
                    f"by is {column!r}, and the forecasts have no such column; name one of {shown(self.forecasts.columns)}"
                )
        table, left = self._common() if common else (self.forecasts, 0)
        made = Told(
            [
                self._line(part) | dict(zip(by, key if isinstance(key, tuple) else (key,)))
                for key, part in table.groupby(by, sort=False, observed=True)
            ]
        )
        made = made[[*by, *(column for column in made if column not in by)]]
        if "distance" in by:
            made["distance"] = pd.Categorical(
                made["distance"], self.forecasts["distance"].cat.categories, ordered=True
            )
            places = [
                made[column].cat.codes if column == "distance" else pd.factorize(made[column])[0]
                for column in by
            ]
            made = made.iloc[np.lexsort(places[::-1])].reset_index(drop=True)
        made.foot = self._told(left)
        return made

    def _common(self):
        """Forecasts that every law and method made, and how many others there are."""
        table = self.forecasts
        key = [*self.series, "origin", "run"]
        methods = len(table[["law", "method"]].drop_duplicates())
        everywhere = (
            table.groupby(key, sort=False, dropna=False)["law"].transform("size") == methods
        )
        return table[everywhere.to_numpy()], int((~everywhere).sum())

    def classes(self, extrapolation):
        """The class of each distance, as in the column ``distance`` of the forecasts.

        Parameters
        ----------
        extrapolation : (n,) values of ``by`` over the largest that was fitted; none is missing.

        Returns
        -------
        list of n texts, such as "2x to 5x"
        """
        names = list(self.forecasts["distance"].cat.categories)[
            1:
        ]  # a target that is below all runs is none that they have to reach
        edges = [1.0, *(float(name.split()[-1].rstrip("x")) for name in names[1:-2])]
        return [
            names[place]
            for place in np.searchsorted(edges, np.asarray(extrapolation, float), side="left")
        ]

    @property
    def clusters(self):
        """Columns whose values tell independent forecasts apart: outcomes of one run miss together."""
        series = [column for column in self.series if column != "y"]
        many = series and len(self.forecasts[series].drop_duplicates()) >= _FEW
        return series if many else [*series, "origin"]

    @property
    def dependence(self):
        """Which forecasts standard errors take as dependent, in words."""
        whole = ", all outcomes together," if len(self.outcomes) > 1 else ""
        count = self.forecasts.groupby(self.clusters, dropna=False).ngroups
        return f"take forecasts of one {'fit' if 'origin' in self.clusters else 'series'}{whole} as dependent ({count} of them){': too few to trust the errors' if count < _FEW else ''}"

    def _line(self, part):
        """One line of the summary."""
        clusters = part.groupby(self.clusters, sort=False, dropna=False).ngroup()
        fits = part.drop_duplicates("fit")
        line = {
            "forecasts": len(part),
            "fits": len(fits),
            "not_converged": int((~fits["ok"]).sum()),
            "error": part["error"].abs().median(),
        }
        columns = {
            "bias": part["error"],
            **{
                name: part[name]
                for name in ("width", "crps", "interval_score", "log_score", *INSIDE)
            },
        }
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
                problems += (
                    f"{not_converged(len(bad), len(part), law)}: {shown(map(self._place, bad.to_dict('records')), 3)}; {'its' if len(bad) == 1 else 'their'} forecasts are counted",
                )
        if len(self.skipped):
            first = self.skipped.iloc[0]
            cautions += (
                f"{several(len(self.skipped), 'table')} {'was' if len(self.skipped) == 1 else 'were'} not fitted{', such as' if len(self.skipped) > 1 else ':'} {self._place(first)}: {first['reason']}",
            )
        return Diagnosis(problems, cautions, what="Sampling of every fit")

    def _place(self, row):
        """A table of runs in words."""
        at = row["origin"]
        named = (
            []
            if pd.isna(at)
            else [f"{self.by} up to {at:.4g}" if isinstance(at, float) else f"{self.by} = {at}"]
        )
        return ", ".join([*(str(row[column]) for column in self.series), *named]) or "all runs"

    def _told(self, left):
        """What must be read with a summary."""
        text = f"{shown(self.outcomes, 6)}: error (median size), bias, width, crps and interval_score (90%) are in {self.scale}; log_score in nats, larger is better.\n"
        text += f"Standard errors {self.dependence}."
        if left:
            text += f"\n{left} forecasts that not every line made are not counted ({option('common', False)} counts them)."
        for words, laws in self.drifts.items():
            text += f"\nBeyond the data forecasts of {shown(laws, 6)} drift: {words}{'; on those tables it is no test' if 'learned' in words else ''}."
        return f"{text}\n{self.diagnosis}"

    def plot(self, **options):
        """Nominal against actual coverage, and the histogram of the PIT: options, Axes and errors as in ``bayes_scaling.plot.calibration``."""
        return draw("calibration", self, **options)

    def _brief(self):
        """The summary by law with the columns that are looked at first, standard errors in brackets."""
        whole = self.summary()
        made = whole[
            [
                "law",
                "method",
                "forecasts",
                "not_converged",
                "error",
                "interval_score",
                "log_score",
                *INSIDE,
            ]
        ].copy()
        for name in ("interval_score", "log_score", "in_90"):
            made[name] = list(map(beside, whole[name], whole[f"{name}_se"]))
        made.foot = whole.foot.replace("Standard errors take", "Standard errors, in brackets, take")
        where = [".forecasts tells by ok which fits have not converged"] * (
            not self.fits["ok"].all()
        ) + [".skipped lists what was not fitted"] * (len(self.skipped) > 0)
        made.foot += f"\n{', '.join(where)}." if where else ""
        return made

    def __repr__(self):
        return repr(self._brief())

    def _repr_html_(self):
        return self._brief()._repr_html_()
