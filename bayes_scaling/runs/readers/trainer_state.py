"""``trainer_state.json`` of Hugging Face Transformers: one row a logged step."""

from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.readers.json_text import Json, as_table, finite

TITLE = "trainer_state.json of Hugging Face Transformers"
FILE = "trainer_state.json"


def matches(document: Json) -> bool:
    """Whether a JSON document is the state of a trainer."""
    return isinstance(document, dict) and isinstance(document.get("log_history"), list)


def read(path: Path, document: Json) -> pd.DataFrame:
    """Read the losses of every step.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder names the run, or the folder above it where that is a checkpoint's.
    document : dict
        Its content.

    Returns
    -------
    DataFrame
        Columns run, step, epoch, loss (training), eval_loss and other metrics, total_flos (FLOPs)
        and num_input_tokens_seen (tokens) as far as the log has them.

    Raises
    ------
    InputError
        The log has no step with a loss.
    """
    steps: dict[int, dict[str, Any]] = {}
    for number, entry in enumerate(document["log_history"], 1):
        if not isinstance(entry, dict) or not finite(entry.get("step")):
            raise InputError(
                f"{path}: entry {number} of log_history has no step; write the file again with "
                "trainer.save_state()"
            )
        values = {name: value for name, value in entry.items() if finite(value)}
        # the summary at the end: train_loss is the mean over all steps, and its FLOPs are the total
        if "train_runtime" in values:
            values = {name: values[name] for name in ("step", "total_flos") if name in values}
        steps.setdefault(int(values["step"]), {}).update(values)
    if not any("loss" in values or "eval_loss" in values for values in steps.values()):
        raise InputError(
            f"{path} has no step with a loss; log one with logging_steps or eval_steps"
        )
    last = steps[max(steps)]
    for name in ("total_flos", "num_input_tokens_seen"):
        if (
            finite(document.get(name))
            and document[name] > 0
            and document.get("global_step") == max(steps)
        ):
            last.setdefault(name, document[name])
    rows = [{"run": run_name(path), **values} for _, values in sorted(steps.items())]
    return as_table(rows)


def run_name(path: Path) -> str:
    """The run that a state belongs to, by its folders."""
    folder = path.resolve().parent
    return folder.parent.name if folder.name.startswith("checkpoint-") else folder.name
