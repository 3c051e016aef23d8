"""Draws of the outcome from one fit, at inputs given as arrays."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_seed
from bayes_scaling._core.random_streams import Stream, fingerprint, generator
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.drift_draws import displacements_at
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.law.places import places
from bayes_scaling.results.fit_drift import FitDrift
from bayes_scaling.results.known_inputs import mean_row, with_constants
from bayes_scaling.results.posterior_draws import Sampled

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class FitDraws(FitDrift):
    """The part of a ``Fit`` that draws outcomes at inputs given as arrays."""

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

    @property
    def run_table(self) -> pd.DataFrame:
        """The table of runs with all of its columns; of a loaded fit, what the law reads."""
        return self.source.table if isinstance(self.source, Sampled) else self.training

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
        check_of(of)
        check_seed(seed)
        mean, published, sampled = self.curve_at(x, paired)
        if of == "mean":
            return mean
        return self.law.noise.draw(
            self._noise_stream(x, seed),
            mean,
            sampled,
            distance(self.law, x, self.ref),
            se,
            mean_row(self.law, self.ref) | (rows or {}),
            drift=self._drift_at(x, seed, len(mean)),
            **self.training_residuals(published),
        )

    def scatter_at(
        self, x: Arrays, seed: int = 0, se: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give new runs as Normals on the link's scale, one for every draw of the posterior.

        The law's likelihood must be a Noise. The drift is left out: it adds
        (size * distance)^2 to the variance.

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
        distance : numpy.ndarray
            Distance beyond the training runs: see ``bayes_scaling.law.places``; shape (1, targets).
        """
        mean, published, sampled = self.curve_at(x)
        u = distance(self.law, x, self.ref)
        rng = self._noise_stream(x, seed)
        residuals = self.training_residuals(published)
        noise: Any = self.law.noise  # a Noise
        center, sd = noise.scatter(rng, mean, sampled, u, se, **residuals)
        way = displacements_at(self.law, places(self.law, self.training_inputs), x)
        return center, sd, np.linalg.norm(way, axis=-1)

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
        published = {name: value[:, None] for name, value in self.flat(*self.law.names).items()}
        names = (q.sampled for q in self.law.sites)
        sampled = {name: value[:, None] for name, value in self.flat(*names).items()}
        if paired:
            count = len(next(iter(x.values())))
            available = len(next(iter(published.values())))
            order = generator(Stream.PAIRING, self.seed, self._data_hash).permutation(available)
            chosen = np.resize(order, count)
            published = {name: value[chosen] for name, value in published.items()}
            sampled = {name: value[chosen] for name, value in sampled.items()}
        return curve(self.law, x, published), published, sampled

    def _drift_at(self, x: Arrays, seed: int, count: int) -> np.ndarray | None:
        """The drift at inputs, one slope off the law for each draw; None where nothing drifts.

        Every call of one seed has the same slopes, so that targets drift together.
        """
        if self.drift_draws is None:
            return None
        of_fit = (self.seed, repr(self.law.names), self._data_hash)
        return self.drift_draws.draw(generator(Stream.DRIFT, *of_fit, seed), x, count)

    @property
    def _data_hash(self) -> str:
        return self.provenance["data_hash"]

    def _noise_stream(self, x: Arrays, seed: int) -> np.random.Generator:
        """Noise of new runs at these inputs: another law, other data or targets, other noise."""
        of_fit = (self.seed, repr(self.law.names), self._data_hash)
        return generator(Stream.NEW_RUN, *of_fit, seed, fingerprint(x))

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
        if not self.law.noise.smooth:
            return {}
        x, z, se = self.training_data
        mean = curve(self.law, {name: values[None] for name, values in x.items()}, published)
        residual = z - self.law.noise.forward(mean)
        return {"seen": {"residual": residual, "u": distance(self.law, x, self.ref), "se": se}}

    @property
    def training_rows(self) -> dict[str, np.ndarray]:
        """What the likelihood reads of each training run, shape (runs,) each."""
        if isinstance(self.source, Sampled):
            count = len(self.source.table)
            return {name: a[:count] for name, a in self.source.data.get("rows", {}).items()}
        constant = self.tree.children["constant_data"].dataset
        return {name: constant[f"{name}_read"].values for name in self.law.noise.reads}

    @cached_property
    def training_data(self) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray | None]:
        """Inputs of the training runs, their outcomes on the link's scale, and errors or None."""
        if isinstance(self.source, Sampled):
            data, count = self.source.data, len(self.source.table)
            x = {name: values[:count] for name, values in data["x"].items()}
            return x, data["z"][:count], data["se"][:count] if "se" in data else None
        constant = self.tree.children["constant_data"].dataset
        outcome = self.tree.children["observed_data"].dataset["y"].values
        x = {name: constant[name].values for name in self.law.inputs}
        se = constant["se"].values if "se" in constant else None
        return x, self.law.noise.forward(outcome), se
