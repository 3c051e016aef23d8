"""Compiled programs that the next process runs without tracing: ``stored_jit``.

JAX's compilation cache keeps what the compiler made, but a program is traced and lowered before it
is known which one it is; for a sampler that takes most of a second. Here a program is known by its
key (``program_key``), and the executable itself is loaded from disk (``program_files``). Whatever
cannot be stored or loaded is traced and compiled by ``jax.jit``.
"""

import functools
import inspect
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax.core import Tracer

from bayes_scaling._core.jax_config import cache_folder
from bayes_scaling._core.lapack import initialize_lapack
from bayes_scaling._core.program_files import (
    delete_program,
    private_folder,
    program_path,
    read_program,
    write_program,
)
from bayes_scaling._core.program_key import Unstable, environment, settings, stable_text
from bayes_scaling._core.progress import doing

Program = Callable[[list[Any]], Any]  # of the leaves of its arguments

_COMPILING = "compiling, the first time only"
_MAX_PROGRAMS = 500  # kept in memory
_programs: dict[Any, Program] = {}
_locks: dict[Any, threading.RLock] = {}
_lock = threading.RLock()
_uncached_depth = 0


def clear_programs() -> None:
    """Forget all programs in memory; those on disk stay."""
    with _lock:
        _programs.clear()
        _locks.clear()


def stored_jit(
    static: Sequence[str] = (), compiler_options: dict[str, Any] | None = None
) -> "Callable[[Callable[..., Any]], StoredFunction]":
    """Make a decorator: ``jax.jit``, whose programs are kept on disk.

    Parameters
    ----------
    static : sequence of str
        Names of the arguments that are fixed in a program: hashable, and equal where one program
        serves both.
    compiler_options : dict, optional
        As in ``jax.jit``.

    Returns
    -------
    callable
        A decorator of functions whose other arguments are pytrees of arrays, without JAX keys:
        give their words, as in ``threefry``.
    """
    options = {} if compiler_options is None else {"compiler_options": compiler_options}
    return lambda function: StoredFunction(function, tuple(static), options)


class StoredFunction:
    """What ``stored_jit`` makes of a function; its arguments are as there."""

    def __init__(
        self, function: Callable[..., Any], static: tuple[str, ...], options: dict[str, Any]
    ) -> None:
        functools.update_wrapper(self, function)
        self.function, self.static, self.options = function, static, options
        self.names = list(inspect.signature(function).parameters)
        self.jitted: Any = jax.jit(function, static_argnames=static, **options)

    def __call__(self, *args: Any, **more: Any) -> Any:
        """Run the function."""
        given = dict(zip(self.names, args)) | more
        fixed = {name: given.pop(name) for name in self.static if name in given}
        leaves, structure = jax.tree.flatten(given)
        if not all(map(_is_plain, leaves)) or not _is_plain_jax():
            return self.jitted(**fixed, **given)
        shapes = tuple((np.shape(leaf), leaf.dtype.str) for leaf in leaves)
        known = (self, tuple(fixed.items()), structure, shapes, settings())
        program = _programs.get(known)
        if program is None:
            program = _first(known, _Request(self, fixed, structure, shapes), leaves)
        return program(leaves)

    def _cache_size(self) -> int:
        """Number of its programs in memory, as of ``jax.jit``."""
        own = [program for known, program in _programs.items() if known[0] is self]
        return self.jitted._cache_size() + sum(isinstance(p, _Executable) for p in own)


def _is_plain(leaf: Any) -> bool:
    """Whether an argument is an array on the first device, of numbers."""
    if isinstance(leaf, Tracer):
        return False
    if isinstance(leaf, jax.Array):
        first = jax.local_devices()[0]
        ordinary = isinstance(leaf.dtype, np.dtype) and not leaf.weak_type
        return ordinary and leaf.is_fully_addressable and leaf.devices() == {first}
    return isinstance(leaf, np.ndarray | np.generic)


def _is_plain_jax() -> bool:
    """Whether JAX runs programs on the CPU, as compiled."""
    config = jax.config
    if config.jax_disable_jit or config.jax_default_device is not None:
        return False
    return jax.local_devices()[0].platform == "cpu"


