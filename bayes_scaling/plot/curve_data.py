"""What a scaling curve shows, computed before anything is drawn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_kind, check_of, check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling.plot.style import one_per_color
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.runs.sizes import SIZES, derive_sizes
from bayes_scaling.runs.targets import as_targets


@dataclass(frozen=True, eq=False)
class CurveData:
    """What a scaling curve shows.

    Parameters
    ----------
    forecaster : Forecaster
        What the curve is of.
    x : str
        Input along the horizontal axis: "C", or the law's own input.
    is_compute : bool
        Whether that is compute, which has log axes.
    targets, forecast : DataFrame or None
        Targets and their forecasts.
    measured : ndarray or None
        Measured values at the targets.
    lines : list of (float or None, DataFrame)
        Tokens per parameter of each line, and the points along it.
    prob, of, kind : float, str, str
        Probability, meaning and kind of the intervals.
    """

    forecaster: Forecaster
    x: str
    is_compute: bool
    targets: pd.DataFrame | None
    forecast: Forecast | None
    measured: np.ndarray | None
    lines: list[tuple[float | None, pd.DataFrame]]
    prob: float
    of: str
    kind: str

    @property
    def ratios(self) -> list[float | None]:
        """Tokens per parameter of each line."""
        return [ratio for ratio, _ in self.lines]


def curve_data(
    forecaster: Forecaster,
    to: Any,
    prob: float,
    of: str,
    kind: str,
    measured: Any,
    points: int,
) -> CurveData:
    """Check the arguments of ``curve`` and compute what it shows."""
    prob = check_prob(prob)
    check_of(of)
    check_kind(kind)
    is_compute = set(forecaster.input_names) <= set(SIZES)
    x = "C" if is_compute else forecaster.input_names[0]
    forecast = None if to is None else forecaster.forecast(to, prob=prob, of=of, kind=kind)
    targets = None if to is None else as_targets(to)
    if measured is not None:
        if forecast is None:
            raise InputError("measured values need the targets they were measured at; give both")
        forecast.against(measured)
        measured = np.asarray(measured, float)
    lines = _lines(forecaster.training, targets, x, is_compute, points)
    return CurveData(forecaster, x, is_compute, targets, forecast, measured, lines, prob, of, kind)


def _lines(
    runs: pd.DataFrame, targets: pd.DataFrame | None, x: str, is_compute: bool, points: int
) -> list[tuple[float | None, pd.DataFrame]]:
    """One line for each ratio of the targets, or one along the law's input."""
    ends = [table[x] for table in (runs, targets) if table is not None and x in table]
    if not ends:
        raise InputError(f"there is no {x} to plot against; give targets, or runs with N and D")
    values = pd.concat(ends)
    if not is_compute:
        return [(None, pd.DataFrame({x: np.linspace(values.min(), values.max(), points)}))]
    grid = np.geomspace(values.min(), values.max() * 1.3, points)
    if "M" not in (runs if targets is None else targets):
        return [(None, pd.DataFrame({x: grid}))]
    if targets is None:
        ratios = [float(np.exp(pd.Series(np.log(runs["M"])).median()))]
    else:
        ratios = one_per_color(list(pd.unique(targets["M"].round(6))))
    return [
        (float(ratio), pd.DataFrame(derive_sizes({"C": grid, "M": np.full(points, float(ratio))})))
        for ratio in ratios
    ]
