"""Folders with the logs of many runs."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words
from bayes_scaling.runs.readers import mlflow, tensorboard, tracker_metrics, trainer_state
from bayes_scaling.runs.readers.formats import DOCUMENTS, read_file
from bayes_scaling.runs.readers.joined import join_evaluations, join_logs
from bayes_scaling.runs.readers.json_text import parse
from bayes_scaling.runs.readers.text_file import decode, read_bytes

_MOST = 20_000  # files of a folder that are searched
_HISTORIES = (".csv", ".parquet", ".jsonl")


def read_folder(folder: Path, name: str | None = None) -> pd.DataFrame:
    """Read the runs of a folder, one table for all.

    Parameters
    ----------
    folder : pathlib.Path
        Holds logs of one format: trainer_state.json or tracker_metrics.jsonl of each run, a store
        of MLflow, event files, results of evaluations, or histories of Weights & Biases.
    name : str, optional
        The format, which decides where the folder has several.

    Returns
    -------
    DataFrame
        The rows of all runs; the column run names each.

    Raises
    ------
    InputError
        The folder has no such logs, or has them in several formats.
    """
    found = {kind: files for kind, files in _logs(folder).items() if files and name in (None, kind)}
    if not found:
        what = f"no logs of the format {name}" if name else "no logs that are recognized"
        raise InputError(
            f"{folder} is a folder with {what}; give a file (.csv, .tsv, .json, .jsonl, .parquet,"
            " .xlsx), a folder with logs, or a bundled table, of which `bayes-scaling data` is the"
            " list"
        )
    if len(found) > 1:
        raise InputError(
            f"{folder} has logs of {join_words(found)}; name one, as in "
            f"format={next(iter(found))!r}"
        )
    ((kind, files),) = found.items()
    if kind == "mlflow":
        return mlflow.read(folder)
    if kind == "tensorboard":
        return tensorboard.read(folder)
    tables = [read_file(file, kind) for file in files]
    if kind in ("lm_eval", "every_eval_ever"):
        return join_evaluations(tables)
    return join_logs(tables, [file.relative_to(folder) for file in files])


def _logs(folder: Path) -> dict[str, list[Path]]:
    """The logs in a folder by their format."""
    files = sorted(_files(folder))
    states: dict[Path, Path] = {}
    for file in files:
        if file.name == trainer_state.FILE:
            in_checkpoint = file.parent.name.startswith("checkpoint-")
            run = file.parent.parent if in_checkpoint else file.parent
            states[run] = max(states.get(run, file), file, key=_checkpoint)
    others = [file for file in files if file.name != trainer_state.FILE]
    documents = [file for file in others if file.suffix == ".json" and "result" in file.name]
    results: dict[str, list[Path]] = {"lm_eval": [], "every_eval_ever": []}
    for file in documents or [file for file in others if file.suffix == ".json"]:
        if kind := _evaluation(file):
            results[kind].append(file)
    return {
        "trainer_state": list(states.values()),
        "tracker_metrics": [file for file in files if file.name == tracker_metrics.FILE],
        "mlflow": mlflow.run_folders(folder),
        "tensorboard": [file for file in files if "tfevents" in file.name],
        **results,
        "wandb": [file for file in others if _is_history(file)],
    }


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder; refuses a folder with too many."""
    files = [file for file in islice(folder.rglob("*"), _MOST + 1) if file.is_file()]
    if len(files) > _MOST:
        raise InputError(f"{folder} has more than {_MOST} files; give the folder of the runs")
    return iter(files)


def _checkpoint(file: Path) -> float:
    """The step of a checkpoint's folder; that of a finished run comes last."""
    number = file.parent.name.removeprefix("checkpoint-")
    return int(number) if number.isdigit() else float("inf")


def _evaluation(file: Path) -> str | None:
    """The format of a JSON file with the results of an evaluation, or None."""
    try:
        document = parse(decode(file, read_bytes(file)))
    except (ValueError, RecursionError):  # of which InputError is one
        return None
    kinds = (kind for kind in ("lm_eval", "every_eval_ever") if DOCUMENTS[kind][1](document))
    return next(kinds, None)


def _is_history(file: Path) -> bool:
    """Whether a file has the history of a run of Weights & Biases."""
    if file.suffix not in _HISTORIES or file.name == tracker_metrics.FILE:
        return False
    if file.suffix == ".parquet":
        import pyarrow.parquet

        try:
            names = pyarrow.parquet.read_schema(file).names
        except (OSError, ValueError):
            return False
        return "_step" in names
    with file.open("rb") as lines:
        return b"_step" in lines.readline(1_000_000)
