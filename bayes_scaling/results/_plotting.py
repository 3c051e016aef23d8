"""The one way from a result to its figures.

`plot` imports `results`, because figures show results. A result's own ``.plot()`` goes the other
way, and only when it is called: matplotlib is not imported before a figure is needed.
"""

from importlib import import_module
from typing import Any


def plot_figure(name: str, *args: Any, **options: Any) -> Any:
    """Call the function ``name`` of ``bayes_scaling.plot``."""
    return getattr(import_module("bayes_scaling.plot"), name)(*args, **options)
