"""The entry point of the command line.

Exit codes: 0 passed, 1 answered but a verdict is bad, 2 bad input, 130 interrupted, 143 terminated.
The answer goes to stdout, everything else to stderr. Nothing heavy is imported before it is needed.
"""

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

_COLLECT_EVERY = 100_000  # new objects: imports make hundreds of thousands that stay


class _TerminatedError(BaseException):
    """The process was asked to end by SIGTERM."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the name of the program; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    program, before = "bayes-scaling", None
    try:
        before = _on_termination(_terminate)
        from bayes_scaling.cli.parser import parser

        options = parser().parse_args(arguments)
        options.words = sys.argv[1:] if arguments is None else list(arguments)
        program = f"bayes-scaling {options.command}"
        from bayes_scaling.cli.run import run

        return run(options)
    except KeyboardInterrupt:
        print(f"{program}: interrupted; no answer was given", file=sys.stderr)
        return 130
    except _TerminatedError:
        print(f"{program}: terminated; no answer was given", file=sys.stderr)
        return 143
    finally:
        _on_termination(before)


def run_program() -> NoReturn:
    """Run the command of this process, and end the process.

    Ending an interpreter that holds JAX and pandas takes as long as drawing the posterior: once
    what is registered to run at exit has run, the process ends without it.
    """
    gc.set_threshold(_COLLECT_EVERY)
    code = main()
    others = set(threading.enumerate()) - {threading.main_thread()}
    if sys.flags.inspect or not all(thread.daemon for thread in others):
        raise SystemExit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:  # a reader that has gone, or a full disk
                raise SystemExit(code) from None  # Python's own end reports it
    os._exit(code)


def _terminate(number: int, frame: FrameType | None) -> None:
    """End the work as Ctrl-C does, so that temporary files are removed."""
    raise _TerminatedError


def _on_termination(handler: object) -> object:
    """Set what happens on SIGTERM, and return what did; other threads than the main one cannot."""
    try:
        return signal.signal(signal.SIGTERM, handler)  # pyright: ignore[reportArgumentType]
    except (ValueError, TypeError):
        return None
