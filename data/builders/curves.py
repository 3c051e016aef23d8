"""Learning curves and loss curves: a row is a point of a curve."""

import os
from pathlib import Path

from .files import digits, read_csv


def caballero2022(folder: Path) -> dict[str, list[dict]]:
    """Four-digit addition: one row a training set size; the last three were held out."""
    points = sorted(
        (int(row["examples"]), float(row["loss"])) for row in read_csv(folder / "runs.csv")
    )
    rows = [
        {"role": "train", "examples": examples, "loss": digits(loss)} for examples, loss in points
    ]
    return {"caballero2022": rows[:-3] + [row | {"role": "target"} for row in rows[-3:]]}


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
