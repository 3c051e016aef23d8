"""What a law's parameter is: its published name, what is sampled for it, and the prior.

Amplitudes and floors are not sampled as they are published. A in A/N^alpha spans five decades and
varies with alpha; the contribution of its term at the training data's mean run, in nats, is a
number that a person can hold an opinion about. So a prior is stated on the *sampled* quantity, and
the published-form value follows from it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bayes_scaling.law.array_types import Numeric, Publish, Values
from bayes_scaling.law.floor_prior import ANY_FLOOR, ANY_REASON, NATS_FLOOR, NATS_REASON
from bayes_scaling.law.prior import Prior, half_normal, lognormal

_EXPONENTS = "published exponents with a free floor: 0.08 to 0.61"

# ``shape(x, p)``: the rest of a term, from inputs and the published parameters before it
type Shape = Callable[[Values, Values], Numeric]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a law.

    Parameters
    ----------
    name : str
        Published name (``alpha_N``; never a bare ``alpha``, which ArviZ reserves).
    prior : Prior or numpyro.distributions.Distribution
        Prior of the sampled quantity, as in ``Prior.of``.
    unit, meaning, reason : str
        Unit, what it is, and why the prior is what it is.
    sampled : str
        Name of the sampled quantity; by default the published name.
    sampled_meaning : str
        What the sampled quantity is, in words; by default ``meaning``.
    publish : callable, optional
        ``publish(s, ref, p)`` gives the published value from the sampled quantities ``s``, the
        reference run ``ref`` and the published values ``p`` before it; by default the published
        value is the sampled one. ``ref`` holds the inputs, each also as ``<input>_min`` and
        ``<input>_max``, and of the outcome ``y_min``, ``y_max`` and ``y_last``, that of the run of
        largest scale.
    is_floor : bool
        Whether the sampled quantity is a floor of the mean as a fraction of the smallest observed
        outcome.
    reported : (float, float), optional
        Smallest and largest value of the sampled quantity that was ever published; a posterior
        outside them is a bad verdict on the fit.

    Raises
    ------
    InputError
        The prior is not a scalar, continuous distribution.
    """

    name: str
    prior: Prior
    unit: str = "1"
    meaning: str = ""
    reason: str = ""
    sampled: str = ""
    sampled_meaning: str = ""
    publish: Publish | None = None
    is_floor: bool = False
    reported: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "prior", Prior.of(self.prior, self.name))
        if not self.sampled:
            object.__setattr__(self, "sampled", self.name)
        if not self.sampled_meaning:
            object.__setattr__(self, "sampled_meaning", self.meaning)


def exponent(
    name: str,
    prior: Prior | None = None,
    *,
    meaning: str = "",
    reason: str = _EXPONENTS,
    reported: tuple[float, float] | None = None,
) -> Parameter:
    """A positive exponent, sampled as it is.

    Parameters
    ----------
    name : str
        Published name.
    prior : Prior, optional
        By default LogNormal with median 0.25 and 0.6 as sd of the logarithm.
    meaning : str
        What it is; by default "exponent <name>".
    reason : str
        Why the prior is what it is.
    reported : (float, float), optional
        As in ``Parameter``; with the default reason that of published exponents.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError
        As ``Parameter``.
    """
    if reported is None and reason == _EXPONENTS:
        reported = (0.08, 0.61)
    return Parameter(
        name,
        prior or lognormal(0.25, 0.6),
        "1",
        meaning or f"exponent {name}",
        reason,
        reported=reported,
    )


