"""Likelihoods: how a measured outcome scatters about a law's mean.

A residual lives on the scale of the link (log for a loss, logit for an error rate, identity for a
signed outcome). There it has a Normal or Student-t distribution whose sd is

    sqrt((sigma * exp(kappa * max(u, 0)))^2 + se^2),   u = log(largest training scale / scale of the run),

so that small runs may scatter more than large ones; se is a known measurement error on the link's
scale, if one was given. Beyond the data the noise is that at u = 0: never foretold to be smaller than it was seen.

Two further terms hold what no noise is: that a law is only nearly right. A smooth discrepancy of the law along u
(see ``discrepancy``), and a drift of forecasts beyond the data, of sd gamma * log(scale / largest training scale), which
no training run can teach and other data have (see ``drift``).

``Likelihood`` is what a law asks of its noise. Counts and censored outcomes keep it too: see ``counts``.
"""

from dataclasses import dataclass, replace

import numpy as np

from bayes_scaling._core.arguments import is_size
from bayes_scaling._core.errors import InputError
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.drift import ALONG, LEARNED
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, half_normal, lognormal

_EDGE = (
    1e-9  # keeps a mean inside the link's domain, so that a bad proposal is improbable and not NaN
)


_LINKS = ("log", "logit", "identity")


LOSSES = "final losses of one recipe scatter by 0.002 to 0.02 in log"  # why sigma's default prior is what it is


