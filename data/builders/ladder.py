"""The model ladder: losses and tasks of small runs, and the large runs to predict."""

from pathlib import Path

from .files import digits, read_csv

LADDER_LOSSES = {  # column: validation set
    "c4": "c4_en",
    "books": "dolma_books",
    "common_crawl": "dolma_common-crawl",
    "pes2o": "dolma_pes2o",
    "reddit": "dolma_reddit",
    "stack": "dolma_stack",
    "wiki": "dolma_wiki",
    "ice": "ice",
    "s2orc": "m2d2_s2orc",
    "pile": "pile",
    "wikitext": "wikitext_103",
}
LADDER_TARGETS = {  # run: file, and parameters as in the authors' configuration
    "7B-4T": ("target_peteish7_eval_anneal.csv", 6887575552),
    "13B-5T": ("target_peteish13_eval_final.csv", 13202396160),
}
LADDER_CHANCE = {
    "mmlu": 1 / 4,
    "hellaswag": 1 / 4,
    "arc": 1 / 4,
    "boolq": 1 / 2,
    "csqa": 1 / 5,
    "openbookqa": 1 / 4,
    "piqa": 1 / 2,
    "socialiqa": 1 / 3,
    "winogrande": 1 / 2,
}


def bhagia2024(folder: Path) -> dict[str, list[dict]]:
    """Model ladder: one row a run, the two targets included, and one row a task.

    Parameters
    ----------
    folder : Path
        Holds ``final_rows.csv`` and ``target_*.csv``.

    Returns
    -------
    dict
        Rows of the tables ``bhagia2024`` and ``bhagia2024_tasks``.
    """
    runs = []
    for row in read_csv(folder / "final_rows.csv"):
        runs.append(
            {
                "run": f"{row['size']}-{row['multiple']}",
                "role": "train",
                "N": int(row["N"]),
                **ladder_row(row),
            }
        )
    for run, (file, N) in LADDER_TARGETS.items():
        row = read_csv(folder / file)[0]
        runs.append({"run": run, "role": "target", "N": N, **ladder_row(row)})
    tasks = []
    for column in runs[0]:
        if column.startswith("accuracy_"):
            task = column.removeprefix("accuracy_")
            items = whole_count([float(row[column]) for row in runs])
            chance = next(value for key, value in LADDER_CHANCE.items() if task.startswith(key))
            tasks.append({"task": task, "items": items, "chance_accuracy": digits(chance)})
    runs.sort(key=lambda r: (r["role"] == "target", r["N"], r["D"]))
    return {"bhagia2024": runs, "bhagia2024_tasks": sorted(tasks, key=lambda r: r["task"])}


def ladder_row(row: dict[str, str]) -> dict:
    """Figures of one run of the ladder, under tidy names."""
    batch = float(row["batch_size_in_tokens"])
    tokens = float(row.get("throughput/total_tokens") or float(row["_step"]) * batch)
    tidy = {"D": int(tokens), "batch": int(batch), "lr": digits(float(row["learning_rate_peak"]))}
    tidy |= {
        f"loss_{column}": digits(float(row[f"eval/{name}-validation/CrossEntropyLoss"]))
        for column, name in LADDER_LOSSES.items()
    }
    for kind, part, ends in (
        ("bpb", "downstream_bpb", ("_rc_5shot_bpb",)),
        ("accuracy", "downstream", ("_rc_5shot_len_norm", "_rc_5shot_acc")),
    ):
        for name, value in row.items():
            for end in ends:
                if name.startswith(f"eval/{part}/") and name.endswith(end):
                    tidy[f"{kind}_{name.split('/')[2].removesuffix(end)}"] = digits(float(value))
    return tidy


def whole_count(scores: list[float], most: int = 20_000) -> int:
    """The least number of items of which every score is a whole count."""
    for items in range(50, most):
        if all(abs(score * items - round(score * items)) < 1e-3 for score in scores):
            return items
    raise ValueError("accuracies are no share of a whole count")
