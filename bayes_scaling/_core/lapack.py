"""LAPACK for programs that are loaded from disk.

A program that calls LAPACK must not run before jaxlib has asked SciPy for its routines. They are in
two modules of ``scipy.linalg``, whose other modules, which nothing here needs, take a tenth of a
second to import.
"""

import sys
import threading
from importlib.util import find_spec, module_from_spec
from typing import Any

from bayes_scaling._core.progress import THREAD

_ROUTINES = ("scipy.linalg.cython_blas", "scipy.linalg.cython_lapack")


def initialize_lapack() -> None:
    """Give jaxlib SciPy's routines; the rest of ``scipy.linalg`` is imported when it is needed."""
    from jaxlib import lapack

    alone = {thread.name for thread in threading.enumerate()} <= {"MainThread", THREAD}
    if "scipy.linalg" not in sys.modules and alone:  # no other thread sees the package half made
        _import_routines()
    routines: Any = lapack  # whose part is its own
    routines._lapack.initialize()


def _import_routines() -> None:
    """Import the two modules alone."""
    package = find_spec("scipy.linalg")
    if package is None:
        return
    sys.modules[package.name] = module_from_spec(package)  # its own code does not run
    try:
        import scipy.linalg.cython_blas
        import scipy.linalg.cython_lapack  # noqa: F401
    except ImportError:  # a later SciPy may need the rest; the import of jaxlib has it then
        for name in _ROUTINES:
            sys.modules.pop(name, None)
    finally:
        del sys.modules[package.name]
