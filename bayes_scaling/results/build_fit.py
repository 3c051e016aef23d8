"""A Fit from the sampler's draws."""

from typing import Any

from bayes_scaling._core.versions import versions
from bayes_scaling.inference.design import data_hash
from bayes_scaling.law.law import Law
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_drift import OwnSource
from bayes_scaling.results.posterior_draws import Sampled, posterior


def build_fit(
    law: Law,
    sampled: Sampled,
    columns: dict[str, Any],
    *,
    seed: int,
    warmup: int,
    se: str | None = None,
    own_source: OwnSource | None = None,
) -> Fit:
    """Build a Fit from the sampler's draws; ``own_source`` as in ``FitDrift``."""
    table, draws = sampled.table, sampled.draws
    return Fit(
        law=law,
        posterior=posterior(law, sampled),
        source=sampled,
        y=sampled.y,
        columns=columns,
        largest=float(table["C"].max()) if "C" in table.columns else float("nan"),
        ref={name: float(value) for name, value in sampled.data["ref"].items()},
        seed=seed,
        engine={
            "modes": [list(mode) for mode in draws.modes],
            "attempts": draws.attempts,
            "sampler": draws.sampler,
            "health": draws.health,
            "chains": draws.theta.shape[0],
            "draws": draws.theta.shape[1],
            "warmup": warmup,
        },
        provenance={
            "data_hash": data_hash(sampled.data, len(table)),
            "versions": versions(),
            "se": se,
        },
        own_source=own_source,
    )
