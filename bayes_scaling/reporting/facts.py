"""Everything that a report states, collected once; sections only read it."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import FitWarning
from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.compare import compare
from bayes_scaling.reporting.cached_draws import CompleteTargets
from bayes_scaling.reporting.evidence import (
    Checks,
    OtherPlans,
    forecasts_of_others,
    influence_checks,
    labeled,
    plans_of_others,
    sensitivity_checks,
)
from bayes_scaling.reporting.inputs import Inputs, target_names
from bayes_scaling.reporting.reach import Link, link_reach, runs_of_targets
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.results.intervals import interval
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.protocol import ForecasterProtocol


@dataclass(frozen=True)
class Stage:
    """One outcome, predicted at the targets.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        Predicts the outcome.
    run, mean : array (draws, targets)
        Draws of a new run and of the law's curve, in the outcome's unit.
    intervals : DataFrame
        Median, lower and upper end of a new run, one row per target.
    """

    forecaster: ForecasterProtocol
    run: np.ndarray
    mean: np.ndarray
    intervals: pd.DataFrame


@dataclass(frozen=True)
class Facts:
    """What the sections of a report are made from.

    Parameters
    ----------
    inputs : Inputs
        The validated arguments.
    names : list of str
        What the report calls each target.
    forecast : Forecast
        Intervals of a new run.
    diagnosis : Diagnosis
        Verdicts on the forecast, with the names of the targets.
    note : str
        What the intervals include beyond the training runs.
    measured : array (targets,) or None
        Measured outcomes.
    stages : tuple of Stage
        The outcomes in the order of a chain; the last is the report's outcome.
    fits : list of (label, fit)
        Every fit behind the forecast.
    target_runs : list of DataFrame
        The training runs that each target is compared with.
    link : Link or None
        Range of a chain's link at the training runs and at the targets.
    sensitivity, influence : Checks or None
        Computed checks; None if tables were given or the check was declined.
    comparison : object
        Other forecasters or tables of them; None or False if there are none.
    others : dict or None
        {label: forecast} of the other forecasters.
    other_plans : OtherPlans or None
        What the other forecasters would train.
    """

    inputs: Inputs
    names: list[str]
    forecast: Forecast
    diagnosis: Diagnosis
    note: str
    measured: np.ndarray | None
    stages: tuple[Stage, ...]
    fits: list[tuple[str, Fit | PooledFit]]
    target_runs: list[pd.DataFrame]
    link: Link | None
    sensitivity: Checks | None
    influence: Checks | None
    comparison: Any
    others: dict[str, pd.DataFrame] | None
    other_plans: OtherPlans | None

    @property
    def forecaster(self) -> Any:
        """The forecaster of the report."""
        return self.inputs.forecaster

    @property
    def targets(self) -> pd.DataFrame:
        """The targets of the report."""
        return self.inputs.targets

    @property
    def prob(self) -> float:
        """Probability of the intervals."""
        return self.inputs.prob

    @property
    def last(self) -> Stage:
        """The report's outcome."""
        return self.stages[-1]


def collect(inputs: Inputs) -> Facts:
    """Compute what a report states.

    Parameters
    ----------
    inputs : Inputs
        Validated arguments.

    Returns
    -------
    Facts

    Raises
    ------
    InputError
        Measured values or other forecasters do not fit the targets.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # the report states it, and warns at its end
        return _collected(inputs)


def _collected(inputs: Inputs) -> Facts:
    forecaster, to, names = inputs.forecaster, inputs.targets, target_names(inputs.targets)
    prob, seed = inputs.prob, inputs.seed
    forecast = forecaster.forecast(CompleteTargets(to), prob=prob, seed=seed)
    measured = inputs.measured
    if measured is not None:
        measured = forecast.against(measured)["measured"].to_numpy()
    stages = tuple(_stage(one, to, prob, seed) for one in forecaster.stages)
    comparison = _comparison(inputs)
    return Facts(
        inputs=inputs,
        names=names,
        forecast=forecast,
        diagnosis=forecaster.diagnosis + forecaster.check_targets(to.set_axis(names)),
        note=forecast.note_long or "",
        measured=measured,
        stages=stages,
        fits=forecaster.component_fits(),
        target_runs=runs_of_targets(forecaster, to),
        link=link_reach(forecaster, stages[0].mean),
        sensitivity=sensitivity_checks(inputs) if inputs.sensitivity is None else None,
        influence=influence_checks(inputs) if inputs.influence is None else None,
        comparison=labeled(comparison),
        others=forecasts_of_others(labeled(comparison), inputs),
        other_plans=plans_of_others(comparison, inputs),
    )


def _stage(forecaster: ForecasterProtocol, to: pd.DataFrame, prob: float, seed: int) -> Stage:
    """Make the draws of one outcome."""
    run = forecaster.draws(to, of="run", seed=seed)
    mean = forecaster.draws(to, of="mean", seed=seed)
    lower, upper = interval(run, prob)
    columns = {"median": np.median(run, axis=0), "lower": lower, "upper": upper}
    return Stage(forecaster, run, mean, pd.DataFrame(columns, index=to.index))


def _comparison(inputs: Inputs) -> Any:
    """Return what was given; else the groups compared, or the laws of an average."""
    forecaster = inputs.forecaster
    if inputs.comparison is not None:
        return inputs.comparison
    if isinstance(forecaster, PooledFit):
        sizes = forecaster.with_known(inputs.targets).drop(columns=list(forecaster.group_columns))
        return compare(forecaster, sizes.drop_duplicates(ignore_index=True))
    return forecaster.fits if isinstance(forecaster, Average) else None
