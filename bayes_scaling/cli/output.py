"""How commands write answers and figures, and which exit code they return."""

import io
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import write_atomically
from bayes_scaling._core.progress import hide
from bayes_scaling.cli.log import Log

if TYPE_CHECKING:
    from bayes_scaling.results.diagnosis import Diagnosis


def file_ending(path: str) -> str:
    """The ending of a file's name, in lower case and without the dot."""
    return Path(path).suffix.lower()[1:]


def agreed_format(options: Namespace, kind: str | None) -> str | None:
    """The format of --format, else ``kind``, that of the file; refused where they differ."""
    if options.output is not None and kind is not None and options.format not in (None, kind):
        raise InputError(
            f"--format is {options.format} and --output {options.output}, which is for {kind}; "
            "leave --format out or name another file"
        )
    return options.format or kind


def exit_code(diagnosis: "Diagnosis", options: Namespace, log: Log) -> int:
    """The exit code of an answer; problems, and with csv the cautions, go to stderr."""
    for verdict in diagnosis.verdicts:
        for text in verdict.problems:
            log(f"bad {verdict.key}: {text}")
    if options.format == "csv":
        for text in diagnosis.cautions:
            log(f"caution: {text}")
    return 0 if diagnosis.ok else 1


def save_figure(path: str, draw: Callable[[], Any]) -> None:
    """Save the figure that ``draw`` returns, complete or not at all."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    kind = file_ending(path)
    with plot.style():
        figure = draw()
        metadata = plot.metadata(figure, kind)

        def write(part: str) -> None:
            figure.savefig(part, format=kind, metadata=metadata)

        write_atomically(path, write)
        plt.close(figure)


def write_answer(options: Namespace, text: str) -> None:
    """Write the answer to stdout, or completely to the file of --output."""
    if options.output is not None:

        def write(part: str) -> None:
            Path(part).write_text(text, encoding="utf-8")

        return write_atomically(options.output, write)
    hide()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # for letters that the terminal does not have
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # what is left has nowhere to go, at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # which a reader such as head causes
            raise InputError(
                f"the answer cannot be written ({error.strerror}); send it elsewhere"
            ) from None
