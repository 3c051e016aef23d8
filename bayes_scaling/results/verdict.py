"""One of the verdicts on an answer: its problems, each with a remedy, and its cautions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bayes_scaling._core.messages import plural

_SHOWN = 3  # details in a sentence


@dataclass(frozen=True)
class Verdict:
    """What one kind of check found: of the sampling, of the fit, or of the reach.

    Parameters
    ----------
    name : str
        The first words of its sentence.
    problems : tuple of str
        Why the answer cannot be relied on, each with its remedy; empty where all checks passed.
    cautions : tuple of str
        What a careful reader should know although the checks passed.
    details : tuple of str
        What the checks found where all is good.
    numbers : dict
        The value of each check.
    checked : bool
        Whether anything was checked.
    """

    name: str
    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    checked: bool = True

    @property
    def ok(self) -> bool:
        """True where no problem was found."""
        return not self.problems

    @property
    def level(self) -> str:
        """The verdict in a word: "good", "caution", "bad", or "not checked"."""
        if self.problems:
            return "bad"
        if self.cautions:
            return "caution"
        return "good" if self.checked else "not checked"

    @property
    def text(self) -> str:
        """The verdict as one sentence, with the first problem or caution."""
        if self.problems:
            return f"{self.name}: BAD, do not rely on this answer: {self.problems[0]}."
        if self.cautions:
            return f"{self.name}: caution: {self.cautions[0]}."
        if not self.details:
            return f"{self.name}: {self.level}."
        shown = "; ".join(self.details[:_SHOWN])
        rest = len(self.details) - _SHOWN
        more = f"; and {plural(rest, 'more finding')}" if rest > 0 else ""
        return f"{self.name}: {self.level} ({shown}{more})."

    @property
    def rest(self) -> list[str]:
        """Problems and cautions that ``text`` leaves out, each with the verdict's name."""
        texts = [*self.problems, *(f"caution: {text}" for text in self.cautions)]
        return [f"{self.key}: {text}" for text in texts[1:]]

    @property
    def key(self) -> str:
        """The verdict's kind: the first word of its name, in lower case."""
        return self.name.split()[0].lower()

    def named(self, label: str) -> "Verdict":
        """Put the name of a fit before each sentence and before the details."""
        joined = ("; ".join(self.details),) if self.details else ()
        problems, cautions, details = (
            tuple(f"{label}: {text}" for text in texts)
            for texts in (self.problems, self.cautions, joined)
        )
        return replace(self, problems=problems, cautions=cautions, details=details)

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as a plain dict: level, text, problems, cautions."""
        return {
            "level": self.level,
            "text": self.text,
            "problems": list(self.problems),
            "cautions": list(self.cautions),
        }


def join_verdicts(
    one: Verdict, two: Verdict, name: str, numbers: Mapping[str, Any], details: tuple[str, ...]
) -> Verdict:
    """Both verdicts in one, each sentence once, under a name and with these numbers."""
    problems, cautions = (
        tuple(dict.fromkeys(first + second))
        for first, second in ((one.problems, two.problems), (one.cautions, two.cautions))
    )
    return Verdict(name, problems, cautions, details, numbers, one.checked or two.checked)
