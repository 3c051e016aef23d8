"""A plot of a law's curve in plain characters."""

from typing import Any

import numpy as np

from bayes_scaling.law.law import Law
from bayes_scaling.runs.sizes import derive_sizes

WIDTH, HEIGHT = 60, 12
_MARGIN = 12  # characters at the left of the plot


def plot_law(law: Law) -> str:
    """The law at its first published values over its example design; "" where it has neither."""
    if not (law.published and law.example):
        return ""
    setting, published = next(iter(law.published.items()))
    inputs = _inputs(law)
    y = np.asarray(law.mean(inputs, **published.values), float)
    x, label = _horizontal(law, inputs)
    x = np.broadcast_to(x, y.shape)
    is_log = bool((x > 0).all() and x.max() > 3 * x.min())
    grid = np.full((HEIGHT, WIDTH), " ")
    columns = _cells(np.log(x) if is_log else x, WIDTH)
    grid[HEIGHT - 1 - _cells(y, HEIGHT), columns] = "o"
    y_labels = [f"{y.max():.4g}", *[""] * (HEIGHT - 2), f"{y.min():.4g}"]
    low, high = f"{x.min():<.3g}", f"{x.max():.3g}"
    lines = [
        f"{law.outcome} ({law.unit}) at the published values of {setting}, over the example design",
        *(f"{text:>10} |{''.join(row)}".rstrip() for text, row in zip(y_labels, grid)),
        " " * (_MARGIN - 1) + "+" + "-" * WIDTH,
        " " * _MARGIN + low + high.rjust(WIDTH - len(low)),
        " " * _MARGIN + label + (", log scale" if is_log else ""),
    ]
    return "\n".join([*lines, ""])


def _inputs(law: Law) -> dict[str, Any]:
    """Inputs of the example design, with known ones as in its first run: one curve."""
    design = derive_sizes({name: np.asarray(column, float) for name, column in law.example.items()})
    for name in law.known:
        design[name] = np.full_like(design[name], design[name][0])
    return {name: design[name] for name in law.inputs}


def _horizontal(law: Law, inputs: dict[str, Any]) -> tuple[np.ndarray, str]:
    """The horizontal axis and its label: the only input that varies, or the scale of a run."""
    varied = [name for name in law.inputs if np.ptp(inputs[name]) > 0] or list(inputs)
    if len(varied) == 1 or law.scale is None:
        return inputs[varied[0]], f"{varied[0]}: {law.inputs[varied[0]]}"
    return np.asarray(law.scale(inputs), float), "scale of the run"


def _cells(values: np.ndarray, count: int) -> np.ndarray:
    """The nearest of so many cells, from lowest to highest value."""
    fraction = (values - values.min()) / (np.ptp(values) or 1.0)
    return np.rint(fraction * (count - 1)).astype(int)
