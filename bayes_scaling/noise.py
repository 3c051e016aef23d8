"""Likelihoods: how a measured outcome scatters about a law's mean.

A residual lives on the scale of the link (log for a loss, logit for an error rate, identity for a
signed outcome). There it has a Normal or Student-t distribution whose sd is

    sqrt((sigma * exp(kappa * u))^2 + se^2),   u = log(largest training scale / scale of the run) >= 0,

so that small runs may scatter more than large ones; se is a known measurement error on the link's
scale, if one was given. Beyond the data u is 0: noise is never foretold to be smaller than it was seen.

``Likelihood`` is what a law asks of its noise. Counts and censored outcomes keep it too: see ``counts``.
"""

from dataclasses import dataclass, replace

import numpy as np

from bayes_scaling.parameter import Parameter, Prior, half_normal, lognormal
from bayes_scaling.runs import InputError

_EDGE = 1e-9  # keeps a mean inside the link's domain, so that a bad proposal is improbable and not NaN
_LINKS = ("log", "logit", "identity")


class Likelihood:
    """How outcomes scatter about a law's mean: what every likelihood offers.

    ``rows`` holds what it needs to know of each run beside the outcome, as {name: (runs,)}: the names in ``reads``.
    """

    reads = {}  # name -> what it is, for a message; a column, one number, or the likelihood's own number
    grows = False  # whether the scatter may depend on scale
    takes_se = False  # whether known measurement errors can be added
    parameters = ()  # the likelihood's own Parameters

    def with_priors(self, **priors):
        """The same likelihood with other priors."""
        return replace(self, **priors)

    @property
    def signature(self):
        """What decides the compiled program, beside the parameters' priors."""
        return (type(self).__name__,)

    def forward(self, y, xp=np):
        """Outcome to the scale on which measurement errors add up."""
        return y

    def encode(self, y, rows):
        """Outcomes as ``distribution`` takes them (numpy)."""
        return self.forward(y)

    def log_jacobian(self, y, rows=None):
        """log |d encoded / d outcome|: nothing for counts, whose probabilities are what they are."""
        return np.zeros_like(y)

    def outside(self, mean):
        """Where a law's mean lies outside the domain of its outcome: the law does not reach there."""
        return np.zeros(np.shape(mean), bool)


@dataclass(frozen=True)
class Noise(Likelihood):
    """A likelihood on the link's scale.

    Parameters
    ----------
    link : "log" (positive outcomes), "logit" (rates in (0, 1)) or "identity" (any sign).
    df : degrees of freedom of the Student-t; ``None`` for Normal noise.
    grows : whether the sd may grow towards small scales (parameter ``kappa``).
    sigma, kappa : priors of the sd at the largest training scale and of its growth.
    """

    link: str = "log"
    df: float | None = 4.0
    grows: bool = True
    sigma: Prior = half_normal(0.02)
    kappa: Prior = lognormal(0.1, 1.0)

    takes_se = True

    def __post_init__(self):
        if self.link not in _LINKS:
            raise InputError(f"noise has link {self.link!r}; use one of {', '.join(_LINKS)}")
        if self.df is not None and not (isinstance(self.df, int | float) and self.df > 0):
            raise InputError(f"noise has df {self.df!r}; give a positive number, or None for Normal noise")
        for name in ("sigma", "kappa"):
            object.__setattr__(self, name, Prior.of(getattr(self, name), name))

    @property
    def parameters(self):
        """The noise's own Parameters: sigma, and kappa where the sd grows."""
        where = " at the largest training scale" if self.grows else ""
        reason = {
            "log": "final losses of one recipe scatter by 0.002 to 0.02 in log" if self.sigma == half_normal(0.02) else "stated for this outcome, in log",
            "logit": "averages over many tasks scatter by up to a tenth in logit about a law",
            "identity": "in the outcome's own unit: give one that suits it",
        }
        sigma = Parameter("sigma", self.sigma, self.link, f"sd of the noise{where}", reason[self.link])
        kappa = Parameter("kappa", self.kappa, "1", "growth of the noise towards small scales", "none to some: sd of the smallest runs a few times that of the largest")
        return (sigma, kappa) if self.grows else (sigma,)

    @property
    def signature(self):
        """What decides the compiled program, beside the parameters' priors."""
        return (type(self).__name__, self.link, self.df, self.grows)

    def sd(self, p, u, se, xp=np):
        """Standard deviation on the link's scale; arrays broadcast; ``xp`` is numpy or jax.numpy; ``se`` may be None."""
        scale = p["sigma"] * (xp.exp(p["kappa"] * u) if self.grows else 1.0)
        return scale if se is None else xp.hypot(scale, se)

    def forward(self, y, xp=np):
        """Outcome to link scale; ``xp`` is numpy or jax.numpy."""
        if self.link == "log":
            return xp.log(xp.maximum(y, _EDGE))
        if self.link == "logit":
            y = xp.clip(y, _EDGE, 1 - _EDGE)
            return xp.log(y) - xp.log1p(-y)
        return y

    def backward(self, z):
        """Link scale to outcome (numpy)."""
        return np.exp(z) if self.link == "log" else 1 / (1 + np.exp(-z)) if self.link == "logit" else z

    def log_jacobian(self, y, rows=None):
        """log |d link / d outcome|: what turns a density on the link's scale into one of the outcome."""
        if self.link == "log":
            return -np.log(y)
        return -np.log(y) - np.log1p(-y) if self.link == "logit" else np.zeros_like(y)

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the outcome on the link's scale about the law's mean."""
        import jax.numpy as jnp

        from bayes_scaling.residual import ScaledNormal, ScaledStudentT

        log_sd = jnp.log(p["sigma"]) + (p["kappa"] * u if self.grows else 0.0) if se is None else jnp.log(self.sd(p, u, se, jnp))
        centre = self.forward(mean, jnp)
        return ScaledNormal(centre, log_sd) if self.df is None else ScaledStudentT(self.df, centre, log_sd)

    def draw(self, rng, mean, p, u, se=None, rows=None):
        """One new outcome for every element of ``mean`` (numpy)."""
        shape = np.broadcast_shapes(np.shape(mean), np.shape(u), *(np.shape(v) for v in p.values()))
        unit = rng.standard_normal(shape) if self.df is None else rng.standard_t(self.df, shape)
        return self.backward(self.forward(mean) + self.sd(p, u, se) * unit)

    def outside(self, mean):
        """Where a law's mean lies outside the domain of its outcome: the law does not reach there."""
        return (mean <= 0) | (mean >= 1) if self.link == "logit" else mean <= 0 if self.link == "log" else np.zeros(np.shape(mean), bool)

    def check(self, y, rows=None):
        """Index of the first outcome outside the link's domain with what is asked of it, or None."""
        bad, want = ~np.isfinite(y), "a finite number"
        if self.link == "log":
            bad, want = bad | ~(y > 0), "a positive number"
        if self.link == "logit":
            bad, want = bad | ~((y > 0) & (y < 1)), "strictly between 0 and 1"
        return (int(np.argmax(bad)), want) if bad.any() else None

    def __str__(self):
        family = "Normal" if self.df is None else f"Student-t({self.df:g})"
        growth = ", sd sigma * (largest scale / scale)^kappa" if self.grows else ", sd sigma"
        return f"{family} on the {self.link} of the outcome{growth}"
