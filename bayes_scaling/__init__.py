"""Small training runs in, honest forecasts of big ones out.

Every scaling law is a probabilistic model, NUTS samples it, and every answer is a distribution with
a diagnosis of how far it can be trusted. Names are imported when first used: importing this package
is cheap.
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

# NumPyro's progress bar, which is not used, warns in a notebook without widgets when first imported
warnings.filterwarnings("ignore", message="IProgress not found")

if TYPE_CHECKING:  # the same names for editors and type checkers
    from bayes_scaling import models as models
    from bayes_scaling import plot as plot
    from bayes_scaling._core.errors import FitWarning as FitWarning
    from bayes_scaling._core.errors import InputError as InputError
    from bayes_scaling._core.errors import RunsWarning as RunsWarning
    from bayes_scaling.analysis import observational as observational
    from bayes_scaling.analysis import plan as plan
    from bayes_scaling.analysis.average import Average as Average
    from bayes_scaling.analysis.average import average as average
    from bayes_scaling.analysis.compare import compare as compare
    from bayes_scaling.analysis.comparison import Comparison as Comparison
    from bayes_scaling.analysis.group_drift import drift_by as drift_by
    from bayes_scaling.analysis.learn_drift import learn_drift as learn_drift
    from bayes_scaling.analysis.learn_priors import learn_priors as learn_priors
    from bayes_scaling.analysis.learned_drift import Drift as Drift
    from bayes_scaling.analysis.load_comparison import load_comparison as load_comparison
    from bayes_scaling.analysis.outcome_mean import Mean as Mean
    from bayes_scaling.analysis.outcome_mean import average_outcomes as average_outcomes
    from bayes_scaling.analysis.tasks import task_errors as task_errors
    from bayes_scaling.analysis.tasks import tasks_above_chance as tasks_above_chance
    from bayes_scaling.inference.design import design as design
    from bayes_scaling.law.law import Law as Law
    from bayes_scaling.law.law import Published as Published
    from bayes_scaling.law.law import power as power
    from bayes_scaling.law.likelihoods.base import Likelihood as Likelihood
    from bayes_scaling.law.likelihoods.censored import Censored as Censored
    from bayes_scaling.law.likelihoods.counts import BetaBinomial as BetaBinomial
    from bayes_scaling.law.likelihoods.counts import Binomial as Binomial
    from bayes_scaling.law.likelihoods.counts import ItemBetaBinomial as ItemBetaBinomial
    from bayes_scaling.law.likelihoods.counts import NegativeBinomial as NegativeBinomial
    from bayes_scaling.law.likelihoods.group_paths import GroupPaths as GroupPaths
    from bayes_scaling.law.likelihoods.noise import Noise as Noise
    from bayes_scaling.law.likelihoods.run_effects import RunEffects as RunEffects
    from bayes_scaling.law.parameter import Parameter as Parameter
    from bayes_scaling.law.parameter import amplitude as amplitude
    from bayes_scaling.law.parameter import exponent as exponent
    from bayes_scaling.law.parameter import floor as floor
    from bayes_scaling.law.parameter import level as level
    from bayes_scaling.law.pool import Pool as Pool
    from bayes_scaling.law.prior import Prior as Prior
    from bayes_scaling.law.prior import beta as beta
    from bayes_scaling.law.prior import half_normal as half_normal
    from bayes_scaling.law.prior import lognormal as lognormal
    from bayes_scaling.law.prior import normal as normal
    from bayes_scaling.law.prior import positive_normal as positive_normal
    from bayes_scaling.models._registry import find_law as find_law
    from bayes_scaling.models._registry import laws as laws
    from bayes_scaling.reporting.report import Report as Report
    from bayes_scaling.reporting.report import report as report
    from bayes_scaling.results.chain import Chain as Chain
    from bayes_scaling.results.chain import chain as chain
    from bayes_scaling.results.diagnosis import Diagnosis as Diagnosis
    from bayes_scaling.results.fit import Fit as Fit
    from bayes_scaling.results.fit_many import fit_many as fit_many
    from bayes_scaling.results.fits import Fits as Fits
    from bayes_scaling.results.fitting import fit as fit
    from bayes_scaling.results.forecast_table import Forecast as Forecast
    from bayes_scaling.results.load import load as load
    from bayes_scaling.results.paths_fit import PathsFit as PathsFit
    from bayes_scaling.results.pooled_fit import PooledFit as PooledFit
    from bayes_scaling.results.regressor import ScalingLawRegressor as ScalingLawRegressor
    from bayes_scaling.results.verdict import Verdict as Verdict
    from bayes_scaling.runs.bundled import sources as sources
    from bayes_scaling.runs.load import load_runs as load_runs
    from bayes_scaling.runs.query import select as select
    from bayes_scaling.runs.reshape import to_long as to_long
    from bayes_scaling.runs.schedules import add_schedule_columns as add_schedule_columns
    from bayes_scaling.runs.schedules import schedule as schedule
    from bayes_scaling.runs.targets import targets as targets
    from bayes_scaling.validation.backtest import backtest as backtest
    from bayes_scaling.validation.backtest_result import Backtest as Backtest
    from bayes_scaling.validation.calibration import Calibration as Calibration
    from bayes_scaling.validation.decision_backtest import decision_backtest as decision_backtest
    from bayes_scaling.validation.decision_result import DecisionBacktest as DecisionBacktest
    from bayes_scaling.validation.influence import influence as influence
    from bayes_scaling.validation.prior_predictive import prior_check as prior_check
    from bayes_scaling.validation.sbc import calibrate as calibrate
    from bayes_scaling.validation.sensitivity import sensitivity as sensitivity

    long = to_long
    annealed = add_schedule_columns
    standing = tasks_above_chance
    mean_of = average_outcomes
    plot_groups = plot

__version__ = "0.1.0"

# public name -> the module that defines it
_PUBLIC = {
    "load_runs": "runs.load",
    "targets": "runs.targets",
    "select": "runs.query",
    "sources": "runs.bundled",
    "to_long": "runs.reshape",
    "add_schedule_columns": "runs.schedules",
    "schedule": "runs.schedules",
    "InputError": "_core.errors",
    "RunsWarning": "_core.errors",
    "FitWarning": "_core.errors",
    "Law": "law.law",
    "Published": "law.law",
    "power": "law.law",
    "Parameter": "law.parameter",
    "exponent": "law.parameter",
    "floor": "law.parameter",
    "amplitude": "law.parameter",
    "level": "law.parameter",
    "Prior": "law.prior",
    "beta": "law.prior",
    "half_normal": "law.prior",
    "positive_normal": "law.prior",
    "lognormal": "law.prior",
    "normal": "law.prior",
    "Pool": "law.pool",
    "Likelihood": "law.likelihoods.base",
    "Noise": "law.likelihoods.noise",
    "RunEffects": "law.likelihoods.run_effects",
    "Binomial": "law.likelihoods.counts",
    "BetaBinomial": "law.likelihoods.counts",
    "ItemBetaBinomial": "law.likelihoods.counts",
    "NegativeBinomial": "law.likelihoods.counts",
    "Censored": "law.likelihoods.censored",
    "laws": "models._registry",
    "find_law": "models._registry",
    "design": "inference.design",
    "fit": "results.fitting",
    "Fit": "results.fit",
    "fit_many": "results.fit_many",
    "Fits": "results.fits",
    "PooledFit": "results.pooled_fit",
    "ScalingLawRegressor": "results.regressor",
    "Diagnosis": "results.diagnosis",
    "Verdict": "results.verdict",
    "Forecast": "results.forecast_table",
    "chain": "results.chain",
    "Chain": "results.chain",
    "load": "results.load",
    "backtest": "validation.backtest",
    "Backtest": "validation.backtest_result",
    "calibrate": "validation.sbc",
    "Calibration": "validation.calibration",
    "sensitivity": "validation.sensitivity",
    "influence": "validation.influence",
    "prior_check": "validation.prior_predictive",
    "compare": "analysis.compare",
    "load_comparison": "analysis.load_comparison",
    "decision_backtest": "validation.decision_backtest",
    "DecisionBacktest": "validation.decision_result",
    "GroupPaths": "law.likelihoods.group_paths",
    "PathsFit": "results.paths_fit",
    "Comparison": "analysis.comparison",
    "average": "analysis.average",
    "Average": "analysis.average",
    "average_outcomes": "analysis.outcome_mean",
    "Mean": "analysis.outcome_mean",
    "task_errors": "analysis.tasks",
    "tasks_above_chance": "analysis.tasks",
    "learn_priors": "analysis.learn_priors",
    "learn_drift": "analysis.learn_drift",
    "drift_by": "analysis.group_drift",
    "Drift": "analysis.learned_drift",
    "report": "reporting.report",
    "Report": "reporting.report",
}
# earlier names of public functions
_ALIASES = {
    "long": "to_long",
    "annealed": "add_schedule_columns",
    "standing": "tasks_above_chance",
    "mean_of": "average_outcomes",
}
# public name of a module -> its place
_MODULES = {
    "plot": "plot",
    "plot_groups": "plot",
    "observational": "analysis.observational",
    "plan": "analysis.plan",
    "models": "models",
}

# the imports above declare these names to type checkers
__all__ = ["__version__", *_PUBLIC, *_ALIASES, *_MODULES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    public = _ALIASES.get(name, name)
    if public in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[public]}"), public)
    raise AttributeError(f"bayes_scaling has no {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
