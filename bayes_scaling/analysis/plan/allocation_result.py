"""What ``compute_optimal`` returns: how to split budgets between parameters and tokens."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.table import Table
from bayes_scaling.analysis.plan.split_options import widen_search
from bayes_scaling.results._plotting import plot_figure
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.runs.targets import targets


@dataclass(frozen=True, eq=False)
class Allocation:
    """How to split budgets between parameters and tokens: see ``compute_optimal``.

    Parameters
    ----------
    choice : Table
        One row a budget (and group): the run to train, and what it costs to be wrong.
    best : Table
        One row a budget and quantity: each draw's own best run.
    curves : Table
        One row a split of a budget: how far it is from each draw's own best, in percent.
    sentences : tuple of str
        The answer in words, one text for each row of ``choice``.
    prob, tolerance, serve, better, within, inputs : see ``compute_optimal``
        The options that were given.
    y, unit : str
        The outcome and its unit.
    ratios : (float, float)
        Smallest and largest tokens per parameter of the fitted runs; NaN if they have none.
    diagnosis : Diagnosis
        Diagnosis of the fits, and cautions on the runs to train.
    of : {"run", "mean"}
        What median, lower and upper of ``choice`` are of: a new run, or the law's curve.
    seed : int
        Seed of the noise of new runs.
    """

    choice: Table
    best: Table
    curves: Table
    sentences: tuple[str, ...]
    prob: float
    tolerance: float
    serve: float
    better: str
    within: tuple[float, float]
    inputs: dict[str, float]
    y: str
    unit: str
    ratios: tuple[float, float]
    diagnosis: Diagnosis
    of: str = "run"
    seed: int = 0

    @property
    def targets(self) -> pd.DataFrame:
        """The runs to train as targets, each labeled by its budget.

        Raises
        ------
        InputError
            If a budget has no run to train.
        """
        budgets = self.choice["C"]
        lost = self.choice["N"].isna().to_numpy()
        if lost.any():
            raise InputError(
                f"the plan names no run for {budgets[lost].iloc[0]:.3g} FLOPs, "
                "whose best lies at an end of the search; "
                f"{widen_search(self.within)}, or leave that budget out"
            )
        names = [f"{budget:.3g}" for budget in budgets]
        if budgets.nunique() > len(set(names)):
            names = [f"{budget:.12g}" for budget in budgets]
        keys = self.choice[self.groups].itertuples(index=False, name=None)
        labels = [
            ", ".join([*map(str, key), f"the run for {name} FLOPs"])
            for key, name in zip(keys, names)
        ]
        runs = pd.DataFrame(self.choice[[*self.groups, "N", "D"]]).assign(**self.inputs)
        return targets(runs.set_axis(labels))

    @property
    def groups(self) -> list[str]:
        """Columns that identify groups: those of ``choice`` before the budget."""
        columns = list(self.choice.columns)
        return columns[: columns.index("C")]

    def __repr__(self) -> str:
        answer = "\n".join(self.sentences)
        if self.diagnosis.ok:
            return f"{answer}\n{self.diagnosis}"
        return f"{self.diagnosis}\n{answer}"

    def _repr_html_(self) -> str:
        title = f"What to train for the best {self.y} ({self.unit})"
        return card(title, self.choice._repr_html_(), self.diagnosis)

    def plot(self, x: str = "N", ax: Any = None, **options: Any) -> Any:
        """Draw the answer: options, Axes and errors as in ``bayes_scaling.plot.valley``."""
        return plot_figure("valley", self, x, ax=ax, **options)
