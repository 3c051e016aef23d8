"""What a law's parameter is: its published name, what is sampled for it, and the prior.

Amplitudes and floors are not sampled as they are published. A in A/N^alpha spans five decades and
moves with alpha; the contribution of its term at the training data's mean run, in nats, is a number
a person can hold an opinion about. So a prior is stated on the *sampled* quantity, and the
published-form value follows from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, isfinite, log

from bayes_scaling.runs import InputError


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

        return getattr(dist, self.family)(**(values or dict(self.args)), validate_args=None if values else True)

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
            if hasattr(prior, "base_dist") and hasattr(prior, "low"):  # truncated: a function makes these
                source, bounds = prior.base_dist, {"low": prior.low, "high": getattr(prior, "high", None)}
                family = "Truncated" + type(source).__name__
            args = {key: getattr(source, key) for key in source.arg_constraints if hasattr(source, key)} | bounds
            made = cls(family, tuple((key, float(value)) for key, value in args.items() if value is not None))
            if family == "Delta" or made.dist().is_discrete or not all(isfinite(value) for _, value in made.args):
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


@dataclass(frozen=True)
class Parameter:
    """One parameter of a law.

    Parameters
    ----------
    name : published name (``alpha_N``; never a bare ``alpha``, which ArviZ reserves).
    prior : of the sampled quantity: a Prior or a NumPyro distribution, as in ``Prior.of``.
    unit, meaning, reason : unit, what it is, and why the prior is what it is.
    sampled : name of the sampled quantity; the published name where they are the same.
    sampled_meaning : what the sampled quantity is, in words.
    publish : ``publish(s, ref, p)`` gives the published value from the sampled quantities ``s``, the reference
        run ``ref`` (inputs, with ``<input>_min`` and ``_max``; ``y_min``, ``y_max`` of the outcome, and ``y_last``, that of the run of largest
        scale) and the published values ``p`` before it. The published value is the sampled one where left out.

    Raises
    ------
    InputError : the prior is no scalar, continuous distribution.
    """

    name: str
    prior: Prior
    unit: str = "1"
    meaning: str = ""
    reason: str = ""
    sampled: str = ""
    sampled_meaning: str = ""
    publish: Callable | None = None

    def __post_init__(self):
        object.__setattr__(self, "prior", Prior.of(self.prior, self.name))
        if not self.sampled:
            object.__setattr__(self, "sampled", self.name)
        if not self.sampled_meaning:
            object.__setattr__(self, "sampled_meaning", self.meaning)


def exponent(name, prior=None, *, meaning="", reason="published exponents with a free floor: 0.08 to 0.61"):
    """A positive exponent, sampled as it is.

    Parameters
    ----------
    name : published name.
    prior : LogNormal with median 0.25 and spread 0.6 (sd of the logarithm) where left out.
    meaning : what it is, "exponent <name>" where left out.
    reason : why the prior is what it is.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError : as ``Parameter``.
    """
    return Parameter(name, prior or lognormal(0.25, 0.6), "1", meaning or f"exponent {name}", reason)


def floor(name="E", prior=None, *, unit="nats/token", meaning="irreducible loss", reason="keeps it below every observed loss, two thirds of the least one in the middle"):
    """An irreducible loss, sampled as a share of the smallest observed one: it can never lie above the data.

    Parameters
    ----------
    name : published name; ``<name>_share`` is sampled.
    prior : of the share, in (0, 1); Beta(4, 2), of mean 2/3, where left out.
    unit, meaning : of the published value.
    reason : why the prior is what it is.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError : as ``Parameter``.
    """
    return Parameter(
        name, prior or beta(4.0, 2.0), unit, meaning, reason,
        sampled=f"{name}_share", sampled_meaning=f"{name} as a share of the smallest observed outcome",
        publish=lambda s, ref, p: s[f"{name}_share"] * ref["y_min"],
    )  # fmt: skip


def over(size, shape):
    """size / shape for positive shapes, with a slope that is finite wherever the quotient is: 1 / shape^2 is not."""
    import jax.numpy as jnp

    return size * jnp.exp(-jnp.log(shape))


def amplitude(name, shape, prior=None, *, unit="", meaning="", reason="the term adds 0.07 to 2.3 nats at the mean training run", size="nats"):
    """An amplitude A of a term A * shape(x, p), sampled as the term's size at the mean training run.

    Parameters
    ----------
    name : published name; ``<name>_term`` is sampled.
    shape : ``shape(x, p)``: the rest of the term, positive, from inputs ``x`` and the published parameters ``p`` that stand before it.
    prior : of the term's size, default LogNormal with median 0.4 nats and spread 0.9.
    unit, meaning : of A; "amplitude <name>" where the meaning is left out.
    reason : why the prior is what it is.
    size : what the term is measured in.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError : as ``Parameter``.
    """
    return Parameter(
        name, prior or lognormal(0.4, 0.9), unit, meaning or f"amplitude {name}", reason,
        sampled=f"{name}_term", sampled_meaning=f"size of the {name} term at the mean training run, {size}",
        publish=lambda s, ref, p: over(s[f"{name}_term"], shape(ref, p)),
    )  # fmt: skip


def level(name, shape, prior=None, *, unit="", meaning=""):
    """An amplitude A of a law A * shape(x, p) that is one product, sampled as the law's value at the mean training run.

    Parameters
    ----------
    name : published name; ``<name>_level`` is sampled.
    shape : ``shape(x, p)``: the rest of the law, positive, from inputs ``x`` and the published parameters ``p`` that stand before it.
    prior : of that value over the geometric middle of the least and the greatest observed outcome, default LogNormal with median 1
        and spread 0.5.
    unit, meaning : as in ``amplitude``.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError : as ``Parameter``.
    """
    return Parameter(
        name, prior or lognormal(1.0, 0.5), unit, meaning or f"amplitude {name}", "the mean training run lies amid the observed outcomes",
        sampled=f"{name}_level", sampled_meaning="value at the mean training run, over the geometric middle of the observed outcomes",
        publish=lambda s, ref, p: over(s[f"{name}_level"] * (ref["y_min"] * ref["y_max"]) ** 0.5, shape(ref, p)),
    )  # fmt: skip
