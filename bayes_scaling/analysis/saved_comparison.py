"""A comparison written to a JSON file: its tables, sentences and verdicts, without draws."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bayes_scaling._core.files import write_atomically

KIND = "bayes_scaling comparison"
TABLES = ("parameters", "forecasts", "decision", "best", "crossovers", "multipliers")
TEXTS = ("reach", "of", "caution", "outcome", "prob", "risk")
VERDICTS = ("sampling", "fit", "reach")


def save_comparison(comparison: Any, path: str | Path) -> Path:
    """Write a comparison: see ``Comparison.save``."""
    path = Path(path)
    data: dict[str, Any] = {"kind": KIND, "version": version("bayes-scaling")}
    data |= {name: getattr(comparison, name) for name in TEXTS}
    data["amplitudes"] = sorted(comparison.amplitudes)
    data["targets"] = comparison.targets.to_dict("records")
    data["tables"] = {
        name: {
            "rows": getattr(comparison, name).to_dict("records"),
            "sentences": getattr(comparison, name).sentences,
        }
        for name in TABLES
    }
    data["verdicts"] = {name: vars(getattr(comparison.diagnosis, name)) for name in VERDICTS}
    text = json.dumps(data, default=_plain, indent=1)
    write_atomically(path, lambda part: Path(part).write_text(text, encoding="utf-8"))
    return path


def _plain(value: Any) -> Any:
    """A number of NumPy, or a tuple, as JSON has it."""
    return value.item() if hasattr(value, "item") else list(value)
