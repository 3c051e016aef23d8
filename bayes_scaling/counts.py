"""Likelihoods of counts, and of metrics that sit at a limit.

The outcome of a count is always the *share*: errors, or passes, over the number of items (of draws); its
mean is the law's. How many items a run was tested on stands in a column or is one number: fit(..., items="n")
or items=500. The log likelihood is that of the count, so it is comparable between likelihoods of the same
counts, and not with a density of the share as ``Noise`` gives it.
"""

from dataclasses import dataclass, replace

import numpy as np

from bayes_scaling.drift import ALONG, is_size
from bayes_scaling.noise import Likelihood, Noise
from bayes_scaling.parameter import Parameter, Prior, lognormal
from bayes_scaling.runs import InputError, RunsWarning
from bayes_scaling.words import warn

_EDGE = 1e-9  # keeps a probability off 0 and 1, so that a bad proposal is improbable and not NaN
_MOST = 1e9  # bound of a concentration: what scatters less is a Binomial


def _shape(mean, p, rows):
    return np.broadcast_shapes(np.shape(mean), *(np.shape(v) for v in (*p.values(), *rows.values())))


def _number(name, value):
    """A likelihood's own number of items or passes: at least 1, or None where a column gives it."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 1 <= value < np.inf):
        raise InputError(f"{name} is {value!r}; give a whole number of at least 1, or name its column in the fit: {name}='n'")


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
            warn(f"{text}; an average over sub-tasks is none, so check the number of items", RunsWarning)
        return np.round(count)

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the count: as ``Noise.distribution``; ``rows`` has the items, ``p``, ``u`` and ``se`` are not read."""
        import jax.numpy as jnp
        import numpyro.distributions as dist

        return dist.BinomialProbs(jnp.clip(mean, _EDGE, 1 - _EDGE), rows["items"], validate_args=False)

    def draw(self, rng, mean, p, u, se=None, rows=None):
        """One new share for every element of ``mean``: as ``Noise.draw``, each element on its own."""
        return rng.binomial(np.asarray(rows["items"], int), np.clip(mean, _EDGE, 1 - _EDGE), _shape(mean, p, rows)) / rows["items"]

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
            raise InputError(f"BetaBinomial has drift {self.drift!r}; give a number from 0, such as 0.3")
        object.__setattr__(self, "phi", Prior.of(self.phi, "phi"))

    @property
    def parameters(self):
        """The concentration."""
        return (Parameter("phi", self.phi, "items", "concentration: how little runs scatter beyond the sampling of items", "a scatter as of 30 to 1,400 items; large is plain Binomial"),)

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

        from bayes_scaling import rising

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
        drift = f"; beyond the data a drift of sd {self.drift:.3g} * {ALONG} on the logit" if self.drift else ""
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
            raise InputError("k is above 1 in the runs; give single attempts, k = 1: the shares of more follow from them")
        return super().check(y, rows)

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the count: as ``Noise.distribution``; ``p`` has the law's alpha_p and beta_p, ``rows`` the items."""
        from bayes_scaling import rising

        return rising.BetaBinomial(p["alpha_p"], p["beta_p"] + 0.0 * mean, rows["items"], validate_args=False)

    def draw(self, rng, mean, p, u, se=None, rows=None):
        """The share of a new problem's tries that pass, for every element of ``mean``: as ``Noise.draw``."""
        rate = rng.beta(p["alpha_p"], p["beta_p"], np.broadcast_shapes(np.shape(mean), np.shape(p["alpha_p"])))
        return rng.binomial(np.asarray(rows["items"], int), -np.expm1(rows["k"] * np.log1p(-np.minimum(rate, 1 - _EDGE)))) / rows["items"]

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


