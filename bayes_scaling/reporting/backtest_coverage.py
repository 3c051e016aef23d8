"""Coverage of held-out forecasts at the distances of a report's targets."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import join_words, plural
from bayes_scaling.reporting.reach import reaches
from bayes_scaling.results.protocol import ForecasterProtocol
from bayes_scaling.validation.backtest_result import Backtest
from bayes_scaling.validation.scores import clustered_mean

_SAME = 1.0001  # ratio up to which two distances count as equal
_FEW = 3  # targets or cutoffs in a sentence
_KINDS = ("near", "gap", "inside", "beyond")


@dataclass(frozen=True, eq=False)
class PlacedTargets:
    """Targets of one class of distance.

    Parameters
    ----------
    kind : str
        "near": there are forecasts of that class as far out; "gap": none of that class, but
        farther ones; "inside": no farther out than the training runs; "beyond": farther out than
        every forecast.
    distance : str
        The class, such as "2x to 5x"; "" for "beyond".
    positions : list of int
        Positions of the targets.
    ratios : array
        Their values over the largest that was fitted.
    forecasts : DataFrame
        The held-out forecasts of that class.
    """

    kind: str
    distance: str
    positions: list[int]
    ratios: np.ndarray
    forecasts: pd.DataFrame


def posterior_forecasts(backtest: Backtest, forecaster: ForecasterProtocol) -> pd.DataFrame:
    """Return the forecasts by the posterior, of the report's laws if the backtest has them."""
    laws = [fit.law.name for _, fit in forecaster.component_fits()]
    forecasts = backtest.forecasts[backtest.forecasts["method"] == "posterior"]
    mine = forecasts["law"].isin(laws)
    return forecasts[mine] if mine.any() else forecasts


def has_distances(backtest: Backtest) -> bool:
    """Return whether the forecasts have distances along the column that they are split by."""
    return not backtest.left and bool(backtest.forecasts["distance"].ne("").any())


def placed_targets(
    backtest: Backtest, forecaster: ForecasterProtocol, to: pd.DataFrame
) -> list[PlacedTargets] | None:
    """Return the targets by class of distance, None if their distances are unknown."""
    ratios = reaches(forecaster, to, backtest.by) if has_distances(backtest) else None
    if ratios is None:
        return None
    forecasts = posterior_forecasts(backtest, forecaster)
    ratios = np.where(ratios <= _SAME, np.minimum(ratios, 1.0), ratios)
    farthest = forecasts["extrapolation"].max() * _SAME
    positions: dict[tuple[str, str], list[int]] = {}
    for i, (ratio, distance) in enumerate(zip(ratios, backtest.classes(ratios))):
        if ratio <= 1:
            kind = "inside"
        elif ratio > farthest:
            kind, distance = "beyond", ""
        else:
            kind = "near" if (forecasts["distance"] == distance).any() else "gap"
        positions.setdefault((kind, distance), []).append(i)
    placed = [
        PlacedTargets(
            kind, distance, where, ratios[where], forecasts[forecasts["distance"] == distance]
        )
        for (kind, distance), where in positions.items()
    ]
    return sorted(placed, key=lambda part: _KINDS.index(part.kind))


def sentences(
    backtest: Backtest, forecasts: pd.DataFrame, placed: list[PlacedTargets], names: list[str]
) -> Iterator[str]:
    """Yield what was checked at the targets' distances, one sentence per class."""
    for part in placed:
        who = (
            join_words(names[i] for i in part.positions)
            if len(part.positions) <= _FEW
            else plural(len(part.positions), "target")
        )
        yield _SENTENCES[part.kind](backtest, forecasts, part, who)


def _near(backtest: Backtest, forecasts: pd.DataFrame, part: PlacedTargets, who: str) -> str:
    by = backtest.by
    return (
        f"As far out as {who} ({part.distance} the largest {by} that was fitted; the checks "
        f"{_range(part.forecasts, by)}): {coverage(backtest, part.forecasts)}."
    )


def _gap(backtest: Backtest, forecasts: pd.DataFrame, part: PlacedTargets, who: str) -> str:
    farthest = forecasts["extrapolation"].max()
    return (
        f"No forecast was as far out as {who} ({part.distance} the largest {backtest.by} that was "
        f"fitted); others were nearer, or farther, up to {farthest:.3g} times."
    )


def _inside(backtest: Backtest, forecasts: pd.DataFrame, part: PlacedTargets, who: str) -> str:
    covered = (
        f": {coverage(backtest, part.forecasts)}"
        if len(part.forecasts)
        else f"; every forecast that was checked extrapolates: {coverage(backtest, forecasts)}"
    )
    return (
        f"{_capitalized(who)} {'lies' if len(part.positions) == 1 else 'lie'} no farther out in "
        f"{backtest.by} than the runs that were fitted{covered}."
    )


def _beyond(backtest: Backtest, forecasts: pd.DataFrame, part: PlacedTargets, who: str) -> str:
    ends = dict.fromkeys(f"{end:.3g}" for end in (part.ratios.min(), part.ratios.max()))
    farthest = forecasts.iloc[int(forecasts["extrapolation"].to_numpy().argmax())]
    last = forecasts[forecasts["distance"] == farthest["distance"]]
    return (
        f"{_capitalized(who)} {'is' if len(part.positions) == 1 else 'are'} farther out than any "
        f"forecast that was checked: {' to '.join(ends)} times the largest {backtest.by} that was "
        f"fitted, where the checks went to {farthest['extrapolation']:.3g} times. Of the farthest "
        f"of them ({farthest['distance']}) {coverage(backtest, last)}."
    )


_SENTENCES = {"near": _near, "gap": _gap, "inside": _inside, "beyond": _beyond}


def coverage(backtest: Backtest, part: pd.DataFrame) -> str:
    """State the coverage of some forecasts, and whether it is below nominal.

    Below is by more than two standard errors; the error is at least that of independent
    forecasts, since that of few forecasts that all missed would be 0.
    """
    columns = [*(column for column in backtest.series if column != "y"), "run"]
    runs = len(part[columns].drop_duplicates())
    clusters = part.groupby(backtest.clusters, sort=False, dropna=False).ngroup()
    fraction, error = clustered_mean(part["in_90"], clusters)
    short = fraction < 0.9 - 2 * np.fmax(error, np.sqrt(0.9 * 0.1 / len(part)))
    low = ": below nominal coverage, treat such intervals as too narrow" if short else ""
    return (
        f"90% intervals covered {int(part['in_90'].sum())} of "
        f"{plural(len(part), 'measured value')} of {plural(runs, 'run')} ({fraction:.0%}), "
        f"50% intervals {part['in_50'].mean():.0%}{low}"
    )


def _range(part: pd.DataFrame, by: str) -> str:
    """State how far out some forecasts were, and from which cutoffs."""
    ends = [f"{part['extrapolation'].min():.3g}", f"{part['extrapolation'].max():.3g}"]
    return f"at {' to '.join(dict.fromkeys(ends))} times, fitted up to {cutoffs(part, by, _FEW)}"


def cutoffs(part: pd.DataFrame, by: str, most: int) -> str:
    """Name the first ``most`` cutoffs that some forecasts were fitted up to."""
    origins = [f"{origin:.3g}" for origin in sorted(part["origin"].unique())]
    return f"{by} = {join_words(origins[:most], 'or')}{' or others' if len(origins) > most else ''}"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
