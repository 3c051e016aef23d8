"""The panel of a report alone: what ``fit.explore()`` shows in a notebook."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import write_atomically
from bayes_scaling.reporting.blocks import Content, Section
from bayes_scaling.reporting.explore_grid import explore_grid
from bayes_scaling.reporting.render_html import html
from bayes_scaling.runs.targets import as_targets, targets


@dataclass(frozen=True)
class Explorer:
    """Sliders over forecasts of a new run; a notebook shows them, without widgets.

    ``html`` is a file of its own, which ``save`` writes.
    """

    html: str

    def save(self, path: str | Path) -> None:
        """Write the panel to an HTML file; an existing file is replaced.

        Parameters
        ----------
        path : str or Path
            Name of the file.
        """
        write_atomically(
            Path(path), lambda name: Path(name).write_text(self.html, encoding="utf-8") and None
        )

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" title="forecasts of other runs" '
            'style="width:100%;height:46rem;border:0"></iframe>'
        )


def explore(forecaster: Any, to: Any = None, seed: int = 0) -> Explorer:
    """Return sliders over the sizes of a run, with the forecast of each.

    Parameters
    ----------
    forecaster : Fit, Chain, Average or Mean
        What predicts the outcome, by a law of sizes.
    to : DataFrame or dict, optional
        Where to start: the first target; by default the largest training run.
    seed : int
        Seed of the draws.

    Returns
    -------
    Explorer

    Raises
    ------
    InputError
        Invalid targets, or a law of other inputs than sizes.
    """
    start = _largest_run(forecaster) if to is None else as_targets(to)
    grid = None if start is None else explore_grid(forecaster, start, seed)
    if grid is None:
        raise InputError(
            "sliders are over parameters and tokens, and this forecast needs other inputs; "
            "give a fit, without groups, of a law of N, D, C or M to runs that have N and D"
        )
    title = f"Forecasts of {grid.outcome}"
    return Explorer(html(Content(title, (), (Section("Another run", (grid,)),), "")))


def _largest_run(forecaster: Any) -> pd.DataFrame | None:
    """Return the training run of the most compute as a target; None where runs have no sizes."""
    runs = forecaster.training
    if not {"N", "D"} <= set(runs.columns):
        return None
    largest = runs.loc[(runs["N"] * runs["D"]).idxmax()]
    return targets(N=float(largest["N"]), D=float(largest["D"]))
