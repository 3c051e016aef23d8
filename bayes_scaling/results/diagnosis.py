"""The verdict on an answer: its problems, each with a remedy, and its cautions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bayes_scaling._core.html import note
from bayes_scaling._core.messages import plural

_LARGER_IS_WORSE = ("rhat", "diverging", "pareto_k", "attempts")


@dataclass(frozen=True)
class Diagnosis:
    """The results of the checks of a fit.

    Parameters
    ----------
    problems : tuple of str
        Why the draws cannot be trusted, each with its remedy; empty where all checks passed.
    cautions : tuple of str
        What a careful reader should know although the checks passed.
    numbers : dict
        The value of each check.
    what : str
        The subject of the first sentence.
    """

    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    what: str = "Sampling"

    @property
    def ok(self) -> bool:
        """True where no problem was found."""
        return not self.problems

    def __str__(self) -> str:
        first = self._passed() if self.ok else "NOT CONVERGED, do not rely on this answer:"
        problems = [f"- {text}" for text in self.problems]
        return "\n".join([first, *problems, *(f"- caution: {text}" for text in self.cautions)])

    def _passed(self) -> str:
        """The first line where no problem was found."""
        verdict = f"{self.what} {'converged' if self.what.startswith('Sampling') else 'passed'}"
        if not self.numbers:
            return f"{verdict}."
        n = self.numbers
        ess = f"minimum ESS {n['ess_bulk']:.0f}"
        if "ess_tail" in n:
            ess += f" (bulk) and {n['ess_tail']:.0f} (tail)"
        attempts = f", {n['attempts']} attempts" if n.get("attempts", 1) > 1 else ""
        divergences = plural(n["diverging"], "divergence")
        return f"{verdict}: R-hat {n['rhat']:.3f}, {ess}, {divergences}{attempts}."

    def _repr_html_(self) -> str:
        return note(str(self), self.ok)

    def __add__(self, other: "Diagnosis") -> "Diagnosis":
        """Both diagnoses in one, for an answer made from several fits."""
        if self.numbers and other.numbers:
            what = (
                "Sampling of both fits"
                if self.what == other.what == "Sampling"
                else "Sampling of all fits"
            )
        else:
            what = self.what if self.numbers else other.what
        one, two = self.numbers or other.numbers, other.numbers or self.numbers
        worst = {
            name: (max if name in _LARGER_IS_WORSE else min)(one[name], two[name])
            for name in one
            if name in two
        }
        return Diagnosis(
            self.problems + other.problems, self.cautions + other.cautions, worst, what
        )

    def verdict(self) -> dict[str, Any]:
        """Return the verdict as a plain dict: ok, problems, cautions."""
        return {"ok": self.ok, "problems": list(self.problems), "cautions": list(self.cautions)}

    def named(self, label: str) -> "Diagnosis":
        """Put the name of a fit before each sentence.

        Parameters
        ----------
        label : str
            The name.

        Returns
        -------
        Diagnosis
            The same problems and cautions, named.
        """
        problems, cautions = (
            tuple(f"{label}: {text}" for text in texts) for texts in (self.problems, self.cautions)
        )
        return Diagnosis(problems, cautions, self.numbers)


def combine_diagnoses(diagnoses: Iterable[Diagnosis]) -> Diagnosis:
    """Combine diagnoses into one; those with the same text count once."""
    first, *others = {str(diagnosis): diagnosis for diagnosis in diagnoses}.values()
    return sum(others, first)
