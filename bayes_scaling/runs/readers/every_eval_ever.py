"""Records of every-eval-ever's common schema: one row a model."""

from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.readers.json_text import Json, as_table, finite

TITLE = "every-eval-ever record"


def matches(document: Json) -> bool:
    """Whether a JSON document has the required keys of the schema."""
    return isinstance(document, dict) and {
        "schema_version",
        "model_info",
        "evaluation_results",
    } <= set(document)


def read(path: Path, document: Json) -> pd.DataFrame:
    """Read the scores of a model.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    document : dict
        Its content.

    Returns
    -------
    DataFrame
        One row with run, the numbers among the model's details, and for each evaluation its score,
        standard error <name>_se and number of items <name>_items.

    Raises
    ------
    InputError
        The record has no score, or one that is no number.
    """
    info = document["model_info"] if isinstance(document["model_info"], dict) else {}
    row: dict[str, Any] = {"run": str(info.get("id") or info.get("name") or path.stem)}
    details = info.get("additional_details")
    for name, value in details.items() if isinstance(details, dict) else ():
        try:
            row[name] = float(value)  # the schema keeps all details as text
        except (TypeError, ValueError):
            row[name] = value
    results = document["evaluation_results"]
    if not isinstance(results, list) or not results:
        raise InputError(f"{path} has no evaluation_results; check the file")
    for number, result in enumerate(results, 1):
        scores = _scores(path, number, result)
        if twice := [name for name in scores if name in row]:
            raise InputError(
                f"{path}: {twice[0]} is given twice (evaluation {number}); keep one of them"
            )
        row |= scores
    return as_table([row])


def _scores(path: Path, number: int, result: Any) -> dict[str, Any]:
    """The score of one evaluation, its standard error and its items."""
    details = result.get("score_details") if isinstance(result, dict) else None
    if not isinstance(details, dict) or not finite(details.get("score")):
        raise InputError(f"{path}: evaluation {number} has no score; give a number or leave it out")
    config = result.get("metric_config")
    metric = config.get("metric_name") if isinstance(config, dict) else None
    name = str(result.get("evaluation_name") or f"evaluation {number}")
    name = f"{name}_{metric}" if isinstance(metric, str) and metric not in name else name
    scores = {name: details["score"]}
    uncertainty = details.get("uncertainty")
    if isinstance(uncertainty, dict):
        error = uncertainty.get("standard_error")
        value = error.get("value") if isinstance(error, dict) else error
        for suffix, found in (("se", value), ("items", uncertainty.get("num_samples"))):
            if finite(found):
                scores[f"{name}_{suffix}"] = found
    return scores
