"""The sampling engine: NUTS, whitened at the modes, in one compiled program for one fit or many.

1. Newton's method from several starts finds the modes; all are kept and compared.
2. The Laplace approximation at the best mode whitens the coordinates: in them the posterior is
   close to a standard normal. It only sets coordinates; the exact posterior is sampled.
3. A short warm-up adapts the step size (dual averaging) and the rest of the metric, then NUTS
   draws. Warm-up and draws are one loop with one NUTS kernel in it: a small program to compile.
4. The draws are assessed. Where they fall short, ``retry_policy`` decides how sampling goes on:
   in warped coordinates learned from them, for longer, or again with smaller steps.
5. Coordinates that are given, as for a hierarchy, replace 1 and 2 and stay as they are; where the
   density has ``blocks``, warm-up learns a covariance for each (see ``mass_matrix``).
6. Many data sets of one law may be sampled by HMC in lockstep instead (``lane_sampler``), which is
   faster. A set whose draws do not pass goes on by 3 and 4.

A density is any hashable object that meets ``target_density.TargetDensity``.
"""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.progress import status
from bayes_scaling.inference.block_sampler import BlockSampler
from bayes_scaling.inference.draws import Draws
from bayes_scaling.inference.fit_state import assess
from bayes_scaling.inference.lane_choice import runs_in_lanes
from bayes_scaling.inference.lane_sampler import sample_in_lanes
from bayes_scaling.inference.program_runner import Device, ProgramRunner
from bayes_scaling.inference.retry_policy import Stop, next_action
from bayes_scaling.inference.sampling_status import SamplingStatus
from bayes_scaling.inference.target_density import TargetDensity


def sample(
    density: TargetDensity,
    data: Any,
    *,
    seed: int = 0,
    chains: int = 4,
    draws: int = 1000,
    warmup: int = 200,
    start: tuple[np.ndarray, np.ndarray] | None = None,
    retries: bool = True,
) -> Draws:
    """Draw from exp(density.log(theta, data)) by NUTS; the module's docstring describes how.

    Parameters
    ----------
    density : TargetDensity
        The log density.
    data : pytree of arrays
        Passed on to it.
    seed : int
        The same seed gives the same draws on one machine.
    chains, draws, warmup : int
        Chains; draws kept of each; warm-up draws, which are not kept.
    start : (np.ndarray, np.ndarray), optional
        Center and root of coordinates that are known to suit the density, in place of a search
        for modes.
    retries : bool
        Whether draws that fall short are improved; otherwise they are kept as they are.

    Returns
    -------
    Draws
        The draws of all chains.
    """
    rows = jax.tree.map(lambda a: np.asarray(a)[None], data)
    return sample_many(
        density,
        rows,
        [seed],
        chains=chains,
        draws=draws,
        warmup=warmup,
        start=start,
        retries=retries,
    )[0]


def sample_many(
    density: TargetDensity,
    rows: Any,
    seeds: Sequence[int],
    *,
    chains: int = 4,
    draws: int = 1000,
    warmup: int = 200,
    capacity: int | None = None,
    device: Device | None = None,
    start: tuple[np.ndarray, np.ndarray] | None = None,
    retries: bool = True,
    hmc: bool = False,
) -> list[Draws]:
    """Draw from the posteriors of many data sets in one program.

    Parameters
    ----------
    density : TargetDensity
        The log density of every one of them.
    rows : pytree of arrays
        Their data, stacked on a leading axis.
    seeds : sequence of int
        One for each. The draws of a data set depend on its seed and data alone.
    chains, draws, warmup : int
        As in ``sample``.
    capacity : int, optional
        Rows that the program is compiled for. As many as there are by default.
    device : jax.Device, optional
        The JAX device; the first by default. The draws are the same on any.
    start : (np.ndarray, np.ndarray), optional
        As in ``sample``, for all data sets.
    retries : bool
        As in ``sample``.
    hmc : bool
        Whether HMC in lockstep takes NUTS's place on a CPU, for laws that it is calibrated for: see
        ``lane_choice``.

    Returns
    -------
    list of Draws
        One for each data set.
    """
    runner = ProgramRunner(capacity or len(seeds), device)
    with float64():
        sampler = BlockSampler(density, rows, seeds, draws=draws, warmup=warmup, runner=runner)
        status("searching for modes")
        fits = sampler.first_states(chains, start)
        shown = SamplingStatus(len(fits))
        if hmc and not runner.vectorized and runs_in_lanes(density, rows):
            sample_in_lanes(density, rows, seeds, fits, shown, draws=draws, warmup=warmup)
        active = [fit for fit in fits if not fit.finished]
        while active:
            status(shown.before(active))
            sampler.extend(active)
            for fit in active:
                if fit.due:
                    found = assess(fit)
                    shown.assessed(fit, found)
                    fit.apply(next_action(found) if retries else Stop())
            active = [fit for fit in active if not fit.finished]
    return [fit.result for fit in fits]