class _Request:
    """A program that is asked for: a function, its fixed arguments, the shapes of the others."""

    def __init__(
        self,
        stored: StoredFunction,
        fixed: dict[str, Any],
        structure: Any,
        shapes: tuple[Any, ...],
    ) -> None:
        self.stored, self.fixed, self.structure, self.shapes = stored, fixed, structure, shapes
        self.ran = False

    def traced(self, leaves: list[Any]) -> Any:
        """Run the function by ``jax.jit``, which compiles it in the first call."""
        with nullcontext() if self.ran else doing(_COMPILING):
            result = self.stored.jitted(**self.fixed, **jax.tree.unflatten(self.structure, leaves))
        self.ran = True
        return result

    def compile(self, leaves: list[Any]) -> Any:
        """Compile it for the leaves of its arguments; returns a ``jax.stages.Compiled``."""

        def flat(*leaves: Any) -> Any:
            return self.stored.function(**self.fixed, **jax.tree.unflatten(self.structure, leaves))

        flat.__name__ = self.stored.function.__name__
        with _uncached(), doing(_COMPILING):
            return jax.jit(flat, **self.stored.options).lower(*leaves).compile()

    def key(self) -> str:
        """Text of all that decides the program; raises Unstable where there is none."""
        parts = [
            stable_text(self.stored.function),
            stable_text(self.fixed),
            str(self.structure),
            repr(self.shapes),
            stable_text(self.stored.options),
            repr(settings()),
            environment(),
        ]
        return "\n".join(parts)


def _first(known: Any, request: _Request, leaves: list[Any]) -> Program:
    """The program of the first call: one thread makes it, others wait for it."""
    with _lock:
        own = _locks.setdefault(known, threading.RLock())
    with own:
        if known not in _programs:
            program = _make(request, leaves)
            with _lock:
                while len(_programs) >= _MAX_PROGRAMS:
                    _locks.pop(oldest := next(iter(_programs)), None)
                    del _programs[oldest]
                _programs[known] = program
            return program
        return _programs[known]


def _make(request: _Request, leaves: list[Any]) -> Program:
    """Load a program from disk, or compile and store it; trace it where that is impossible."""
    parent = cache_folder()
    folder = None if parent is None else private_folder(parent)
    if folder is None:
        return request.traced
    try:
        key = request.key()
    except Unstable:
        return request.traced
    path = program_path(folder, request.stored.function.__name__, key)
    compiled = _load(read_program(path, key), len(leaves))
    if compiled is not None:
        return _Executable(compiled, request, path)
    compiled = request.compile(leaves)
    _store(path, key, compiled)
    return _Executable(compiled)


class _Executable:
    """A compiled program; one from disk that does not run is deleted, and the function traced."""

    def __init__(
        self, compiled: Any, request: _Request | None = None, path: Path | None = None
    ) -> None:
        self.compiled: Any = compiled
        self.request, self.path = request, path

    def __call__(self, leaves: list[Any]) -> Any:
        request = self.request
        if request is None or self.path is None:
            return self.compiled(*leaves)
        if self.compiled is None:
            return request.traced(leaves)
        try:
            result = jax.block_until_ready(self.compiled(*leaves))
        except Exception:  # what JAX raises of a program that was made elsewhere is not documented
            delete_program(self.path)
            self.compiled = None
            return request.traced(leaves)
        self.request = None
        return result


def _load(parts: Any, count: int) -> Any:
    """Load an executable of ``count`` arrays from its file; None where it does not load."""
    from jax.experimental.serialize_executable import deserialize_and_load

    if parts is None:
        return None
    try:
        payload, example, uses_lapack = parts
        if uses_lapack:  # lowering does this; without it such a program ends the process
            initialize_lapack()
        return deserialize_and_load(
            payload,
            jax.tree.structure(((0,) * count, {})),
            jax.tree.structure(example),
            execution_devices=jax.local_devices()[:1],
        )
    except Exception:  # a format that is experimental: what does not load is compiled
        return None


def _store(path: Path, key: str, compiled: Any) -> None:
    """Write a program to disk. One that calls back to Python cannot be serialized."""
    from jax.experimental.serialize_executable import serialize

    try:
        payload, _, out_tree = serialize(compiled)
        example = jax.tree.unflatten(out_tree, range(out_tree.num_leaves))
        write_program(path, key, (payload, example, b"lapack_" in payload))
    except Exception:  # as above: what cannot be stored is compiled in the next process too
        return


@contextmanager
def _uncached() -> Generator[None]:
    """Compile without JAX's cache: an executable that comes out of it cannot be stored."""
    global _uncached_depth
    from jax.experimental.compilation_cache import compilation_cache

    with _lock:
        if _uncached_depth == 0:
            _user_setting.append(jax.config.jax_enable_compilation_cache)
            jax.config.update("jax_enable_compilation_cache", False)
            compilation_cache.reset_cache()
        _uncached_depth += 1
    try:
        yield
    finally:
        with _lock:
            _uncached_depth -= 1
            if _uncached_depth == 0:
                jax.config.update("jax_enable_compilation_cache", _user_setting.pop())
                compilation_cache.reset_cache()


_user_setting: list[bool] = []
