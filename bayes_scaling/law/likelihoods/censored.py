"""A likelihood for outcomes known only to lie beyond a bound."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.noise import Noise


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
        if (
            not isinstance(self.noise, Noise)
            or self.noise.df not in (None, 4.0)
            or self.noise.smooth
        ):
            raise InputError(
                f"censored noise is {self.noise}; give a Noise with df=None or df=4, and no smooth discrepancy"
            )
        if not self.reads:
            raise InputError(
                "censored noise has no limit; give lower=..., upper=... or both, in the unit of the outcome"
            )
        for name in self.reads:
            self._inside(name, np.asarray([getattr(self, name)], float))

    def _inside(self, name, limit):
        bad = self.noise.check(limit)
        if bad:
            raise InputError(
                f"{name} is {limit[bad[0]]:g}; it must be {bad[1]}: for a share of 0 give less than one item, such as 0.5 / items"
            )

    @property
    def reads(self):
        """The limits there are."""
        return {
            name: f"the {name} limit"
            for name in ("lower", "upper")
            if getattr(self, name) is not None
        }

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
        return _censored()(
            base,
            *(
                self.forward(rows[name], jnp) if name in rows else None
                for name in ("lower", "upper")
            ),
        )

    def log_density(self, rng, z, mean, p, u, se=None, rows=None):
        """As ``Noise.log_density``; at a limit, the log probability of it and beyond."""
        from scipy.stats import norm

        centre, sd = self.noise.drifted(rng, mean, p, u, se)
        log = norm.logpdf(z, centre, sd)
        for name, tail in (("lower", norm.logcdf), ("upper", norm.logsf)):
            if name in rows:
                limit = self.forward(rows[name])
                log = np.where(
                    z <= limit if name == "lower" else z >= limit, tail(limit, centre, sd), log
                )
        return log

    def draw(self, rng, mean, p, u, se=None, rows=None, beyond=None):
        """One new outcome for every element of ``mean``, at the limit where it would lie beyond: as ``Noise.draw``."""
        return self._clip(self.noise.draw(rng, mean, p, u, se, beyond=beyond), rows)

    def __str__(self):
        limits = " and ".join(
            f"{'below' if name == 'lower' else 'above'} {getattr(self, name):g}"
            for name in self.reads
        )
        return f"{self.noise}; censored {limits}"


def _censored():
    """The class of censored distributions, made when first needed: importing this module does not import NumPyro."""
    global _class
    if _class is None:
        import jax.numpy as jnp
        import numpyro.distributions as dist
        from jax.scipy.special import log_ndtr

        from bayes_scaling.law.likelihoods.scaled import ScaledNormal

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
                    log = jnp.where(
                        value <= self.lower, log_cdf(self.base, self.base.residual(self.lower)), log
                    )
                if self.upper is not None:
                    log = jnp.where(
                        value >= self.upper,
                        log_cdf(self.base, -self.base.residual(self.upper)),
                        log,
                    )
                return log

        _class = CensoredDistribution
    return _class


_class = None
