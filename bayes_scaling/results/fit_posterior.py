"""The posterior of one fit, with everything that was needed to compute it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.law.law import Law
from bayes_scaling.results.datatree import build_tree, constant_data
from bayes_scaling.results.parts import Parts, compute_parts, parts_of_tree
from bayes_scaling.results.posterior_draws import Sampled
from bayes_scaling.runs.columns import split_columns

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class FitPosterior:
    """The fields of a ``Fit``, and what follows from them alone."""

    law: Law
    posterior: dict[str, np.ndarray]
    source: "Sampled | xr.DataTree"
    y: str
    columns: dict[str, Any]
    largest: float
    ref: dict[str, float]
    seed: int
    engine: dict[str, Any]
    provenance: dict[str, Any]

    @cached_property
    def tree(self) -> "xr.DataTree":
        """The posterior in ArviZ's groups.

        An xarray.DataTree with the groups posterior (published and sampled parameters),
        sample_stats, log_likelihood, log_prior, prior, observed_data, constant_data.
        """
        if isinstance(self.source, Sampled):
            return build_tree(self.law, self.source, self.posterior, self.parts)
        return self.source

    @cached_property
    def parts(self) -> Parts:
        """Draws from the prior, log prior and log likelihood of each run."""
        if isinstance(self.source, Sampled):
            return compute_parts(self.law, self.source, self.seed)
        return parts_of_tree(self.source)

    @cached_property
    def training(self) -> pd.DataFrame:
        """The runs that were fitted: inputs, sizes and the outcome."""
        if isinstance(self.source, Sampled):
            columns = {
                name: values for name, (_, values) in constant_data(self.law, self.source).items()
            }
            outcome = self.source.table[self.y].to_numpy(float)
        else:
            constant = self.tree.children["constant_data"].dataset
            columns = {str(name): array.values for name, array in constant.data_vars.items()}
            outcome = self.tree.children["observed_data"].dataset["y"].values
        pieces = {
            column: values
            for name in self.law.vectors
            for column, values in split_columns(name, columns.pop(name)).items()
        }
        index = pd.Index(self.parts.runs, name="run")
        return pd.DataFrame({**columns, **pieces, self.y: outcome}, index)

    def training_mean(self) -> list[float]:
        """Evaluate the first draw's curve at up to 20 runs: it identifies the law's function.

        Returns
        -------
        list of float
            The mean outcome at the training runs, in the outcome's unit.
        """
        constant = self.tree.children["constant_data"].dataset
        x = {name: constant[name].values[None] for name in self.law.inputs}
        first = {name: value[:1, None] for name, value in self.flat(*self.law.names).items()}
        return [float(value) for value in curve(self.law, x, first)[0, :20]]

    def flat(self, *names: str) -> dict[str, np.ndarray]:
        """Join the draws of all chains.

        Parameters
        ----------
        *names : str
            Names as in ``Fit.posterior``.

        Returns
        -------
        {str: numpy.ndarray}
            Draws, shape (draws,).
        """
        return {name: self.posterior[name].ravel() for name in names}
