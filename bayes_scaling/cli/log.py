"""Messages on stderr."""

import sys
from collections.abc import Callable

from bayes_scaling._core.errors import printable
from bayes_scaling._core.progress import hide

type Log = Callable[[object], None]

_MOST = 1000  # letters of a line


def once_on_stderr(program: str) -> Log:
    """A function that prints a message as one line on stderr, each message once."""
    printed: set[str] = set()

    def log(message: object) -> None:
        line = printable(" ".join(str(message).split()))
        if line not in printed:
            hide()
            print(f"{program}: {line[:_MOST]}", file=sys.stderr)
        printed.add(line)

    return log
