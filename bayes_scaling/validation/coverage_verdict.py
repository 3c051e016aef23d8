"""Whether 90% intervals held as many held-out runs as they state, in a sentence."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import plural
from bayes_scaling.validation.needed_drift import sufficient_drift
from bayes_scaling.validation.scores import clustered_mean

_NOMINAL = 0.9
_LEVEL = 0.05  # probability of calling intervals too narrow that are as stated
_CLUSTERS = 5  # clusters from which the dependence inside them is estimated
_DEPENDENCE = 0.5  # correlation of the misses inside a cluster where it cannot be estimated
_ENOUGH = 10  # forecasts of a class of distance, or independent ones, that can be judged
_SMALL = 0.8  # coverage that is not called as stated, even if chance can explain it
_UNCERTAIN = "less than stated, though chance can explain it in so few independent forecasts"
_NOT_BEYOND = ("below", "within", "")


class Judged(NamedTuple):
    """Coverage of some forecasts: what was held, and what that shows of the intervals."""

    place: str  # class of distance; "" for all forecasts
    held: float
    count: str
    verdict: str


@dataclass(frozen=True)
class CoverageVerdict:
    """What a law's held-out forecasts show.

    Parameters
    ----------
    overall : Judged
        All forecasts.
    classes : list of Judged
        Classes of distance with enough forecasts, the farthest last.
    drift : float
        Smallest drift with which the intervals would have held 90% of all runs beyond the training
        runs, and of those in each class where they were too narrow.
    """

    overall: Judged
    classes: list[Judged]
    drift: float

    @property
    def sentence(self) -> str:
        """The verdict in one sentence, without the law's name."""
        bad = [one for one in self.classes if one.verdict == "too narrow"]
        if bad:
            worst = min(reversed(bad), key=lambda one: one.held)
            rest = f" ({_held(self.overall)} in all)"
            return f"90% intervals held {_held(worst)}: too narrow{rest}{self._remedy}."
        narrow = self.overall.verdict == "too narrow"
        far = [] if narrow else self.classes[-1:]
        beside = f" ({_held(far[0])})" if far else ""
        remedy = self._remedy if narrow or self.overall.verdict == _UNCERTAIN else ""
        return f"90% intervals held {_held(self.overall)}{beside}: {self.overall.verdict}{remedy}."

    @property
    def _remedy(self) -> str:
        if np.isinf(self.drift):
            return "; no drift would have held 90%"
        return f"; a drift of {self.drift:.2g} would have held 90%" if self.drift > 0 else ""


def _held(one: Judged) -> str:
    at = "" if one.place.startswith(("up to", "beyond")) else "at "
    place = f" {at}{one.place}" if one.place else ""
    return f"{one.held:.0%} of {one.count}{place}"


def judge_coverage(
    forecasts: pd.DataFrame, clusters: list[str], runs: list[str]
) -> CoverageVerdict:
    """Judge the 90% intervals of one law's forecasts, overall and by class of distance.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Those of one law and method, of ``Backtest.forecasts``.
    clusters : list of str
        Columns that identify independent forecasts.
    runs : list of str
        Columns that identify runs.

    Returns
    -------
    CoverageVerdict
    """
    named = forecasts["distance"].astype(str)
    counts = named[~named.isin(_NOT_BEYOND)].value_counts()
    names = [
        name for name in forecasts["distance"].cat.categories if counts.get(name, 0) >= _ENOUGH
    ]
    level = _LEVEL / max(1, len(names))
    classes = [_judge(forecasts[named == name], clusters, runs, name, level) for name in names]
    judged = [forecasts, *(forecasts[named == one.place] for one in classes if _narrow(one))]
    needed = [
        sufficient_drift(part["drift"].to_numpy(float), part["beyond"].to_numpy(float))
        for part in judged
    ]
    return CoverageVerdict(_judge(forecasts, clusters, runs), classes, max(needed))


def _narrow(one: Judged) -> bool:
    return one.verdict == "too narrow"


def _judge(
    part: pd.DataFrame, clusters: list[str], runs: list[str], place: str = "", level: float = _LEVEL
) -> Judged:
    """The coverage of some forecasts, whose misses are dependent inside a cluster."""
    cluster = part.groupby(clusters, sort=False, dropna=False).ngroup().to_numpy()
    inside = part["in_90"].to_numpy(float)
    held, independent = float(inside.mean()), effective_count(inside, cluster)
    fewer, more = tail_probabilities(held, independent)
    if fewer < level:
        verdict = "too narrow"
    elif more < level:
        verdict = "too wide"
    elif held < _SMALL:
        verdict = _UNCERTAIN
    elif independent < _ENOUGH:
        verdict = "too few independent forecasts to judge"
    else:
        verdict = "as stated"
    distinct = len(part[runs].drop_duplicates())
    count = plural(distinct, "held-out run")
    if distinct < len(part):
        count = f"{plural(len(part), 'forecast')} of {count}"
    return Judged(place, held, count, verdict)


def effective_count(inside: np.ndarray, cluster: np.ndarray) -> float:
    """How many independent forecasts carry as much information as dependent ones.

    Parameters
    ----------
    inside : numpy.ndarray (n,)
        Whether each interval held its run.
    cluster : numpy.ndarray (n,)
        The cluster of each forecast.

    Returns
    -------
    float
        n over the design effect: of the clustered standard error if there are at least five
        clusters, else that of a correlation of one half inside clusters.
    """
    count, sizes = len(inside), np.unique(cluster, return_counts=True)[1]
    held, error = clustered_mean(inside, cluster)
    typical = float((sizes**2).sum() / count)
    if len(sizes) >= _CLUSTERS and 0 < held < 1:
        effect = count * error**2 / (held * (1 - held))
        return count / float(np.clip(effect, 1.0, typical))
    return count / (1 + (typical - 1) * _DEPENDENCE)


def tail_probabilities(held: float, count: float) -> tuple[float, float]:
    """Probability of holding so few runs, and so many, if intervals hold 90%.

    The binomial tail, for counts that need not be integers.

    Parameters
    ----------
    held : float
        Fraction that was held.
    count : float
        Number of independent forecasts.

    Returns
    -------
    (float, float)
    """
    from scipy.special import betainc

    inside = held * count
    outside = count - inside
    fewer = 1.0 if outside <= 0 else float(betainc(outside, inside + 1, 1 - _NOMINAL))
    more = 1.0 if inside <= 0 else float(betainc(inside, outside + 1, _NOMINAL))
    return fewer, more
