"""The formats of runs: which one a file or a folder has, by its content or as named."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, join_words, shorten_list
from bayes_scaling.runs.readers import (
    every_eval_ever,
    json_table,
    lm_eval,
    mlflow,
    tensorboard,
    tracker_metrics,
    trainer_state,
    wandb,
)
from bayes_scaling.runs.readers.binary_tables import read_excel, read_parquet
from bayes_scaling.runs.readers.csv_table import read_csv
from bayes_scaling.runs.readers.joined import join_evaluations
from bayes_scaling.runs.readers.json_text import (
    Json,
    missing_keys,
    parse,
    parse_lines,
    table_of_records,
)
from bayes_scaling.runs.readers.names import FORMATS
from bayes_scaling.runs.readers.text_file import (
    OLD_EXCEL,
    PARQUET,
    SUFFIXES,
    ZIP,
    as_utf8,
    read_bytes,
)

# formats of JSON documents: whether one has it, and what reads it
DOCUMENTS: dict[str, tuple[str, Callable[[Json], bool], Callable[[Path, Json], pd.DataFrame]]] = {
    "trainer_state": (trainer_state.TITLE, trainer_state.matches, trainer_state.read),
    "lm_eval": (lm_eval.TITLE, lm_eval.matches, lm_eval.read),
    "every_eval_ever": (every_eval_ever.TITLE, every_eval_ever.matches, every_eval_ever.read),
}
_BY_SUFFIX = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
}


def check_format(name: str | None) -> None:
    """Refuse the name of a format that there is not."""
    if name is not None and name not in FORMATS:
        raise InputError(
            f"format is {str(name)[:60]!r}{did_you_mean(name, FORMATS)}; "
            f"use {join_words(FORMATS, 'or')}"
        )


def read_file(path: Path, name: str | None = None) -> pd.DataFrame:
    """Read a file of runs.

    Parameters
    ----------
    path : pathlib.Path
        The file, which exists.
    name : str, optional
        Its format, one of ``FORMATS``; found by its content where left out.

    Returns
    -------
    DataFrame
        Its rows, with names of columns as in the file.

    Raises
    ------
    InputError
        It is not in that format, or in none that is known.
    """
    if name == "tensorboard" or (name is None and "tfevents" in path.name):
        return tensorboard.read(path)
    if name == "mlflow":
        return mlflow.read_database(path)
    content = read_bytes(path)
    if name is None and content.startswith(mlflow.MAGIC):
        return mlflow.read_database(path)
    kind = name or _kind(path, content)
    if kind == "parquet" or (kind == "wandb" and content.startswith(PARQUET)):
        table = read_parquet(path)
        is_export = name in (None, "wandb") and wandb.matches(table)
        return wandb.read(path, table) if is_export else table
    if kind == "excel":
        return read_excel(path, content)
    content = as_utf8(path, content)
    if kind in ("csv", "tsv", "wandb") and not (kind == "wandb" and _starts_json(content)):
        table = read_csv(path, content, "\t" if kind == "tsv" else None)
        is_export = wandb.matches(table)
        if kind == "wandb" and not is_export:
            raise missing_keys(path, wandb.TITLE, ("columns Name and State", "column _step"))
        return wandb.read(path, table) if is_export and name in (None, "wandb") else table
    text = content.decode("utf-8", errors="surrogatepass")
    if kind in ("jsonl", "tracker_metrics", "wandb"):
        return _read_lines(path, text, kind, name)
    return _read_document(path, text, kind, name)


def _kind(path: Path, content: bytes) -> str:
    """The kind of a file's content; its ending decides between kinds of text."""
    inner = Path(path.name.lower())
    if inner.suffix in SUFFIXES:
        inner = inner.with_suffix("")
    stated = _BY_SUFFIX.get(inner.suffix)
    if content.startswith(OLD_EXCEL):
        raise InputError(f"{path} is a workbook of an old Excel; save it as .xlsx or CSV")
    if content.startswith(PARQUET):
        return "parquet"
    if content.startswith(ZIP):
        return "excel"
    if stated in ("parquet", "excel"):
        raise InputError(
            f"{path} is not {'a parquet table' if stated == 'parquet' else 'an Excel workbook'}; "
            "check the file, or give it the ending of what it is"
        )
    if stated in ("csv", "tsv", "jsonl"):
        return stated
    if _starts_json(content):
        return "json"
    if stated == "json":
        raise InputError(f"{path} is not JSON; check the file, or give it the ending of what it is")
    if path.suffix.lower() in (".txt", ".dat", ".log", "") or inner.suffix in (".txt", ""):
        return "csv"
    raise InputError(
        f"{path} ends in {path.suffix}; give a .csv, .tsv, .json, .jsonl, .parquet or .xlsx file, "
        f"or name its format, one of {shorten_list(FORMATS, 20)}"
    )


def _starts_json(content: bytes) -> bool:
    """Whether the first letter is that of an object or a list of JSON."""
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] in (b"{", b"[")


def _read_lines(path: Path, text: str, kind: str, name: str | None) -> pd.DataFrame:
    """A table of JSON Lines, or the final metrics of runs of Levanter."""
    rows = parse_lines(path, text)
    if not rows:
        raise InputError(f"{path} has no rows; give a table with one row a run")
    if name is None and (records := _read_records(path, rows)) is not None:
        return records
    is_tracker = tracker_metrics.matches(rows)
    if kind == "tracker_metrics" and not is_tracker:
        raise missing_keys(path, tracker_metrics.TITLE, ("config", "summary"))
    if is_tracker and name in (None, "tracker_metrics"):
        return tracker_metrics.read(path, rows)
    table = table_of_records(path, rows, "line")
    if wandb.matches(table) and name in (None, "wandb"):
        return wandb.read(path, table)
    if kind == "wandb":
        raise missing_keys(path, wandb.TITLE, ("_step",))
    return table


def _read_document(path: Path, text: str, kind: str, name: str | None) -> pd.DataFrame:
    """A table of one JSON document, in the format that it has or that is named."""
    try:
        document = parse(text)
    except (ValueError, RecursionError) as error:
        lines = text.strip().split("\n", 1)
        if name is None and len(lines) > 1 and _is_json(lines[0]):
            return _read_lines(path, text, "jsonl", name)
        reason = getattr(error, "msg", None) or str(error).split("\n")[0][:80]
        line = getattr(error, "lineno", None)
        where = "" if line is None else f", line {line}"
        raise InputError(f"{path} is not JSON ({reason}{where}); check the file") from None
    for known, (title, matches, read) in DOCUMENTS.items():
        if kind == known and not matches(document):
            raise InputError(f"{path} is no {title}; check the file, or leave the format out")
        if matches(document) and name in (None, known):
            return read(path, document)
    if name is None and (records := _read_records(path, document)) is not None:
        return records
    if tracker_metrics.matches([document]) and name is None:  # a file of one run
        return tracker_metrics.read(path, [document])
    return json_table.read(path, document)


def _read_records(path: Path, document: Json) -> pd.DataFrame | None:
    """A table of a list of results of evaluations; None where it is another list."""
    if not isinstance(document, list) or not document:
        return None
    for kind in ("lm_eval", "every_eval_ever"):
        _, matches, read = DOCUMENTS[kind]
        if all(matches(record) for record in document):
            return join_evaluations([read(path, record) for record in document])
    return None


def _is_json(text: str) -> bool:
    try:
        parse(text)
    except (ValueError, RecursionError):
        return False
    return True
