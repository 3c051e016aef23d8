"""The drift of new runs off a law beyond the training runs: its defaults and its wording."""

import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bayes_scaling._core.arguments import is_drift_sd
from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural, shorten_list
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift, OwnRuns
from bayes_scaling.law.places import Placing, axes

_LEARNED = "learned from held-out runs of "

# (outcome, coordinates, link) -> the population that held-out runs of bundled tables imply, as
# ``tests/bench/testbeds.py`` learns them
_OF_SIZES = (
    "bhagia2024",
    "gadre2024",
    "grattafiori2024",
    "hoffmann2022",
    "li2025",
    "li2026_farseer",
    "muennighoff2023",
    "porian2024",
    "shukor2025",
)
_OF_COMPUTE = ("gadre2024", "grattafiori2024", "magnusson2025", "porian2024")
LEARNED = {
    ("loss", ("N", "D"), "log"): LearnedDrift(0.81, 0.71, 0.005, _OF_SIZES),
    ("loss", ("scale",), "log"): LearnedDrift(1.03, 0.76, 0.005, _OF_COMPUTE),
    ("error", ("L",), "logit"): LearnedDrift(0.10, 0.91, None, ("bhagia2024", "gadre2024")),
}

# what a drift grows with, by the coordinates of a law's runs
_DISTANCE: dict[tuple[str, ...], str] = {
    ("N", "D"): "distance of (log N, 1.5 log D) to the hull of the runs",
    ("L",): "distance of the loss to those of the runs, in nats",
    ("scale",): "distance of log(scale) to those of the runs",
}


@dataclass(frozen=True)
class DriftTerm:
    """A drift of new runs off the law: Normal with an sd that grows beyond the training runs.

    Its size cannot be learned from training runs; held-out runs, of other tables above all, give
    it. It enters forecasts of new runs alone, never the posterior.

    Parameters
    ----------
    size : float, LearnedDrift or None
        Sd per unit of distance beyond the training runs, from 0; a population of sizes; None to
        use the one that was learned for the law.
    link : str
        Link on whose scale it acts.
    owner : str
        Name of the likelihood that has it, for messages.

    Raises
    ------
    InputError
        The size is not a finite number from 0, nor a ``LearnedDrift``.
    """

    size: float | LearnedDrift | None
    link: str = "logit"
    owner: str = "Noise"

    def __post_init__(self) -> None:
        if self.size is None or isinstance(self.size, LearnedDrift) or is_drift_sd(self.size):
            return
        raise InputError(
            f"{self.owner} has drift {self.size!r}; give a number from 0, such as 0.01, "
            "or None for the one learned from other data"
        )

    def sizes(
        self, rng: np.random.Generator, count: int, unit: float, own: OwnRuns | None = None
    ) -> np.ndarray:
        """Draw the sd for each unit of distance.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.
        count : int
            Number of draws.
        unit : float
            ``LearnedDrift.unit`` of this table.
        own : OwnRuns, optional
            Evidence of the table's own held-out runs.

        Returns
        -------
        array (count,)
        """
        if isinstance(self.size, LearnedDrift):
            return unit * self.size.draw(rng, count, own)
        return np.full(count, float(self.size or 0.0))

    def __str__(self) -> str:
        if isinstance(self.size, LearnedDrift):
            return "drift of a learned size"
        return f"drift of sd {self.size or 0.0:.3g} for each unit of distance"


class _Drifting(Protocol):
    @property
    def drift_term(self) -> DriftTerm: ...


class _DriftingLaw(Placing, Protocol):
    """What the wording needs of a ``Law``, which is defined above the likelihoods."""

    @property
    def noise(self) -> _Drifting: ...
    @property
    def outcome(self) -> str: ...


def learned_drifts(law: _DriftingLaw) -> dict[str, LearnedDrift]:
    """The drifts that were learned for laws of this kind, by link."""
    coordinates = axes(law)
    if law.scale is None and coordinates != ("L",):
        return {}
    outcome = "error" if law.outcome.startswith(("error", "accuracy")) else law.outcome[:4]
    return {
        link: drift
        for (kind, of, link), drift in LEARNED.items()
        if (kind, of) == (outcome, coordinates)
    }


def distance_of(law: _DriftingLaw) -> str:
    """What a law's drift grows with, in words."""
    coordinates = axes(law)
    return (
        _DISTANCE.get(coordinates, "") or f"distance of log {coordinates[0]} to those of the runs"
    )


def describe_drift(law: _DriftingLaw, unit: float | None = None, own: OwnRuns | None = None) -> str:
    """The drift of a law's likelihood in words: its size, and what it was learned from.

    Parameters
    ----------
    law : Law
        A law whose likelihood drifts.
    unit : float, optional
        ``LearnedDrift.unit`` of the table that was fitted.
    own : OwnRuns, optional
        Evidence of the table's own held-out runs.

    Returns
    -------
    str
    """
    term = law.noise.drift_term
    leave_out = option("drift", 0, f"{term.owner}(drift=0)")
    where = f"times the {distance_of(law)}, on the {term.link} of the outcome"
    if not isinstance(term.size, LearnedDrift):
        return f"sd {term.size or 0.0:.3g} {where}, as given; {leave_out} leaves it out"
    drift = term.size
    low, middle, high = drift.quantiles([0.05, 0.5, 0.95], own)
    if unit is None and drift.base is not None:
        sd = f"sd {middle:.2g} ({low:.2g} to {high:.2g}) times (sigma + {drift.base:g})"
    else:
        low, middle, high = (g * (1.0 if unit is None else unit) for g in (low, middle, high))
        sd = f"sd {middle:.2g} ({low:.2g} to {high:.2g})"
    return f"{sd} {where}, {_origin(drift, own)}; {leave_out} leaves it out"


def brief_drift(note: str) -> str:
    """Shorten each drift of ``describe_drift`` in a note: its size, without where it comes from.

    Parameters
    ----------
    note : str
        Of a forecast.

    Returns
    -------
    str
    """
    return re.sub(rf" times the distance [^;]*, {_LEARNED}[^;]*", " per unit of distance", note)


def _origin(drift: LearnedDrift, own: OwnRuns | None) -> str:
    """What a population's size was learned from."""
    learned = f"{_LEARNED}{shorten_list(drift.sources)}"
    origin = learned if drift.sources else "as given"
    if own is not None:
        origin += f", moved by {plural(own.count, 'held-out run')} of this table"
    return origin
