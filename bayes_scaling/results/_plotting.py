"""The one way from a result to its figures.

Figures are drawn from results, so that `plot` imports `results`. A result's own ``.plot()`` goes the
other way, once it is called and no earlier: matplotlib is not imported before a figure is asked for.
"""

from importlib import import_module
from typing import Any


def draw(figure: str, *args: Any, **options: Any) -> Any:
    """The figure that ``bayes_scaling.plot`` calls ``figure``."""
    return getattr(import_module("bayes_scaling.plot"), figure)(*args, **options)
