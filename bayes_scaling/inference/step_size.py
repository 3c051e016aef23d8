"""Dual averaging of the step size, which warm-up adapts to a target acceptance rate."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp


class Adaptation(NamedTuple):
    """State of dual averaging: log step size, its running mean, sum of errors, count."""

    log_step: Any
    mean_log_step: Any
    error: Any
    count: Any


def dual_averaging(adaptation: Adaptation, acceptance: jax.Array, target: Any) -> Adaptation:
    """One update of Nesterov's dual averaging, as in Hoffman and Gelman 2014, arXiv 1111.4246."""
    _, mean, error, count = adaptation
    count = count + 1
    error = error + (target - acceptance - error) / (count + 10)
    log_step = jnp.log(8.0) - jnp.sqrt(count) / 0.05 * error
    weight = count**-0.75
    return Adaptation(log_step, weight * log_step + (1 - weight) * mean, error, count)


def where(condition: jax.Array, new: Any, old: Any) -> Any:
    """Choose ``new`` where the condition holds, else ``old``, leaf by leaf."""
    return jax.tree.map(lambda new, old: jnp.where(condition, new, old), new, old)
