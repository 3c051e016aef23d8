"""Types of the values that laws and likelihoods compute with."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

# A number, a NumPy array or a JAX array: one formula serves all three, and their stubs do not mix.
type Numeric = Any
# The module that computes: ``numpy`` or ``jax.numpy``.
type ArrayModule = Any
# name -> value, of inputs, parameters or the columns that a likelihood reads.
type Values = Mapping[str, Numeric]
# ``publish(sampled, ref, published)``: a published parameter from the sampled quantities.
type Publish = Callable[[Values, Values, Values], Numeric]
# What a partially pooled quantity is a sum of: the ending of its names (tau_<name><ending>), the
# number of z, and the z of each cell.
type Component = tuple[str, int, np.ndarray]
