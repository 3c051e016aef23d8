"""How the command line writes answers: text, JSON, CSV, figures and verdicts."""

import io
import json
import math
import os
import sys
from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import whole


def _kind(place):
    return Path(place).suffix.lower()[1:]


def drawn(place, draw):
    """The figure that ``draw`` makes, whole in a file."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    with plot.style():
        figure = draw()
        whole(
            place,
            lambda part: figure.savefig(
                part, format=_kind(place), metadata=plot.metadata(figure, _kind(place))
            ),
        )
        plt.close(figure)


def agreed(options, kind):
    """The format that was asked for, else ``kind``, what the file's ending asks for; refused where they differ."""
    if options.output is not None and kind is not None and options.format not in (None, kind):
        raise InputError(
            f"--format is {options.format} and --output {options.output}, which is for {kind}; leave --format out or name another file"
        )
    return options.format or kind


def _verdict(diagnosis, options, say):
    """Exit code of an answer; a bad diagnosis, and with csv the cautions, are said on stderr."""
    for text in diagnosis.problems:
        say(f"not converged: {text}")
    if options.format == "csv":
        for text in diagnosis.cautions:
            say(f"caution: {text}")
    return 0 if diagnosis.ok else 1


def _json(answer):
    """JSON text, tables as lists of rows; numbers that are not finite become null, which JSON can hold."""

    def plain(value):
        if isinstance(value, pd.DataFrame):
            value = value.to_dict("records")
        if isinstance(value, dict):
            return {str(key): plain(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [plain(entry) for entry in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return json.dumps(plain(answer), indent=2) + "\n"


def _csv(tables, diagnoses):
    """CSV of {name: table}, in one: its first column says which table a row is of, where there are several; its last whether the draws have converged."""
    parts = [
        pd.DataFrame(table).assign(table=name, converged=diagnoses[name].ok)
        for name, table in tables.items()
        if len(table)
    ]
    made = pd.concat(parts)
    rest = [column for column in made if column not in ("table", "converged")]
    return made[[*(["table"] if len(tables) > 1 else []), *rest, "converged"]].to_csv(index=False)


def _cell(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _text(table, title):
    """A table as text: drawn by rich on a terminal, plain columns elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    drawn = Table(box=box.SIMPLE_HEAD if terminal else None, pad_edge=False)
    for column in table.columns:
        number = pd.api.types.is_numeric_dtype(table[column])
        drawn.add_column(
            str(column),
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=number or not terminal,
        )
    for row in table.itertuples(index=False):
        drawn.add_row(*map(_cell, row))
    out = io.StringIO()
    console = Console(
        file=out,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=terminal,
        width=None if terminal else 10_000,
        color_system="standard" if terminal else None,
    )
    console.width = max(
        console.width,
        console.measure(drawn, options=console.options.update(max_width=10_000)).minimum,
    )  # a number is never cut
    console.print(title, style="bold", soft_wrap=True)
    console.print(drawn)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _put(options, text):
    """The answer, to stdout or whole into --output."""
    if options.output is not None:
        return whole(options.output, lambda part: Path(part).write_text(text, encoding="utf-8"))
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # for letters that the terminal can not show
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # what is left has nowhere to go, at exit either
        if not isinstance(
            error, BrokenPipeError
        ):  # a reader that has gone, as head does, has seen enough
            raise InputError(
                f"the answer can not be written ({error.strerror}); send it elsewhere"
            ) from None
