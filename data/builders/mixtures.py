"""Tables whose runs differ in the mixture of their data."""

from pathlib import Path

from .files import digits, read_csv


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
