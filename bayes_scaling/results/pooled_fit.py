"""A law's posterior for several groups at once: what ``fit(..., group=...)`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling._core.html import card
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import Table
from bayes_scaling.inference.draws import Draws
from bayes_scaling.results._plotting import plot_figure
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.results.forecaster import LawForecaster, Targets
from bayes_scaling.results.group import Group
from bayes_scaling.results.netcdf import save_pooled_fit
from bayes_scaling.results.new_group import without_runs
from bayes_scaling.results.pooled_checks import diagnose_pooled
from bayes_scaling.results.pooled_datatree import build_pooled_tree
from bayes_scaling.results.pooled_density import log_likelihood
from bayes_scaling.results.pooled_draws import PooledDraws
from bayes_scaling.results.pooled_drift import check_drifts, drift_note
from bayes_scaling.results.pooled_summary import pooled_summary
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.targets import as_targets

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class PooledFit(PooledDraws, LawForecaster):
    """A law's posterior given the runs of several groups. Immutable.

    Parameters
    ----------
    pool : Pool
        The law, the groups, and what they share.
    posterior : dict of str to numpy.ndarray
        Draws, shape (chains, draws, ...): published parameters, sampled quantities and noise of
        each group, with an axis over ``groups``; mu (the middle group), tau (group sds, on the
        unconstrained scale) and z of what is partially pooled.
    source : Draws or xarray.DataTree
        What ``tree`` is built from when first needed: the sampler's draws, or a saved fit's tree.
    table : pandas.DataFrame
        The runs.
    y : str
        Column of the outcome.
    data : dict
        The design, with a leading axis over groups.
    place : tuple of numpy.ndarray
        Group and slot in the design of each row of ``table``.
    columns : dict
        {input: column}.
    se : str or None
        Column of standard errors.
    seed : int
        Seed of the draws.
    engine : dict
        Settings and health of the sampler.
    drift : tuple or None
        (column, {level: sd}) of a drift for each level, in place of the noise's: see
        ``with_drift``.
    """

    @property
    def title(self) -> str:
        """The law and its groups in one line."""
        return f"{self.law.name} by {', '.join(self.pool.by)}: {self.law.formula}"

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """Verdicts on sampling, fit and reach, of every group and of what they share."""
        return diagnose_pooled(self, self.log_likelihood)

    @cached_property
    def log_likelihood(self) -> np.ndarray:
        """Log likelihood of each outcome, shape (draws, runs)."""
        return log_likelihood(self)

    @cached_property
    def tree(self) -> "xr.DataTree":
        """xarray.DataTree in ArviZ's groups: see ``bayes_scaling.results.pooled_datatree``."""
        if isinstance(self.source, Draws):
            return build_pooled_tree(self, self.source, self.log_likelihood)
        return self.source

    def group(self, group: Any) -> Group:
        """Give one group as a forecaster, such as the second part of a chain.

        Parameters
        ----------
        group : Any
            The column's value, or a tuple of one value for each column; it may have no runs.

        Returns
        -------
        Group
            The forecaster.

        Raises
        ------
        InputError
            Not one value for each column.
        """
        return Group(self, self.pool.key(group))

    def draws(self, to: Targets, of: str = "run", seed: int = 0) -> np.ndarray:
        """Draws of the outcome of groups with runs or without.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets, as in ``Fit.draws``, with the groups' columns.
        of : {"run", "mean"}
            As in ``Fit.draws``.
        seed : int
            As in ``Fit.draws``.

        Returns
        -------
        numpy.ndarray
            Draws, shape (draws, targets), in the unit of the outcome.

        Raises
        ------
        InputError
            As ``Fit.draws``, or a target names no group.
        """
        to = self.with_known(as_targets(to))
        keys, draws = self.keys_of_targets(to), np.empty((self.count, len(to)))
        x, rows = (
            self.inputs(to),
            {name: numbers(to, name)[None] for name in self.law.noise.reads_of_targets},
        )
        for key in dict.fromkeys(keys):
            mask = np.array([other == key for other in keys])
            group_x, group_rows = (
                {name: values[:, mask] for name, values in part.items()} for part in (x, rows)
            )
            draws[:, mask] = self.draws_at(key, group_x, group_rows, of, seed)
        return draws

    def with_drift(self, column: str, sds: Mapping[Any, float]) -> "PooledFit":
        """Give forecasts a drift for each level of a column; the posterior stays the same.

        Parameters
        ----------
        column : str
            A column that identifies groups, such as that of the validation set.
        sds : dict of level to float
            Sd for each unit of distance beyond the group's own runs, such as
            ``bayes_scaling.drift_by`` learns from held-out runs; a level that is left out has the
            mean of the others.

        Returns
        -------
        PooledFit
            The same draws with this drift.

        Raises
        ------
        InputError
            No such column, level or sd, or a likelihood without drift.
        """
        check_drifts(self, column, sds)
        return replace(self, drift=(column, {level: float(sd) for level, sd in sds.items()}))

    def drift_note(self, to: Targets) -> str:
        """Describe the drift, as ``Fit.drift_note``.

        A group drifts beyond its own runs, or beyond those of all where it has none.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets with the groups' columns.

        Returns
        -------
        str
            One sentence; "" where no target drifts.
        """
        to = self.with_known(as_targets(to))
        return drift_note(self, self.inputs(to), self.keys_of_targets(to))

    def forecast(
        self, to: Targets, prob: float = 0.9, of: str = "run", kind: str = "eti", seed: int = 0
    ) -> Forecast:
        """Forecast as ``Fit.forecast``; targets without the groups' columns for every group.

        ``extrapolation`` is over the group's own largest training compute, or over that of all
        groups where it has no runs.
        """
        to = self.of_every_group(to)
        forecast = super().forecast(to, prob, of, kind, seed)
        notes = (without_runs(self, self.keys_of_targets(to)), forecast.note_long)
        forecast.note_long = ". ".join(filter(None, notes))
        return forecast

    def intervals(
        self, to: pd.DataFrame, prob: float, of: str, kind: str, seed: int
    ) -> pd.DataFrame:
        """Compute the columns of ``forecast``, as ``Forecaster.intervals``, the groups' first."""
        intervals = super().intervals(to, prob, of, kind, seed)
        return self.with_group_extrapolation(to, intervals)

    def summary(self, prob: float = 0.9) -> Table:
        """Summarize the posterior in one tidy table.

        mu_x is x of the middle group; tau_x the sd between groups, on the log scale of a positive
        quantity and the logit scale of a fraction.

        Parameters
        ----------
        prob : float
            Probability inside the central interval.

        Returns
        -------
        Table
            One row per group and quantity: group ("all" for what groups share), parameter, mean,
            median, sd, lower, upper, rhat, ess_bulk.

        Raises
        ------
        InputError
            ``prob`` is not between 0 and 1.
        """
        return pooled_summary(self, prob)

    def save(self, path: str | Path) -> Path:
        """Write the fit to one netCDF file, as ``Fit.save``.

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
            As ``Fit.save``, or a group's label is neither text nor a number.
        """
        return save_pooled_fit(self, self.tree, self.diagnosis, path)

    def plot(self, to: Targets | None = None, **options: Any) -> Any:
        """Plot one panel per group.

        Parameters
        ----------
        to : pandas.DataFrame or dict, optional
            Targets, as in ``bayes_scaling.plot.curves``.
        **options : Any
            As in ``bayes_scaling.plot.curves``.

        Returns
        -------
        numpy.ndarray
            The axes.
        """
        return plot_figure("curves", self, to, **options)

    def plot_residuals(self, **options: Any) -> Any:
        """Plot residuals, as ``Fit.plot_residuals``, each run about the curve of its own group."""
        return plot_figure("residuals", self, **options)

    def __repr__(self) -> str:
        groups = f"{len(self.groups)} groups by {', '.join(self.pool.by)}"
        runs = f"{len(self.table)} runs in {groups} ({shorten_list(self.groups, 4)})"
        name = f"{type(self).__name__} {self.law.name}"
        return f"<{name} of {self.y} to {runs}: {self.diagnosis.summary}>"

    def _repr_html_(self) -> str:
        medians = {name: np.median(self.posterior[name], axis=(0, 1)) for name in self.law.names}
        table = Table(medians, index=[self.label(group) for group in self.groups])
        runs = f"{len(self.table)} runs in {len(self.groups)} groups"
        title = f"{self.title}; {self.y} of {runs}, medians"
        return card(title, table._repr_html_(), self.diagnosis)

    @property
    def group_columns(self) -> tuple[str, ...]:
        """Columns that identify a target's group."""
        return tuple(self.pool.by)
