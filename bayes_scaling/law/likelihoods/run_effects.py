"""Noise of a table with several rows a run: checkpoints share the deviation of their run."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior

if TYPE_CHECKING:
    from numpyro.distributions import Distribution


@dataclass(frozen=True)
class RunEffects(Noise):
    """Normal noise, and a deviation that all rows of a run share.

    On the link's scale outcomes are the law's curve, a Normal deviation of sd ``sigma_run`` of each
    run, and Normal noise of each row. The deviation is marginalized exactly. A run that is
    forecast has a deviation of its own.

    Parameters
    ----------
    link, grows, drift, sigma, kappa
        As in ``Noise``.
    df, smooth
        None: the deviations are marginalized beside Normal noise without a discrepancy alone.
    run : str
        Column whose values name the run of each row.
    sigma_run : Prior, optional
        Prior of the sd of the runs' deviations; that of sigma where left out.

    Raises
    ------
    InputError
        As for ``Noise``, and where ``df`` or ``smooth`` is not None, or ``run`` is no text.
    """

    df: float | None = None
    run: str = "run"
    sigma_run: Prior | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.df is not None or self.smooth:
            raise InputError(
                f"effects of runs need Normal noise without a discrepancy, and df is {self.df!r}"
                f" and smooth {self.smooth!r}; give df=None and smooth=None"
            )
        if not isinstance(self.run, str) or not self.run:
            raise InputError(f"run is {self.run!r}; give the column that names the runs, as text")
        prior = self.sigma if self.sigma_run is None else Prior.of(self.sigma_run, "sigma_run")
        object.__setattr__(self, "sigma_run", prior)

    @classmethod
    def of(cls, noise: Noise, run: str) -> Self:
        """Runs' deviations beside the terms of another noise, made Normal.

        Parameters
        ----------
        noise : Noise
            The noise, without a discrepancy.
        run : str
            Column whose values name the run of each row.
        """
        terms: dict[str, Any] = {part.name: getattr(noise, part.name) for part in fields(Noise)}
        terms["df"] = None
        return cls(**terms, run=run)

    @property
    def reads(self) -> Mapping[str, str]:
        """The run of each row."""
        return {"run": "the run of each row"}

    @property
    def labels(self) -> frozenset[str]:
        """The run of each row."""
        return frozenset({"run"})

    @property
    def correlates(self) -> bool:
        """Rows of one run depend on one another."""
        return True

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of the noise, and sigma_run."""
        assert self.sigma_run is not None  # set when it was built
        of_run = Parameter(
            "sigma_run",
            self.sigma_run,
            self.link,
            "sd between runs, which all rows of a run share",
            "as for sigma: it is the scatter of final outcomes",
        )
        return (*super().parameters, of_run)

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """As ``Likelihood.distribution``; without ``rows`` every row is a run of its own."""
        import jax.numpy as jnp

        from bayes_scaling.law.likelihoods.run_normal import RunNormal
        from bayes_scaling.law.likelihoods.scaled import ScaledNormal

        center, sd = self.forward(mean, jnp), self.sd(p, u, se, jnp)
        if rows is None or "run" not in rows:
            return ScaledNormal(center, jnp.log(jnp.hypot(sd, p["sigma_run"])))
        return RunNormal(center, jnp.log(sd), rows["run"], p["sigma_run"])

    def pointwise(self, distribution: Any, z: Numeric, mask: Numeric) -> Numeric:
        """As ``Likelihood.pointwise``: the rows of a run correlate."""
        return distribution.left_out(z, mask)

    def scatter(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        seen: Values | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """As ``Noise.scatter``, of new runs."""
        center, sd = super().scatter(rng, mean, p, u, se, seen)
        return center, np.hypot(sd, p["sigma_run"])

    def draw(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
        seen: Values | None = None,
        drift: Numeric | None = None,
    ) -> np.ndarray:
        """As ``Likelihood.draw``; elements of one run share its deviation."""
        if rows is None or "run" not in rows:
            return super().draw(rng, mean, p, u, se, rows, seen, drift)
        center, sd = super().scatter(rng, mean, p, u, se, seen)
        names, run = np.unique(rows["run"], return_inverse=True)
        deviations = p["sigma_run"] * rng.standard_normal((len(center), len(names)))
        z = center + deviations[:, run] + sd * rng.standard_normal(sd.shape)
        return self.backward(z if drift is None else z + drift)

    def __str__(self) -> str:
        return f"{super().__str__()}; each run ({self.run}) has a deviation of sd sigma_run"
