"""Runs in a store of MLflow, a folder or an SQLite database: one row a run and step."""

import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import first_line
from bayes_scaling.runs.readers.json_text import as_table

TITLE = "store of MLflow"
MAGIC = b"SQLite format 3\x00"  # first bytes of a database
_MOST_FIELDS = 5  # time, value, step and, in newer versions, the data set's name and digest


def run_folders(folder: Path) -> list[Path]:
    """Find the runs of a store that are not deleted."""
    found = []
    for meta in sorted(folder.rglob("meta.yaml")):
        run = meta.parent
        if (run / "metrics").is_dir() and ".trash" not in run.parts:
            text = meta.read_text("utf-8", errors="replace")
            if "lifecycle_stage: deleted" not in text:
                found.append(run)
    return found


def read(folder: Path) -> pd.DataFrame:
    """Read metrics and parameters of every run.

    Parameters
    ----------
    folder : pathlib.Path
        The store (mlruns), an experiment or a run in it.

    Returns
    -------
    DataFrame
        Columns run, step, one for each metric and each parameter.

    Raises
    ------
    InputError
        A file of metrics is damaged, or no run has metrics.
    """
    rows: list[dict[str, Any]] = []
    for run in run_folders(folder):
        start: dict[str, Any] = {"run": _name(run)}
        given = {
            file.relative_to(run / "params").as_posix(): file.read_text("utf-8").strip()
            for file in sorted((run / "params").rglob("*"))
            if file.is_file()
        }
        steps: dict[int, dict[str, float]] = {}
        for file in sorted((run / "metrics").rglob("*")):
            if file.is_file():
                metric = file.relative_to(run / "metrics").as_posix()
                for step, value in _values(file):
                    steps.setdefault(step, {})[metric] = value
        rows += [
            start | {"step": step} | values | _numbers(given)
            for step, values in sorted(steps.items())
        ]
    if not rows:
        raise InputError(f"{folder} has no run with metrics; give the folder mlruns")
    return as_table(rows)


def read_database(file: Path) -> pd.DataFrame:
    """Read metrics and parameters of every run in a database (mlflow.db).

    Parameters
    ----------
    file : pathlib.Path
        An SQLite database; it is opened to be read only.

    Returns
    -------
    DataFrame
        As ``read``.

    Raises
    ------
    InputError
        It is no store of MLflow, or no run has metrics.
    """
    try:
        place = f"{file.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(place, uri=True)) as database:
            names = dict(
                database.execute(
                    "SELECT run_uuid, name FROM runs WHERE lifecycle_stage = 'active'"
                ).fetchall()
            )
            metrics = database.execute(
                "SELECT run_uuid, step, key, value FROM metrics WHERE NOT is_nan"
            ).fetchall()
            given = database.execute("SELECT run_uuid, key, value FROM params").fetchall()
    except sqlite3.Error as error:
        raise InputError(
            f"{file} is no store of MLflow ({first_line(error)}); give its folder mlruns or file"
            " mlflow.db"
        ) from None
    params: dict[str, dict[str, str]] = {}
    for run, key, value in given:
        params.setdefault(run, {})[key] = value
    steps: dict[tuple[str, int], dict[str, float]] = {}
    for run, step, key, value in metrics:
        if run in names:
            steps.setdefault((run, step), {})[key] = value
    if not steps:
        raise InputError(f"{file} has no run with metrics; give the file mlflow.db")
    order = {run: number for number, run in enumerate(names)}
    rows = [
        {"run": names[run] or run, "step": step} | values | _numbers(params.get(run, {}))
        for (run, step), values in sorted(
            steps.items(), key=lambda one: (order[one[0][0]], one[0][1])
        )
    ]
    return as_table(rows)


def _name(run: Path) -> str:
    """A run's name, or its id."""
    file = run / "tags" / "mlflow.runName"
    return file.read_text("utf-8").strip() if file.is_file() else run.name


def _values(file: Path) -> list[tuple[int, float]]:
    """Steps and values of a file of metrics."""
    values = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        fields = line.split()
        try:
            if not 2 <= len(fields) <= _MOST_FIELDS:
                raise ValueError
            value = float(fields[1])
            values.append((int(fields[2]) if len(fields) > 2 else 0, value))
        except ValueError:
            raise InputError(
                f"{file} is no file of metrics of MLflow (line {number}); check the folder"
            ) from None
    return [(step, value) for step, value in values if not math.isnan(value)]


def _numbers(given: dict[str, str]) -> dict[str, float | str]:
    """Parameters as numbers where they are; MLflow keeps them as text."""
    result: dict[str, float | str] = {}
    for name, text in given.items():
        try:
            result[name] = float(text)
        except ValueError:
            result[name] = text
    return result
