"""One live line: what a call of some seconds is doing, how often, why and for how long.

The line is on stderr, in a terminal or under a notebook's cell. Calls inside a call share its line
and add to it. It is erased when the outermost call ends, so that nothing of it is left, and nothing
is shown where stderr is no display. The environment variable BAYES_SCALING_PROGRESS=off turns it
off, as ``progress=False`` does for one call. Draws do not depend on it.
"""

import os
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context

from bayes_scaling._core.line_display import Display, choose_display

DELAY = 0.5  # seconds before the line appears: short calls show none
THREAD = "live line"  # name of the thread that repaints it
_TICK = 1.0  # seconds between repaints
_LONG = 2.0  # seconds from which the time is shown

_CURRENT: ContextVar["Stage | None"] = ContextVar("stage", default=None)


class _Line:
    """The line of an outermost call, which a thread repaints with the time that has passed."""

    def __init__(self, display: Display) -> None:
        self.display, self.opened, self.text = display, time.monotonic(), ""
        self.lock, self.closed, self.process = threading.RLock(), threading.Event(), os.getpid()
        if display.ticks:
            # with the context, in which a notebook keeps the cell that a display belongs to
            tick = copy_context()
            threading.Thread(target=lambda: tick.run(self._tick), name=THREAD, daemon=True).start()

    def show(self, text: str) -> None:
        """Show a text, once the call has lasted a moment; "" erases the line until the next."""
        if self.process != os.getpid():  # a fork has the line, and not the display
            return
        with self.lock:
            self.text = text
            self._paint()

    def _paint(self) -> None:
        passed = time.monotonic() - self.opened
        if not self.text:
            self.display.erase()
        elif passed >= DELAY or not self.display.ticks:
            clock = f" ({duration(passed)})" if passed >= _LONG else ""
            self.display.write(self.text, clock)

    def _tick(self) -> None:
        while not self.closed.wait(_TICK):
            with self.lock:
                if self.text and not self.closed.is_set():
                    self._paint()

    def close(self) -> None:
        """Erase the line for good."""
        with self.lock:
            self.closed.set()
            self.display.close()


class Stage:
    """One call's part of the line: its label, where it stands, and a note of what runs inside.

    Parameters
    ----------
    label : str
        What the call does.
    line : _Line or None
        The line; None where nothing is shown.
    outer : Stage or None
        The call that this one is part of.
    """

    def __init__(self, label: str, line: _Line | None, outer: "Stage | None") -> None:
        self.label, self.line, self.outer = label, line, outer
        self.detail = self.note = ""

    @property
    def text(self) -> str:
        """Its part of the line, after those of the calls around it."""
        before = "" if self.outer is None else self.outer.text
        return ": ".join(filter(None, (before, self.label, self.detail, self.note)))

    def update(self, detail: str) -> None:
        """Show where the call stands."""
        self.detail, self.note = detail, ""
        self.show()

    def show(self) -> None:
        """Show the line as it is now."""
        if self.line is not None:
            self.line.show(self.text)


@contextmanager
def live(label: str, show: bool | None = None) -> Generator[Stage]:
    """Show a call in the live line while it lasts.

    Parameters
    ----------
    label : str
        What the call does, such as "fit of chinchilla".
    show : bool, optional
        Whether to show it: where left out, on a display. Of a call inside another, False alone
        counts.

    Yields
    ------
    Stage
        Its part of the line.
    """
    outer, line = _CURRENT.get(), None
    if outer is None:
        off = os.environ.get("BAYES_SCALING_PROGRESS", "").lower() in ("off", "0", "no", "none")
        display = choose_display(sys.stderr, show if show is not None or not off else False)
        line = None if display is None else _Line(display)
    elif show is not False:
        line, outer.note = outer.line, ""
    stage = Stage(label, line, outer)
    before = _CURRENT.set(stage)
    try:
        stage.show()
        yield stage
    finally:
        _CURRENT.reset(before)
        if outer is not None:
            outer.show()
        elif line is not None:
            line.close()


def status(text: str) -> None:
    """Show what runs inside the current call; nothing where no call is shown."""
    stage = _CURRENT.get()
    if stage is not None:
        stage.note = text
        stage.show()


@contextmanager
def doing(text: str) -> Generator[None]:
    """Show what runs inside the block, and afterwards what was shown before."""
    stage = _CURRENT.get()
    before = "" if stage is None else stage.note
    status(text)
    try:
        yield
    finally:
        status(before)


def hide() -> None:
    """Erase the line before something else is written; the next text brings it back."""
    stage = _CURRENT.get()
    if stage is not None and stage.line is not None:
        stage.line.show("")


def time_left(done: int, total: int, passed: float) -> str:
    """How long the rest takes at the pace so far: ", about 12 s left"; "" before the first."""
    return f", about {duration(passed * (total - done) / done)} left" if 0 < done < total else ""


def duration(seconds: float) -> str:
    """Seconds, minutes or hours: "12 s", "3 min", "2.5 h"."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
