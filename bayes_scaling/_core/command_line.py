"""Options as the user gives them: arguments in Python, ``--options`` at a command line."""

from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

# names of the options that the user can type at a command line; None in Python
_OPTIONS: ContextVar[frozenset[str] | None] = ContextVar("options", default=None)


@contextmanager
def at_command_line(options: Iterable[str]) -> Generator[None]:
    """Within it, the user types options of these names at a command line."""
    before = _OPTIONS.set(frozenset(options))
    try:
        yield
    finally:
        _OPTIONS.reset(before)


def without_option(name: str) -> AbstractContextManager[None]:
    """Within it, messages are about a part that the command line's option does not affect."""
    options = _OPTIONS.get()
    return nullcontext() if options is None else at_command_line(options - {name})


def option(name: str, value: object, call: str | None = None) -> str:
    """An option as the user gives it.

    Parameters
    ----------
    name : str
        Name of the argument and of the command line's option.
    value : object
        Its value.
    call : str, optional
        How it is given in Python, where that is not ``name=value``.

    Returns
    -------
    str
        ``--name value`` at a command line that has the option, else ``call``.
    """
    call = f"{name}={value}" if call is None else call
    options = _OPTIONS.get()
    if options is None:
        return call
    return f"--{name} {value}" if name.replace("-", "_") in options else f"{call} in Python"
