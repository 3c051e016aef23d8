"""A law's curve in plain characters."""

import numpy as np

from bayes_scaling.runs.sizes import derive

WIDTH, HEIGHT = 60, 12


def sketch(law):
    """The law at its first published values over its example design, as text; '' where it has neither."""
    if not (law.published and law.example):
        return ""
    setting, values = next(iter(law.published.items()))
    full = derive({name: np.asarray(column, float) for name, column in law.example.items()})
    full |= {
        name: np.full_like(full[name], full[name][0]) for name in law.known
    }  # one curve, not one for each
    x = {name: full[name] for name in law.inputs}
    y = np.asarray(law.mean(x, **values.values), float)
    varied = [name for name in law.inputs if np.ptp(x[name]) > 0] or list(x)
    alone = len(varied) == 1 or law.scale is None
    across, label = (
        (x[varied[0]], f"{varied[0]}: {law.inputs[varied[0]]}")
        if alone
        else (np.asarray(law.scale(x), float), "scale of the run")
    )
    across = np.broadcast_to(across, y.shape)
    log = bool((across > 0).all() and across.max() > 3 * across.min())
    place = lambda v, cells: np.rint((v - v.min()) / (np.ptp(v) or 1.0) * (cells - 1)).astype(int)
    grid = np.full((HEIGHT, WIDTH), " ")
    grid[HEIGHT - 1 - place(y, HEIGHT), place(np.log(across) if log else across, WIDTH)] = "o"
    sides = [f"{y.max():.4g}", *[""] * (HEIGHT - 2), f"{y.min():.4g}"]
    lines = [f"{side:>10} |{''.join(row)}".rstrip() for side, row in zip(sides, grid)]
    ends = f"{across.min():<.3g}{f'{across.max():.3g}':>{WIDTH - len(f'{across.min():.3g}')}}"
    head = (
        f"{law.outcome} ({law.unit}) at the published values of {setting}, over the example design"
    )
    return "\n".join(
        [
            head,
            *lines,
            " " * 11 + "+" + "-" * WIDTH,
            " " * 12 + ends,
            " " * 12 + label + (", log scale" if log else ""),
            "",
        ]
    )
