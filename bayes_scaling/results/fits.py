"""Posteriors of one law on many data sets: what ``fit_many`` returns."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import Table
from bayes_scaling.inference.batch import draws_of
from bayes_scaling.inference.design import conditioned, padded
from bayes_scaling.results.build_fit import build_fit
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fits_health import diagnose_fits, fits_health
from bayes_scaling.results.fits_summary import fits_summary
from bayes_scaling.results.forecast_table import Forecast, as_forecast
from bayes_scaling.results.forecaster import Targets
from bayes_scaling.results.many_posteriors import ManyPosteriors
from bayes_scaling.results.netcdf import save_fits
from bayes_scaling.results.posterior_draws import Sampled
from bayes_scaling.runs.targets import as_targets


@dataclass(frozen=True, eq=False)
class Fits(ManyPosteriors):
    """Posteriors of one law on many data sets. Immutable.

    ``fits[group]`` is a Fit, and ``for group in fits`` goes over the groups.

    Parameters
    ----------
    law : Law
        The law, with the priors and the noise that were used.
    by : tuple of str
        Columns that identify groups.
    groups : tuple
        The value of each group, or a tuple of values where ``by`` has several columns.
    tables : tuple of pandas.DataFrame
        The runs of each group.
    y : str
        Column of the outcome.
    se : str or None
        Column of its standard errors.
    columns : dict
        {input: column}.
    theta : numpy.ndarray
        Unconstrained draws, shape (groups, chains, draws, sampled quantities).
    stats : dict of str to numpy.ndarray
        Statistics of the sampler, shape (groups, chains, draws).
    about : tuple of dict
        Health, modes, attempts and sampler of each group.
    seeds : tuple of int
        The seed of each group.
    warmup : int
        Warm-up draws.
    skipped : dict
        {group: the reason why it was left out}.
    """

    def __getitem__(self, group: Any) -> Fit:
        if group in self.skipped:
            raise InputError(f"the group {group!r} was left out: {self.skipped[group]}")
        if group not in self.positions:
            raise InputError(f"there is no group {group!r}; groups are {shorten_list(self.groups)}")
        i = self.positions[group]
        table = self.tables[i]
        draws = draws_of({"theta": self.theta, "about": self.about, **self.stats}, i)
        data = padded(conditioned(self.law, table, self.y, self.se, self.columns))
        sampled = Sampled(table, self.y, data, draws)
        return build_fit(
            self.law,
            sampled,
            self.columns,
            seed=self.seeds[i],
            warmup=self.warmup,
            se=self.se,
            own_source=lambda: self.own_runs[i],
        )

    @cached_property
    def health(self) -> Table:
        """How each fit went, one row per group.

        The columns of ``by``, ok, rhat, ess (minimum; both quick estimates), diverging, draws,
        bfmi, modes, attempts, sampler.
        """
        return fits_health(self)

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """Diagnosis of all fits together; ``health`` has each of them."""
        return diagnose_fits(self, self.health)

    def summary(self, prob: float = 0.9) -> Table:
        """Summarize the posterior of every parameter of every group in one tidy table.

        Parameters
        ----------
        prob : float
            Probability inside the central interval.

        Returns
        -------
        Table
            One row per group and quantity: the columns of ``by``, parameter, mean, median, sd,
            lower, upper, rhat, ess (quick estimates).

        Raises
        ------
        InputError
            ``prob`` is not between 0 and 1.
        """
        return fits_summary(self, prob)

    def forecast(
        self, to: Targets, prob: float = 0.9, of: str = "run", kind: str = "eti", seed: int = 0
    ) -> Forecast:
        """Forecast every group in one tidy table.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets for all groups; with the columns of ``by``, each target for its own group.
        prob : float
            As in ``Fit.forecast``.
        of : {"run", "mean"}
            As in ``Fit.forecast``.
        kind : {"eti", "hdi"}
            As in ``Fit.forecast``.
        seed : int
            As in ``Fit.forecast``.

        Returns
        -------
        Forecast
            One row per group and target: the columns of ``by``, then those of ``Fit.forecast``.

        Raises
        ------
        InputError
            As ``Fit.forecast``, or targets that name none of the groups.

        Warns
        -----
        FitWarning
            Some fit has not converged.
        """
        parts, notes = [], []
        for i, targets in self._targets_by_group(as_targets(to)):
            fit = self[self.groups[i]]
            intervals = fit.intervals(targets, prob, of, kind, seed)
            notes.append(fit.drift_note(targets) if of == "run" else "")
            labels = pd.DataFrame(self.labels([i] * len(intervals)), index=intervals.index)
            others = intervals.drop(columns=[name for name in self.by if name in intervals])
            parts.append(pd.concat([labels, others], axis=1))
        if not parts:
            raise InputError(
                f"the targets name none of the groups {shorten_list(self.groups)} in "
                f"{', '.join(self.by)}"
            )
        self.diagnosis.warn("forecasts")
        return as_forecast(
            pd.concat(parts, ignore_index=True),
            self.diagnosis,
            prob=prob,
            of=of,
            kind=kind,
            y=self.y,
            unit=self.law.rename_units(self.law.unit, self.y),
            note=max(notes, key=len),  # the law is the same: every note is this one, or empty
        )

    def _targets_by_group(self, to: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
        """Position and targets of each group that has any."""
        if not set(self.by) <= set(to.columns):
            return [(i, to) for i in range(len(self))]
        keys = list(to[list(self.by)].itertuples(index=False, name=None))
        parts = []
        for i, group in enumerate(self.groups):
            key = group if isinstance(group, tuple) else (group,)
            if key in keys:
                parts.append((i, to[[other == key for other in keys]]))
        return parts

    def save(self, path: str | Path) -> Path:
        """Write all fits to one netCDF file, as ``Fit.save``.

        Parameters
        ----------
        path : str or pathlib.Path
            The file; one that exists is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            The folder does not exist or cannot be written.
        """
        return save_fits(self, self[self.groups[0]].training_mean(), self.diagnosis, path)

    def __repr__(self) -> str:
        groups = f"{len(self)} groups by {', '.join(self.by)}"
        return f"<Fits {self.law.name} of {self.y} to {groups}: {self.diagnosis.summary}>"

    def _repr_html_(self) -> str:
        more = f", the first 10 of {len(self)}" if len(self) > 10 else ""
        title = f"{self.law.name} of {self.y} by {', '.join(self.by)}: {len(self)} fits{more}"
        return card(title, Table(self.health.iloc[:10])._repr_html_(), self.diagnosis)
