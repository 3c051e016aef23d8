"""Counts of what JAX traced, lowered and compiled."""

from collections import Counter
from contextlib import contextmanager

from jax import monitoring

EVENTS = {
    "/jax/core/compile/jaxpr_trace_duration": "traced",
    "/jax/core/compile/jaxpr_to_mlir_module_duration": "lowered",
    "/jax/core/compile/backend_compile_duration": "compiled",
}


@contextmanager
def compilations():
    """A Counter of (step, name of the function) inside the block; loading a program is no step."""
    counts = Counter()

    def listen(event, _, **about):
        if event in EVENTS:
            counts[EVENTS[event], about.get("fun_name", "")] += 1

    monitoring.register_event_duration_secs_listener(listen)
    try:
        yield counts
    finally:
        monitoring.unregister_event_duration_listener(listen)
