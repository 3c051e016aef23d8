"""Results of lm-evaluation-harness: scores, standard errors and item counts, one row a model."""

import re
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.readers.json_text import Json, as_table, finite

_STEP = re.compile(r"(?:step|checkpoint|ckpt|iter)[-_]?(\d+)$")  # of checkpoint-1000
TITLE = "results of lm-evaluation-harness"


def matches(document: Json) -> bool:
    """Whether a JSON document has results of tasks with filters, such as "acc,none"."""
    if not isinstance(document, dict) or not isinstance(document.get("results"), dict):
        return False
    return bool({"configs", "config", "versions", "n-samples"} & document.keys())


def read(path: Path, document: Json) -> pd.DataFrame:
    """Read the scores of a model.

    Parameters
    ----------
    path : pathlib.Path
        The file; names the run where the document names no model.
    document : dict
        Its content.

    Returns
    -------
    DataFrame
        One row with run, model_num_parameters where given, and for each task its scores such as
        hellaswag_acc, their standard errors hellaswag_acc_se and the items hellaswag_items.

    Raises
    ------
    InputError
        No task has a score.
    """
    row: dict[str, Any] = {"run": _model(path, document)}
    if (found := _STEP.search(row["run"])) is not None:
        row["step"] = int(found[1])
    config = document.get("config")
    if isinstance(config, dict) and finite(config.get("model_num_parameters")):
        row["model_num_parameters"] = config["model_num_parameters"]
    samples = document.get("n-samples")
    scores: dict[str, Any] = {}
    for task, metrics in document["results"].items():
        if not isinstance(metrics, dict):
            raise InputError(f"{path}: the results of {task} are no object; write the file again")
        found = _scores(task, metrics)
        if twice := found.keys() & scores.keys():
            raise InputError(
                f"{path}: {min(twice)} is the name of two scores; leave one of the tasks out"
            )
        scores |= found
        count = samples.get(task) if isinstance(samples, dict) else None
        items = count.get("effective") if isinstance(count, dict) else metrics.get("sample_len")
        if found and finite(items):
            scores[f"{task}_items"] = items
    if not scores:
        raise InputError(
            f"{path} has no task with a score; check that the evaluation ended without an error"
        )
    return as_table([row | scores])


def _scores(task: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """Scores and standard errors of a task; the filter is part of the name unless it is none."""
    scores = {}
    for name, value in metrics.items():
        metric, _, kind = name.partition(",")
        if not finite(value) or name in ("alias", "sample_len"):
            continue
        is_error = metric.endswith("_stderr")
        metric = metric.removesuffix("_stderr") + (f"_{kind}" if kind not in ("", "none") else "")
        scores[f"{task}_{metric}{'_se' if is_error else ''}"] = value
    return scores


def _model(path: Path, document: dict[str, Any]) -> str:
    """The name of the model, and its revision where it has one."""
    config = document.get("config")
    given = config.get("model_args") if isinstance(config, dict) else None
    if isinstance(given, str):
        given = dict(re.findall(r"(\w+)=([^,]+)", given))
    settings = given if isinstance(given, dict) else {}
    name = str(document.get("model_name") or settings.get("pretrained") or path.stem)
    revision = settings.get("revision")
    is_other = isinstance(revision, str) and revision not in ("main", "None")
    return f"{name}@{revision}" if is_other else name
