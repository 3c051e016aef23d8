"""The drift of new runs off a law beyond the training range: its default size and its wording."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bayes_scaling._core.arguments import is_drift_sd
from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import ArrayModule, Numeric

# link -> sd learned from held-out runs, per unit of log scale
LEARNED_SD = {"log": 0.0041, "logit": 0.046}

# link -> tables that it was learned from
SOURCES = {
    "log": ("porian2024", "hoffmann2022", "muennighoff2023", "bhagia2024"),
    "logit": ("gadre2024 (runs of at most 411M)", "bhagia2024"),
}

_HELD_OUT = {"log": "losses along the compute", "logit": "errors along the loss"}

# what a drift grows with
DISTANCE = "log(scale / largest scale)"


@dataclass(frozen=True)
class Drift:
    """A drift of new runs off the law: Normal with an sd that grows beyond the training range.

    Its size cannot be learned from training runs; other tables' held-out runs give it. It enters
    forecasts of new runs alone, never the posterior.

    Parameters
    ----------
    sd : float or None
        Sd per unit of log(scale / largest training scale), from 0; None to use the learned one.
    link : str
        Link on whose scale it acts.
    owner : str
        Name of the likelihood that has it, for messages.
    learnable : bool
        Whether a default was learned for such likelihoods, so that ``sd`` may be None.

    Raises
    ------
    InputError
        The sd is not a finite number from 0.
    """

    sd: float | None
    link: str = "logit"
    owner: str = "Noise"
    learnable: bool = False

    def __post_init__(self) -> None:
        if is_drift_sd(self.sd) or (self.sd is None and self.learnable):
            return
        example = "0.005, or None for the one learned from other data" if self.learnable else "0.3"
        raise InputError(
            f"{self.owner} has drift {self.sd!r}; give a number from 0, such as {example}"
        )

    @property
    def learned_sd(self) -> float | None:
        """The sd that was learned for such a likelihood, if any."""
        return LEARNED_SD.get(self.link) if self.learnable else None

    def sd_at(self, u: Numeric, xp: ArrayModule = np) -> Numeric:
        """Sd at u = log(largest training scale / scale): 0 up to the largest training run."""
        return (self.sd or 0.0) * xp.maximum(-u, 0.0)

    def __str__(self) -> str:
        return f"drift of sd {self.sd or 0.0:.3g} * {DISTANCE}"


class _Drifting(Protocol):
    @property
    def drift_term(self) -> Drift: ...


class _DriftingLaw(Protocol):
    """What the wording needs of a ``Law``, which is defined above the likelihoods."""

    @property
    def noise(self) -> _Drifting: ...
    @property
    def along_loss(self) -> bool: ...
    @property
    def learned_drift_links(self) -> tuple[str, ...]: ...


def distance_of(law: _DriftingLaw) -> str:
    """What a law's drift grows with, in words."""
    return "(lowest loss of the runs - loss)" if law.along_loss else DISTANCE


def describe_likelihood(law: _DriftingLaw) -> str:
    """A law's likelihood in words; its drift grows with what the law calls scale."""
    return str(law.noise).replace(DISTANCE, distance_of(law))


def describe_drift(law: _DriftingLaw) -> str:
    """The drift of a law's likelihood in words: its size, and what it was learned from."""
    drift = law.noise.drift_term
    source = "as given"
    if drift.link in law.learned_drift_links and drift.sd == drift.learned_sd:
        tables = ", ".join(SOURCES[drift.link])
        source = f"learned from held-out {_HELD_OUT[drift.link]} of {tables}"
    return (
        f"sd {drift.sd or 0.0:.3g} * {distance_of(law)} on the {drift.link} of the outcome, "
        f"{source}; {option('drift', 0, f'{drift.owner}(drift=0)')} leaves it out"
    )
