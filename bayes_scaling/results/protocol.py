"""What every forecaster offers, whatever it is made of: one fit, groups, a chain or an average."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from bayes_scaling.law.law import Law
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.results.pooled_fit import PooledFit


class ForecasterProtocol(Protocol):
    """Interface of Fit, PooledFit, Group, Chain, Average and Mean."""

    @property
    def outcome_name(self) -> str:
        """Name of the predicted outcome."""
        ...

    @property
    def unit(self) -> str:
        """Unit of the predicted outcome."""
        ...

    @property
    def title(self) -> str:
        """The forecaster in one line."""
        ...

    @property
    def law(self) -> Law:
        """The law of the outcome; an average has that of its first fit."""
        ...

    @property
    def largest(self) -> float:
        """Largest training compute in FLOPs, NaN if the runs have none."""
        ...

    @property
    def input_names(self) -> tuple[str, ...]:
        """Inputs that a target needs."""
        ...

    @property
    def training(self) -> pd.DataFrame:
        """The training runs."""
        ...

    @property
    def diagnosis(self) -> Diagnosis:
        """Convergence of the draws."""
        ...

    @property
    def stages(self) -> "Sequence[ForecasterProtocol]":
        """Forecasters of the successive outcomes; the last one is the forecaster itself."""
        ...

    @property
    def group_columns(self) -> tuple[str, ...]:
        """Columns that identify a target's group; empty if targets need none."""
        ...

    def component_fits(self) -> list[tuple[str, Fit | PooledFit]]:
        """Return (label, fit) of every fit behind the forecast, in the order of use."""
        ...

    def draws(self, to: pd.DataFrame, of: str = "run", seed: int = 0) -> np.ndarray:
        """Return draws (draws, targets) of the outcome."""
        ...

    def forecast(
        self,
        to: pd.DataFrame,
        prob: float = 0.9,
        of: str = "run",
        kind: str = "eti",
        seed: int = 0,
    ) -> Forecast:
        """Return medians and credible intervals, one row per target."""
        ...
