"""Which posteriors HMC in lockstep may sample in place of NUTS: those of laws on a written list.

``lane_laws`` has a law with a likelihood where simulation-based calibration passed and the moments
were NUTS's; ``tests/bench/lane_laws.py`` tries laws and writes it.
"""

import hashlib
from types import FunctionType
from typing import Any, TypeGuard

from bayes_scaling._core.program_key import is_own
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.lane_laws import LANE_LAWS
from bayes_scaling.inference.target_density import TargetDensity
from bayes_scaling.law.law import Law


def runs_in_lanes(density: TargetDensity, rows: dict[str, Any]) -> TypeGuard[Density]:
    """Whether HMC may sample a density given such data.

    Parameters
    ----------
    density : TargetDensity
        The density.
    rows : dict
        Its data, stacked.

    Returns
    -------
    bool
        True for a law on the list, without known errors and without columns that its likelihood
        reads.
    """
    if not isinstance(density, Density) or "se" in rows or "rows" in rows:
        return False
    return lane_signature(density.law) in LANE_LAWS


def lane_signature(law: Law) -> str | None:
    """The form of a law's posterior in words, whatever its numbers.

    Parameters
    ----------
    law : Law
        The law with its likelihood.

    Returns
    -------
    str or None
        The law's function, the likelihood and a digest of what is sampled, such as
        "chinchilla.mean, Noise log 4.0 True None, 0b5c7a31". None for functions of the user's own,
        for vector inputs and for correlated outcomes.
    """
    function = law.function
    if not isinstance(function, FunctionType) or not is_own(function.__module__):
        return None
    if law.vectors or law.noise.correlates or law.noise.smooth or law.noise.reads:
        return None
    kind, *options = law.noise.signature
    likelihood = " ".join([kind.__name__, *map(str, options)])
    sites = ", ".join(f"{q.sampled} {q.prior.family}" for q in law.sites)
    digest = hashlib.sha256(sites.encode()).hexdigest()[:8]
    module = function.__module__.rpartition(".")[2]
    return f"{module}.{function.__qualname__}, {likelihood}, {digest}"
