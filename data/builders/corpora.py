"""Tables whose runs differ in the training corpus."""

from pathlib import Path

from .files import digits, read_csv


def magnusson2025(folder: Path) -> dict[str, list[dict]]:
    """Small models on 25 corpora: one row a run, in the order of sizes.

    Parameters
    ----------
    folder : Path
        Holds ``runs_below_1B.csv``.

    Returns
    -------
    dict
        Rows of the table ``magnusson2025``.
    """
    runs = []
    for row in read_csv(folder / "runs_below_1B.csv"):
        N, D = int(float(row["N"])), int(float(row["D"]))
        runs.append(
            {
                "corpus": row["corpus"],
                "size": row["size"],
                "N": N,
                "D": D,
                "M": digits(D / N),
                "C": repr(float(6 * N * D)),
                "seed": int(row["seed"]),
                "nll": digits(float(row["nll"])),
            }
        )
    return {"magnusson2025": sorted(runs, key=lambda r: (r["corpus"], r["N"], r["seed"]))}


def li2024(folder: Path) -> dict[str, list[dict]]:
    """DCLM's model database: one row a model, its task scores beside the two aggregates.

    An evaluation listed twice has one row. Models scored on less than half of the tasks are left
    out, and so are tasks asked for with a chain of thought, which few models have.

    Parameters
    ----------
    folder : Path
        Holds ``models_below_5B.csv``.

    Returns
    -------
    dict
        Rows of the table ``li2024``; what the authors do not list is empty.
    """
    published = read_csv(folder / "models_below_5B.csv")
    names = list(published[0])
    stop = next(i for i, name in enumerate(names) if name.startswith("aggregated_task_"))
    tasks = [*names[names.index("missing tasks") + 1 : stop], "svamp"]
    tasks = sorted(task for task in tasks if not task.endswith("_cot"))
    models = {}
    for row in published:
        model = {
            "dataset": row["Dataset"],
            "architecture": row["model"],
            "created": row["creation_date"],
            "N": int(row["params"]),
            "D": int(row["tokens"]),
            "core": _score(row["Core"]),
            "extended": _score(row["Extended"]),
            **{f"accuracy_{task}": _score(row[task]) for task in tasks},
        }
        if sum(row[task] != "" for task in tasks) > len(tasks) / 2:
            key = tuple(value for name, value in model.items() if name != "created")
            models.setdefault(key, model)
    return {"li2024": sorted(models.values(), key=lambda r: (r["N"], r["D"], r["created"]))}


def _score(text: str) -> str:
    """A score as the table writes it; empty where there is none."""
    return digits(float(text)) if text else ""
