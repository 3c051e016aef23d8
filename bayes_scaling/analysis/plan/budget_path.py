"""A law's curve along a budget: all splits between parameters and tokens, and the best ones."""

from functools import cached_property

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import format_count
from bayes_scaling.analysis.plan.forecasters import Plannable, runs_of
from bayes_scaling.analysis.plan.path_minimum import row_minima
from bayes_scaling.analysis.plan.split_options import SplitOptions
from bayes_scaling.runs.targets import as_targets

POINTS = 512  # points along the path; a parabola finds the minimum between them


class BudgetPath:
    """Draws of a law's curve along a budget, by increasing tokens per parameter.

    Parameters
    ----------
    forecaster : Fit, Group, Average, Chain or Mean
        Forecaster of runs with N and D.
    budget : float
        FLOPs, C = 6 N D + 2 N serve.
    options : SplitOptions
        How the budget is split.

    Attributes
    ----------
    log_m : np.ndarray
        Log tokens per parameter of the points, shape (points,).
    cost : np.ndarray
        The curve, or its negative where higher is better, shape (draws, points).
    best_log_m, best_cost : np.ndarray
        Log tokens per parameter and cost of each draw's best split, shape (draws,): infinite where
        the best is at an end of the search.
    chosen_log_m : float
        Log tokens per parameter of the split with the lowest expected cost.

    Raises
    ------
    InputError
        If serving alone takes the budget, or the curve is flat along it.
    """

    def __init__(self, forecaster: Plannable, budget: float, options: SplitOptions) -> None:
        self.forecaster, self.budget, self.options = forecaster, budget, options
        self.runs = runs_of(forecaster)
        self._check_serving()
        low, high = np.log(options.within)
        self.log_m = np.linspace(low, high, POINTS)
        curve = forecaster.draws(self.targets(np.exp(self.log_m)), of="mean")
        cost = options.sign * curve
        self.cost = np.where(np.isnan(cost), np.inf, cost)
        self.best_log_m, self.best_cost = row_minima(self.log_m, self.cost)
        if np.isnan(self.best_log_m).all():
            raise InputError(
                f"{forecaster.law.name} predicts the same {forecaster.outcome_name} for every "
                f"split of {budget:.3g} FLOPs: it cannot distinguish parameters from tokens; "
                "fit a law that can, such as chinchilla"
            )
        self.chosen_log_m = float(row_minima(self.log_m, self.cost.mean(axis=0)[None])[0][0])

    def _check_serving(self) -> None:
        """Refuse a budget that serving alone takes."""
        serve, smallest = self.options.serve, 1.0
        whose = "any model"
        if "N" in self.runs:
            smallest = float(self.runs["N"].min())
            whose = f"the smallest model among the runs ({format_count(smallest)} parameters)"
        if 2 * smallest * serve >= self.budget:
            raise InputError(
                f"serving {format_count(serve)} tokens takes {2 * smallest * serve:.3g} FLOPs with "
                f"{whose}, and the budget is {self.budget:.3g}; lower serve or raise C"
            )

    @property
    def has_choice(self) -> bool:
        """Whether the expected cost is lowest inside the search."""
        return bool(np.isfinite(self.chosen_log_m))

    @cached_property
    def has_best(self) -> np.ndarray:
        """Whether each draw has a best split inside the search, shape (draws,)."""
        return np.isfinite(self.best_log_m)

    @property
    def p_no_best(self) -> float:
        """Fraction of the draws without a best split inside the search."""
        return float(1 - self.has_best.mean())

    @cached_property
    def p_close(self) -> np.ndarray:
        """Fraction of the draws that are close to their own best at each point, shape (points,).

        A draw without a best inside the search is close to it nowhere.
        """
        allowed = self.options.tolerance * np.abs(self.best_cost[:, None])
        close = self.cost - self.best_cost[:, None] <= allowed
        return (close & self.has_best[:, None]).mean(axis=0)

    def parameters(self, ratio: np.ndarray | float) -> np.ndarray:
        """Solve 6 M N^2 + 2 serve N = C for N.

        Parameters
        ----------
        ratio : np.ndarray or float
            Tokens per parameter, M.

        Returns
        -------
        np.ndarray
            Parameters N, of the shape of ``ratio``.
        """
        serve = self.options.serve
        return self.budget / (serve + np.sqrt(serve**2 + 6 * ratio * self.budget))

    def targets(self, ratio: np.ndarray | float) -> pd.DataFrame:
        """Return the runs of the budget at M tokens per parameter.

        Parameters
        ----------
        ratio : np.ndarray or float
            Tokens per parameter, M.

        Returns
        -------
        pd.DataFrame
            Targets, one row for each M.
        """
        N = self.parameters(np.atleast_1d(ratio))
        return as_targets(pd.DataFrame({"N": N, "D": N * ratio, **self.options.inputs}))
