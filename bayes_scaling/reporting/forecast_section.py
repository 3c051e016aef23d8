"""The tables of intervals: of a new run and of the law's curve, for each outcome of a chain."""

from collections.abc import Iterator

import numpy as np

from bayes_scaling._core.formatting import format_to_width, percent
from bayes_scaling.reporting.blocks import Block, Rows, Section, Text
from bayes_scaling.reporting.facts import Facts, Stage
from bayes_scaling.results.intervals import interval

PROBS = (0.5, 0.8, 0.9, 0.95)


def forecast_section(facts: Facts) -> Section:
    """Return the section of forecasts."""
    return Section("Forecast", tuple(_blocks(facts)))


def _blocks(facts: Facts) -> Iterator[Block]:
    yield _table("forecast", facts.last, facts.names, facts.measured)
    yield Text(
        "A new run includes run-to-run noise; the law's curve is the mean that runs scatter "
        "around.",
        "note",
    )
    for stage in facts.stages[:-1]:
        yield Text(
            f"The law of {facts.forecaster.outcome_name} takes "
            f"{stage.forecaster.outcome_name} as its input, which is predicted first:"
        )
        yield _table("forecast-first", stage, facts.names, None)


def _table(name: str, stage: Stage, names: list[str], measured: np.ndarray | None) -> Rows:
    """Return medians and central intervals, two rows per target."""
    runs = _lines("a new run", stage.run, names)
    curves = _lines("the law's curve", stage.mean, names)
    if measured is not None:
        placed = _placed(stage.run, measured)
        runs = [(*line, text) for line, text in zip(runs, placed)]
        curves = [(*line, "") for line in curves]
    header = ("run", "what", "median", *map(percent, PROBS))
    return Rows(
        name,
        f"{stage.forecaster.outcome_name}, {stage.forecaster.unit}: median and central intervals",
        header if measured is None else (*header, "measured"),
        tuple(line for pair in zip(runs, curves) for line in pair),
    )


def _lines(what: str, draws: np.ndarray, names: list[str]) -> list[tuple[str, ...]]:
    """Return one row of texts per target."""
    ends = [interval(draws, prob) for prob in PROBS]
    lines = []
    for i, (name, median) in enumerate(zip(names, np.median(draws, axis=0))):
        width = _width(ends[0], i)
        cells = (" to ".join(format_to_width([lower[i], upper[i]], width)) for lower, upper in ends)
        lines.append((name, what, *format_to_width([median], width), *cells))
    return lines


def _placed(draws: np.ndarray, measured: np.ndarray) -> list[str]:
    """Return each measured value with the narrowest interval that holds it."""
    ends = [interval(draws, prob) for prob in PROBS]
    texts = []
    for i, value in enumerate(measured):
        inside = [
            prob for prob, (lower, upper) in zip(PROBS, ends) if lower[i] <= value <= upper[i]
        ]
        place = f"inside {percent(inside[0])}" if inside else f"outside {percent(PROBS[-1])}"
        texts.append(f"{format_to_width([value], _width(ends[0], i))[0]}, {place}")
    return texts


def _width(ends: np.ndarray, i: int) -> float:
    """Return the width of the narrowest interval at a target, which sets the digits shown."""
    return ends[1][i] - ends[0][i]
