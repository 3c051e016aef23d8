"""What ``compare`` returns: tables of contrasts, each with sentences."""

from dataclasses import dataclass

from bayes_scaling._core.html import card
from bayes_scaling.analysis.contrasts import Contrasts
from bayes_scaling.results.diagnosis import Diagnosis

_SUBJECTS = {"run": "a new run", "mean": "the curve"}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Groups compared: tables of contrasts, each with a sentence for each row (``.sentences``).

    Parameters
    ----------
    parameters : Contrasts
        Contrasts of every published parameter.
    forecasts : Contrasts
        Contrasts of a new run, or of the law's curve, at each target: see ``of``.
    best : Contrasts
        Probability that each group's new run, or its curve, is best at each target.
    crossovers : Contrasts
        Compute, in FLOPs, at which the order of two groups' curves changes; empty if the law has no
        compute.
    multipliers : Contrasts
        How many times the compute the worse group's curve needs to match the better one, inf above
        a million, and ``p_never``, the probability of that; empty if the law has no compute.
    diagnosis : Diagnosis
        Diagnosis of the fits that were compared.
    reach : str
        How far the targets extrapolate the runs, as a sentence; "" if no target does.
    of : {"run", "mean"}
        Whether ``forecasts`` and ``best`` are of new runs or of the laws' curves.
    caution : str
        Which exponents differ where the curves do not, as a sentence; "" if none does.
    """

    parameters: Contrasts
    forecasts: Contrasts
    best: Contrasts
    crossovers: Contrasts
    multipliers: Contrasts
    diagnosis: Diagnosis
    reach: str = ""
    of: str = "run"
    caution: str = ""

    @property
    def sentences(self) -> list[str]:
        """Every contrast as a sentence, those of parameters last, after the caution on them."""
        tables = (self.best, self.forecasts, self.crossovers, self.multipliers)
        return [
            *(sentence for table in tables for sentence in table.sentences),
            *([self.caution] if self.caution else []),
            *self.parameters.sentences,
        ]

    def __repr__(self) -> str:
        lines = [*self.sentences, *([self.reach] if self.reach else [])]
        diagnosis = str(self.diagnosis)
        return "\n".join([diagnosis, *lines] if self._needs_warning else [*lines, diagnosis])

    def _repr_html_(self) -> str:
        return card(
            f"Probability that {_SUBJECTS[self.of]} of each group is best at each target",
            self.best._repr_html_(),
            self.diagnosis,
            first=self._needs_warning,
        )

    @property
    def _needs_warning(self) -> bool:
        """Whether the diagnosis must be read before the sentences."""
        return bool(self.diagnosis.problems or self.diagnosis.cautions)
