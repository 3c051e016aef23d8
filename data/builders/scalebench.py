"""ScaleBench: tasks of extrapolation, one table a task."""

from collections.abc import Callable
from pathlib import Path

from .files import digits, read_csv

Row = dict[str, str]


def _count(text: str, unit: float = 1.0) -> int:
    """A count in units of `unit`, as an integer."""
    return round(float(text) * unit)


def _farseer(row: Row) -> dict:
    return {
        "N": _count(row["N"]),
        "D": _count(row["D"]),
        "loss": digits(float(row["loss"])),
    }


def _data_constrained(row: Row) -> dict:
    D, U = _count(row["tokens"]), _count(row["unique_tokens"])
    return {
        "N": _count(row["params"]),
        "D": D,
        "U": U,
        "epochs": digits(D / U),
        "loss": digits(float(row["loss"])),
    }


def _moe(row: Row) -> dict:
    return {
        "N": _count(row["dense_parameter_count"]),
        "X": _count(row["num_experts"]),
        "loss": digits(float(row["loss_validation"])),
    }


def _lr_bsz(row: Row) -> dict:
    return {
        "N": _count(row["non_embedding_param_size"]),
        "D": _count(row["data_size"]),
        "lr": digits(float(row["lr"])),
        "batch": _count(row["bsz"]),
        "loss": digits(float(row["lm_loss"])),
    }


def _sparsity(row: Row) -> dict:
    return {
        "N_dense": _count(row["N_dense"], 1e9),
        "N_active": _count(row["N_active"], 1e9),
        "P": digits(float(row["P"])),
        "D1": _count(row["D1"], 1e9),
        "D2": _count(row["D2"], 1e9),
        "loss": digits(float(row["loss"])),
    }


def _domain_mixture(row: Row) -> dict:
    domains = range(1, 6)
    return {
        "N": _count(row["group"].removesuffix("M"), 1e6),
        **{f"w_domain_{i}": digits(float(row[f"proportion_domain_{i}"])) for i in domains},
        **{f"loss_domain_{i}": digits(float(row[f"loss_domain_{i}"])) for i in domains},
    }


TASKS: dict[str, tuple[tuple[str, ...], Callable[[Row], dict]]] = {
    # task: the parts that are published here, what a row becomes
    "farseer": (("train", "test"), _farseer),
    "data_constrained": (("train", "test"), _data_constrained),
    "moe": (("train", "test"), _moe),
    "lr_bsz": (("train",), _lr_bsz),
    "sparsity": (("train",), _sparsity),
    "domain_mixture": (("train",), _domain_mixture),
}


def li2026(folder: Path) -> dict[str, list[dict]]:
    """Six of the eight tasks: one row a run, with the role train or test if both are there.

    The tasks parallel and vocab are left out: their runs are those of chen2025 and tao2024.

    Parameters
    ----------
    folder : Path
        Holds ``<task>_train.csv`` and, for three tasks, ``<task>_test.csv``.

    Returns
    -------
    dict
        Rows of the tables ``li2026_<task>``; a run listed twice has one row.
    """
    tables = {}
    for task, (parts, tidy) in TASKS.items():
        rows = {}
        for part in parts:
            role = {"role": part} if len(parts) > 1 else {}
            for row in read_csv(folder / f"{task}_{part}.csv"):
                values = role | tidy(row)
                rows[tuple(values.values())] = values
        tables[f"li2026_{task}"] = sorted(rows.values(), key=_order)
    return tables


def _order(row: dict) -> tuple:
    """Training runs first, then by the columns in turn."""
    return (
        row.get("role") == "test",
        *(float(value) for name, value in row.items() if name != "role"),
    )