def floor(
    name: str = "E",
    prior: Prior | None = None,
    *,
    unit: str = "nats/token",
    meaning: str = "irreducible loss",
    reason: str = "",
) -> Parameter:
    """An irreducible loss or error, sampled as a fraction of the smallest observed outcome.

    Noise puts some outcomes below the floor, so the fraction may lie above 1.

    Parameters
    ----------
    name : str
        Published name; ``<name>_share`` is sampled.
    prior : Prior, optional
        Prior of the fraction, on positive numbers. By default Normal(2/3, 0.18) above 0 for
        nats/token, and Normal(0.5, 0.5) above 0, nearly flat between 0 and 1, for other units. A
        fit replaces the first by the second where its column is not in nats/token or falls by
        more than a factor of four.
    unit, meaning : str
        Of the published value.
    reason : str
        Why the prior is what it is; by default that of the default prior.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError
        As ``Parameter``.
    """
    sampled = f"{name}_share"
    in_nats = unit == "nats/token"
    default, why = (NATS_FLOOR, NATS_REASON) if in_nats else (ANY_FLOOR, ANY_REASON)

    def publish(s: Values, ref: Values, p: Values) -> Numeric:
        return s[sampled] * ref["y_min"]

    return Parameter(
        name,
        default if prior is None else prior,
        unit,
        meaning,
        reason or (why if prior is None else "stated for this outcome"),
        sampled=sampled,
        sampled_meaning=f"{name} as a fraction of the smallest observed outcome",
        publish=publish,
        is_floor=True,
    )


def over(size: Numeric, shape: Numeric) -> Numeric:
    """Divide by positive shapes, with a slope that is finite wherever the quotient is.

    Parameters
    ----------
    size : float or array
        Numerator.
    shape : float or array
        Denominator, positive; the slope of size / shape would hold 1 / shape^2, which overflows.

    Returns
    -------
    jax.Array
    """
    import jax.numpy as jnp

    return size * jnp.exp(-jnp.log(shape))


def amplitude(
    name: str,
    shape: Shape,
    prior: Prior | None = None,
    *,
    unit: str = "",
    meaning: str = "",
    reason: str = "the term adds 0 to 2.2 nats at the mean training run, little near a floor",
    size: str = "nats",
) -> Parameter:
    """An amplitude A of a term A * shape(x, p), sampled as the term at the mean training run.

    Parameters
    ----------
    name : str
        Published name; ``<name>_term`` is sampled.
    shape : callable
        ``shape(x, p)``: the rest of the term, positive, from inputs ``x`` and the published
        parameters ``p`` that stand before it.
    prior : Prior, optional
        Prior of the term's size; by default HalfNormal with scale 1 nat, so that little may be
        left of a term where most runs lie near their floor.
    unit, meaning : str
        Of A; the meaning by default "amplitude <name>".
    reason : str
        Why the prior is what it is.
    size : str
        Unit of the term.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError
        As ``Parameter``.
    """
    sampled = f"{name}_term"

    def publish(s: Values, ref: Values, p: Values) -> Numeric:
        return over(s[sampled], shape(ref, p))

    return Parameter(
        name,
        prior or half_normal(1.0),
        unit,
        meaning or f"amplitude {name}",
        reason,
        sampled=sampled,
        sampled_meaning=f"size of the {name} term at the mean training run, {size}",
        publish=publish,
    )


def level(
    name: str, shape: Shape, prior: Prior | None = None, *, unit: str = "", meaning: str = ""
) -> Parameter:
    """An amplitude A of a law A * shape(x, p), sampled as the law at the mean training run.

    Parameters
    ----------
    name : str
        Published name; ``<name>_level`` is sampled.
    shape : callable
        ``shape(x, p)``: the rest of the law, positive, from inputs ``x`` and the published
        parameters ``p`` that stand before it.
    prior : Prior, optional
        Prior of the law's value at the mean run over the geometric mean of the smallest and the
        largest observed outcome; by default LogNormal with median 1 and 0.5 as sd of the logarithm.
    unit, meaning : str
        As in ``amplitude``.

    Returns
    -------
    Parameter

    Raises
    ------
    InputError
        As ``Parameter``.
    """
    sampled = f"{name}_level"

    def publish(s: Values, ref: Values, p: Values) -> Numeric:
        return over(s[sampled] * (ref["y_min"] * ref["y_max"]) ** 0.5, shape(ref, p))

    return Parameter(
        name,
        prior or lognormal(1.0, 0.5),
        unit,
        meaning or f"amplitude {name}",
        "the mean training run lies amid the observed outcomes",
        sampled=sampled,
        sampled_meaning="value at the mean training run, "
        "over the geometric mean of the smallest and largest observed outcomes",
        publish=publish,
    )
