"""Prior distributions, named by family and values."""

from dataclasses import dataclass
from math import exp, isfinite, log

from bayes_scaling._core.errors import InputError


@dataclass(frozen=True)
class Prior:
    """A prior distribution as data: a NumPyro family and its arguments.

    Parameters
    ----------
    family : name in ``numpyro.distributions``, e.g. "LogNormal".
    args : pairs (argument, value), in the family's own names.
    """

    family: str
    args: tuple[tuple[str, float], ...]

    def dist(self, values=None):
        """The distribution itself.

        Parameters
        ----------
        values : {argument: number or tracer} in place of ``args``; NumPyro then checks none of them.

        Returns
        -------
        numpyro.distributions.Distribution
        """
        import numpyro.distributions as dist

        return getattr(dist, self.family)(
            **(values or dict(self.args)), validate_args=None if values else True
        )

    @classmethod
    def of(cls, prior, name="a parameter"):
        """A Prior from a Prior or from a scalar NumPyro distribution.

        Parameters
        ----------
        prior : Prior, or a continuous distribution of one number whose arguments are plain numbers; it may be truncated.
        name : what it is the prior of, for a message.

        Returns
        -------
        Prior

        Raises
        ------
        InputError : the object is no scalar, continuous distribution of plain, finite numbers.
        """
        if isinstance(prior, cls):
            return prior
        try:
            family, source, bounds = type(prior).__name__, prior, {}
            if hasattr(prior, "base_dist") and hasattr(
                prior, "low"
            ):  # truncated: a function makes these
                source, bounds = (
                    prior.base_dist,
                    {"low": prior.low, "high": getattr(prior, "high", None)},
                )
                family = "Truncated" + type(source).__name__
            args = {
                key: getattr(source, key) for key in source.arg_constraints if hasattr(source, key)
            } | bounds
            made = cls(
                family,
                tuple((key, float(value)) for key, value in args.items() if value is not None),
            )
            if (
                family == "Delta"
                or made.dist().is_discrete
                or not all(isfinite(value) for _, value in made.args)
            ):
                raise ValueError
        except (AttributeError, NotImplementedError, TypeError, ValueError):
            raise InputError(
                f"the prior of {name} is {prior!r}; give a scalar, continuous distribution such as numpyro.distributions.LogNormal(-1.0, 0.5)"
            ) from None
        return made

    def __str__(self):
        a = dict(self.args)
        if self.family == "LogNormal":
            low, high = (exp(a["loc"] + s * 1.96 * a["scale"]) for s in (-1, 1))
            return f"LogNormal, median {exp(a['loc']):.3g}, 95% {low:.2g} to {high:.2g}"
        return f"{self.family}({', '.join(f'{value:.3g}' for value in a.values())})"


def lognormal(median, spread):
    """LogNormal prior by its median and the sd of its logarithm."""
    return Prior("LogNormal", (("loc", log(median)), ("scale", spread)))


def normal(mean, sd):
    """Normal prior."""
    return Prior("Normal", (("loc", mean), ("scale", sd)))


def half_normal(scale):
    """HalfNormal prior: positive, most of it below twice the scale."""
    return Prior("HalfNormal", (("scale", scale),))


def beta(a, b):
    """Beta prior on (0, 1) with mean a / (a + b)."""
    return Prior("Beta", (("concentration1", a), ("concentration0", b)))
