"""What decides a compiled program, as text that two processes agree on.

A program is determined by the function, its fixed arguments, the shapes of the others, and an
environment: the sources of this package, versions, the processor, JAX's settings. ``stable_text``
writes fixed arguments. What it cannot write, such as a function of the user's own, raises
``Unstable``: such a program is traced in each process.
"""

import functools
import hashlib
import os
import platform
import sys
import time
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import jax

_HERE = Path(__file__).parents[1]
_STARTED = time.time()
_PACKAGES = ("jax", "jaxlib", "numpyro", "blackjax", "numpy", "scipy")
_SETTINGS = (
    "jax_enable_x64",
    "jax_default_matmul_precision",
    "jax_threefry_partitionable",
    "jax_default_prng_impl",
    "jax_numpy_dtype_promotion",
    "jax_numpy_rank_promotion",
    "jax_debug_nans",
    "jax_debug_infs",
    "jax_enable_checks",
)
_VARIABLES = ("XLA_FLAGS", "LIBTPU_INIT_ARGS", "OMP_NUM_THREADS", "NPROC", "PJRT_NPROC")


class Unstable(Exception):
    """A value without a text that holds in another process."""


@runtime_checkable
class Signed(Protocol):
    """An object of this package that a signature determines, such as a density.

    Attributes
    ----------
    signature : tuple
        What decides its programs, of values that ``stable_text`` takes.
    """

    @property
    def signature(self) -> tuple[Any, ...]:
        """What decides its programs."""
        ...


def settings() -> tuple[Any, ...]:
    """JAX's settings that a program depends on."""
    return tuple(getattr(jax.config, name) for name in _SETTINGS)


@functools.lru_cache
def environment() -> str:
    """Digest of all that decides machine code beside a program's arguments and JAX's settings.

    Raises
    ------
    Unstable
        The files of this package were changed after it was imported, or there are none.
    """
    digest, sources = hashlib.sha256(), _sources()
    if not sources or max(path.stat().st_mtime for path in sources) > _STARTED:
        raise Unstable("the code that runs is not that of the files")
    for path in sources:
        digest.update(path.relative_to(_HERE).as_posix().encode() + b"\0" + path.read_bytes())
    about: list[Any] = [
        *((name, version(name)) for name in _PACKAGES),
        sys.implementation.cache_tag,
        sys.version,
        platform.machine(),
        platform.libc_ver(),
        *_processor(),
        os.cpu_count(),
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        *(os.environ.get(name, "") for name in _VARIABLES),
        len(jax.local_devices()),
        jax.local_devices()[0].device_kind,
    ]
    digest.update(repr(about).encode())
    return digest.hexdigest()


def _sources() -> list[Path]:
    """The package's files of code, but for those of the bundled tables."""
    found: list[Path] = []
    for folder, folders, names in os.walk(_HERE, followlinks=True):
        folders[:] = sorted(set(folders) - {"data", "__pycache__"})
        found += [Path(folder, name) for name in sorted(names) if name.endswith(".py")]
    return found


def _processor() -> list[str]:
    """Model and features of the processor; where they are not known, the name of the machine."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()[:40]
    except OSError:
        return [platform.processor(), platform.version(), platform.node()]
    return [line for line in lines if line.startswith(("model name", "flags", "Features", "CPU "))]


def stable_text(value: Any) -> str:
    """Write a value so that two processes of one ``environment`` write the same for equal ones.

    Parameters
    ----------
    value : object
        Plain values, tuples, lists and dicts of them, functions and classes of this package,
        functools.partial, and ``Signed`` objects of this package.

    Returns
    -------
    str

    Raises
    ------
    Unstable
        Any other value.
    """
    match value:
        case None | bool() | int() | float() | str():
            return repr(value)
        case tuple() | list():
            return f"({','.join(map(stable_text, value))})"
        case dict():
            items = (f"{stable_text(key)}:{stable_text(item)}" for key, item in value.items())
            return f"{{{','.join(items)}}}"
        case functools.partial():
            return f"partial{stable_text((value.func, value.args, value.keywords))}"
        case types.FunctionType():
            return _function_text(value)
        case type() if is_own(value.__module__):
            return f"class {value.__module__}.{value.__qualname__}"
        case Signed() if is_own(type(value).__module__):
            return f"{type(value).__module__}.{type(value).__qualname__}" + stable_text(
                value.signature
            )
        case _:
            raise Unstable(value)


def is_own(module: str | None) -> bool:
    """Whether a module is one of this package, whose sources the environment holds."""
    return module is not None and module.startswith("bayes_scaling.")


def _function_text(function: types.FunctionType) -> str:
    """A function of this package: where it is written, its code, and what it closes over."""
    code = function.__code__
    if not is_own(function.__module__) or not code.co_filename.startswith(str(_HERE)):
        raise Unstable(function)
    try:
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
    except ValueError:  # a cell that is not filled yet
        raise Unstable(function) from None
    place = (function.__module__, function.__qualname__, _code_text(code))
    defaults = (function.__defaults__ or (), function.__kwdefaults__ or {})
    return f"function{place!r}{stable_text(cells)}{stable_text(defaults)}"


def _code_text(code: types.CodeType) -> str:
    """Code by its bytes, names and constants: it separates two lambdas of one line."""
    constants = tuple(map(_constant_text, code.co_consts))
    parts = (code.co_firstlineno, code.co_code, code.co_names, code.co_varnames, constants)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _constant_text(value: Any) -> str:
    """A constant of code; sets of it have no order that two processes agree on."""
    if isinstance(value, types.CodeType):
        return _code_text(value)
    if type(value) in (tuple, frozenset):
        texts = list(map(_constant_text, value))
        return repr(texts if type(value) is tuple else sorted(texts))
    return repr(value)
