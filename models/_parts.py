"""Parameters that several families share."""

from bayes_scaling.parameter import Parameter, lognormal


def share(name, shape, prior=None, *, unit="", meaning="", reason="the term is 0.05 to 1.8 times the largest outcome"):
    """An amplitude of a term whose unit is the law's own, sampled as the term at the mean training run over the largest outcome.

    Parameters
    ----------
    shape : ``shape(x, p)``: the rest of the term, from inputs ``x`` and published parameters ``p``.
    prior : of the share, default LogNormal with median 0.3 and spread 0.9.
    """
    return Parameter(
        name, prior or lognormal(0.3, 0.9), unit, meaning, reason,
        sampled=f"{name}_share", sampled_meaning=f"size of the {name} term at the mean training run, as a share of the largest outcome",
        publish=lambda s, ref, p: s[f"{name}_share"] * ref["y_max"] / shape(ref, p),
    )  # fmt: skip
