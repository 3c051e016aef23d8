"""What ``backtest`` returns: held-out forecasts with their scores, and their summary."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import not_converged, plural, shorten_list
from bayes_scaling._core.table import AnnotatedTable, Table
from bayes_scaling.results._plotting import plot_figure
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.validation.backtest_summary import (
    common_forecasts,
    shorten_summary,
    summarize_forecasts,
)
from bayes_scaling.validation.judged_forecasts import JudgedForecasts

_FEW = 5  # series below which the fits, and not the series, count as independent


@dataclass(frozen=True, eq=False)
class Backtest(JudgedForecasts):
    """Held-out forecasts and their scores. Immutable.

    Parameters
    ----------
    forecasts : Table
        One row a forecast: law, method ("posterior", "point", "bootstrap"), the columns of
        ``series``, origin (the cutoff, or the group left out), fit (its name), ok (whether that
        fit has converged), train (runs fitted), run, extrapolation, distance (its class: "below",
        "within", "up to 2x" and so on), beyond (distance beyond the hull of the training runs: see
        ``bayes_scaling.law.places``), measured, median, lower, upper (90%), error (signed), width,
        crps, interval_score (90%), log_score (nats), pit, in_50, in_80, in_90, in_95, drift (the
        smallest sd of a drift, per unit of ``beyond``, with which the 90% interval would have held
        the run).
    fits : Table
        One row a fit: law, method, series, origin, fit, train, ok.
    skipped : Table
        What could not be fitted: law, series, origin, reason.
    y : str
        Column of the outcome.
    by : str
        Column along which the runs are cut.
    series : tuple of str
        Columns that identify the series.
    scale : str
        Unit of error, width, crps and interval_score.
    left : bool
        Whether groups of runs were left out, those of one value of ``by`` at a time, in place of
        cutoffs.
    drifts : dict of str to list of str
        {description of a drift beyond the training runs: labels of the laws that have it}.
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
    def outcomes(self) -> list[str]:
        """Columns of the outcomes that were forecast."""
        return list(dict.fromkeys(self.forecasts["y"])) if "y" in self.series else [self.y]

    def summary(
        self, by: str | Sequence[str] = ("law", "method"), common: bool = True
    ) -> AnnotatedTable:
        """Means of the scores, with standard errors.

        Parameters
        ----------
        by : str or sequence of str
            Columns of ``forecasts`` to group by, such as ["law", "distance"].
        common : bool
            Whether to count only forecasts that every law and method made, so that rows are
            comparable.

        Returns
        -------
        Table
            forecasts, fits, not_converged (of the fits), error (median of its size), bias (mean
            of the signed error), and of the other scores their means and, in <score>_se, standard
            errors. These treat the forecasts of one series (of one fit, where there are fewer
            than five series) as dependent, with all outcomes of its runs.

        Raises
        ------
        InputError
            There is no such column.
        """
        by = [by] if isinstance(by, str) else list(by)
        for column in by:
            if column not in self.forecasts.columns:
                raise InputError(
                    f"by is {column!r}, and the forecasts have no such column; name one of "
                    f"{shorten_list(self.forecasts.columns)}"
                )
        table, left_out = self.forecasts, 0
        if common:
            table, left_out = common_forecasts(table, self.series)
        summary = AnnotatedTable(summarize_forecasts(table, by, self.clusters))
        summary.foot = self._notes(left_out)
        return summary

    def classes(self, extrapolation: Any) -> list[str]:
        """The class of each distance, as in the column ``distance`` of the forecasts.

        Parameters
        ----------
        extrapolation : array_like (n,)
            Values of ``by`` over the largest that was fitted; none is missing.

        Returns
        -------
        list of str (n,)
            Such as "2x to 5x".
        """
        # a target below all runs is not an extrapolation
        names = list(self.forecasts["distance"].cat.categories)[1:]
        edges = [1.0, *(float(name.split()[-1].rstrip("x")) for name in names[1:-2])]
        codes = np.searchsorted(edges, np.asarray(extrapolation, float), side="left")
        return [names[code] for code in codes]

    @property
    def clusters(self) -> list[str]:
        """Columns that identify independent forecasts: errors of one run's outcomes correlate."""
        series = [column for column in self.series if column != "y"]
        many = series and len(self.forecasts[series].drop_duplicates()) >= _FEW
        return series if many else [*series, "origin"]

    @property
    def dependence(self) -> str:
        """Which forecasts the standard errors treat as dependent, in words."""
        unit = "fit" if "origin" in self.clusters else "series"
        together = ", all outcomes together," if len(self.outcomes) > 1 else ""
        count = self.forecasts.groupby(self.clusters, dropna=False).ngroups
        caution = ": too few to trust the errors" if count < _FEW else ""
        return f"treat forecasts of one {unit}{together} as dependent ({count} of them){caution}"

    @property
    def diagnosis(self) -> Diagnosis:
        """How many fits have not converged, and what was left out."""
        problems, cautions = (), ()
        posteriors = self.fits[self.fits["method"] == "posterior"]
        for law, fits in posteriors.groupby("law", sort=False):
            bad = fits[~fits["ok"]]
            if len(bad):
                names = shorten_list(map(self._describe, bad.to_dict("records")), 3)
                problems += (
                    f"{not_converged(len(bad), len(fits), str(law))}: {names}; "
                    f"{'its' if len(bad) == 1 else 'their'} forecasts are counted",
                )
        if len(self.skipped):
            first, many = self.skipped.iloc[0], len(self.skipped) > 1
            cautions += (
                f"{plural(len(self.skipped), 'table')} {'were' if many else 'was'} not fitted"
                f"{', such as' if many else ':'} {self._describe(first)}: {first['reason']}",
            )
        return Diagnosis(problems, cautions, what="Sampling of every fit")

    def _describe(self, row: Any) -> str:
        """The training table of a row, in words."""
        origin, names = row["origin"], [str(row[column]) for column in self.series]
        if isinstance(origin, float) and not pd.isna(origin):
            names.append(f"{self.by} up to {origin:.4g}")
        elif not pd.isna(origin):
            names.append(f"{self.by} = {origin}")
        return ", ".join(names) or "all runs"

    def _notes(self, left_out: int) -> str:
        """What must be read with a summary."""
        lines = [
            f"{shorten_list(self.outcomes, 6)}: error (median size), bias, width, crps and "
            f"interval_score (90%) are in {self.scale}; log_score in nats, larger is better.",
            f"Standard errors {self.dependence}.",
        ]
        if left_out:
            lines.append(
                f"{left_out} forecasts that not every law and method made are not counted "
                f"({option('common', False)} counts them)."
            )
        for drift, laws in self.drifts.items():
            caution = (
                "; the tables it was learned from do not test it" if "learned" in drift else ""
            )
            lines.append(
                f"Beyond the training runs, forecasts of {shorten_list(laws, 6)} drift: "
                f"{drift}{caution}."
            )
        return "\n".join([*lines, str(self.diagnosis)])

    def plot(self, **options: Any) -> Any:
        """Draw nominal against actual coverage, and the histogram of the PIT.

        Parameters
        ----------
        **options
            As in ``bayes_scaling.plot.calibration``.

        Returns
        -------
        numpy.ndarray of matplotlib.axes.Axes
        """
        return plot_figure("calibration", self, **options)

    def _short_summary(self) -> AnnotatedTable:
        """The summary by law with the main columns, standard errors in brackets."""
        short = shorten_summary(self.summary())
        hints = []
        if not self.fits["ok"].all():
            hints.append("the column ok of .forecasts shows which fits have not converged")
        if len(self.skipped):
            hints.append(".skipped lists what was not fitted")
        if hints:
            text = ", ".join(hints)
            short.foot += f"\n{text[0].upper()}{text[1:]}."
        return short

    def __repr__(self) -> str:
        return f"{self.verdict}\n\n{self._short_summary()!r}"

    def _repr_html_(self) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in self.verdict.splitlines())
        return f"{lines}{self._short_summary()._repr_html_()}"
