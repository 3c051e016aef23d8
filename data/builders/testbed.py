"""The over-training testbed: losses and errors of many tasks."""

import os
from pathlib import Path
from statistics import fmean

from .files import digits, read_csv, read_json

INTERVAL = 2 * 1.959963984540054  # width of a 95% interval, in standard errors
DATASETS = {"c4_original": "c4", "rpj": "redpajama", "rw_original": "refinedweb"}
LOSSES = {  # column: folder of the validation set
    "loss_c4": "c4_val",
    "loss_openlm": "openlm",
    "loss_paloma_c4": "paloma_c4_en",
    "loss_refinedweb": "paloma_falcon-refinedweb",
    "loss_redpajama": "paloma_redpajama",
    "loss_ptb": "paloma_ptb",
    "loss_code": "paloma_dolma_100_programing_languages",
    "loss_german": "de-en",
}
TASKS_17 = frozenset(
    "arc_easy bigbench_cs_algorithms bigbench_dyck_languages bigbench_novel_concepts "
    "bigbench_operators bigbench_qa_wikidata boolq commonsense_qa copa coqa hellaswag "
    "hellaswag_zeroshot lambada_openai piqa pubmed_qa_labeled squad winograd".split()
)


def gadre2024(folder: Path) -> dict[str, list[dict]]:
    """Over-training testbed: one row a run, and one row a task.

    Parameters
    ----------
    folder : Path
        Holds ``models/*.json``, ``evals/*.json`` and ``eval_metadata.csv``.

    Returns
    -------
    dict
        Rows of the tables ``gadre2024`` and ``gadre2024_tasks``.
    """
    runs, tasks = [], set()
    for file in sorted(os.listdir(folder / "models")):
        model = read_json(folder / "models" / file)
        scores = read_json(folder / "evals" / f"evaluation_{model['name']}_heavy.json")
        errors = {
            task: 1 - accuracy for task, accuracy in sorted(scores["eval_metrics"]["icl"].items())
        }
        tasks = tasks or set(errors)
        if set(errors) != tasks or len(tasks) != 46:
            raise ValueError(f"run {model['name']} does not have the 46 tasks")
        N, D = model["hyperparameters"]["params"], model["hyperparameters"]["tokens"]
        row = {"run": model["name"], "dataset": DATASETS[model["dataset_name"]], "N": N, "D": D}
        row |= {"M": digits(D / N), "C": repr(float(6 * N * D))}
        results = {Path(result["val_data"][0]).parent.name: result for result in model["results"]}
        for column, name in LOSSES.items():
            width = (
                results[name]["loss_sequences_upper_95"] - results[name]["loss_sequences_lower_95"]
            )
            row |= {
                column: digits(results[name]["loss"]),
                f"{column}_se": digits(width / INTERVAL, 4),
            }
        row["error_17"] = digits(fmean(errors[task] for task in TASKS_17))
        row["error_46"] = digits(fmean(errors.values()))
        runs.append(row | {f"error_{task}": digits(error) for task, error in errors.items()})
    if not runs:
        raise ValueError("no runs in models")

    # scores and metadata use the same names; five tasks of the metadata have no scores
    about = {row["Eval Task"]: row for row in read_csv(folder / "eval_metadata.csv")}
    described = [
        {
            "task": task,
            "items": int(about[task]["#datapoints"]),
            "chance": digits(1 - float(about[task]["Random baseline"]) / 100),
            "category": about[task]["Task Category"],
            "shots": int(about[task]["#shots"]),
            "in_17": str(task in TASKS_17).lower(),
        }
        for task in sorted(tasks)
    ]
    return {
        "gadre2024": sorted(runs, key=lambda r: (r["dataset"], r["N"], r["D"])),
        "gadre2024_tasks": described,
    }