@dataclass(frozen=True)
class Censored(Likelihood):
    """Noise of a metric that is not seen beyond a limit: at its floor, a run says no more than that it is there.

    Parameters
    ----------
    noise : the Noise inside the limits: Normal, or Student-t with df 4, and without a smooth discrepancy (else InputError).
    lower, upper : limits in the unit of the outcome, one at least, and inside the link's domain (else InputError); a column named in the
        fit, lower="chance", gives each run its own in place of that number.
    """

    noise: Noise = Noise()
    lower: float | None = None
    upper: float | None = None

    takes_se = True

    def __post_init__(self):
        if not isinstance(self.noise, Noise) or self.noise.df not in (None, 4.0) or self.noise.smooth:
            raise InputError(f"censored noise is {self.noise}; give a Noise with df=None or df=4, and no smooth discrepancy")
        if not self.reads:
            raise InputError("censored noise has no limit; give lower=..., upper=... or both, in the unit of the outcome")
        for name in self.reads:
            self._inside(name, np.asarray([getattr(self, name)], float))

    def _inside(self, name, limit):
        bad = self.noise.check(limit)
        if bad:
            raise InputError(f"{name} is {limit[bad[0]]:g}; it must be {bad[1]}: for a share of 0 give less than one item, such as 0.5 / items")

    @property
    def reads(self):
        """The limits there are."""
        return {name: f"the {name} limit" for name in ("lower", "upper") if getattr(self, name) is not None}

    @property
    def parameters(self):
        """Those of the noise."""
        return self.noise.parameters

    @property
    def grows(self):
        """Whether the sd grows towards small scales."""
        return self.noise.grows

    @property
    def drift(self):
        """That of the noise."""
        return self.noise.drift

    def without_scale(self):
        """The same likelihood for a law whose runs have no scale."""
        return Censored(self.noise.without_scale(), self.lower, self.upper)

    def settled(self, links):
        """As ``Likelihood.settled``."""
        return Censored(self.noise.settled(links), self.lower, self.upper)

    def with_priors(self, **priors):
        """As ``Likelihood.with_priors``: those of the noise."""
        return Censored(self.noise.with_priors(**priors), self.lower, self.upper)

    @property
    def signature(self):
        """What decides the compiled program, beside the parameters' priors."""
        return (type(self).__name__, *self.reads, *self.noise.signature)

    def _clip(self, y, rows):
        return np.clip(y, rows.get("lower", -np.inf), rows.get("upper", np.inf))

    def forward(self, y, xp=np):
        """Outcome to the noise's scale: as ``Noise.forward``."""
        return self.noise.forward(y, xp)

    def check(self, y, rows):
        """The first outcome that can not be, once put inside the limits: as ``Noise.check``; InputError where a limit can not be."""
        for name in self.reads:
            self._inside(name, np.asarray(rows[name]))
        return self.noise.check(self._clip(y, rows))

    def encode(self, y, rows):
        """Outcomes on the noise's scale, those beyond a limit at it: as ``Likelihood.encode``."""
        return self.forward(self._clip(y, rows))

    def log_jacobian(self, y, rows=None):
        """As ``Noise.log_jacobian`` for what was measured; 0 for what is at a limit, which has a probability."""
        at = (y <= rows.get("lower", -np.inf)) | (y >= rows.get("upper", np.inf))
        return np.where(at, 0.0, self.noise.log_jacobian(np.where(at, self._clip(y, rows), y)))

    def outside(self, mean):
        """As ``Noise.outside``."""
        return self.noise.outside(mean)

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the outcome on the noise's scale, as ``Noise.distribution``; ``rows`` has the limits."""
        import jax.numpy as jnp

        base = self.noise.distribution(mean, p, u, se)
        return _censored()(base, *(self.forward(rows[name], jnp) if name in rows else None for name in ("lower", "upper")))

    def log_density(self, rng, z, mean, p, u, se=None, rows=None):
        """As ``Noise.log_density``; at a limit, the log probability of it and beyond."""
        from scipy.stats import norm

        centre, sd = self.noise.drifted(rng, mean, p, u, se)
        log = norm.logpdf(z, centre, sd)
        for name, tail in (("lower", norm.logcdf), ("upper", norm.logsf)):
            if name in rows:
                limit = self.forward(rows[name])
                log = np.where(z <= limit if name == "lower" else z >= limit, tail(limit, centre, sd), log)
        return log

    def draw(self, rng, mean, p, u, se=None, rows=None, beyond=None):
        """One new outcome for every element of ``mean``, at the limit where it would lie beyond: as ``Noise.draw``."""
        return self._clip(self.noise.draw(rng, mean, p, u, se, beyond=beyond), rows)

    def __str__(self):
        limits = " and ".join(f"{'below' if name == 'lower' else 'above'} {getattr(self, name):g}" for name in self.reads)
        return f"{self.noise}; censored {limits}"


def _censored():
    """The class of censored distributions, made when first needed: importing this module does not import NumPyro."""
    global _class
    if _class is None:
        import jax.numpy as jnp
        import numpyro.distributions as dist
        from jax.scipy.special import log_ndtr

        from bayes_scaling.residual import ScaledNormal

        def log_cdf(base, t):
            if isinstance(base, ScaledNormal):
                return log_ndtr(t)
            # Student-t of 4 degrees: F = (1 + w)^2 (2 - w) / 4 with w = t / sqrt(4 + t^2); 1 + w without cancellation
            w = t / jnp.sqrt(4 + t**2)
            one = jnp.where(t < 0, 4 / (4 + t**2) / (1 + jnp.abs(w)), 1 + w)
            return 2 * jnp.log(one) + jnp.log(2 - w) - jnp.log(4.0)

        class CensoredDistribution(dist.Distribution):
            support = dist.constraints.real

            def __init__(self, base, lower, upper):
                self.base, self.lower, self.upper = base, lower, upper
                super().__init__(base.batch_shape, validate_args=False)

            def log_prob(self, value):
                log = self.base.log_prob(value)
                if self.lower is not None:
                    log = jnp.where(value <= self.lower, log_cdf(self.base, self.base.residual(self.lower)), log)
                if self.upper is not None:
                    log = jnp.where(value >= self.upper, log_cdf(self.base, -self.base.residual(self.upper)), log)
                return log

        _class = CensoredDistribution
    return _class


_class = None
