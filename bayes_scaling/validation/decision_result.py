"""What ``decision_backtest`` returns: how often small runs ranked groups right, and how sure."""

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from bayes_scaling._core.table import Table
from bayes_scaling.results._plotting import plot_figure
from bayes_scaling.validation.decision_scores import calibration_by_thirds


@dataclass(frozen=True, eq=False)
class DecisionBacktest:
    """Decisions from small runs, judged by larger ones. Immutable.

    Parameters
    ----------
    decisions : Table
        One row for each cutoff, target and method: cutoff, target (in the unit of ``along``),
        compute (FLOPs of the runs that were used), groups, method, pairs, accuracy, top1, regret
        (in the unit of the outcome), brier, coverage (of 90% intervals of the held-out runs). The
        Brier score of a method without probabilities is that of its best constant confidence.
    judged : numpy.ndarray (pairs, 2)
        Stated confidence in each pair's order, and whether it was right.
    y, group, along : str
        Columns of the outcome, of the groups and of the size.
    problems : tuple of str
        Fits whose sampling is bad.
    """

    decisions: Table
    judged: np.ndarray
    y: str
    group: str
    along: str
    problems: tuple[str, ...] = ()

    @property
    def summary(self) -> Table:
        """Means over decisions, one row for each method."""
        columns = ["pairs", "accuracy", "top1", "regret", "brier", "coverage"]
        grouped = self.decisions.groupby("method", sort=False)[columns]
        table = grouped.mean()
        table["pairs"] = grouped.sum()["pairs"]
        return Table(table)

    @property
    def calibration(self) -> Table:
        """Stated confidence and accuracy in thirds of the pairs, least confident first."""
        return Table(calibration_by_thirds(self.judged))

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        means = self.summary
        ours = means.to_dict("index")["posterior"]
        text = (
            f"Of {int(ours['pairs'])} pairs of groups ({self.group}) the posterior ranked"
            f" {ours['accuracy']:.1%} right"
        )
        if "largest size" in means.index:
            alone = means.to_dict("index")["largest size"]
            text += f", the largest size alone {alone['accuracy']:.1%}"
            text += f"; Brier score {ours['brier']:.3f} and {alone['brier']:.3f}"
        said = float(self.judged[:, 0].mean())
        return (
            f"{text}; it was {said:.1%} sure on average, and 90% intervals held"
            f" {ours['coverage']:.1%} of the larger runs."
        )

    def plot(self, **options: Any) -> Any:
        """Plot decision accuracy against the compute that was spent.

        Parameters
        ----------
        **options : Any
            As in ``bayes_scaling.plot.decisions``.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return plot_figure("decisions", self, **options)

    def __repr__(self) -> str:
        return "\n".join([self.verdict, *self.problems, repr(self.summary), repr(self.calibration)])

    def _repr_html_(self) -> str:
        first = "".join(f"<p>{escape(text)}</p>" for text in (self.verdict, *self.problems))
        return first + self.summary._repr_html_() + self.calibration._repr_html_()
