"""Forecasts of held-out runs by many posteriors of one law: draws, and the density of each run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeGuard

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import pad_with_last, padded_length, padded_rows
from bayes_scaling._core.random_streams import Stream, fingerprint, generator
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.law.array_types import Numeric
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.continuous import ContinuousLikelihood

_BLOCK = 64  # fits evaluated in one call

Values = dict[str, np.ndarray]
Forecasts = Iterator[tuple[int, np.ndarray, np.ndarray]]


class _GroupFit(Protocol):
    """One fit of ``ManyFits``."""

    def training_residuals(self, published: Values) -> dict[str, dict[str, Any]]:
        """Collect the residuals of the training runs, for the discrepancy."""
        ...


class ManyFits(Protocol):
    """Posteriors of one law: what ``results.fits.Fits`` offers."""

    @property
    def law(self) -> Law:
        """The law of all fits."""
        ...

    @property
    def groups(self) -> Sequence[Any]:
        """The value of each group."""
        ...

    @property
    def seeds(self) -> Sequence[int]:
        """The seed of each group."""
        ...

    def __getitem__(self, group: Any) -> _GroupFit:
        """Return the fit of a group."""
        ...

    def drift_of(self, i: int, sigma: float) -> DriftDraws | None:
        """Return the drift of a group's new runs."""
        ...

    def draws_of_parameters(self, which: Sequence[int]) -> Values:
        """Draws of sampled quantities and published parameters of some fits."""
        ...


def _needs_log_density(noise: Likelihood) -> TypeGuard[ContinuousLikelihood]:
    """Whether new runs vary more than ``distribution`` states: by a drift or a discrepancy."""
    return isinstance(noise, ContinuousLikelihood) and bool(noise.drift or noise.correlates)


def forecast_held_out(
    fits: ManyFits, tests: Sequence[np.ndarray], data: dict[str, Any], refs: Sequence[dict]
) -> Forecasts:
    """Forecast the held-out runs of each fit.

    Parameters
    ----------
    fits : Fits
        The posteriors.
    tests : sequence of np.ndarray
        Positions in ``data`` of the runs that each fit forecasts.
    data : dict
        The table of all runs, from ``design.measured``.
    refs : sequence of dict
        The reference run of each fit.

    Yields
    ------
    int, np.ndarray, np.ndarray
        Position of the fit; draws of a new run's outcome, (draws, targets); log density of the
        measured outcome, (draws, targets).
    """
    lengths = [padded_length(len(test)) for test in tests]
    for length in sorted(set(lengths)):
        same_length = [i for i, other in enumerate(lengths) if other == length]
        for first in range(0, len(same_length), _BLOCK):
            yield from _forecast_block(
                fits, same_length[first : first + _BLOCK], tests, data, refs, length
            )


def _forecast_block(
    fits: ManyFits,
    block: Sequence[int],
    tests: Sequence[np.ndarray],
    data: dict[str, Any],
    refs: Sequence[dict],
    length: int,
) -> Forecasts:
    """Forecast the held-out runs of a block of fits, padded to one length."""
    law = fits.law
    p = {name: a.reshape(len(block), -1) for name, a in fits.draws_of_parameters(block).items()}
    rows = [_padded_runs(law, tests[i], data, refs[i], length) for i in block]
    in_program = padded_rows(range(len(block)))
    with float64():
        mean, log = (
            np.asarray(a)[: len(block)]
            for a in _evaluated(
                Density(law),
                _needs_log_density(law.noise),
                {name: values[in_program] for name, values in p.items()},
                jax.tree.map(lambda *arrays: np.stack(arrays), *(rows[j] for j in in_program)),
            )
        )
    for j, i in enumerate(block):
        count = len(tests[i])
        runs = jax.tree.map(lambda a, count=count: a[:count], rows[j])
        # a mean of one value for all targets keeps its shape in some laws
        curve = np.broadcast_to(mean[j], (len(mean[j]), length))[:, :count]
        one = {name: values[j][:, None] for name, values in p.items()}
        draws, dense = _draws_and_density(fits, i, curve, one, runs, log[j][:, :count])
        jacobian = law.noise.log_jacobian(
            data["y"][tests[i]],
            {name: values[tests[i]] for name, values in data["rows"].items()},
        )
        yield i, draws, dense + jacobian


def _draws_and_density(
    fits: ManyFits, i: int, curve: np.ndarray, p: Values, runs: dict[str, Any], log: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draws of one fit's new runs, and the log density of what was measured, encoded."""
    law, noise = fits.law, fits.law.noise
    given = ({q.sampled: p[q.sampled] for q in law.sites}, runs["u"], runs.get("se"))
    seen = {}
    if noise.smooth:
        seen = fits[fits.groups[i]].training_residuals({name: p[name] for name in law.names})
    drift = fits.drift_of(i, float(np.median(p["sigma"])) if "sigma" in p else 0.0)
    x = {name: values[None] for name, values in runs["x"].items()}
    rng = generator(Stream.HELD_OUT_RUN, fits.seeds[i], fingerprint(runs["x"]))
    off = drift.draw(rng, x, len(curve)) if drift else None
    draws = noise.draw(rng, curve, *given, runs.get("rows"), drift=off, **seen)
    if _needs_log_density(noise):
        rng = generator(Stream.HELD_OUT_DENSITY, fits.seeds[i], fingerprint(runs["x"]))
        sd = drift.sds(rng, x, len(curve)) if drift else 0.0
        log = noise.log_density(
            rng, runs["z"], curve, *given, runs.get("rows"), drift_sd=sd, **seen
        )
    elif off is not None:
        moved = noise.shifted(curve, off)
        with float64():
            outcome = noise.distribution(moved, *given, runs.get("rows"))
            log = np.asarray(outcome.log_prob(runs["z"]))
    return draws, log


def _padded_runs(
    law: Law, test: np.ndarray, data: dict[str, Any], ref: Mapping[str, float], length: int
) -> dict[str, Any]:
    """Collect the data of held-out runs, padded to a length."""
    x = {name: values[test] for name, values in data["x"].items()}
    runs = {"x": x, "z": data["z"][test], "u": distance(law, x, ref)}
    if "se" in data:
        runs["se"] = data["se"][test]
    if data["rows"]:
        runs["rows"] = {name: values[test] for name, values in data["rows"].items()}
    return jax.tree.map(lambda a: pad_with_last(np.asarray(a, float), length), runs)


@stored_jit(static=("density", "needs_log_density"))
def _evaluated(
    density: Density, needs_log_density: bool, p: dict[str, Any], data: dict[str, Any]
) -> tuple[jax.Array, jax.Array]:
    """Means and log densities (fits, draws, targets)."""
    law = density.law

    def one(p: dict[str, Any], data: dict[str, Any]) -> tuple[Numeric, Numeric]:
        p = {name: value[:, None] for name, value in p.items()}
        mean = law.function(
            {name: value[None] for name, value in data["x"].items()},
            **{name: p[name] for name in law.names},
        )
        if needs_log_density:
            return mean, jnp.zeros_like(mean)  # not of each run alone: see ``_draws_and_density``
        sampled = {q.sampled: p[q.sampled] for q in law.sites}
        distribution = law.noise.distribution(
            mean, sampled, data["u"], data.get("se"), data.get("rows")
        )
        return mean, distribution.log_prob(data["z"])

    return jax.vmap(one)(p, data)
