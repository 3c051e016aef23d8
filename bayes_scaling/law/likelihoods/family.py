"""Families of residuals: Normal or Student-t, with or without a known measurement error."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric

if TYPE_CHECKING:
    from bayes_scaling.law.likelihoods.measured_student_t import MeasuredStudentT
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
        is_number = isinstance(self.df, int | float) and not isinstance(self.df, bool)
        if self.df is not None and not (is_number and 0 < self.df < np.inf):
            raise InputError(
                f"noise has df {self.df!r}; give a positive number, or None for Normal noise"
            )

    @property
    def sd_ratio(self) -> float:
        """Sd of a residual over its scale: sqrt(df / (df - 2)), infinite up to df = 2."""
        if self.df is None:
            return 1.0
        return float(np.sqrt(self.df / (self.df - 2))) if self.df > 2 else np.inf

    @property
    def scale_word(self) -> str:
        """What a residual's scale is called."""
        return "sd" if self.df is None else "Student-t scale"

    @property
    def sd_clause(self) -> str:
        """How a residual's sd follows from its scale; empty for a Normal, where they are equal."""
        if self.df is None:
            return ""
        return f"sd is {self.sd_ratio:.3g} times it" if self.df > 2 else "sd is infinite"

    def distribution(
        self, center: Numeric, log_scale: Numeric, se: Numeric | None = None
    ) -> "ScaledNormal | ScaledStudentT | MeasuredStudentT":
        """NumPyro distribution about ``center`` of a residual and a known measurement error.

        Parameters
        ----------
        center, log_scale : array
            Location, and the logarithm of the residual's scale.
        se : array, optional
            Standard errors of the measurement, which is Normal.

        Returns
        -------
        numpyro.distributions.Distribution
        """
        import jax.numpy as jnp

        from bayes_scaling.law.likelihoods.measured_student_t import MeasuredStudentT
        from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT

        if self.df is None:
            total = log_scale if se is None else jnp.log(jnp.hypot(jnp.exp(log_scale), se))
            return ScaledNormal(center, total)
        if se is None:
            return ScaledStudentT(self.df, center, log_scale)
        return MeasuredStudentT(self.df, center, log_scale, se)

    def draw_sd(
        self,
        rng: np.random.Generator,
        scale: np.ndarray,
        se: Numeric | None,
        shape: tuple[int, ...],
    ) -> np.ndarray:
        """Draw sds that make residual and measurement error Normal.

        A Student-t is a scale mixture of Normals, to which a Normal error adds in quadrature.
        """
        if self.df is not None:
            scale = scale / np.sqrt(rng.chisquare(self.df, shape) / self.df)
        return scale if se is None else np.hypot(scale, se)

    def __str__(self) -> str:
        return "Normal" if self.df is None else f"Student-t({self.df:g})"
