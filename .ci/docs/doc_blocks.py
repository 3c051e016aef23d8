"""The programs of a Markdown file: found, run one after another, and shown with what they make."""

import contextlib
import io
import os
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDTH = 88  # letters of a line of output
FENCE = r"^```{language}\n(.*?)^```$"


@dataclass(frozen=True)
class Ran:
    """A program that was run: its code, what it printed, and the figures that it left open."""

    code: str
    printed: str
    figures: list[Any]


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(FENCE.format(language=language), text, re.S | re.M)


def run(text: str, folder: Path) -> Iterator[Ran]:
    """Run the Python blocks of a file in a folder, in one namespace, with notices printed."""
    open_figures()  # of a caller, which are not the file's
    names: dict[str, Any] = {"__name__": "__main__"}
    for code in blocks(text, "python"):
        output = io.StringIO()
        with contextlib.chdir(folder), contextlib.redirect_stdout(output), notices(output):
            exec(compile(code, "block", "exec"), names)
        yield Ran(code, output.getvalue().rstrip(), open_figures())


@contextlib.contextmanager
def notices(output: io.StringIO) -> Iterator[None]:
    """Print warnings as a reader of the output meets them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        yield
    for one in dict.fromkeys(f"{one.category.__name__}: {one.message}" for one in caught):
        print(one, file=output)


def open_figures() -> list[Any]:
    """Return the open figures, which are then closed."""
    import matplotlib.pyplot as plt

    figures = [plt.figure(number) for number in plt.get_fignums()]
    plt.close("all")
    return figures


def prepare() -> None:
    """Draw without a screen, and plain numbers and complete columns in printed tables."""
    os.environ["MPLBACKEND"] = "Agg"
    import pandas as pd

    pd.options.display.width, pd.options.display.max_columns = WIDTH, 20
    pd.options.display.max_colwidth = 60


def wrap(printed: str) -> str:
    """Return what was printed, with sentences broken to the width of a page, and tables kept."""
    lines = printed.splitlines()
    return "\n".join(line if "  " in line else textwrap.fill(line, WIDTH) for line in lines)
