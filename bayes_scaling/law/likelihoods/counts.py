"""Likelihoods of counts, and of metrics that sit at a limit.

The outcome of a count is always the *share*: errors, or passes, over the number of items (of draws); its
mean is the law's. How many items a run was tested on stands in a column or is one number: fit(..., items="n")
or items=500. The log likelihood is that of the count, so it is comparable between likelihoods of the same
counts, and not with a density of the share as ``Noise`` gives it.
"""

from dataclasses import dataclass, replace

import numpy as np

from bayes_scaling._core.arguments import is_size
from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.drift import ALONG
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, lognormal

_EDGE = 1e-9  # keeps a probability off 0 and 1, so that a bad proposal is improbable and not NaN


_MOST = 1e9  # bound of a concentration: what scatters less is a Binomial


def _shape(mean, p, rows):
    return np.broadcast_shapes(
        np.shape(mean), *(np.shape(v) for v in (*p.values(), *rows.values()))
    )


def _number(name, value):
    """A likelihood's own number of items or passes: at least 1, or None where a column gives it."""
    if value is not None and (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.number)
        or not 1 <= value < np.inf
    ):
        raise InputError(
            f"{name} is {value!r}; give a whole number of at least 1, or name its column in the fit: {name}='n'"
        )


class _Share(Likelihood):
    """A count told as a share: the law's mean is a probability."""

    def outside(self, mean):
        """Where the law's mean is no probability between 0 and 1: as ``Likelihood.outside``."""
        return (mean <= 0) | (mean >= 1)


@dataclass(frozen=True)
class Binomial(_Share):
    """Independent items, each wrong (or right) with the probability that the law says.

    Parameters
    ----------
    items : number of items, at least 1 (else InputError), where it is the same for every run; else a column, named in the fit.
    """

    items: float | None = None

    reads = {"items": "number of test items"}

    def __post_init__(self):
        _number("items", self.items)

    def check(self, y, rows):
        """The first share that can not be: as ``Noise.check``."""
        bad = ~((y >= 0) & (y <= 1))
        return (int(bad.argmax()), "a share of the items, from 0 to 1") if bad.any() else None

    def encode(self, y, rows):
        """Counts from shares, as ``Likelihood.encode``; a share that is no whole count is rounded to one, with a RunsWarning."""
        count = y * rows["items"]
        off = np.abs(count - np.round(count))
        if off.max() > 0.1:
            at = int(off.argmax())
            text = f"{(off > 0.1).sum()} shares are no whole number of items, such as {y[at]:.6g} of {rows['items'][at]:g}: counted to the nearest"
            warn(
                f"{text}; an average over sub-tasks is none, so check the number of items",
                RunsWarning,
            )
        return np.round(count)

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the count: as ``Noise.distribution``; ``rows`` has the items, ``p``, ``u`` and ``se`` are not read."""
        import jax.numpy as jnp
        import numpyro.distributions as dist

        return dist.BinomialProbs(
            jnp.clip(mean, _EDGE, 1 - _EDGE), rows["items"], validate_args=False
        )

    def draw(self, rng, mean, p, u, se=None, rows=None):
        """One new share for every element of ``mean``: as ``Noise.draw``, each element on its own."""
        return (
            rng.binomial(
                np.asarray(rows["items"], int),
                np.clip(mean, _EDGE, 1 - _EDGE),
                _shape(mean, p, rows),
            )
            / rows["items"]
        )

    def __str__(self):
        return "Binomial count of the items"


@dataclass(frozen=True)
class BetaBinomial(Binomial):
    """Items whose probability scatters from run to run about the law's mean m: Beta(m phi, (1 - m) phi).

    Parameters
    ----------
    items : as for ``Binomial``.
    phi : prior of the concentration (InputError where it is no distribution); the scatter adds what phi items in place of infinitely many would.
    drift : sd, from 0 (else InputError), of a drift off the law beyond the data, on the logit of m and for each unit of log(scale / largest training scale). It
        enters forecasts of new runs alone, as a lower concentration: 1 / (phi + 1) grows by m (1 - m) (drift * log(scale / largest))^2.
    """

    phi: Prior = lognormal(200.0, 1.0)
    drift: float = 0.0

    def __post_init__(self):
        super().__post_init__()
        if not is_size(self.drift):
            raise InputError(
                f"BetaBinomial has drift {self.drift!r}; give a number from 0, such as 0.3"
            )
        object.__setattr__(self, "phi", Prior.of(self.phi, "phi"))

    @property
    def parameters(self):
        """The concentration."""
        return (
            Parameter(
                "phi",
                self.phi,
                "items",
                "concentration: how little runs scatter beyond the sampling of items",
                "a scatter as of 30 to 1,400 items; large is plain Binomial",
            ),
        )

    def without_scale(self):
        """The same likelihood for a law whose runs have no scale."""
        return replace(self, drift=0.0)

    @property
    def signature(self):
        """What decides the compiled program, beside the parameters' priors."""
        return type(self).__name__, self.drift

    def concentration(self, mean, p, u, xp=np):
        """phi in items, beyond the data lower by the drift at the law's ``mean``; p, u, xp and how they broadcast as in ``Noise.sd``."""
        phi = xp.minimum(p["phi"], _MOST)
        if not self.drift:
            return phi
        drifted = mean * (1 - mean) * (self.drift * xp.maximum(-u, 0.0)) ** 2
        return 1 / xp.minimum(1 / (phi + 1) + drifted, 1 - _EDGE) - 1

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the count, the drift included: as ``Noise.distribution``; ``rows`` has the items, ``se`` is not read."""
        import jax.numpy as jnp

        from bayes_scaling.law.likelihoods import beta_binomial as rising

        mean = jnp.clip(mean, _EDGE, 1 - _EDGE)
        phi = self.concentration(mean, p, u, jnp)
        return rising.BetaBinomial(mean * phi, (1 - mean) * phi, rows["items"], validate_args=False)

    def draw(self, rng, mean, p, u, se=None, rows=None, beyond=None):
        """One new share for every element of ``mean``: as ``Noise.draw``, each element on its own."""
        mean, shape = np.clip(mean, _EDGE, 1 - _EDGE), _shape(mean, p, rows)
        phi = self.concentration(mean, p, u if beyond is None else -beyond)
        with np.errstate(invalid="ignore"):
            chance = np.nan_to_num(rng.beta(mean * phi, (1 - mean) * phi, shape), nan=0.0)
        return rng.binomial(np.asarray(rows["items"], int), chance, shape) / rows["items"]

    def __str__(self):
        drift = (
            f"; beyond the data a drift of sd {self.drift:.3g} * {ALONG} on the logit"
            if self.drift
            else ""
        )
        return f"BetaBinomial count of the items, concentration phi{drift}"


@dataclass(frozen=True)
class ItemBetaBinomial(Binomial):
    """One problem a run, tried ``items`` times; pass rates of problems are Beta(alpha_p, beta_p), both the law's own.

    What was measured are single attempts (k = 1). A new problem at k is ``items`` tries of k attempts each, a try
    passed when one of its attempts is.

    Parameters
    ----------
    items : as for ``Binomial``.
    k : attempts a try, at least 1 (else InputError), where they are the same for every run; else a column, named in the fit.
    """

    k: float | None = None

    reads = {"items": "number of tries at a problem", "k": "attempts a try"}

    def __post_init__(self):
        super().__post_init__()
        _number("k", self.k)

    def check(self, y, rows):
        """The first share that can not be: as ``Noise.check``; InputError where a run has k above 1."""
        if (rows["k"] != 1).any():
            raise InputError(
                "k is above 1 in the runs; give single attempts, k = 1: the shares of more follow from them"
            )
        return super().check(y, rows)

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the count: as ``Noise.distribution``; ``p`` has the law's alpha_p and beta_p, ``rows`` the items."""
        from bayes_scaling.law.likelihoods import beta_binomial as rising

        return rising.BetaBinomial(
            p["alpha_p"], p["beta_p"] + 0.0 * mean, rows["items"], validate_args=False
        )

    def draw(self, rng, mean, p, u, se=None, rows=None):
        """The share of a new problem's tries that pass, for every element of ``mean``: as ``Noise.draw``."""
        rate = rng.beta(
            p["alpha_p"], p["beta_p"], np.broadcast_shapes(np.shape(mean), np.shape(p["alpha_p"]))
        )
        return (
            rng.binomial(
                np.asarray(rows["items"], int),
                -np.expm1(rows["k"] * np.log1p(-np.minimum(rate, 1 - _EDGE))),
            )
            / rows["items"]
        )

    def __str__(self):
        return "BetaBinomial count of a problem's tries, its shapes the law's parameters"


