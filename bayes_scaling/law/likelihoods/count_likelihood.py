"""What the likelihoods of counts share."""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.likelihoods.base import Likelihood

# keeps a probability off 0 and 1, so that a bad proposal is improbable and not NaN
EDGE = 1e-9


class CountLikelihood(Likelihood):
    """A count as a proportion: the law's mean is a probability."""

    def outside(self, mean: np.ndarray) -> np.ndarray:
        """As ``Likelihood.outside``: where the mean is not between 0 and 1."""
        return (mean <= 0) | (mean >= 1)


def check_count(name: str, value: object) -> None:
    """Refuse a likelihood's number of items or passes below 1; None stands for a column."""
    if value is not None and (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.number)
        or not 1 <= value < np.inf
    ):
        raise InputError(
            f"{name} is {value!r}; give a whole number of at least 1, "
            f"or name its column in the fit: {name}='n'"
        )


def read_rows(rows: Values | None) -> Values:
    """The rows that a count's likelihood needs; they are always given with a count."""
    assert rows is not None
    return rows


def draws_shape(mean: Numeric, p: Values, rows: Values) -> tuple[int, ...]:
    """Shape of new outcomes: means, parameters and rows, broadcast."""
    return np.broadcast_shapes(
        np.shape(mean), *(np.shape(v) for v in (*p.values(), *rows.values()))
    )
