"""The verdict on the fit: whether the law describes the training runs."""

from collections.abc import Iterator, Mapping
from math import exp
from statistics import NormalDist
from typing import Any

import numpy as np

from bayes_scaling._core.messages import join_words
from bayes_scaling.law.law import Law
from bayes_scaling.law.prior import Prior
from bayes_scaling.results.residual_checks import (
    explained_fraction,
    farthest_run,
    size_p,
    strongest_trend,
)
from bayes_scaling.results.residuals import Residuals
from bayes_scaling.results.verdict import Verdict

LIMITS = {
    "sigma": 2.5,  # times the 99% quantile of its prior
    "r2": 0.2,
    "r2_trend": 0.9,  # a law that explains more is roughly right, whatever its residuals show
    "p": 0.01,
    "p_bad": 0.002,
    "explained": 0.4,
    "off": 6.0,  # sds
}
_ANOTHER = "fit another law or other runs, and see plot_residuals()"

Found = tuple[list[str], list[str]]  # problems, cautions


def fit_verdict(
    law: Law, draws: Mapping[str, np.ndarray], residuals: Residuals | None, names: Any
) -> Verdict:
    """Check whether a law describes its training runs.

    Parameters
    ----------
    law : Law
        The law, with the priors that were used.
    draws : {str: numpy.ndarray}
        Draws of the sampled quantities, shape (draws,), or (draws, groups).
    residuals : Residuals or None
        Of the training runs; None leaves their checks out.
    names : sequence of str
        Labels of the runs.

    Returns
    -------
    Verdict
        Of the size of the noise, of exponents, and of the residuals.
    """
    problems, cautions, details, numbers = [], [], [], {}
    if "sigma" in draws:
        sigma = np.quantile(draws["sigma"], 0.5, axis=0)
        details.append(f"residual sd {np.max(sigma):.2g}")
        numbers["sigma"] = float(np.max(sigma))
        _add((problems, cautions), _size_of_noise(law, float(np.max(sigma))))
    _add((problems, cautions), _exponents(law, draws))
    if residuals is not None:
        found, values, text = _residual_findings(law, residuals, names)
        _add((problems, cautions), found)
        details += text
        numbers |= values
    return Verdict("Fit", tuple(problems), tuple(cautions), tuple(details), numbers)


def _add(both: Found, found: Iterator[tuple[str, str]]) -> None:
    """Sort findings ("bad" or "caution", text) into problems and cautions."""
    for level, text in found:
        both[level != "bad"].append(text)


def _size_of_noise(law: Law, sigma: float) -> Iterator[tuple[str, str]]:
    """A residual sd that its prior hardly allows."""
    prior = next((q.prior for q in law.sites if q.sampled == "sigma"), None)
    limit = np.inf if prior is None else _quantile(prior, 0.99)
    if sigma > limit:
        level = "bad" if sigma > LIMITS["sigma"] * limit else "caution"
        yield (
            level,
            f"the residual sd is {sigma:.2g}, {sigma / limit:.2g} times the largest that its prior"
            f" expects ({limit:.2g}): the runs scatter more about {law.name} than runs of one"
            f" recipe do; {_ANOTHER}",
        )


def _quantile(prior: Prior, prob: float) -> float:
    """A quantile of a prior of a positive quantity; infinite where it has none in closed form."""
    values = dict(prior.args)  # the default priors, without NumPyro and JAX
    if prior.family == "LogNormal":
        return exp(values["loc"] + values["scale"] * NormalDist().inv_cdf(prob))
    if prior.family == "HalfNormal":
        return values["scale"] * NormalDist().inv_cdf((1 + prob) / 2)
    try:
        return float(prior.dist().icdf(prob))
    except NotImplementedError:
        return float("inf")


def _exponents(law: Law, draws: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str]]:
    """Exponents whose 95% interval lies outside all published values."""
    if not law.outcome.startswith("loss"):
        return
    for q in law.parameters:
        if q.reported is None:
            continue
        known = [*q.reported]
        if q.sampled == q.name:
            known += [p.values[q.name] for p in law.published.values() if q.name in p.values]
        low, high = min(known), max(known)
        lower, median, upper = np.quantile(draws[q.sampled], [0.025, 0.5, 0.975], axis=0)
        outside = np.atleast_1d((lower > high) | (upper < low))
        if outside.any():
            worst = int(outside.argmax())
            value, *ends = (np.atleast_1d(a)[worst] for a in (median, lower, upper))
            yield (
                "bad",
                f"{q.sampled} is {value:.3g} (95%: {ends[0]:.3g} to {ends[1]:.3g}), outside all"
                f" published values ({low:.2g} to {high:.2g}): the runs do not determine {law.name}"
                " or do not follow it; vary N and D more, or fit another law",
            )
        elif np.mean((median > high) | (median < low)) > 0.5:
            value = float(np.median(median))
            yield (
                "caution",
                f"{q.sampled} is {value:.3g}, and published values are {low:.2g} to {high:.2g}",
            )


def _residual_findings(
    law: Law, residuals: Residuals, names: Any
) -> tuple[Iterator[tuple[str, str]], dict[str, float], list[str]]:
    """Findings, numbers and details of the checks of residuals."""
    r2 = explained_fraction(residuals)
    numbers, details, found = {"r2": r2}, [], []
    if r2 < LIMITS["r2"]:
        found.append(("bad", _unexplained(law, r2)))
    if law.noise.correlates or residuals.freedom < 2:
        return iter(found), numbers, details
    trend = strongest_trend(residuals)
    if trend is not None:
        numbers["p_trend"] = trend.p
        if trend.p < LIMITS["p"]:
            strong = trend.p < LIMITS["p_bad"] and trend.explained > LIMITS["explained"]
            strong &= r2 < LIMITS["r2_trend"]
            found.append(
                (
                    "bad" if strong else "caution",
                    f"the residuals {trend.kind} {trend.size} (p = {trend.p:.1g}):"
                    f" {law.name} misses a pattern in the runs; {_ANOTHER}",
                )
            )
        else:
            details.append(f"no trend along {join_words(residuals.sizes, 'or')}")
    run, off, p = farthest_run(residuals)
    numbers["p_farthest"] = p
    if p < LIMITS["p"] / 2:
        found.append(
            (
                "caution",
                f"run {names[run]} lies {abs(off):.1f} sds {'above' if off > 0 else 'below'}"
                f" {law.name} (p = {p:.1g}): check its outcome and its sizes",
            )
        )
    numbers["p_size"] = p = size_p(residuals)
    if p < LIMITS["p"] / 2:
        found.append(
            (
                "caution",
                f"the runs scatter more about {law.name} than its noise allows (p = {p:.1g});"
                " give sigma a wider prior, or fit another law",
            )
        )
    return iter(found), numbers, details


def _unexplained(law: Law, r2: float) -> str:
    """A law that predicts no better than a constant."""
    return (
        f"{law.name} explains {max(r2, 0.0):.0%} of the variation of the outcome (R2, adjusted for"
        " its parameters), hardly more than a constant: check that each outcome stands beside its"
        " own run, and vary the runs more"
    )