@dataclass(frozen=True)
class NegativeBinomial(_Share):
    """Draws made until so many passed; the outcome is the share passes / draws, the law's mean the pass rate.

    Parameters
    ----------
    passes : passes waited for, at least 1 (else InputError), where it is the same for every run; else a column, named in the fit.
    """

    passes: float | None = None

    reads = {"passes": "number of passes waited for"}

    def __post_init__(self):
        _number("passes", self.passes)

    def check(self, y, rows):
        """The first share that can not be: as ``Noise.check``."""
        bad = ~((y > 0) & (y <= 1))
        return (int(bad.argmax()), "passes over draws, above 0 and up to 1") if bad.any() else None

    def encode(self, y, rows):
        """Failures before the last pass: as ``Likelihood.encode``."""
        return np.round(rows["passes"] / y) - rows["passes"]

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the failures, as ``Noise.distribution``; a GammaPoisson keeps rates of 1e-9 exact."""
        import jax.numpy as jnp
        import numpyro.distributions as dist

        mean = jnp.clip(mean, 1e-30, 1 - _EDGE)
        return dist.GammaPoisson(rows["passes"], mean / (1 - mean), validate_args=False)

    def draw(self, rng, mean, p, u, se=None, rows=None):
        """One new share for every element of ``mean``: as ``Noise.draw``, each element on its own."""
        mean = np.clip(mean, 1e-30, 1 - _EDGE)
        expected = rng.gamma(rows["passes"], (1 - mean) / mean, _shape(mean, p, rows))
        # NumPy draws no Poisson counts beyond 2^63; there the count is its expectation to nine digits
        failures = np.where(expected < 1e15, rng.poisson(np.minimum(expected, 1e15)), expected)
        return rows["passes"] / (rows["passes"] + failures)

    def __str__(self):
        return "NegativeBinomial count of the draws until enough have passed"
