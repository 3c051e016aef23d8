"""Logs as tools write them, in tests/data/logs, and the numbers that were logged."""

import gzip
import json
import sqlite3
from pathlib import Path

LOGS = Path(__file__).parents[1] / "data" / "logs"
RUNS = {"gpt-124m": (1.24e8, 2.5e9), "gpt-350m": (3.5e8, 7e9)}  # N, D


def loss(N, D):
    """The loss that was logged."""
    return 1.8 + 400 / N**0.34 + 1200 / D**0.32


def history(run):
    """Steps, tokens and losses of a run."""
    N, D = RUNS[run]
    return [(100 * i, D * i / 5, loss(N, D * i / 5)) for i in range(1, 6)]


def database(folder):
    """A store of MLflow as a database, with the tables that hold runs."""
    path = folder / "mlflow.db"
    with sqlite3.connect(path) as store:
        store.executescript((LOGS / "mlflow.sql").read_text())
    store.close()
    return path


def document(name):
    """The JSON document of a log."""
    return json.loads((LOGS / name).read_text())


def zipped(path, folder):
    """A compressed copy of a file."""
    copy = folder / f"{path.name}.gz"
    copy.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    return copy
