"""A comparison read from the JSON file that ``Comparison.save`` wrote."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.analysis.contrasts import Contrasts
from bayes_scaling.analysis.saved_comparison import KIND, TABLES, TEXTS
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.verdict import Verdict


def load_comparison(path: str | Path) -> Comparison:
    """Read what ``Comparison.save`` wrote.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.

    Returns
    -------
    Comparison
        Its tables, sentences and verdicts; without draws, so that only ``plot`` can draw it.

    Raises
    ------
    InputError
        No such file, or not a comparison.
    """
    if not isinstance(path, str | Path) or not Path(path).is_file():
        raise InputError(f"there is no file {str(path)!r}; give one that Comparison.save wrote")
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        if data["kind"] != KIND:
            raise ValueError
        tables = {
            name: Contrasts.of(part["rows"], list(part["sentences"]))
            for name, part in data["tables"].items()
        }
        verdicts: dict[str, Any] = {name: _verdict(part) for name, part in data["verdicts"].items()}
        return Comparison(
            **{name: tables[name] for name in TABLES},
            **{name: data[name] for name in TEXTS},
            diagnosis=Diagnosis(**verdicts),
            amplitudes=frozenset(data["amplitudes"]),
            targets=pd.DataFrame(data["targets"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f"{path} is not a comparison that Comparison.save wrote, or is damaged; save it again"
        ) from None


def _verdict(data: dict[str, Any]) -> Verdict:
    """A verdict, whose lists are tuples."""
    parts: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in data.items()}
    return Verdict(**parts)
