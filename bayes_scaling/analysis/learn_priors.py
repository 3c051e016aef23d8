r"""Priors learned from related series: what other curves say of a law's parameters, for a curve that has few runs.

The curves' parameters are draws from one population. Its numbers :math:`\lambda`, those of a prior of the same family, are where
the marginal likelihood of all curves is greatest: with draws :math:`\theta_{is}` of curve i under the law's own prior p_0,

.. math:: \sum_i \log \frac1S \sum_s \prod_j \frac{p(\theta_{isj} \mid \lambda_j)}{p_0(\theta_{isj})},

by expectation and maximisation. The law's own prior counts as one more curve, so that few curves do not make a narrow prior.

Sizes of terms and shares of the least outcome are told at a table's own mean and least run: they hold for tables of like design,
exponents for others too (``names``).
"""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import shown
from bayes_scaling._core.table import Told
from bayes_scaling.law.prior import Prior
from bayes_scaling.results.fits import Fits

_STEPS = 50


_FEW = 4  # curves below which a population can not be told


_THIN = 20  # independent draws of a curve below which it says little of the new prior


class LearnedPriors(dict):
    """{sampled name: Prior}, for ``priors=``; ``table`` shows them beside the law's own."""

    table = None

    def __repr__(self):
        return repr(self.table)

    def _repr_html_(self):
        return self.table._repr_html_()


def learn_priors(fits, *, without=(), names=None):
    """Priors of a law's parameters and of its noise, learned from many fits of it.

    Parameters
    ----------
    fits : Fits, such as ``fit_many`` makes, of four series or more.
    without : groups that are to tell nothing: those that will be scored, and what is too like them.
    names : sampled quantities to learn of; where left out, all whose prior is LogNormal, Normal, HalfNormal or Beta. For a
        table of another design name exponents alone.

    Returns
    -------
    LearnedPriors

    Raises
    ------
    InputError : too few groups, or a name that has no such prior.
    """
    if not isinstance(fits, Fits):
        raise InputError(
            f"priors are learned from many fits; {type(fits).__name__} is none: make them by fit_many"
        )
    without = [without] if without in fits.groups else list(without)
    for group in without:
        if group not in fits:
            raise InputError(
                f"without has {group!r}, which is no group; groups are {shown(fits.groups)}"
            )
    which = [i for i, group in enumerate(fits.groups) if group not in without]
    if len(which) < _FEW:
        raise InputError(
            f"{len(which)} groups tell too little of a population; give {_FEW} or more"
        )
    own = {q.sampled: q.prior for q in fits.law.sites if q.prior.family in _FAMILIES}
    for name in names or ():
        if name not in own:
            raise InputError(
                f"{name} has no prior that can be learned; name some of {', '.join(own)}"
            )
    own = {name: own[name] for name in names or own}
    drawn = fits.draws_of_parameters(which)
    theta = {name: drawn[name].reshape(len(which), -1) for name in own}
    priors = dict(own)
    for _ in range(_STEPS):
        weight = _weights(theta, priors, own)
        new = {name: _refitted(priors[name].family, own[name], theta[name], weight) for name in own}
        moved = max(
            abs(a - b) / (abs(b) + 0.1)
            for name in own
            for (_, a), (_, b) in zip(new[name].args, priors[name].args)
        )
        priors = new
        if moved < 1e-3:
            break
    made = LearnedPriors(priors)
    thin = 1 / (_weights(theta, priors, own) ** 2).sum(axis=1)
    made.table = Told(
        {
            "learned": {name: str(p) for name, p in priors.items()},
            "own": {name: str(p) for name, p in own.items()},
        }
    )
    made.table.foot = (
        f"Learned from {len(which)} series; the law's own prior counts as one more."
        + (
            f"\ncaution: {(thin < _THIN).sum()} of them have fewer than {_THIN} draws where the new prior lies; fit again under it, and learn once more"
            if (thin < _THIN).any()
            else ""
        )
    )
    if not fits.diagnosis.ok:
        made.table.foot += f"\n{fits.diagnosis}"
    return made


def _weights(theta, priors, own):
    """Weight of each draw under the new priors, (series, draws), summing to one in a series."""
    with float64():
        log = sum(
            np.asarray(priors[name].dist().log_prob(values) - own[name].dist().log_prob(values))
            for name, values in theta.items()
        )
    made = np.exp(log - log.max(axis=1, keepdims=True))
    return made / made.sum(axis=1, keepdims=True)


def _refitted(family, own, values, weight):
    """The prior of this family that weighted draws of all series make likeliest, the law's own prior counted as one more."""
    to, moments, back = _FAMILIES[family]
    t = to(values)
    prior_mean, prior_square = moments(dict(own.args))
    mean = ((weight * t).sum() + prior_mean) / (len(t) + 1)
    square = ((weight * t**2).sum() + prior_square) / (len(t) + 1)
    return Prior(family, tuple(back(mean, square - mean**2, square).items()))


def _beta(mean, variance):
    size = mean * (1 - mean) / variance - 1
    return {"concentration1": mean * size, "concentration0": (1 - mean) * size}


def _of_beta(a):
    p, q = a["concentration1"], a["concentration0"]
    mean = p / (p + q)
    return mean, mean * (1 - mean) / (p + q + 1) + mean**2


# family: the scale on which its moments are taken, the first two moments of a prior there, and its numbers from mean, variance and mean square
_FAMILIES = {
    "Normal": (
        lambda x: x,
        lambda a: (a["loc"], a["loc"] ** 2 + a["scale"] ** 2),
        lambda m, v, s: {"loc": float(m), "scale": float(np.sqrt(v))},
    ),
    "LogNormal": (
        np.log,
        lambda a: (a["loc"], a["loc"] ** 2 + a["scale"] ** 2),
        lambda m, v, s: {"loc": float(m), "scale": float(np.sqrt(v))},
    ),
    "HalfNormal": (
        lambda x: x,
        lambda a: (0.0, a["scale"] ** 2),
        lambda m, v, s: {"scale": float(np.sqrt(s))},
    ),
    "Beta": (lambda x: x, _of_beta, lambda m, v, s: {k: float(n) for k, n in _beta(m, v).items()}),
}
