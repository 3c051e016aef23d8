"""One group of a pooled fit as a forecaster."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.html import card
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.table import Table
from bayes_scaling.law.law import Law
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.results.forecaster import Forecaster, LawForecaster, Targets
from bayes_scaling.results.new_group import without_runs
from bayes_scaling.runs.targets import as_targets

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Group(LawForecaster):
    """One group of a pooled fit. Its draws are paired with those of the other groups.

    Parameters
    ----------
    fit : PooledFit
        The fit of all groups.
    key : tuple
        One value for each column that identifies groups.
    """

    fit: Any  # PooledFit, whose module imports this one
    key: tuple

    @property
    def law(self) -> Law:
        """The law, with the priors and the noise that were used."""
        return self.fit.law

    @property
    def columns(self) -> dict[str, Any]:
        """{input: column}."""
        return self.fit.columns

    @property
    def diagnosis(self) -> Diagnosis:
        """The diagnosis of the fit of all groups."""
        return self.fit.diagnosis

    @property
    def y(self) -> str:
        """Column of the outcome."""
        return self.fit.y

    @property
    def title(self) -> str:
        """The group and the law in one line."""
        return f"{self.fit.label(self.key)}: {self.law.formula}"

    @property
    def training(self) -> pd.DataFrame:
        """The group's own runs."""
        runs = self.fit.training
        return runs[(runs[list(self.fit.pool.by)] == list(self.key)).all(axis=1)]

    @property
    def largest(self) -> float:
        """Largest training compute of the group, FLOPs; NaN where it has none."""
        training = self.training
        return float(training["C"].max()) if "C" in training.columns else float("nan")

    def with_known(self, to: pd.DataFrame) -> pd.DataFrame:
        """Add what is known of the group's runs to its targets: as ``PooledFit.with_known``."""
        return self.fit.with_known(to.assign(**dict(zip(self.fit.pool.by, self.key))))

    def forecast(
        self, to: Targets, prob: float = 0.9, of: str = "run", kind: str = "eti", seed: int = 0
    ) -> Forecast:
        """Forecast as ``Fit.forecast``; the note names a group without runs."""
        forecast = super().forecast(to, prob, of, kind, seed)
        notes = (without_runs(self.fit, [self.key]), forecast.note_long)
        forecast.note_long = ". ".join(filter(None, notes))
        return forecast

    def draws(self, to: Targets, of: str = "run", seed: int = 0) -> np.ndarray:
        """Draws of this group's outcome: as ``PooledFit.draws``."""
        return self.fit.draws(self.with_known(as_targets(to)), of=of, seed=seed)

    def drift_note(self, to: Targets) -> str:
        """Describe the drift, as ``PooledFit.drift_note``."""
        return self.fit.drift_note(self.with_known(as_targets(to)))

    def draws_at(
        self,
        x: Arrays,
        of: str = "run",
        seed: int = 0,
        paired: bool = False,
        se: np.ndarray | None = None,
        rows: dict[str, Any] | None = None,
    ) -> np.ndarray:
        """Draws at inputs given as arrays, as ``Fit.draws_at``.

        The random order of ``paired`` is the same for all groups, so that their draws stay paired.
        ``se`` is ignored, and ``rows`` must have everything that the likelihood reads.
        """
        chosen = slice(None)
        if paired:
            data = self.fit.provenance["data_hash"]
            order = generator(Stream.PAIRING, self.fit.seed, data).permutation(self.fit.count)
            chosen = np.resize(order, len(next(iter(x.values()))))
        return self.fit.draws_at(self.key, x, rows, of, seed, chosen)

    def scatter_at(self, x: Arrays, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give new runs on the link's scale: as ``PooledFit.scatter_at``, of this group."""
        return self.fit.scatter_at(self.key, x, seed)

    def _repr_html_(self) -> str:
        intervals = {
            name: np.quantile(draws, [0.5, 0.05, 0.95])
            for name, draws in self.fit.published(self.key).items()
        }
        columns = ["median", "lower", "upper"]
        table = Table.from_dict(intervals, orient="index", columns=columns)
        runs = f"{len(self.training)} of {len(self.fit.table)} runs"
        title = f"{self.title}; {self.outcome_name} of {runs}, 90% intervals"
        return card(title, table._repr_html_(), self.diagnosis)

    def component_fits(self) -> list:
        """Return the pooled fit: see ``Forecaster.component_fits``."""
        return [(self.outcome_name, self.fit)]


def joint_fit(forecaster: Forecaster) -> Any:
    """The fit that has a forecaster's draws: of a group, the fit of all groups.

    Parameters
    ----------
    forecaster : Forecaster
        A fit, or a group of one.

    Returns
    -------
    Forecaster
        The fit; draws of two groups of one fit are paired.
    """
    return forecaster.fit if isinstance(forecaster, Group) else forecaster


def identity(forecaster: Forecaster) -> tuple[int, tuple | None]:
    """What two forecasters have in common that are the same one.

    ``PooledFit.group`` returns a new object each time it is called.

    Parameters
    ----------
    forecaster : Forecaster
        A fit, or a group of one.

    Returns
    -------
    tuple
        Equal for equal forecasters.
    """
    key = forecaster.key if isinstance(forecaster, Group) else None
    return id(joint_fit(forecaster)), key
