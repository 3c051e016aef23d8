"""Parameters that several families share: amplitudes in a unit of the law's own."""

from bayes_scaling.law.parameter import Parameter, over
from bayes_scaling.law.prior import lognormal


def at_mean(name, shape, prior=None, *, unit="", meaning="", reason="the mean training run lies near the middle: 0.4 to 2.7 times it"):
    """An amplitude of a term, sampled as the term at the mean training run over the middle of the outcomes.

    Parameters
    ----------
    shape : ``shape(x, p)``: the rest of the term, from inputs ``x`` and published parameters ``p``.
    prior : of that ratio, default LogNormal with median 1 and spread 0.5.
    """
    return Parameter(
        name, prior or lognormal(1.0, 0.5), unit, meaning, reason,
        sampled=f"{name}_share", sampled_meaning=f"the {name} term at the mean training run over the geometric mean of the least and the largest outcome",
        publish=lambda s, ref, p: over(s[f"{name}_share"] * (ref["y_min"] * ref["y_max"]) ** 0.5, shape(ref, p)),
    )  # fmt: skip


def at_least(name, shape, prior, *, unit="", meaning="", reason=""):
    """The same of a term that falls in every input: its size where all inputs are least, as a share of the largest outcome."""
    return Parameter(
        name, prior, unit, meaning, reason,
        sampled=f"{name}_share", sampled_meaning=f"the {name} term where all inputs are least, as a share of the largest outcome",
        publish=lambda s, ref, p: over(s[f"{name}_share"] * ref["y_max"], shape(least(ref), p)),
    )  # fmt: skip


def least(ref):
    """The run that has every input at its smallest."""
    return {key[: -len("_min")]: value for key, value in ref.items() if key.endswith("_min")}
