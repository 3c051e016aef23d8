"""Prior distributions, named by family and values."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isfinite, log
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric

if TYPE_CHECKING:
    from numpyro.distributions import Distribution


def import_numpyro() -> Any:
    """``numpyro.distributions``, which takes half a second: a stored program needs none of it."""
    import numpyro.distributions

    return numpyro.distributions


@runtime_checkable
class _Truncated(Protocol):
    """A truncated NumPyro distribution: a function makes these, not their class."""

    base_dist: Any
    low: Any


@dataclass(frozen=True)
class Prior:
    """A prior distribution as data: a NumPyro family and its arguments.

    Parameters
    ----------
    family : str
        Name in ``numpyro.distributions``, such as "LogNormal".
    args : tuple of (str, float)
        Arguments and their values, in the family's own names.
    """

    family: str
    args: tuple[tuple[str, float], ...]

    def dist(self, values: Mapping[str, Numeric] | None = None) -> "Distribution":
        """The NumPyro distribution.

        Parameters
        ----------
        values : mapping of str to number or tracer, optional
            Values in place of ``args``; NumPyro then checks none of them.

        Returns
        -------
        numpyro.distributions.Distribution
        """
        family = getattr(import_numpyro(), self.family)
        return family(**(values or dict(self.args)), validate_args=None if values else True)

    @classmethod
    def of(cls, prior: object, name: str = "a parameter") -> "Prior":
        """A Prior from a Prior or from a scalar NumPyro distribution.

        Parameters
        ----------
        prior : Prior or numpyro.distributions.Distribution
            A continuous distribution of one number whose arguments are plain numbers; it may be
            truncated.
        name : str
            What it is the prior of, for a message.

        Returns
        -------
        Prior

        Raises
        ------
        InputError
            The object is not a scalar, continuous distribution of plain, finite numbers.
        """
        if isinstance(prior, cls):
            return prior
        try:
            return cls._from_distribution(prior)
        except (AttributeError, NotImplementedError, TypeError, ValueError):
            raise InputError(
                f"the prior of {name} is {prior!r}; give a scalar, continuous distribution "
                "such as numpyro.distributions.LogNormal(-1.0, 0.5)"
            ) from None

    @classmethod
    def _from_distribution(cls, prior: Any) -> "Prior":
        """A Prior from a distribution; one of several errors where that is impossible."""
        family, source, bounds = type(prior).__name__, prior, {}
        if isinstance(prior, _Truncated):
            source = prior.base_dist
            family = "Truncated" + type(source).__name__
            bounds = {"low": prior.low, "high": getattr(prior, "high", None)}
        values = {
            key: getattr(source, key) for key in source.arg_constraints if hasattr(source, key)
        } | bounds
        result = cls(
            family, tuple((key, float(value)) for key, value in values.items() if value is not None)
        )
        finite = all(isfinite(value) for _, value in result.args)
        if family == "Delta" or result.dist().is_discrete or not finite:
            raise ValueError(family)
        return result

    def __str__(self) -> str:
        values = dict(self.args)
        if self.family == "LogNormal":
            low, high = (exp(values["loc"] + s * 1.96 * values["scale"]) for s in (-1, 1))
            return f"LogNormal, median {exp(values['loc']):.3g}, 95% {low:.2g} to {high:.2g}"
        if self.family == "TruncatedNormal" and set(values) == {"loc", "scale", "low"}:
            return f"Normal({values['loc']:.3g}, {values['scale']:.3g}), above {values['low']:.3g}"
        return f"{self.family}({', '.join(f'{value:.3g}' for value in values.values())})"


def lognormal(median: float, spread: float) -> Prior:
    """LogNormal prior by its median and the sd of its logarithm.

    Parameters
    ----------
    median : float
        Median, positive.
    spread : float
        Sd of the logarithm, positive.

    Returns
    -------
    Prior
    """
    return Prior("LogNormal", (("loc", log(median)), ("scale", spread)))


def normal(mean: float, sd: float) -> Prior:
    """Normal prior.

    Parameters
    ----------
    mean, sd : float
        Mean and sd, the sd positive.

    Returns
    -------
    Prior
    """
    return Prior("Normal", (("loc", mean), ("scale", sd)))


def positive_normal(loc: float, scale: float) -> Prior:
    """Normal prior truncated to positive values.

    Parameters
    ----------
    loc, scale : float
        Mean and sd before the truncation, the sd positive.

    Returns
    -------
    Prior
    """
    return Prior("TruncatedNormal", (("loc", loc), ("scale", scale), ("low", 0.0)))


def half_normal(scale: float) -> Prior:
    """HalfNormal prior: positive, most of it below twice the scale.

    Parameters
    ----------
    scale : float
        Scale, positive.

    Returns
    -------
    Prior
    """
    return Prior("HalfNormal", (("scale", scale),))


def beta(a: float, b: float) -> Prior:
    """Beta prior on (0, 1) with mean a / (a + b).

    Parameters
    ----------
    a, b : float
        Shapes, positive.

    Returns
    -------
    Prior
    """
    return Prior("Beta", (("concentration1", a), ("concentration0", b)))
