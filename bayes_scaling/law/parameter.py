"""What a law's parameter is: its published name, what is sampled for it, and the prior.

Amplitudes and floors are not sampled as they are published. A in A/N^alpha spans five decades and
moves with alpha; the contribution of its term at the training data's mean run, in nats, is a number
a person can hold an opinion about. So a prior is stated on the *sampled* quantity, and the
published-form value follows from it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bayes_scaling.law.prior import Prior, beta, lognormal


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


def exponent(
    name, prior=None, *, meaning="", reason="published exponents with a free floor: 0.08 to 0.61"
):
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
    return Parameter(
        name, prior or lognormal(0.25, 0.6), "1", meaning or f"exponent {name}", reason
    )


def floor(
    name="E",
    prior=None,
    *,
    unit="nats/token",
    meaning="irreducible loss",
    reason="keeps it below every observed loss, two thirds of the least one in the middle",
):
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


def amplitude(
    name,
    shape,
    prior=None,
    *,
    unit="",
    meaning="",
    reason="the term adds 0.07 to 2.3 nats at the mean training run",
    size="nats",
):
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
