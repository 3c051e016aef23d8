"""A law's posterior given one table of runs: what ``fit`` returns."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.html import card
from bayes_scaling._core.table import Table
from bayes_scaling.results._plotting import plot_figure
from bayes_scaling.results.datatree import with_posterior_predictive
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit_checks import diagnose
from bayes_scaling.results.fit_draws import FitDraws
from bayes_scaling.results.forecaster import LawForecaster, Targets
from bayes_scaling.results.netcdf import save_fit
from bayes_scaling.results.summary import summary
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.targets import as_targets

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Fit(FitDraws, LawForecaster):
    """A law's posterior given runs. Immutable.

    Parameters
    ----------
    law : Law
        The law, with the priors and the noise that were used.
    posterior : dict of str to numpy.ndarray
        Draws of published parameters and sampled quantities, shape (chains, draws).
    source : Sampled or xarray.DataTree
        What ``tree`` is built from when first needed: the sampler's draws, or a saved fit's tree.
    y : str
        Column of the outcome.
    columns : dict
        {input: column}.
    largest : float
        Largest training compute, FLOPs; NaN where the runs have none.
    ref : dict of str to float
        The reference run.
    seed : int
        Seed of the draws.
    engine : dict
        Settings and health of the sampler.
    provenance : dict
        Hash of the data, versions of packages, column of standard errors.
    """

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """Verdicts on sampling, fit and reach: see ``bayes_scaling.results.fit_checks``."""
        return diagnose(self)

    def draws(self, to: Targets, of: str = "run", seed: int = 0) -> np.ndarray:
        """Draws of the outcome at targets.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets with the law's inputs, or two of N, D, C, M.
        of : {"run", "mean"}
            "run": a new run, with noise, discrepancy and drift; "mean": the law's own curve.
        seed : int
            Seed of the noise.

        Returns
        -------
        numpy.ndarray
            Draws, shape (draws, targets), in the unit of the outcome.

        Raises
        ------
        InputError
            Targets that are invalid or lack an input of the law, or a bad ``of`` or ``seed``.
        """
        to = self.with_known(as_targets(to))
        rows = {
            name: numbers(to, name)
            for name in self.law.noise.reads_of_targets
            if name in to.columns
        }
        return self.draws_at(self.inputs(to), of=of, seed=seed, rows=rows)

    def drift_note(self, to: Targets) -> str:
        """Describe the drift in forecasts of new runs: its size, and what it was learned from.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets, as in ``draws``.

        Returns
        -------
        str
            One sentence; "" where no target drifts.

        Raises
        ------
        InputError
            Invalid targets; of a law that drifts, also targets that lack an input.
        """
        drift = self.drift_draws
        if drift is None or not drift.distances(self.inputs(self.with_known(as_targets(to)))).any():
            return ""
        return f"Beyond the training runs {self.y} may drift off the law: {drift.describe()}"

    def summary(self, prob: float = 0.9) -> Table:
        """Summarize the posterior of every parameter, published form first.

        Parameters
        ----------
        prob : float
            Probability inside the central interval.

        Returns
        -------
        Table
            One row per quantity: form ("published", "sampled" or both, "noise"), mean, median, sd,
            lower, upper, rhat, ess_bulk, ess_tail, unit, meaning, prior.

        Raises
        ------
        InputError
            ``prob`` is not between 0 and 1.
        """
        return summary(self, prob)

    def posterior_predictive(self, seed: int = 0) -> "xr.DataTree":
        """Add new outcomes at the training runs, drawn from the posterior, to the tree.

        Parameters
        ----------
        seed : int
            Seed of the noise.

        Returns
        -------
        xarray.DataTree
            A copy of ``tree`` with the group ``posterior_predictive``: y (chain, draw, run), in
            the outcome's unit.

        Raises
        ------
        InputError
            A bad ``seed``.
        """
        constant = self.tree.children["constant_data"].dataset
        x = {name: constant[name].values[None] for name in self.law.inputs}
        rows = {name: constant[f"{name}_read"].values for name in self.law.noise.reads}
        se = constant["se"].values if "se" in constant else None
        draws = self.draws_at(x, seed=seed, se=se, rows=rows)
        return with_posterior_predictive(self.tree, draws)

    def save(self, path: str | Path) -> Path:
        """Write the fit to one netCDF file, which ``bayes_scaling.load`` reads.

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
        return save_fit(self, self.diagnosis, path)

    def plot_residuals(self, **options: Any) -> Any:
        """Plot the residuals of the training runs against N, D, C and the law's inputs.

        Parameters
        ----------
        **options : Any
            As in ``bayes_scaling.plot.residuals``.

        Returns
        -------
        numpy.ndarray
            The axes.

        Raises
        ------
        InputError
            As ``bayes_scaling.plot.residuals``.
        """
        return plot_figure("residuals", self, **options)

    def __repr__(self) -> str:
        runs = f"{len(self.parts.runs)} runs"
        return f"<Fit {self.law.name} of {self.y} to {runs}: {self.diagnosis.summary}>"

    def _repr_html_(self) -> str:
        table = self.summary().loc[list(self.law.names), ["median", "lower", "upper", "unit"]]
        title = f"{self.title}; {self.y} of {len(self.parts.runs)} runs, 90% intervals"
        return card(title, table._repr_html_(), self.diagnosis)
