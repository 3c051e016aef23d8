"""Displays of one line that is written over: a terminal, a notebook, or lines of a file."""

import os
import sys
import time
from abc import ABC, abstractmethod
from typing import Any, TextIO

_WIDTH = 80  # letters of a line where the width is unknown
_PAUSE = 5.0  # seconds between lines of a file


class Display(ABC):
    """Where the line is shown."""

    ticks = True  # whether the line is to be repainted with the time

    @abstractmethod
    def write(self, text: str, clock: str) -> None:
        """Show a text and the time in place of what is there."""

    @abstractmethod
    def erase(self) -> None:
        """Leave nothing of the line."""

    def close(self) -> None:
        """End the line."""
        self.erase()


class Terminal(Display):
    """The last line of a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.length = stream, 0

    def write(self, text: str, clock: str) -> None:
        """Write over the line, padded to what was there."""
        line = _fitted(text, clock, _columns(self.stream) - 1)
        _put(self.stream, f"\r{line.ljust(self.length)}")
        self.length = len(line)

    def erase(self) -> None:
        """Write spaces over the line, and go back to its beginning."""
        if self.length:
            _put(self.stream, f"\r{' ' * self.length}\r")
        self.length = 0


class Notebook(Display):
    """An output of a notebook's cell that is updated in place."""

    def __init__(self) -> None:
        self.handle: Any = None
        self.shown = False

    def write(self, text: str, clock: str) -> None:
        """Update the output."""
        from IPython.display import DisplayHandle

        data = {"text/plain": _printable(text + clock)}
        if self.handle is None:
            self.handle = DisplayHandle()
            self.handle.display(data, raw=True)
        else:
            self.handle.update(data, raw=True)
        self.shown = True

    def erase(self) -> None:
        """Empty the output: one without any data takes no space."""
        if self.shown:
            self.handle.update({}, raw=True)
        self.shown = False


class Lines(Display):
    """A line for each text, at most one each few seconds: for files."""

    ticks = False

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.written, self.waiting = stream, -_PAUSE, ""

    def write(self, text: str, clock: str) -> None:
        """Write a line; one too soon waits, and the last one is written at the end."""
        self.waiting = f"{_printable(text)}\n"
        if time.monotonic() - self.written >= _PAUSE:
            self._flush()

    def erase(self) -> None:
        """Lines of a file stay."""

    def close(self) -> None:
        """Write the line that waits."""
        self._flush()

    def _flush(self) -> None:
        if self.waiting:
            _put(self.stream, self.waiting)
            self.waiting, self.written = "", time.monotonic()


def choose_display(stream: TextIO | None, show: bool | None) -> Display | None:
    """The display of a program whose stderr is ``stream``.

    Parameters
    ----------
    stream : file or None
        Stderr; programs without a console have none.
    show : bool or None
        False for none; True for one even in a file; None for one where there is a display.

    Returns
    -------
    Display or None
    """
    if show is False:
        return None
    if _in_notebook():
        return Notebook()
    if stream is None:
        return None
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return Terminal(stream)
    return Lines(stream) if show else None


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this program."""
    interactive = sys.modules.get("IPython")
    shell = None if interactive is None else interactive.get_ipython()
    return any(kind.__name__ == "ZMQInteractiveShell" for kind in type(shell).__mro__)


def _columns(stream: TextIO) -> int:
    """Width of a terminal."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH


def _fitted(text: str, clock: str, width: int) -> str:
    """The text and the time in one line of a width; a longer text keeps its end, the latest."""
    text, room = _printable(text), max(width - len(clock), 4)
    return (text if len(text) <= room else f"...{text[3 - room :]}") + clock


def _printable(text: str) -> str:
    """Text without letters that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _put(stream: TextIO, text: str) -> None:
    """Write to a stream that may be closed or full: the line is not worth an error."""
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        pass
