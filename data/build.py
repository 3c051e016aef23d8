"""Make the bundled tables from a folder of the files their authors published.

    python data/build.py FOLDER [--out DIR]

FOLDER holds one folder a source (gadre2024, hoffmann2022). The same files give the same bytes.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import fmean

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
    "arc_easy bigbench_cs_algorithms bigbench_dyck_languages bigbench_novel_concepts bigbench_operators"
    " bigbench_qa_wikidata boolq commonsense_qa copa coqa hellaswag hellaswag_zeroshot lambada_openai"
    " piqa pubmed_qa_labeled squad winograd".split()
)


def digits(x: float, n: int = 10) -> str:
    """Write `x` with `n` significant digits, always as a float."""
    return repr(float(f"{x:.{n}g}"))


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a csv file, as text."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_json(path: Path) -> dict:
    """Content of a json file."""
    return json.loads(path.read_text(encoding="utf-8"))


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
        errors = {task: 1 - accuracy for task, accuracy in sorted(scores["eval_metrics"]["icl"].items())}
        tasks = tasks or set(errors)
        if set(errors) != tasks or len(tasks) != 46:
            raise ValueError(f"run {model['name']} does not have the 46 tasks")
        N, D = model["hyperparameters"]["params"], model["hyperparameters"]["tokens"]
        row = {"run": model["name"], "dataset": DATASETS[model["dataset_name"]], "N": N, "D": D}
        row |= {"M": digits(D / N), "C": repr(float(6 * N * D))}
        results = {Path(result["val_data"][0]).parent.name: result for result in model["results"]}
        for column, name in LOSSES.items():
            width = results[name]["loss_sequences_upper_95"] - results[name]["loss_sequences_lower_95"]
            row |= {column: digits(results[name]["loss"]), f"{column}_se": digits(width / INTERVAL, 4)}
        row["error_17"] = digits(fmean(errors[task] for task in TASKS_17))
        row["error_46"] = digits(fmean(errors.values()))
        runs.append(row | {f"error_{task}": digits(error) for task, error in errors.items()})
    if not runs:
        raise ValueError("no runs in models")

    # Scores and metadata name the tasks alike; five tasks of the metadata have no scores and are left out.
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
    return {"gadre2024": sorted(runs, key=lambda r: (r["dataset"], r["N"], r["D"])), "gadre2024_tasks": described}


def hoffmann2022(folder: Path) -> dict[str, list[dict]]:
    """Chinchilla runs read off the paper's figure 4: one row a run, with D = C / (6 N).

    Parameters
    ----------
    folder : Path
        Holds ``svg_extracted_data.csv``.

    Returns
    -------
    dict
        Rows of the table ``hoffmann2022``.
    """
    points = read_csv(folder / "svg_extracted_data.csv")
    runs = sorted((float(row["Model Size"]), float(row["Training FLOP"]), float(row["loss"])) for row in points)
    return {"hoffmann2022": [{"N": N, "D": C / (6 * N), "C": C, "loss": digits(loss)} for N, C, loss in runs]}


SOURCES = {"gadre2024": gadre2024, "hoffmann2022": hoffmann2022}


def write(tables: dict[str, list[dict]], out: Path) -> None:
    """Write every table as a csv file in `out`: all are complete before the first takes its place."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as staging:
        for name, rows in tables.items():
            with open(Path(staging, f"{name}.csv"), "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, rows[0], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        for name in tables:
            os.replace(Path(staging, f"{name}.csv"), out / f"{name}.csv")


def main(argv: list[str] | None = None) -> int:
    """Build every table; 2 where a published file is missing or not as expected."""
    parser = argparse.ArgumentParser(description="Make the bundled tables from the published files.")
    parser.add_argument("folder", type=Path, help="folder of the published files, one folder a source")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder of the tables (its own)")
    args = parser.parse_args(argv)
    tables = {}
    try:
        for source, build in SOURCES.items():
            tables |= build(args.folder / source)
        write(tables, args.out)
    except OSError as error:
        print(f"Nothing was built: {error.filename or args.out}: {error.strerror}.", file=sys.stderr)
        return 2
    except (LookupError, TypeError, ValueError) as error:
        what = f"lack {error}" if isinstance(error, KeyError) else f"are not as published ({error})"
        print(f"Nothing was built: the files of {source} {what}.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
