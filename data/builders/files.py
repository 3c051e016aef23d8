"""Published files as they are read, and numbers as the tables write them."""

import csv
import json
from pathlib import Path


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
