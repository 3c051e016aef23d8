"""Tables whose runs differ in parameters and tokens."""

from pathlib import Path

from .files import digits, read_csv

SETTINGS = {  # (hyperparameters, warm-up, decay, parameter count): name
    ("base", "long", "kaplan", "kaplan"): "reproduction",
    ("base", "long", "kaplan", "standard"): "last_layer",
    ("base", "short", "kaplan", "standard"): "short_warmup",
    ("base", "short", "chinchilla", "standard"): "matched_decay",
    ("tuned", "short", "const", "standard"): "tuned",
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


def grattafiori2024(folder: Path) -> dict[str, list[dict]]:
    """IsoFLOP points of Llama 3: one row a point; ``exp_loss`` only repeats ``raw_loss``.

    Parameters
    ----------
    folder : Path
        Holds ``isoflops.csv``.

    Returns
    -------
    dict
        Rows of the table ``grattafiori2024``.
    """
    runs = [
        {
            "N": digits(float(row["params"]), 12),
            "D": digits(float(row["tokens"]), 12),
            "C": float(row["budget"]),
            "loss": digits(float(row["loss"])),
        }
        for row in read_csv(folder / "isoflops.csv")
        if row["condition"] == "raw_loss"
    ]
    return {"grattafiori2024": sorted(runs, key=lambda r: (r["C"], float(r["N"])))}


def li2025(folder: Path) -> dict[str, list[dict]]:
    """Final checkpoints of 11 sizes: one row a run; a run listed twice has one row.

    Parameters
    ----------
    folder : Path
        Holds ``final_checkpoints.csv``.

    Returns
    -------
    dict
        Rows of the table ``li2025``.
    """
    runs = {}
    for row in read_csv(folder / "final_checkpoints.csv"):
        run = {
            "model": row["model"],
            "N": int(row["N"]),
            "N_nonembedding": int(row["N_no_emb"]),
            "D": int(row["D"]),
            "lr": digits(float(row["peak_lr"])),
            "sweep": row["sweep"],
            "loss": digits(float(row["loss"])),
        }
        runs[tuple(run.values())] = run
    return {
        "li2025": sorted(
            runs.values(),
            key=lambda r: (r["N"], r["D"], float(r["lr"]), r["sweep"], float(r["loss"])),
        )
    }
