"""Lines on stderr: messages and progress."""

import sys
from collections.abc import Callable

from bayes_scaling._core.errors import printable

type Log = Callable[[object], None]

_MOST = 1000  # letters of a line


def once_on_stderr(program: str) -> Log:
    """A function that prints a message as one line on stderr, each message once."""
    printed: set[str] = set()

    def log(message: object) -> None:
        line = printable(" ".join(str(message).split()))
        if line not in printed:
            print(f"{program}: {line[:_MOST]}", file=sys.stderr)
        printed.add(line)

    return log


def log_progress(log: Log, text: str) -> None:
    """Log what is being done, on a terminal only."""
    if sys.stderr.isatty():
        log(text)
