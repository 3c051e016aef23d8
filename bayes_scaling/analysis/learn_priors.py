r"""Priors learned from related series, for a curve that has few runs.

The curves' parameters are draws from one population. Its parameters :math:`\lambda`, those of a
prior of the same family, maximize the marginal likelihood of all curves: with draws
:math:`\theta_{is}` of curve i under the law's own prior p_0,

.. math::

    \sum_i \log \frac1S \sum_s \prod_j \frac{p(\theta_{isj} \mid \lambda_j)}{p_0(\theta_{isj})},

by expectation and maximization. The law's own prior counts as one more curve, so that few curves
do not make a narrow prior.

Sizes of terms and fractions of the smallest outcome are parametrized at a table's own mean and
smallest run: they hold for tables of similar design; exponents hold for others too (``names``).
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.analysis.prior_families import FAMILIES
from bayes_scaling.law.prior import Prior
from bayes_scaling.results.fits import Fits

_STEPS = 50  # of expectation and maximization, at most
_FEW = 4  # curves below which a population cannot be estimated
_MIN_ESS = 20  # effective draws of a curve below which it barely informs the new prior

type Draws = dict[str, np.ndarray]  # (series, draws) of each sampled quantity
type Priors = dict[str, Prior]


class LearnedPriors(dict[str, Prior]):
    """Priors by sampled name, for ``priors=``; ``table`` shows them beside the law's own."""

    table: AnnotatedTable

    @classmethod
    def of(cls, priors: Priors, table: AnnotatedTable) -> Self:
        """Return learned priors with their table."""
        learned = cls(priors)
        learned.table = table
        return learned

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


def learn_priors(
    fits: Fits, *, without: Any = (), names: Sequence[str] | None = None
) -> LearnedPriors:
    """Learn priors of a law's parameters and of its noise from many fits of it.

    Parameters
    ----------
    fits : Fits
        Fits of four series or more, as ``fit_many`` returns them.
    without : group, or sequence of groups
        Groups to leave out: those that will be scored, and those too similar to them.
    names : sequence of str, optional
        Sampled quantities to learn; if left out, all whose prior is LogNormal, Normal, HalfNormal,
        Beta, or a Normal above 0. For a table of another design name exponents alone.

    Returns
    -------
    LearnedPriors

    Raises
    ------
    InputError
        If there are too few groups, or a name has no such prior.
    """
    if not isinstance(fits, Fits):
        raise InputError(
            f"priors are learned from many fits, and this is of type {type(fits).__name__}; "
            "make them by fit_many"
        )
    chosen = _chosen_groups(fits, without)
    original = _original_priors(fits, names)
    draws = fits.draws_of_parameters(chosen)
    theta = {name: draws[name].reshape(len(chosen), -1) for name in original}
    priors = _maximized(theta, original)
    ess = 1 / (_weights(theta, priors, original) ** 2).sum(axis=1)
    table = AnnotatedTable(
        {
            "learned": {name: str(prior) for name, prior in priors.items()},
            "own": {name: str(prior) for name, prior in original.items()},
        }
    )
    table.foot = _footnote(fits, ess)
    return LearnedPriors.of(priors, table)


def _chosen_groups(fits: Fits, without: Any) -> list[int]:
    """Positions of the groups to learn from."""
    left_out = [without] if without in fits.groups else list(without)
    for group in left_out:
        if group not in fits:
            raise InputError(
                f"without has {group!r}, which is not a group; groups are "
                f"{shorten_list(fits.groups)}"
            )
    chosen = [i for i, group in enumerate(fits.groups) if group not in left_out]
    if len(chosen) < _FEW:
        raise InputError(
            f"{len(chosen)} groups are too few to estimate a population; give {_FEW} or more"
        )
    return chosen


def _original_priors(fits: Fits, names: Sequence[str] | None) -> Priors:
    """The law's own priors of the quantities to learn."""
    learnable = {
        site.sampled: site.prior for site in fits.law.sites if site.prior.family in FAMILIES
    }
    for name in names or ():
        if name not in learnable:
            raise InputError(
                f"{name} has no prior that can be learned; name some of {', '.join(learnable)}"
            )
    return {name: learnable[name] for name in names or learnable}


def _maximized(theta: Draws, original: Priors) -> Priors:
    """The priors that maximize the marginal likelihood, by expectation and maximization."""
    priors = dict(original)
    for _ in range(_STEPS):
        weight = _weights(theta, priors, original)
        updated = {
            name: FAMILIES[prior.family].updated(prior, theta[name], weight)
            for name, prior in original.items()
        }
        change = max(
            abs(new - old) / (abs(old) + 0.1)
            for name in original
            for (_, new), (_, old) in zip(updated[name].args, priors[name].args)
        )
        priors = updated
        if change < 1e-3:
            break
    return priors


def _weights(theta: Draws, priors: Priors, original: Priors) -> np.ndarray:
    """Weight of each draw under the new priors, (series, draws), summing to 1 in a series."""
    with float64():
        log = sum(
            (
                np.asarray(priors[name].dist().log_prob(values))
                - np.asarray(original[name].dist().log_prob(values))
                for name, values in theta.items()
            ),
            np.zeros(()),
        )
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)


def _footnote(fits: Fits, ess: np.ndarray) -> str:
    lines = [f"Learned from {len(ess)} series; the law's own prior counts as one more."]
    if few := int((ess < _MIN_ESS).sum()):
        lines.append(
            f"caution: {few} of them have fewer than {_MIN_ESS} draws where the new prior lies; "
            "fit them again with the new prior, and learn once more"
        )
    if not fits.diagnosis.ok:
        lines.append(str(fits.diagnosis))
    return "\n".join(lines)