@dataclass(frozen=True)
class Noise(Likelihood):
    """A likelihood on the link's scale.

    Parameters
    ----------
    link : "log" (positive outcomes), "logit" (rates in (0, 1)) or "identity" (any sign).
    df : degrees of freedom of the Student-t; ``None`` for Normal noise.
    grows : whether the sd may grow towards small scales (parameter ``kappa``).
    smooth : a smooth discrepancy of the law along the log of scale: "ou" (rough) or "matern" (Matern-3/2), with Normal
        noise; ``None`` for none. Runs of one scale share it, training runs tell a new run of it, and beyond the data
        it goes back to its prior.
    drift : sd, per unit of log(scale / largest training scale), of a straight drift off the law beyond the data; it enters
        forecasts of new runs alone. 0 for none; where left out, what held-out runs of bundled tables gave
        (``bayes_scaling.law.likelihoods.drift``) in laws of a loss along compute and of an error along the loss (scale exp(-L)), and none in others. To score
        forecasts on those tables themselves, give one learned elsewhere (``learn_drift``).
    sigma, kappa : priors of the sd at the largest training scale and of its growth.
    tau, ell : priors of the discrepancy's sd and of its length in log scale.

    Raises
    ------
    InputError : a link, ``df``, ``smooth`` or drift that can not be, a discrepancy beside Student-t noise, or a prior that is no distribution.
    """

    link: str = "log"
    df: float | None = 4.0
    grows: bool = True
    smooth: str | None = None
    drift: float | None = None
    sigma: Prior = half_normal(0.02)
    kappa: Prior = lognormal(0.1, 1.0)
    tau: Prior = lognormal(0.02, 0.8)
    ell: Prior = lognormal(1.0, 0.5)

    takes_se = True

    def __post_init__(self):
        if self.link not in _LINKS:
            raise InputError(f"noise has link {self.link!r}; use one of {', '.join(_LINKS)}")
        if self.df is not None and not (isinstance(self.df, int | float) and self.df > 0):
            raise InputError(
                f"noise has df {self.df!r}; give a positive number, or None for Normal noise"
            )
        if self.smooth not in (None, "ou", "matern"):
            raise InputError(
                f"noise has smooth {self.smooth!r}; use 'ou', 'matern', or None for no discrepancy"
            )
        if self.smooth and self.df is not None:
            raise InputError(
                f"a smooth discrepancy needs Normal noise; give df=None beside smooth={self.smooth!r}"
            )
        if self.drift is not None and not is_size(self.drift):
            raise InputError(
                f"noise has drift {self.drift!r}; give a number from 0, such as 0.005, or None for the one learned from other data"
            )
        for name in ("sigma", "kappa", "tau", "ell"):
            object.__setattr__(self, name, Prior.of(getattr(self, name), name))

    @property
    def parameters(self):
        """The noise's own Parameters: sigma, kappa where the sd grows, tau and ell where there is a discrepancy."""
        where = " at the largest training scale" if self.grows else ""
        reason = {
            "log": LOSSES if self.sigma == half_normal(0.02) else "stated for this outcome, in log",
            "logit": "averages over many tasks scatter by up to a tenth in logit about a law",
            "identity": "in the outcome's own unit: give one that suits it",
        }
        sigma = Parameter(
            "sigma", self.sigma, self.link, f"sd of the noise{where}", reason[self.link]
        )
        kappa = Parameter(
            "kappa",
            self.kappa,
            "1",
            "growth of the noise towards small scales",
            "none to some: sd of the smallest runs a few times that of the largest",
        )
        tau = Parameter(
            "tau",
            self.tau,
            self.link,
            "sd of the law's smooth discrepancy",
            "laws miss curves by 0.004 to 0.1 in log: measured on learning curves",
        )
        ell = Parameter(
            "ell",
            self.ell,
            "1",
            "length of the discrepancy in log scale",
            "it turns within a factor of 1.5 to 15 in scale",
        )
        return (sigma, *((kappa,) if self.grows else ()), *((tau, ell) if self.smooth else ()))

    def without_scale(self):
        """The same noise for a law whose runs have no scale."""
        return replace(self, grows=False, drift=0.0)

    def settled(self, links):
        """As ``Likelihood.settled``."""
        return (
            self
            if self.drift is not None
            else replace(self, drift=LEARNED[self.link] if self.link in links else 0.0)
        )

    @property
    def signature(self):
        """What decides the compiled program, beside the parameters' priors."""
        return (type(self).__name__, self.link, self.df, self.grows, self.smooth)

    def sd(self, p, u, se, xp=np):
        """Standard deviation on the link's scale, the drift left out: sqrt((sigma exp(kappa max(u, 0)))^2 + se^2).

        Parameters
        ----------
        p : {name: array} with sigma and, where the sd grows, kappa; arrays broadcast.
        u : log(largest training scale / scale), below 0 beyond the data.
        se : known measurement errors on the link's scale, or None.
        xp : numpy or jax.numpy.

        Returns
        -------
        array
        """
        scale = p["sigma"] * (xp.exp(p["kappa"] * xp.maximum(u, 0.0)) if self.grows else 1.0)
        return scale if se is None else xp.hypot(scale, se)

    def forward(self, y, xp=np):
        """Outcome to link scale, those outside the link's domain to its edge: as ``Likelihood.forward``."""
        if self.link == "log":
            return xp.log(xp.maximum(y, _EDGE))
        if self.link == "logit":
            y = xp.clip(y, _EDGE, 1 - _EDGE)
            return xp.log(y) - xp.log1p(-y)
        return y

    def backward(self, z):
        """Link scale to outcome, in its unit (numpy): the inverse of, and shapes as in, ``Noise.forward``."""
        return (
            np.exp(z) if self.link == "log" else 1 / (1 + np.exp(-z)) if self.link == "logit" else z
        )

    def log_jacobian(self, y, rows=None):
        """log |d link / d outcome|, what turns a density on the link's scale into one of the outcome: as ``Likelihood.log_jacobian``."""
        if self.link == "log":
            return -np.log(y)
        return -np.log(y) - np.log1p(-y) if self.link == "logit" else np.zeros_like(y)

    def distribution(self, mean, p, u, se=None, rows=None):
        """NumPyro distribution of the encoded outcome (of noise, on the link's scale) about the law's mean, the drift left out.

        Parameters
        ----------
        mean : (runs,) the law's mean, in the outcome's unit; broadcasts against ``u``.
        p : {name: value} of the likelihood's own parameters.
        u : (runs,) log(largest training scale / scale).
        se : (runs,) known measurement errors on the link's scale, or None.
        rows : {name: (runs,)} of what the likelihood reads of each run.

        Returns
        -------
        numpyro.distributions.Distribution over runs
        """
        import jax.numpy as jnp

        from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT

        log_sd = (
            jnp.log(p["sigma"]) + (p["kappa"] * jnp.maximum(u, 0.0) if self.grows else 0.0)
            if se is None
            else jnp.log(self.sd(p, u, se, jnp))
        )
        centre = self.forward(mean, jnp)
        if self.smooth:
            from bayes_scaling.law.likelihoods.discrepancy import SmoothNormal

            return SmoothNormal(self.smooth, centre, log_sd, u, p["tau"], p["ell"])
        return (
            ScaledNormal(centre, log_sd)
            if self.df is None
            else ScaledStudentT(self.df, centre, log_sd)
        )

    def pointwise(self, distribution, z, mask):
        """Log density of each encoded outcome given the parameters and, with a discrepancy, all other outcomes: as ``Likelihood.pointwise``."""
        return distribution.left_out(z, mask) if self.smooth else distribution.log_prob(z)

    def scatter(self, rng, mean, p, u, se=None, seen=None):
        """A new run on the link's scale for every element of ``mean``: Normal with this centre and sd, given the rest of what was drawn (numpy).

        Parameters
        ----------
        rng : numpy Generator.
        mean : (draws, targets), in the outcome's unit.
        p : {name: (draws, 1)} of the noise.
        u : log(largest training scale / scale), below 0 beyond the data; broadcasts against ``mean``.
        se : known measurement errors of the targets on the link's scale, or None; broadcast against ``mean``.
        seen : what tells a discrepancy of the training runs: "residual" (draws, runs), "u" and "se" (runs,) or None; without it,
            the discrepancy is drawn from its prior.

        Returns
        -------
        centre, sd : two arrays (draws, targets) on the link's scale. The drift is in neither: see ``drifted``.
        """
        shape = np.broadcast_shapes(np.shape(mean), np.shape(u), *(np.shape(v) for v in p.values()))
        centre, sd = self.forward(mean), self.sd(p, u, se)
        if self.df is not None:
            sd = sd / np.sqrt(rng.chisquare(self.df, shape) / self.df)
        if self.smooth:
            from bayes_scaling.law.likelihoods.discrepancy import conditional

            count = shape[0] if len(shape) > 1 else 1
            tau, ell = (np.broadcast_to(p[name], (count, 1)) for name in ("tau", "ell"))
            seen = seen or {"residual": np.zeros((count, 0)), "u": np.zeros(0), "se": None}
            known = np.broadcast_to(self.sd(p, seen["u"], seen["se"]), seen["residual"].shape)
            centre = centre + conditional(
                rng, self.smooth, seen["residual"], known, seen["u"], np.atleast_2d(u), tau, ell
            ).reshape(shape)
        return np.broadcast_to(centre, shape), np.broadcast_to(sd, shape)

    def drifted(self, rng, mean, p, u, se=None, seen=None):
        """Centre and sd, the drift in the sd, of one new run alone: otherwise as ``Noise.scatter``."""
        centre, sd = self.scatter(rng, mean, p, u, se, seen)
        return centre, np.hypot(sd, (self.drift or 0.0) * np.maximum(-np.asarray(u), 0.0))

    def log_density(self, rng, z, mean, p, u, se=None, rows=None, seen=None):
        """Log density (draws, targets), in nats, of encoded outcomes ``z`` (targets,), each as one new run alone, drift included; the rest as in ``Noise.draw``."""
        centre, total = self.drifted(rng, mean, p, u, se, seen)
        return -0.5 * ((z - centre) / total) ** 2 - np.log(total) - 0.5 * np.log(2 * np.pi)

    def draw(self, rng, mean, p, u, se=None, rows=None, seen=None, beyond=None):
        """One new outcome for every element of ``mean`` (numpy); targets of one draw share its discrepancy and its drift.

        Parameters
        ----------
        rng, mean, p, u, se, seen : as in ``scatter``.
        rows, beyond : {name: (targets,)} of what the likelihood reads; what the drift goes along, from 0, in place of max(-u, 0).

        Returns
        -------
        array (draws, targets), in the outcome's unit
        """
        centre, sd = self.scatter(rng, mean, p, u, se, seen)
        made = centre + sd * rng.standard_normal(sd.shape)
        if self.drift:
            made = made + self.drift * (
                np.maximum(-u, 0.0) if beyond is None else beyond
            ) * rng.standard_normal((*sd.shape[:-1], 1))
        return self.backward(made)

    def outside(self, mean):
        """Where a law's mean lies outside the link's domain: as ``Likelihood.outside``."""
        return (
            (mean <= 0) | (mean >= 1)
            if self.link == "logit"
            else mean <= 0
            if self.link == "log"
            else np.zeros(np.shape(mean), bool)
        )

    def check(self, y, rows=None):
        """The first outcome that can not be: of noise, one outside the link's domain.

        Parameters
        ----------
        y : (runs,) outcomes, in their unit.
        rows : {name: (runs,)} of what the likelihood reads.

        Returns
        -------
        (index, what is asked of an outcome in words), or None where all can be
        """
        bad, want = ~np.isfinite(y), "a finite number"
        if self.link == "log":
            bad, want = bad | ~(y > 0), "a positive number"
        if self.link == "logit":
            bad, want = bad | ~((y > 0) & (y < 1)), "strictly between 0 and 1"
        return (int(np.argmax(bad)), want) if bad.any() else None

    def __str__(self):
        family = "Normal" if self.df is None else f"Student-t({self.df:g})"
        growth = ", sd sigma * (largest scale / scale)^kappa" if self.grows else ", sd sigma"
        kernel = {"ou": "an Ornstein-Uhlenbeck", "matern": "a Matern-3/2"}.get(self.smooth)
        smooth = f"; {kernel} discrepancy of sd tau, length ell in log scale" if kernel else ""
        drift = f"; beyond the data a drift of sd {self.drift:.3g} * {ALONG}" if self.drift else ""
        return f"{family} on the {self.link} of the outcome{growth}{smooth}{drift}"
