"""Small training runs in, honest forecasts of big ones out.

Every scaling law is a probabilistic model, NUTS samples it, and every answer is a distribution with
verdicts on how far it can be trusted. Names are imported when first used: importing this package is
cheap.
"""

from importlib import import_module
from typing import Any

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
    "Prior": "law.prior",
    "beta": "law.prior",
    "half_normal": "law.prior",
    "lognormal": "law.prior",
    "normal": "law.prior",
    "Pool": "law.pooling",
    "Likelihood": "law.likelihoods.base",
    "Noise": "law.likelihoods.noise",
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
    "Diagnosis": "results.diagnosis",
    "Forecast": "results.forecast_table",
    "chain": "results.chain",
    "Chain": "results.chain",
    "load": "results.load",
    "backtest": "validation.backtest",
    "Backtest": "validation.backtest_result",
    "calibrate": "validation.sbc",
    "Calibration": "validation.sbc",
    "sensitivity": "validation.sensitivity",
    "influence": "validation.influence",
    "prior_check": "validation.prior_predictive",
    "compare": "analysis.compare",
    "Comparison": "analysis.compare",
    "average": "analysis.average",
    "Average": "analysis.average",
    "average_outcomes": "analysis.outcome_mean",
    "Mean": "analysis.outcome_mean",
    "task_errors": "analysis.tasks",
    "tasks_above_chance": "analysis.tasks",
    "learn_priors": "analysis.learn_priors",
    "learn_drift": "analysis.learn_drift",
    "drift_by": "analysis.learn_drift",
    "Drift": "analysis.learn_drift",
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
_MODULES = {"plot": "plot", "plot_groups": "plot", "plan": "analysis.plan", "models": "models"}

__all__ = ["__version__", *_PUBLIC, *_ALIASES, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    public = _ALIASES.get(name, name)
    if public in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[public]}"), public)
    raise AttributeError(f"bayes_scaling has no {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
