"""Parts of laws that several families use: amplitudes in the outcome's own unit, and a sigmoid."""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import power
from bayes_scaling.law.parameter import Parameter, over
from bayes_scaling.law.prior import Prior, lognormal
from bayes_scaling.models._types import Term, Values


def at_mean(
    name: str,
    shape: Term,
    prior: Prior | None = None,
    *,
    unit: str = "",
    meaning: str = "",
    reason: str = "the mean training run lies near the middle of the outcomes: 0.4 to 2.7 times it",
) -> Parameter:
    """Return an amplitude sampled as its term at the mean training run, relative to the outcomes.

    Parameters
    ----------
    name : str
        Published name; ``<name>_share`` is sampled: the term divided by the geometric mean of the
        smallest and largest outcomes.
    shape : callable
        ``shape(x, p)``: the rest of the term, from inputs ``x`` and published parameters ``p``.
    prior : Prior, optional
        Prior of that ratio; LogNormal with median 1 and scale 0.5 by default.
    unit, meaning, reason : str
        Unit and meaning of the amplitude, and the reason for the prior.

    Returns
    -------
    Parameter
    """
    sampled = f"{name}_share"
    return Parameter(
        name,
        prior or lognormal(1.0, 0.5),
        unit=unit,
        meaning=meaning,
        reason=reason,
        sampled=sampled,
        sampled_meaning=f"the {name} term at the mean training run, divided by the geometric mean "
        "of the smallest and largest outcomes",
        publish=lambda s, ref, p: over(
            s[sampled] * (ref["y_min"] * ref["y_max"]) ** 0.5, shape(ref, p)
        ),
    )


def at_least(
    name: str, shape: Term, prior: Prior, *, unit: str = "", meaning: str = "", reason: str = ""
) -> Parameter:
    """Return an amplitude of a falling term, sampled where every input is smallest.

    Parameters
    ----------
    name : str
        Published name; ``<name>_share`` is sampled: the term at the smallest inputs as a fraction
        of the largest outcome.
    shape : callable
        ``shape(x, p)``: the rest of the term, from inputs ``x`` and published parameters ``p``.
    prior : Prior
        Prior of that fraction.
    unit, meaning, reason : str
        Unit and meaning of the amplitude, and the reason for the prior.

    Returns
    -------
    Parameter
    """
    sampled = f"{name}_share"
    return Parameter(
        name,
        prior,
        unit=unit,
        meaning=meaning,
        reason=reason,
        sampled=sampled,
        sampled_meaning=f"the {name} term where every input is smallest, as a fraction of the "
        "largest outcome",
        publish=lambda s, ref, p: over(s[sampled] * ref["y_max"], shape(smallest_run(ref), p)),
    )


def smallest_run(ref: Values) -> Values:
    """Return the inputs of a run that has every input at its smallest value."""
    return {key[: -len("_min")]: value for key, value in ref.items() if key.endswith("_min")}


def log_rate_amplitude(
    name: str, size: str, exponent: str, prior: Prior, *, unit: str, meaning: str, reason: str
) -> Parameter:
    """Return an amplitude of -log of a rate, sampled as its term at the mean training run.

    Parameters
    ----------
    name : str
        Published name; ``<name>_term`` is sampled.
    size, exponent : str
        Names of the input and of its exponent: the term is ``name * size ** -exponent``.
    prior : Prior
        Prior of the term.
    unit, meaning, reason : str
        Unit and meaning of the amplitude, and the reason for the prior.

    Returns
    -------
    Parameter
    """
    sampled = f"{name}_term"
    return Parameter(
        name,
        prior,
        unit=unit,
        meaning=meaning,
        reason=reason,
        sampled=sampled,
        sampled_meaning=f"size of the {name} term at the mean training run, in -log of the rate",
        publish=lambda s, ref, p: s[sampled] * power(ref[size], p[exponent]),
    )


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), in a form whose gradient is finite everywhere."""
    return 0.5 * (1 + jnp.tanh(z / 2))
