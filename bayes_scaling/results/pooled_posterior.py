"""The posterior of a pooled fit, with everything that was needed to compute it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling._core.versions import versions
from bayes_scaling.inference.design import data_hash
from bayes_scaling.inference.draws import Draws
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.law.law import Law
from bayes_scaling.law.pool import Pool
from bayes_scaling.results.parts import Parts

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class PooledPosterior:
    """The fields of a ``PooledFit``, and what follows from them alone."""

    pool: Pool
    posterior: dict[str, np.ndarray]
    source: "Draws | xr.DataTree"
    table: pd.DataFrame
    y: str
    data: dict[str, Any]
    place: tuple[np.ndarray, np.ndarray]
    columns: dict[str, Any]
    se: str | None
    seed: int
    engine: dict[str, Any]
    drift: tuple[str, dict[Any, float]] | None = None

    @property
    def law(self) -> Law:
        """The law, with the priors and the noise that were used."""
        return self.pool.law

    @property
    def groups(self) -> tuple:
        """The groups that have runs: the column's value, or a tuple where there are several."""
        return self.pool.groups

    @cached_property
    def largest(self) -> float:
        """Largest training compute of all groups, FLOPs; NaN where the runs have none."""
        return float(self.table["C"].max()) if "C" in self.table.columns else float("nan")

    @cached_property
    def training(self) -> pd.DataFrame:
        """The runs that were fitted, with the law's inputs under their own names too."""
        inputs = {
            name: self.table[column]
            for name, column in self.columns.items()
            if isinstance(column, str) and column in self.table
        }
        return self.table.assign(**inputs)

    @property
    def parts(self) -> Parts:
        """Labels of the runs; the other parts are empty."""
        labels = self.table["run"] if "run" in self.table.columns else self.table.index
        return Parts(np.asarray(labels).astype(str), {}, {}, None)

    @property
    def count(self) -> int:
        """Number of draws of all chains."""
        return self.engine["chains"] * self.engine["draws"]

    @property
    def ref(self) -> dict[str, Any]:
        """The reference run, where it has one value for all groups."""
        return {name: value for name, value in self.data["ref"].items() if np.ndim(value) == 0}

    def flat(self, *names: str) -> dict[str, np.ndarray]:
        """Join the draws of all chains.

        Parameters
        ----------
        *names : str
            Names as in ``PooledFit.posterior``.

        Returns
        -------
        {str: numpy.ndarray}
            Draws, shape (draws, ...).
        """
        return {
            name: self.posterior[name].reshape(-1, *self.posterior[name].shape[2:])
            for name in names
        }

    def label(self, group: Any) -> str:
        """Give a group's name.

        Parameters
        ----------
        group : Any
            The column's value, or a tuple of one value for each column.

        Returns
        -------
        str
            The values.

        Raises
        ------
        InputError
            Not one value for each column.
        """
        return " / ".join(map(str, self.pool.key(group)))

    def by_run(self, values: Any) -> np.ndarray:
        """Take one value for each row of ``table`` from an array (groups, runs).

        Parameters
        ----------
        values : array_like
            Part of ``data``, shape (groups, runs of a group, ...).

        Returns
        -------
        numpy.ndarray
            Shape (rows, ...).
        """
        return np.asarray(values)[self.place]

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What the draws depend on: hash of the data, versions, groups and pooling."""
        rows: dict[str, Any] = {
            part: {name: self.by_run(values) for name, values in self.data.get(part, {}).items()}
            for part in ("x", "rows")
        }
        rows |= {name: self.by_run(self.data[name]) for name in ("z", "se") if name in self.data}
        return {
            "data_hash": data_hash(rows),
            "versions": versions(),
            "se": self.se,
            "group": list(self.pool.by),
            "pool": dict(self.pool.modes),
        }

    def training_mean(self) -> list[float]:
        """Evaluate the first draw's curve at up to 20 runs: it identifies the law's function.

        Returns
        -------
        list of float
            The mean outcome at the training runs, in the outcome's unit.
        """
        first = {name: self.flat(name)[name][0][:, None] for name in self.law.names}
        mean = self.by_run(curve(self.law, self.data["x"], first))
        return [float(value) for value in mean[:20]]
