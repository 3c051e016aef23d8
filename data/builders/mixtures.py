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


def shukor2025(folder: Path) -> dict[str, list[dict]]:
    """Checkpoints on mixtures of seven domains: one row a checkpoint.

    The last checkpoint of a run is listed under two token counts that differ by one step in
    10,000; the first is kept. A row without all eight losses is left out.

    Parameters
    ----------
    folder : Path
        Holds ``runs_below_700M.csv``.

    Returns
    -------
    dict
        Rows of the table ``shukor2025``.
    """
    mixtures, rows = {}, {}
    for row in read_csv(folder / "runs_below_700M.csv"):
        weights = {
            f"w_{key.removeprefix('weight_')}": digits(float(value))
            for key, value in row.items()
            if key.startswith("weight_")
        }
        mixture = mixtures.setdefault(tuple(weights.values()), len(mixtures) + 1)
        losses = {
            f"loss_{key.removesuffix('_loss')}": digits(float(value)) if value else ""
            for key, value in row.items()
            if key.endswith("_loss")
        }
        N, D = int(float(row["model_size"])), int(float(row["n_tokens"]))
        if all(losses.values()):
            tidy = {"mixture": mixture, "N": N, "D": D, **weights, **losses}
            kept = rows.setdefault((mixture, N, *losses.values()), tidy)
            if kept["D"] > D:
                rows[mixture, N, *losses.values()] = tidy
    return {"shukor2025": sorted(rows.values(), key=lambda r: (r["N"], r["mixture"], r["D"]))}
