"""A scikit-learn regressor of a scaling law: its posterior predictive as mean, sd and interval.

It needs scikit-learn, the extra ``sklearn``, and is imported when it is first asked for.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import (
    check_is_fitted,
    check_non_negative,
    column_or_1d,
    validate_data,
)

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling.law.law import Law
from bayes_scaling.results.fitting import fit
from bayes_scaling.results.intervals import interval


class ScalingLawRegressor(RegressorMixin, BaseEstimator):
    """A law as a scikit-learn estimator, for pipelines and searches over options.

    Parameters
    ----------
    law : Law or str
        The law, or its name; "auto" for the one recommended for the inputs.
    inputs : sequence of str
        Inputs of the law that the columns of X are, in their order.
    draws, warmup, chains : int
        As in ``bayes_scaling.fit``.
    random_state : int
        Seed: the same one gives the same draws on one machine.

    Attributes
    ----------
    fit_ : Fit
        The fit, with all that it offers.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str
        Names of the columns of X, where it has names.
    """

    def __init__(
        self,
        law: Law | str = "auto",
        inputs: Sequence[str] = ("N", "D"),
        *,
        draws: int = 1000,
        warmup: int = 200,
        chains: int = 4,
        random_state: int = 0,
    ) -> None:
        self.law = law
        self.inputs = inputs
        self.draws = draws
        self.warmup = warmup
        self.chains = chains
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Sample the posterior of the law.

        Parameters
        ----------
        X : array_like (runs, inputs)
            Inputs of the training runs.
        y : array_like (runs,)
            Outcomes.

        Returns
        -------
        ScalingLawRegressor
            Itself.

        Raises
        ------
        InputError
            Invalid values, another number of columns than inputs, or too few runs.
        """
        options: Any = {"X": X, "y": column_or_1d(y, warn=True), "ensure_min_samples": 2}
        values, outcomes = validate_data(self, y_numeric=True, dtype=float, **options)
        check_non_negative(values, type(self).__name__)
        table = self._table(values).assign(y=outcomes)
        self.fit_ = fit(
            self.law,
            table,
            y="y",
            draws=self.draws,
            warmup=self.warmup,
            chains=self.chains,
            seed=self.random_state,
        )
        return self

    def predict(
        self,
        X: ArrayLike,
        *,
        return_std: bool = False,
        return_interval: bool = False,
        prob: float = 0.9,
    ) -> Any:
        """Predict new runs.

        Parameters
        ----------
        X : array_like (runs, inputs)
            Inputs of the runs to predict.
        return_std : bool
            Whether to return the sd of the posterior predictive too.
        return_interval : bool
            Whether to return the central interval too, in place of the sd.
        prob : float
            Probability inside the interval, in (0, 1).

        Returns
        -------
        ndarray (runs,) or tuple
            Posterior means of the law's curve, which runs scatter around; with ``return_std`` also
            sds of a new run (runs,), with ``return_interval`` also its lower and upper ends
            (runs, 2).

        Raises
        ------
        InputError
            Invalid values, or both an sd and an interval are asked for.
        """
        check_is_fitted(self)
        if return_std and return_interval:
            raise InputError("return_std and return_interval are both True; ask for one")
        options: Any = {"X": X, "reset": False}
        to = self._table(validate_data(self, dtype=float, **options))
        mean = self.fit_.draws(to, of="mean").mean(axis=0)
        if not (return_std or return_interval):
            return mean
        draws = self.fit_.draws(to, of="run", seed=self.random_state)
        if return_std:
            return mean, draws.std(axis=0, ddof=1)
        return mean, np.stack(list(interval(draws, check_prob(prob))), axis=1)

    def _table(self, values: Any) -> pd.DataFrame:
        """Return values of X as a table of the law's inputs."""
        if values.shape[1] != len(self.inputs):
            raise InputError(
                f"X has {values.shape[1]} feature(s) and inputs names {len(self.inputs)} "
                f"({', '.join(self.inputs)}); name one input for each"
            )
        return pd.DataFrame(values, columns=list(self.inputs))

    def __sklearn_tags__(self) -> Any:
        """State what scikit-learn's checks may expect: positive inputs and outcomes."""
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.target_tags.positive_only = True
        tags.regressor_tags.poor_score = True  # of outcomes that follow no scaling law
        return tags
