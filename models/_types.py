"""Types of the functions that make up a law."""

from collections.abc import Callable, Mapping

from jax import Array

# by name: inputs of runs, sampled quantities or published parameters
type Values = Mapping[str, Array]
# term(x, p): what an amplitude multiplies, from inputs and published parameters
type Term = Callable[[Values, Values], Array]
# publish(s, ref, p): a published parameter from the sampled quantities, the reference run and the
# published parameters before it
type Publish = Callable[[Values, Values, Values], Array | float]
