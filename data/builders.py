"""The tables, one function a source: published files in, tidy rows out."""

import csv
import json
import os
from math import log
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
    "arc_easy bigbench_cs_algorithms bigbench_dyck_languages bigbench_novel_concepts "
    "bigbench_operators bigbench_qa_wikidata boolq commonsense_qa copa coqa hellaswag "
    "hellaswag_zeroshot lambada_openai piqa pubmed_qa_labeled squad winograd".split()
)

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
SETTINGS = {  # (hyperparameters, warm-up, decay, parameter count): name
    ("base", "long", "kaplan", "kaplan"): "reproduction",
    ("base", "long", "kaplan", "standard"): "last_layer",
    ("base", "short", "kaplan", "standard"): "short_warmup",
    ("base", "short", "chinchilla", "standard"): "matched_decay",
    ("tuned", "short", "const", "standard"): "tuned",
}


def digits(x: float, n: int = 10) -> str:
    """Write `x` with `n` significant digits, always as a float."""
    return repr(float(f"{x:.{n}g}"))


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a csv file, as text; there is at least one."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"no rows in {path.name}")
    return rows


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
    runs = sorted(
        (float(row["Model Size"]), float(row["Training FLOP"]), float(row["loss"]))
        for row in points
    )
    return {
        "hoffmann2022": [
            {"N": N, "D": C / (6 * N), "C": C, "loss": digits(loss)} for N, C, loss in runs
        ]
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


def caballero2022(folder: Path) -> dict[str, list[dict]]:
    """Four-digit addition: one row a training set size; the last three were held out."""
    points = sorted(
        (int(row["examples"]), float(row["loss"])) for row in read_csv(folder / "runs.csv")
    )
    rows = [
        {"role": "train", "examples": examples, "loss": digits(loss)} for examples, loss in points
    ]
    return {"caballero2022": rows[:-3] + [row | {"role": "target"} for row in rows[-3:]]}


def chen2025(folder: Path) -> dict[str, list[dict]]:
    """Parallel streams: one row a run, from ``runs.csv``."""
    runs = [
        {
            "corpus": row["corpus"].replace("-", "_"),
            "N": int(row["N_nonembedding"]),
            "P": int(row["P"]),
            "loss": digits(float(row["loss"])),
        }
        for row in read_csv(folder / "runs.csv")
    ]
    return {"chen2025": sorted(runs, key=lambda r: (r["corpus"], r["P"], r["N"]))}


def curves(folder: Path) -> dict[str, list[dict]]:
    """Curves to extrapolate by publisher: one row a point, those of ``context.csv`` first."""
    rows = {}  # exact duplicates fall together
    for role in ("context", "target"):
        for row in read_csv(folder / f"{role}.csv"):
            place = {
                "role": role,
                "domain": row["domain"],
                "task": row["task"],
                "curve": row["curve"],
                "x": digits(float(row["x"])),
                "y": digits(float(row["y"])),
            }
            rows[tuple(place.values())] = place
    ordered = sorted(
        rows.values(), key=lambda row: (row["domain"], row["curve"], row["role"], float(row["x"]))
    )
    own = {"alabdulmohsin2022": ("BB", "IC", "NMT"), "lee2025": ("DD", "Nano")}
    return {
        table: [row for row in ordered if row["domain"] in domains]
        for table, domains in own.items()
    }


def liu2024(folder: Path) -> dict[str, list[dict]]:
    """Data mixtures: one row a proxy model, the weights of its mixture beside its losses."""
    rows = []
    for role, name, N in (
        ("train", "1m", 10**6),
        ("test", "1m", 10**6),
        ("test", "60m", 6 * 10**7),
        ("test", "1B", 10**9),
    ):
        losses = {row["index"]: row for row in read_csv(folder / f"{role}_pile_loss_{name}.csv")}
        for row in read_csv(folder / f"{role}_mixture_{name}.csv"):
            weights = {
                f"w_{k.removeprefix('train_the_pile_')}": digits(float(v))
                for k, v in row.items()
                if k.startswith("train_the_pile_")
            }
            outcome = {
                "loss_" + k.removeprefix("metric/the_pile_").removesuffix("_val_loss"): digits(
                    float(v)
                )
                for k, v in losses[row["index"]].items()
                if k.startswith("metric/")
            }
            rows.append({"role": role, "N": N, "mixture": int(row["index"]), **weights, **outcome})
    return {"liu2024": sorted(rows, key=lambda r: (r["N"], r["role"], r["mixture"]))}


def luo2025(folder: Path) -> dict[str, list[dict]]:
    """Loss curves under nine learning-rate schedules: one row a logged step."""
    rows = []
    for size in (25, 100, 400):
        for file in sorted(os.listdir(folder / f"csv_{size}")):
            for row in read_csv(folder / f"csv_{size}" / file):
                step = int(float(row["step"]))
                rows.append(
                    {
                        "N": size * 10**6,
                        "schedule": file.removesuffix(".csv"),
                        "step": step,
                        "lr": digits(float(row["lr"]), 12),
                        "loss": digits(float(row["loss"])),
                    }
                )
    return {"luo2025": sorted(rows, key=lambda r: (r["N"], r["schedule"], r["step"]))}


def muennighoff2023(folder: Path) -> dict[str, list[dict]]:
    """Repeated data: one row a run, from ``runs.csv``."""
    runs = [
        {
            "run": row["run"],
            "N": int(float(row["N"])),
            "D": int(float(row["D"])),
            "U": int(float(row["U"])),
            "epochs": digits(float(row["D"]) / float(row["U"])),
            "loss": digits(float(row["loss"])),
            "seed": int(float(row["seed"] or 0)),
            "tags": row["tags"] or "plain",
        }
        for row in read_csv(folder / "runs.csv")
    ]
    return {"muennighoff2023": sorted(runs, key=lambda r: (r["N"], r["D"], r["U"], r["run"]))}


def nezhurina2025(folder: Path) -> dict[str, list[dict]]:
    """CLIP and MaMMUT: one row a run, from ``segmentation_results.csv``."""
    runs = [
        {
            "family": row["namespace"],
            "architecture": row["model_simple"],
            "N": int(round(float(row["model_mparams"]) * 1e6)),
            "samples": int(float(row["samples_seen"])),
            "flops": digits(float(row["gflops"]) * 1e9),
            "lr": digits(float(row["lr"])),
            "warmup": int(float(row["warmup"])),
            "batch": int(float(row["global_batch_size"])),
            "error": digits(1 - float(row["acc1"])),
            "error_miou": digits(1 - float(row["miou"])),
        }
        for row in read_csv(folder / "segmentation_results.csv")
    ]
    runs.sort(
        key=lambda r: (
            r["family"],
            r["N"],
            r["architecture"],
            r["samples"],
            float(r["lr"]),
            r["warmup"],
            r["batch"],
            float(r["error"]),
        )
    )
    return {"nezhurina2025": runs}


def porian2024(folder: Path) -> dict[str, list[dict]]:
    """IsoFLOP runs in ten settings: one row a run, and one row a budget with its optimum.

    Parameters
    ----------
    folder : Path
        Holds ``isoflops.csv`` and ``optima.csv``; a budget without a run or an optimum is left out.

    Returns
    -------
    dict
        Rows of the tables ``porian2024`` and ``porian2024_optima``.
    """
    corpora = {"rw": "refinedweb", "owt2": "openwebtext2"}

    def place(row):
        return {
            "dataset": corpora[row["dataset"]],
            "setting": SETTINGS[row["hparams"], row["warmup"], row["decay"], row["param_count"]],
        }

    runs = [
        place(row)
        | {
            "N": int(float(row["N"])),
            "D": digits(float(row["D"]), 12),
            "C": float(row["flops"]),
            "loss": digits(float(row["loss"])),
        }
        for row in read_csv(folder / "isoflops.csv")
        if row["N"]
    ]
    optima = [
        place(row)
        | {
            "C": float(row["flops"]),
            "N_opt": digits(float(row["n_star_median"])),
            "N_opt_se": digits(float(row["n_star_median"]) * float(row["n_star_log_std"])),
        }
        for row in read_csv(folder / "optima.csv")
        if row["n_star_median"]
    ]
    order = [*SETTINGS.values()]
    runs.sort(
        key=lambda r: (r["dataset"], order.index(r["setting"]), r["C"], r["N"], float(r["loss"]))
    )
    optima.sort(key=lambda r: (r["dataset"], order.index(r["setting"]), r["C"]))
    return {"porian2024": runs, "porian2024_optima": optima}


def tao2024(folder: Path) -> dict[str, list[dict]]:
    """Vocabulary sizes: one row a checkpoint; tokens are characters times f(V)."""
    rows = []
    for row in read_csv(folder / "exp_data.csv"):
        V, d, H, N_nv = (
            float(row[key])
            for key in ("vocab_size", "embed_dim", "num_characters", "Non_vocab_parameters")
        )
        tokens = H * (0.00639222 * log(V) ** 2 - 0.15811069 * log(V) + 1.20470122)
        rows.append(
            {
                "N": int(N_nv + V * d),
                "D": digits(tokens, 12),
                "N_nv": int(N_nv),
                "V": int(V),
                "d": int(d),
                "H": digits(H, 12),
                "loss_u": digits(float(row["Lossu"])),
            }
        )
    return {"tao2024": sorted(rows, key=lambda r: (r["N_nv"], r["V"], float(r["H"])))}
