"""The one way from a result to its figures, and to the panel of a report.

`plot` and `reporting` import `results`, because they show results. A result's own ``.plot()`` and
``.explore()`` go the other way, and only when called: matplotlib is not imported before a figure is
needed.
"""

from importlib import import_module
from typing import Any


def plot_figure(name: str, *args: Any, **options: Any) -> Any:
    """Call the function ``name`` of ``bayes_scaling.plot``."""
    return getattr(import_module("bayes_scaling.plot"), name)(*args, **options)


def show_panel(forecaster: Any, to: Any, seed: int) -> Any:
    """Return the ``Explorer`` of a forecaster."""
    return import_module("bayes_scaling.reporting.explorer").explore(forecaster, to, seed)
