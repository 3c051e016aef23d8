"""JAX as the engine wants it, for as long as the engine runs: double precision and a compilation cache.

The user's own JAX settings hold again as soon as it is done. The cache lies in the user's cache folder,
one folder for each version of this package and of JAX, so that nothing stale is ever met; the
environment variable BAYES_SCALING_CACHE names another folder, or turns it off with "off".
"""

import os
import threading
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import jax

_BYTES = 2**30  # a bounded cache is a locked one: two processes may use it at once


_lock, _depth, _before = threading.Lock(), 0, {}


def cache_folder():
    """Folder of the compilation cache, or None where it is turned off or can not be made."""
    named = os.environ.get("BAYES_SCALING_CACHE", "")
    if named.lower() in ("off", "0", "no", "none"):
        return None
    from platformdirs import user_cache_path

    folder = (Path(named) if named else user_cache_path("bayes_scaling")) / _versions()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


@lru_cache
def _versions():
    return f"{version('bayes-scaling')}-jax{version('jaxlib')}"


@contextmanager
def float64():
    """Double precision and the compilation cache inside; the user's settings outside."""
    with jax.enable_x64(True), _cached():
        yield


@contextmanager
def _cached():
    """The cache's settings from the first entry to the last exit, whatever the threads."""
    global _depth
    with _lock:
        if (
            _depth == 0
            and jax.config.jax_compilation_cache_dir is None
            and (folder := cache_folder())
        ):
            _set(
                jax_compilation_cache_dir=str(folder),
                jax_compilation_cache_max_size=_BYTES,
                jax_persistent_cache_min_compile_time_secs=0.2,
            )
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _before:
                _set(**_before)
                _before.clear()


def _set(**options):
    from jax.experimental.compilation_cache import compilation_cache

    for name, value in options.items():
        _before.setdefault(name, getattr(jax.config, name))
        jax.config.update(name, value)
    compilation_cache.reset_cache()  # JAX looks at the folder once and remembers
