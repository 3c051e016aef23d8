"""Tables whose runs differ in more than parameters and tokens."""

from math import log
from pathlib import Path

from .files import digits, read_csv


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
