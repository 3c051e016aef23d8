"""JAX's settings while the engine runs: double precision and a compilation cache.

The user's own JAX settings hold again as soon as the engine is done. The cache is in the user's
cache folder, in one folder for each version of this package and of JAX, so that no stale program is
loaded. The environment variable BAYES_SCALING_CACHE names another folder, or turns the cache off
with "off".
"""

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import jax

_MAX_BYTES = 2**30  # JAX locks a cache of limited size, so that two processes may share it

_lock = threading.Lock()
_depth = 0  # how many blocks of float64() are open, in all threads
_user_settings: dict[str, object] = {}


def cache_folder() -> Path | None:
    """Folder of the compilation cache, or None where it is off or cannot be made."""
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
def _versions() -> str:
    """Name of the folder for these versions."""
    return f"{version('bayes-scaling')}-jax{version('jaxlib')}"


@contextmanager
def float64() -> Generator[None]:
    """Double precision and the compilation cache inside; the user's settings outside."""
    with jax.enable_x64(True), _cached():
        yield


@contextmanager
def _cached() -> Generator[None]:
    """The cache's settings, from the first entry to the last exit in all threads."""
    global _depth
    with _lock:
        if _depth == 0 and jax.config.jax_compilation_cache_dir is None:
            folder = cache_folder()
            if folder:
                _configure(
                    jax_compilation_cache_dir=str(folder),
                    jax_compilation_cache_max_size=_MAX_BYTES,
                    jax_persistent_cache_min_compile_time_secs=0.2,
                )
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _user_settings:
                _configure(**_user_settings)
                _user_settings.clear()


def _configure(**settings: object) -> None:
    """Change JAX's settings and keep the user's own."""
    from jax.experimental.compilation_cache import compilation_cache

    for name, value in settings.items():
        _user_settings.setdefault(name, getattr(jax.config, name))
        jax.config.update(name, value)
    compilation_cache.reset_cache()  # JAX reads the folder's name only once
