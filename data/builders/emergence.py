"""Multiple-choice tasks of published models, by groups of items of like difficulty."""

from pathlib import Path

from .files import digits, read_csv

_TASKS = {"arc": "arc", "hellaswag": "hellaswag", "mmlu": "mmlu", "parsinlu": "parsinlu_qa_mc"}
_GROUPS = ("easy", "middle", "hard")  # the published columns stand in this order


def wu2024(folder: Path) -> dict[str, list[dict]]:
    """Accuracy and Brier scores: one row a task and model with all of its values.

    Parameters
    ----------
    folder : Path
        Holds one csv file a task.

    Returns
    -------
    dict
        Rows of the table ``wu2024``.
    """
    rows = []
    for task, file in _TASKS.items():
        for row in read_csv(folder / f"{file}.csv"):
            groups = [value for key, value in row.items() if key.endswith("_brier")]
            if len(groups) != len(_GROUPS):
                raise ValueError(f"{len(groups)} groups of items in {file}.csv")
            values = [row["FLOPs (1E21)"], row["acc"], row["brier"], *groups]
            if all(values):
                C, accuracy, brier, *parts = map(float, values)
                rows.append(
                    {
                        "task": task,
                        "model": row["Model"],
                        "family": row["Model Family"],
                        "C": digits(C * 1e21),
                        "accuracy": digits(accuracy),
                        "brier": digits(brier),
                        **{f"brier_{g}": digits(part) for g, part in zip(_GROUPS, parts)},
                    }
                )
    return {"wu2024": sorted(rows, key=lambda r: (r["task"], float(r["C"]), r["model"]))}
