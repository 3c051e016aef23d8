"""What the live line shows of a sampler: which attempt it is at, why, and how long it takes."""

import time
from collections import Counter
from collections.abc import Sequence

from bayes_scaling._core.messages import plural
from bayes_scaling._core.progress import duration
from bayes_scaling.inference.fit_state import FitState
from bayes_scaling.inference.retry_policy import Assessment


class SamplingStatus:
    """Follows the fits of one call of ``sample_many``; ``count`` is how many there are."""

    def __init__(self, count: int) -> None:
        self.count, self.reasons = count, Counter[str]()
        self.started = self.seconds = 0.0  # of the last block; what a block of a fit took
        self.active = 0

    def before(self, active: Sequence[FitState]) -> str:
        """What is shown before one more block of the fits that are not finished."""
        now = time.monotonic()
        if self.active:
            self.seconds = (now - self.started) / self.active
        self.started, self.active = now, len(active)
        blocks = max(fit.wanted - len(fit.blocks) for fit in active)
        left = f", about {duration(blocks * self.seconds * len(active))} left"
        if not self.reasons:
            return f"warm-up and drawing{left if self.seconds else ''}"
        reason, attempt = self.reasons.most_common(1)[0][0], max(fit.attempts for fit in active) + 1
        of = "" if self.count == 1 else f" of {plural(len(active), 'fit')}"
        return f"attempt {attempt}{of} because {reason}{left}"

    def assessed(self, fit: FitState, found: Assessment) -> None:
        """Note why a fit goes on, if it does."""
        if self.active:  # the first since a block was sampled
            self.seconds = (time.monotonic() - self.started) / self.active
            self.active, self.reasons = 0, Counter()
        if reason := why(found, int(fit.result.health["diverging"])):
            self.reasons[reason] += 1


def why(found: Assessment, divergences: int) -> str:
    """Why the draws of a fit fall short; "" where they do not.

    Parameters
    ----------
    found : Assessment
        What was found of them.
    divergences : int
        How many of them diverged.

    Returns
    -------
    str
    """
    if not found.sampler_ok:
        return f"of {plural(divergences, 'divergence')}" if divergences else "E-BFMI is low"
    if not found.chains_agree:
        return "chains disagree"
    return "" if found.enough_draws else "few draws are independent"
