"""Parts of the laws of loss along a learning-rate schedule.

Rows are steps of runs; ``bayes_scaling.add_schedule_columns`` builds the inputs from curves of step
and learning rate.
"""

from math import cos, pi
from typing import Any

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, amplitude, exponent
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Publish, Values
from bayes_scaling.runs.schedules import add_schedule_columns, schedule


def largest_decrease(ref: Values) -> Array:
    """Return the largest decrease of the learning rate in a run, which scales the gain."""
    return jnp.maximum(ref["drop_max"], 1e-12)


BASE = (
    Parameter(
        "L0",
        lognormal(0.92, 0.12),
        unit="nats/token",
        meaning="loss of infinite training without annealing",
        reason="slightly below the smallest loss; annealing may have gone below it",
        sampled="L0_share",
        sampled_meaning="L0 as a fraction of the smallest observed loss",
        publish=lambda s, ref, p: s["L0_share"] * ref["y_min"],
    ),
    exponent(
        "alpha_S",
        lognormal(0.5, 0.3),
        meaning="exponent of the learning-rate sum",
        reason="0.28 to 0.9; 0.43 to 0.52 on three sizes",
    ),
    amplitude(
        "A",
        lambda x, p: power(x["S1"], -p["alpha_S"]),
        unit="nats x learning rate^alpha_S",
        meaning="amplitude of the loss still to be learned",
    ),
)


def _example() -> dict[str, tuple]:
    """Cosine, constant and stable-then-decaying schedules of 12,000 steps, 16 rows of each."""
    last = 12000
    shapes = (
        lambda s: 3e-5 + 2.7e-4 * (1 + cos(pi * s / last)) / 2,
        lambda s: 3e-4,
        lambda s: 3e-4 if s <= 8000 else 3e-4 - 2.7e-4 * (s - 8000) / 4000,
    )
    curves = [
        add_schedule_columns(schedule(shape, last, every=50, warmup=1000), pieces=12).iloc[20::13]
        for shape in shapes
    ]

    def column(name: str) -> tuple[float, ...]:
        return tuple(float(v) for curve in curves for v in curve[name])

    def vector(name: str) -> tuple[tuple[float, ...], ...]:
        return tuple(zip(*(column(f"{name}_{i}") for i in range(12))))

    return {"S1": column("S1"), **{name: vector(name) for name in ("drop", "age", "since", "lr")}}


_EXAMPLE = _example()

_UNITS = {
    "S1": "sum of the learning rate over steps",
    "drop": "decreases of the learning rate, by age",
    "age": "steps since each decrease",
    "since": "sum of the learning rate since each decrease",
    "lr": "learning rate after each decrease",
}

COMMON: dict[str, Any] = dict(
    noise=Noise(grows=False, sigma=half_normal(0.01)),
    applies=(
        "losses along runs of one model and batch size, under schedules with one peak; at least "
        "two schedules, one of which anneals"
    ),
)


def inputs(*names: str) -> dict:
    """Return the fields of a law that describe these inputs."""
    return {
        "inputs": {name: _UNITS[name] for name in names},
        "vectors": names[1:],
        "example": {name: _EXAMPLE[name] for name in names},
    }


def gain(name: str, publish: Publish, unit: str) -> Parameter:
    """Return the amplitude of annealing, sampled as the gain of the largest decrease."""
    return Parameter(
        name,
        lognormal(0.1, 0.8),
        unit=unit,
        meaning="amplitude of annealing",
        reason="full annealing gains 0.02 to 0.5 nats",
        sampled="gain",
        sampled_meaning="eventual gain from the largest decrease of the learning rate, nats",
        publish=publish,
    )
