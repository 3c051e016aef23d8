"""A law's posterior given one table of runs: what ``fit`` returns."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling._core.html import card
from bayes_scaling._core.table import Table
from bayes_scaling._core.versions import versions
from bayes_scaling.inference.design import data_hash, distance
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.drift import told
from bayes_scaling.results.datatree import with_posterior_predictive
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit_checks import diagnose
from bayes_scaling.results.fit_draws import curve_at, draws_at, scatter_at, training_residuals
from bayes_scaling.results.fit_posterior import FitPosterior
from bayes_scaling.results.forecaster import LawForecaster
from bayes_scaling.results.known_inputs import with_constants
from bayes_scaling.results.netcdf import save_fit
from bayes_scaling.results.posterior_draws import Sampled, posterior
from bayes_scaling.results.summary import summary
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.targets import as_targets

if TYPE_CHECKING:
    import xarray as xr

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Fit(FitPosterior, LawForecaster):
    """A law's posterior given runs. Immutable.

    Parameters
    ----------
    law : Law
        The law, with the priors and the noise that were used.
    posterior : {str: numpy.ndarray}
        Draws of published parameters and sampled quantities, shape (chains, draws).
    source : Sampled or xarray.DataTree
        What ``tree`` is built from when first needed: the sampler's draws, or a saved fit's tree.
    y : str
        Column of the outcome.
    columns : dict
        {input: column}.
    largest : float
        Largest training compute, FLOPs; NaN where the runs have none.
    ref : {str: float}
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
        """Diagnosis of the draws: see ``bayes_scaling.results.fit_checks``."""
        return diagnose(self)

    def draws(
        self, to: pd.DataFrame | dict[str, Any], of: str = "run", seed: int = 0
    ) -> np.ndarray:
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
        rows = {name: numbers(to, name) for name in self.law.noise.reads if name in to.columns}
        return self.draws_at(self.inputs(to), of=of, seed=seed, rows=rows)

    def drift_note(self, to: pd.DataFrame | dict[str, Any]) -> str:
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
        if not self.law.noise.drift > 0:
            return ""
        x = self.inputs(self.with_known(as_targets(to)))
        if not (distance(self.law, x, self.ref) < 0).any():
            return ""
        return f"Beyond the training range {self.y} may drift off the law: {told(self.law)}"

    def with_known(self, to: pd.DataFrame) -> pd.DataFrame:
        """Add inputs that were given as one number for all runs, where targets lack them.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets, as in ``draws``.

        Returns
        -------
        pandas.DataFrame
            The targets with these columns.
        """
        return with_constants(to, self.columns)

    def draws_at(
        self,
        x: Arrays,
        of: str = "run",
        seed: int = 0,
        paired: bool = False,
        se: np.ndarray | None = None,
        rows: dict[str, Any] | None = None,
    ) -> np.ndarray:
        """Draws of the outcome at inputs given as arrays.

        ``of="mean"`` is the law's curve without a discrepancy, even where it leaves the outcome's
        domain; a run never does. ``of="run"`` includes, draw by draw, what the training runs imply
        about a discrepancy.

        Parameters
        ----------
        x : {str: numpy.ndarray}
            Inputs, shape (1, targets), or (draws, targets) where every draw has its own; (1,
            targets, pieces) of an input with several numbers per run.
        of : {"run", "mean"}
            As in ``draws``.
        seed : int
            As in ``draws``.
        paired : bool
            Whether to take posterior draws in random order, one for each row of ``x``: partners
            for draws of another posterior.
        se : numpy.ndarray, optional
            Measurement errors of the new runs on the link's scale, shape (targets,).
        rows : dict, optional
            What the likelihood reads of each run, shape (targets,); what is left out is as in the
            mean training run.

        Returns
        -------
        numpy.ndarray
            Draws, shape (draws, targets), in the unit of the outcome.

        Raises
        ------
        InputError
            A bad ``of`` or ``seed``.
        """
        return draws_at(self, x, of, seed, paired, se, rows)

    def scatter_at(
        self, x: Arrays, seed: int = 0, se: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give new runs as Normals on the link's scale, one for every draw of the posterior.

        The law's likelihood must be a Noise. The drift is left out: it adds
        (drift * max(-u, 0))^2 to the variance.

        Parameters
        ----------
        x : {str: numpy.ndarray}
            Inputs, shape (1, targets).
        seed : int
            Seed of the noise.
        se : numpy.ndarray, optional
            Measurement errors on the link's scale, shape (targets,).

        Returns
        -------
        center, sd : numpy.ndarray
            Shape (draws, targets).
        u : numpy.ndarray
            log(largest training scale / scale), shape (1, targets).
        """
        return scatter_at(self, x, seed, se)

    def curve_at(self, x: Arrays, paired: bool = False) -> tuple[np.ndarray, Arrays, Arrays]:
        """Evaluate the law's curve at inputs, with the draws that give it.

        Parameters
        ----------
        x : {str: numpy.ndarray}
            As in ``draws_at``.
        paired : bool
            As in ``draws_at``.

        Returns
        -------
        curve : numpy.ndarray
            Shape (draws, targets).
        published, sampled : {str: numpy.ndarray}
            Published parameters and sampled quantities, shape (draws, 1).
        """
        return curve_at(self, x, paired)

    _along = curve_at  # until its users are renamed

    def training_residuals(self, published: Arrays) -> dict[str, dict[str, Any]]:
        """Residuals of the training runs, which determine a smooth discrepancy.

        Parameters
        ----------
        published : {str: numpy.ndarray}
            Draws of published parameters, shape (draws, 1).

        Returns
        -------
        dict
            The keyword ``seen`` of ``Noise.scatter``; empty where there is no discrepancy.
        """
        return training_residuals(self, published)

    seen = training_residuals  # until its users are renamed

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

    def __repr__(self) -> str:
        verdict = (
            str(self.diagnosis).splitlines()[0]
            if self.diagnosis.ok
            else f"NOT CONVERGED: {self.diagnosis.problems[0]}"
        )
        return f"<Fit {self.law.name} of {self.y} to {len(self.parts.runs)} runs: {verdict}>"

    def _repr_html_(self) -> str:
        table = self.summary().loc[list(self.law.names), ["median", "lower", "upper", "unit"]]
        title = f"{self.title}; {self.y} of {len(self.parts.runs)} runs, 90% intervals"
        return card(title, table._repr_html_(), self.diagnosis)


def build_fit(
    law: Law,
    sampled: Sampled,
    columns: dict[str, Any],
    *,
    seed: int,
    warmup: int,
    se: str | None = None,
) -> Fit:
    """Build a Fit from the sampler's draws."""
    table, draws = sampled.table, sampled.draws
    return Fit(
        law=law,
        posterior=posterior(law, sampled),
        source=sampled,
        y=sampled.y,
        columns=columns,
        largest=float(table["C"].max()) if "C" in table.columns else float("nan"),
        ref={name: float(value) for name, value in sampled.data["ref"].items()},
        seed=seed,
        engine={
            "modes": [list(mode) for mode in draws.modes],
            "attempts": draws.attempts,
            "health": draws.health,
            "chains": draws.theta.shape[0],
            "draws": draws.theta.shape[1],
            "warmup": warmup,
        },
        provenance={
            "data_hash": data_hash(sampled.data, len(table)),
            "versions": versions(),
            "se": se,
        },
    )
