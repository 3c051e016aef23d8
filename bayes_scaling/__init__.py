"""bayes_scaling: small training runs in, honest forecasts of big ones out.

Every scaling law is a probabilistic model; NUTS samples it; every answer is a distribution that says
how far it can be trusted. Names are imported when first used, so that importing the package is cheap.
"""

import sys
from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_PUBLIC = {
    "load_runs": "runs", "targets": "runs", "select": "runs", "sources": "runs", "InputError": "runs", "RunsWarning": "runs",
    "Law": "law", "Published": "law", "power": "law",
    "Parameter": "parameter", "Prior": "parameter", "exponent": "parameter", "floor": "parameter", "amplitude": "parameter",
    "Noise": "noise", "Likelihood": "noise", "Binomial": "counts", "BetaBinomial": "counts", "ItemBetaBinomial": "counts", "NegativeBinomial": "counts", "Censored": "counts",
    "fit": "fit", "Fit": "fit", "design": "design",
    "fit_many": "many", "Fits": "fits",
    "PooledFit": "pooled", "long": "long", "Pool": "pool",
    "compare": "compare", "Comparison": "compare",
    "task_errors": "tasks", "standing": "tasks", "mean_of": "mean", "Mean": "mean",
    "learn_priors": "learned",
    "learn_drift": "drift", "Drift": "drift",
    "Diagnosis": "diagnose",
    "chain": "forecast", "Chain": "forecast", "Forecast": "forecast", "FitWarning": "forecast",
    "average": "average", "Average": "average",
    "backtest": "backtest", "Backtest": "heldout",
    "calibrate": "calibrate", "Calibration": "calibrate",
    "sensitivity": "sensitivity", "prior_check": "sensitivity", "influence": "influence",
    "load": "store",
    "report": "report", "Report": "report",
    "annealed": "schedules", "schedule": "schedules",
    "laws": "registry", "find_law": "registry",
}  # fmt: skip
_MODULES = ("plot", "plot_groups", "plan", "models")

__all__ = ["__version__", *_PUBLIC, *_MODULES]


class _Package(ModuleType):
    """Keeps ``bs.fit`` the function when the module ``bayes_scaling.fit`` is imported."""

    def __setattr__(self, name, value):
        if not (name in _PUBLIC and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name):
    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"bayes_scaling has no {name!r}")


def __dir__():
    return sorted(__all__)
