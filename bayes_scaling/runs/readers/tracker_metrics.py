"""``tracker_metrics.jsonl`` of Levanter and Marin: one row a run, by its final metrics."""

from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.readers.json_text import Json, as_table, flatten

TITLE = "tracker_metrics.jsonl of Levanter"
FILE = "tracker_metrics.jsonl"


def matches(rows: list[Json]) -> bool:
    """Whether lines of JSON are configurations with their final metrics."""
    return bool(rows) and all(
        isinstance(row, dict)
        and isinstance(row.get("config"), dict)
        and isinstance(row.get("summary"), dict)
        for row in rows
    )


def read(path: Path, rows: list[Json]) -> pd.DataFrame:
    """Read the final metrics of each run.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder names the run where the configuration does not.
    rows : list of dict
        Its lines, each with config and summary.

    Returns
    -------
    DataFrame
        Columns run, step, the metrics by their own names (parameter_count,
        throughput/total_tokens, throughput/total_gflops, eval/loss) and the configuration as
        config.<name>.

    Raises
    ------
    InputError
        A run has no metric.
    """
    table = []
    for number, row in enumerate(rows, 1):
        if not row["summary"]:
            raise InputError(f"{path}: line {number} has no metrics; leave the run out")
        summary = flatten(row["summary"])
        step = summary.pop("_step", None)
        start = {"run": _name(path, row["config"], number if len(rows) > 1 else None)}
        start |= {} if step is None else {"step": step}
        table.append(start | summary | flatten(row["config"], "config."))
    return as_table(table)


def _name(path: Path, config: dict[str, Json], number: int | None) -> str:
    """A run's name, by its configuration or its folder."""
    tracker = config.get("trainer", {}) if isinstance(config.get("trainer"), dict) else {}
    ids = (config.get("run_name"), config.get("run_id"), tracker.get("id"))
    named = next((str(one) for one in ids if one), None)
    return named or f"{path.resolve().parent.name}{'' if number is None else f'-{number}'}"
