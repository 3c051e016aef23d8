"""Families of residuals: Normal or Student-t."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric

if TYPE_CHECKING:
    from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT


@dataclass(frozen=True)
class Family:
    """The distribution of residuals on the link's scale.

    Parameters
    ----------
    df : float or None
        Degrees of freedom of a Student-t, positive (else InputError); None for a Normal.
    """

    df: float | None = 4.0

    def __post_init__(self) -> None:
        if self.df is not None and not (isinstance(self.df, int | float) and self.df > 0):
            raise InputError(
                f"noise has df {self.df!r}; give a positive number, or None for Normal noise"
            )

    def distribution(self, center: Numeric, log_sd: Numeric) -> "ScaledNormal | ScaledStudentT":
        """NumPyro distribution about ``center`` with the scale exp(``log_sd``)."""
        from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT

        if self.df is None:
            return ScaledNormal(center, log_sd)
        return ScaledStudentT(self.df, center, log_sd)

    def draw_sd(
        self, rng: np.random.Generator, sd: np.ndarray, shape: tuple[int, ...]
    ) -> np.ndarray:
        """Draw sds that make the residual Normal: a Student-t is a scale mixture of Normals."""
        if self.df is None:
            return sd
        return sd / np.sqrt(rng.chisquare(self.df, shape) / self.df)

    def __str__(self) -> str:
        return "Normal" if self.df is None else f"Student-t({self.df:g})"
