"""Proposals of a mapping: which columns of a log are N, D, C, a loss, a run's name."""

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words
from bayes_scaling.runs.mapping import Source, parse_source
from bayes_scaling.runs.quantities import read_quantities
from bayes_scaling.runs.sizes import SMALLEST, UNITS

_SCALES = {
    "k": 1e3,
    "thousands": 1e3,
    "m": 1e6,
    "millions": 1e6,
    "b": 1e9,
    "billions": 1e9,
    "t": 1e12,
    "trillions": 1e12,
}
_SCALE = rf"(?:_(?:in_)?(?P<scale>{'|'.join(_SCALES)}))?"
_COUNT = r"(?:n|num|number_of|total|model|model_num|count_of|train|training|trainable)"
_PATTERNS = {
    "N": rf"(?:{_COUNT}_)*(?:params?|parameters?|parameter_count|param_count|model_size){_SCALE}",
    "D": rf"(?:{_COUNT}_|input_|throughput_|consumed_|perf_)*(?:tokens?|toks)"
    rf"(?:_seen|_consumed|_total|_trained)?{_SCALE}",
    "C": r"(?:total_|train_|training_|throughput_|model_|cumulative_|perf_)*"
    r"(?:(?P<prefix>[gtpez]?)(?:flops?|flos)|compute|(?P<days>[tpez]f)(?:lops?)?_?(?:s_)?days?)",
    "run": r"run|run_name|run_id|experiment|experiment_name|name",
    "step": r"step|steps|global_step|train_global_step|trainer_global_step|iteration|iter",
}
# what a nested log puts before a name, such as config.N
_SECTION = re.compile(r"^(?:config|summary|metrics?|results?|args|hparams)[./_]")
_PREFIXES = {"": 1.0, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18, "z": 1e21}
_LOSS = re.compile(
    r"(?P<part>eval|val|valid|validation|test|train|training)?_?(?:lm_|ce_|mean_)?"
    r"(?:loss|nll|cross_entropy|(?P<ppl>ppl|perplexity))"
)
_HELD_OUT = ("eval", "val", "valid", "validation", "test")
_DAY = 86_400.0


@dataclass(frozen=True)
class Proposal:
    """A mapping that names suggest, and what cannot be known from them.

    Parameters
    ----------
    columns : dict
        {name here: source}, as ``load_runs`` takes it.
    questions : tuple of str
        What has to be stated, one sentence each.
    """

    columns: dict[str, str] = field(default_factory=dict[str, str])
    questions: tuple[str, ...] = ()

    def check(self, label: str) -> None:
        """Refuse a table of which something has to be stated first."""
        if self.questions:
            raise InputError(f"{label}: {self.questions[0]}")

    def __str__(self) -> str:
        pairs = join_words(f"{name} is {source}" for name, source in self.columns.items())
        return (
            f"proposed from the names of columns: {pairs}; if this is right, state it, as in "
            f"columns={self.columns}"
        )


def propose_columns(runs: pd.DataFrame) -> Proposal:
    """Propose which columns hold sizes, the loss, the run's name and the step.

    Parameters
    ----------
    runs : DataFrame
        A table as its tool wrote it. Columns that have the names of this package stay as they are.

    Returns
    -------
    Proposal
        Names that the table does not have yet.
    """
    columns: dict[str, str] = {}
    questions: list[str] = []
    for name, pattern in _PATTERNS.items():
        if name in runs.columns:
            continue
        found = _candidates(runs, name, pattern)
        if len(found) > 1:
            one = join_words((source.column for source in found), "or")
            questions.append(f"{name} may be {one}; name one, as in {_stated(name, str(found[0]))}")
        elif found:
            columns[name] = str(found[0])
            questions += _unit_questions(runs, name, found[0])
    sizes = [name for name in ("N", "D", "M") if name in columns or name in runs.columns]
    if "C" in columns and len(sizes) > 1 and not _is_complete_compute(runs, columns):
        del columns["C"]  # it is not needed
    if "loss" not in runs.columns:
        if loss := _loss(runs):
            columns["loss"] = str(loss)
    return Proposal(columns, tuple(questions))


def _stated(name: str, source: str) -> str:
    """How a column is stated, in Python or at the command line."""
    return option("column", f"'{name}={source}'", f"columns={{{name!r}: {source!r}}}")


def _is_complete_compute(runs: pd.DataFrame, columns: dict[str, str]) -> bool:
    """Whether what is proposed as C is there for every row, and near 6 N D where these are known.

    Logs have compute for some steps only, and rates of FLOPs per second under such names.
    """
    values: dict[str, np.ndarray] = {}
    for name in ("N", "D", "C"):
        source = parse_source(columns.get(name, name), runs.columns)
        if source.column in runs.columns:
            cells, _ = read_quantities(runs[source.column], name)
            numbers = pd.to_numeric(cells, errors="coerce").to_numpy(float)
            values[name] = numbers * source.factor
    if np.isnan(values["C"]).any():
        return False
    if len(values) < 3:
        return True
    with np.errstate(all="ignore"):
        off = np.abs(np.log10(values["C"] / (6 * values["N"] * values["D"])))
    return not np.nanmedian(off) > 1


def _plain(name: object) -> str:
    """A column's name in lower case, with single underscores between its words."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", _SECTION.sub("", str(name)))
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _candidates(runs: pd.DataFrame, name: str, pattern: str) -> list[Source]:
    """Columns whose names fit, of which two with equal values count once."""
    found: list[Source] = []
    for column in runs.columns:
        match = re.fullmatch(pattern, _plain(column))
        is_own = _SECTION.sub("", str(column)) == name  # such as config.N
        if not (is_own or match) or runs[column].isna().all():
            continue
        if any(runs[column].equals(runs[one.column]) for one in found):
            continue
        found.append(Source(str(column), 1.0 if match is None else _factor(name, match)))
    return found


def _factor(name: str, match: "re.Match[str]") -> float:
    """The factor that a column's name states."""
    if name == "C":
        if match["days"]:
            return _PREFIXES[match["days"][0]] * _DAY
        return _PREFIXES[match["prefix"] or ""]
    if name in ("N", "D") and match["scale"]:
        return _SCALES[match["scale"]]
    return 1.0


def _unit_questions(runs: pd.DataFrame, name: str, source: Source) -> list[str]:
    """The question of a size whose values are no counts."""
    if name not in UNITS:
        return []
    cells, _ = read_quantities(runs[source.column], name)
    values = pd.to_numeric(cells, errors="coerce").to_numpy(float) * source.factor
    largest = float(np.nanmax(values)) if np.isfinite(values).any() else np.nan
    if not largest < SMALLEST[name]:
        return []
    return [
        f"{source.column} is at most {largest:g}, which is no count of {UNITS[name]}; state its "
        f"unit, as in {_stated(name, f'{source.column}*1e6')} for millions"
    ]


def _loss(runs: pd.DataFrame) -> Source | None:
    """The one loss on held-out data, else the one loss; perplexities by their logarithm.

    None where there are several of a kind.
    """
    found: dict[str, list[Source]] = {"held out": [], "other": []}
    for column in runs.columns:
        match = _LOSS.fullmatch(_plain(column))
        if match is None or not pd.api.types.is_numeric_dtype(runs[column]):
            continue
        kind = "held out" if match["part"] in _HELD_OUT else "other"
        found[kind].append(Source(str(column), function="log" if match["ppl"] else ""))
    for kind in found.values():
        losses = [one for one in kind if one.function != "log"] or kind
        if losses:
            return losses[0] if len(losses) == 1 else None
    return None
