"""Three verdicts on an answer: on its sampling, on how the law fits, and on its reach."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bayes_scaling._core.errors import FitWarning, warn
from bayes_scaling._core.html import note
from bayes_scaling._core.messages import join_words, plural
from bayes_scaling.results.verdict import Verdict, join_verdicts

_LARGER_IS_WORSE = ("rhat", "diverging", "pareto_k", "attempts", "sigma", "distance")


@dataclass(frozen=True, init=False)
class Diagnosis:
    """Three verdicts on an answer, none of which stands for another.

    Parameters
    ----------
    problems, cautions : tuple of str
        Of the sampling: why the draws cannot be trusted, each with its remedy, and what a careful
        reader should know although the checks passed. The attributes of these names are those of
        all verdicts, each led by the name of its verdict.
    numbers : dict
        The values of the checks of the sampling.
    what : str
        The subject of the first sentence.
    sampling : Verdict, optional
        Whether the draws represent the posterior, in place of the arguments above.
    fit : Verdict, optional
        Whether the law describes the training runs.
    reach : Verdict, optional
        How far the training runs determine the answer.
    """

    sampling: Verdict
    fit: Verdict
    reach: Verdict

    def __init__(
        self,
        problems: tuple[str, ...] = (),
        cautions: tuple[str, ...] = (),
        numbers: Mapping[str, Any] | None = None,
        what: str = "Sampling",
        *,
        sampling: Verdict | None = None,
        fit: Verdict | None = None,
        reach: Verdict | None = None,
    ) -> None:
        if sampling is None:
            numbers = numbers or {}
            details = _sampling_details(numbers)
            sampling = Verdict(what, tuple(problems), tuple(cautions), details, numbers)
        object.__setattr__(self, "sampling", sampling)
        object.__setattr__(self, "fit", fit or Verdict("Fit", checked=False))
        object.__setattr__(self, "reach", reach or Verdict("Reach", checked=False))

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The three verdicts, in order."""
        return self.sampling, self.fit, self.reach

    @property
    def ok(self) -> bool:
        """True where no verdict is bad."""
        return all(verdict.ok for verdict in self.verdicts)

    @property
    def problems(self) -> tuple[str, ...]:
        """Problems of all verdicts, each led by the name of its verdict."""
        return tuple(f"{v.key}: {text}" for v in self.verdicts for text in v.problems)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Cautions of all verdicts, each led by the name of its verdict."""
        return tuple(f"{v.key}: {text}" for v in self.verdicts for text in v.cautions)

    @property
    def numbers(self) -> dict[str, Any]:
        """The value of each check, by name."""
        return {name: value for v in self.verdicts for name, value in v.numbers.items()}

    @property
    def what(self) -> str:
        """The subject of the first sentence."""
        return self.sampling.name

    @property
    def levels(self) -> dict[str, str]:
        """Each verdict in a word: {"sampling": "good", "fit": "caution", "reach": "bad"}."""
        names = ("sampling", "fit", "reach")
        return dict(zip(names, (verdict.level for verdict in self.verdicts)))

    @property
    def summary(self) -> str:
        """The levels in one line, the first problem after them."""
        known = [f"{key} {level}" for key, level in self.levels.items() if level != "not checked"]
        return ", ".join(known) + ("" if self.ok else f": {self.problems[0]}")

    @property
    def shown(self) -> list[Verdict]:
        """The verdicts that have something to state."""
        return [v for v in self.verdicts if v.level != "not checked" or v.details]

    def __str__(self) -> str:
        rest = [text for verdict in self.shown for text in verdict.rest]
        return "\n".join([*(v.text for v in self.shown), *(f"- {text}" for text in rest)])

    def _repr_html_(self) -> str:
        return note(str(self), self.ok)

    def __add__(self, other: "Diagnosis") -> "Diagnosis":
        """Both diagnoses in one, for an answer made from several fits."""
        one, two = self.sampling, other.sampling
        numbers = _worst_numbers(one.numbers or two.numbers, two.numbers or one.numbers)
        sampling = join_verdicts(
            one, two, _joined_name(one, two), numbers, _sampling_details(numbers)
        )
        fit, reach = (
            join_verdicts(a, b, a.name, _all_numbers(a.numbers, b.numbers), _joined_details(a, b))
            for a, b in ((self.fit, other.fit), (self.reach, other.reach))
        )
        return Diagnosis(sampling=sampling, fit=fit, reach=reach)

    def verdict(self) -> dict[str, Any]:
        """Return a plain dict: ok, problems, cautions, and each verdict as a dict."""
        verdicts = zip(self.levels, self.verdicts)
        return {"ok": self.ok, "problems": list(self.problems), "cautions": list(self.cautions)} | {
            name: verdict.as_dict() for name, verdict in verdicts
        }

    def named(self, label: str) -> "Diagnosis":
        """Put the name of a fit before each sentence.

        Parameters
        ----------
        label : str
            The name.

        Returns
        -------
        Diagnosis
            The same verdicts, named.
        """
        sampling, fit, reach = (verdict.named(label) for verdict in self.verdicts)
        again = Diagnosis(sampling.problems, sampling.cautions, sampling.numbers)
        return Diagnosis(sampling=again.sampling, fit=fit, reach=reach)

    def warn(self, what: str) -> None:
        """Warn of a bad verdict on what an answer rests on.

        Parameters
        ----------
        what : str
            The answer, such as "a forecast".

        Warns
        -----
        FitWarning
            A verdict is bad.
        """
        if self.ok:
            return
        bad = [verdict for verdict in self.verdicts if not verdict.ok]
        if bad[0] is self.sampling:
            why = f"from draws that have not converged: {bad[0].problems[0]}"
        else:
            words = join_words(verdict.key for verdict in bad)
            why = f"with a bad verdict on {words}: {bad[0].problems[0]}"
        warn(f"{what} {why}", FitWarning)


def combine_diagnoses(diagnoses: Iterable[Diagnosis]) -> Diagnosis:
    """Combine diagnoses into one; those with the same text count once."""
    first, *others = {str(diagnosis): diagnosis for diagnosis in diagnoses}.values()
    return sum(others, first)


def _sampling_details(numbers: Mapping[str, Any]) -> tuple[str, ...]:
    """What the checks of the draws found, in one phrase."""
    if not {"rhat", "ess_bulk"} <= set(numbers):
        return ()
    ess = f"minimum ESS {numbers['ess_bulk']:.0f}"
    if "ess_tail" in numbers:
        ess += f" (bulk) and {numbers['ess_tail']:.0f} (tail)"
    attempts = f", {numbers['attempts']} attempts" if numbers.get("attempts", 1) > 1 else ""
    diverging = numbers.get("diverging", 0)
    divergences = plural(diverging, "divergence") if diverging else "no divergences"
    return (f"R-hat {numbers['rhat']:.3f}, {ess}, {divergences}{attempts}",)


def _joined_name(one: Verdict, two: Verdict) -> str:
    """The name of the verdict on the sampling of several fits."""
    if not (one.numbers and two.numbers):
        return one.name if one.numbers else two.name
    both = one.name == two.name == "Sampling"
    return "Sampling of both fits" if both else "Sampling of all fits"


def _joined_details(one: Verdict, two: Verdict) -> tuple[str, ...]:
    """Findings of both verdicts, each once."""
    return tuple(dict.fromkeys(one.details + two.details))


def _worst_numbers(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """The worse value of each check that both made."""
    return {
        name: (max if name in _LARGER_IS_WORSE else min)(one[name], two[name])
        for name in one
        if name in two
    }


def _all_numbers(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """The worse value of each check that either made."""
    return {**one, **two} | _worst_numbers(one, two)
