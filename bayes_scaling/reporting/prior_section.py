"""The priors of a fit beside the posterior."""

from collections.abc import Iterator

import numpy as np

from bayes_scaling._core.formatting import format_to_width
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.reporting.blocks import Block, Rows, Text
from bayes_scaling.reporting.posterior_section import all_shared
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_fit import PooledFit

_HEADER = ("sampled", "meaning", "prior", "reason", "posterior, 90%")
_ONE_GROUP = (
    " The last column is the width of the posterior's 90% interval over the prior's: near 100% the "
    "runs are uninformative and the posterior is the prior."
)
_GROUPS = (
    " The groups' values have a mean and a standard deviation that are learned too; the posterior "
    "shown is that of the mean, of all groups if each is free, or of the one value that all share."
)
_ALL_SHARED = " Every quantity has one value, which all groups share."


def prior_blocks(fit: Fit | PooledFit, name: str) -> Iterator[Block]:
    """Yield the table of priors, their reasons and the posterior's intervals.

    Parameters
    ----------
    fit : Fit or PooledFit
        The fit.
    name : str
        Id of its table.

    Yields
    ------
    Block
    """
    grouped = isinstance(fit, PooledFit)
    yield Text(f"Priors are on the sampled quantities.{_shown(fit)}")
    header = _HEADER if grouped else (*_HEADER, "width left")
    lines = tuple(_line(fit, site) for site in fit.law.sites)
    yield Rows(name, "priors, and the posterior beside them", header, lines)


def _shown(fit: Fit | PooledFit) -> str:
    """State what the last columns of the table show."""
    if not isinstance(fit, PooledFit):
        return _ONE_GROUP
    return _ALL_SHARED if all_shared(fit) else _GROUPS


def _line(fit: Fit | PooledFit, site: Parameter) -> tuple[str, ...]:
    """Return one row of the table."""
    lower, upper = np.quantile(_posterior(fit, site.sampled), [0.05, 0.95])
    line = (
        site.sampled,
        fit.law.rename_units(site.sampled_meaning, fit.y),
        str(site.prior),
        fit.law.rename_units(site.reason, fit.y),
        " to ".join(format_to_width([lower, upper], upper - lower)),
    )
    return line if isinstance(fit, PooledFit) else (*line, _width_left(fit, site.sampled))


def _posterior(fit: Fit | PooledFit, sampled: str) -> np.ndarray:
    """Return the draws that the table shows: of groups those of what they share."""
    draws = fit.posterior[sampled]
    if isinstance(fit, PooledFit):
        mode = fit.pool.modes[sampled]
        if mode == "partial":
            return fit.posterior[f"mu_{sampled}"]
        if mode == "shared":
            return draws[..., 0]
    return draws


def _width_left(fit: Fit, sampled: str) -> str:
    """Return the width of the posterior over that of the prior, "" without draws of the prior."""
    prior = fit.parts.prior
    if sampled not in prior:
        return ""
    return f"{_width(fit.posterior[sampled]) / _width(prior[sampled]):.0%}"


def _width(draws: np.ndarray) -> float:
    return np.subtract(*np.quantile(draws, [0.95, 0.05]))
