"""What ``compare`` returns: tables of contrasts, each with sentences."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.html import card
from bayes_scaling.analysis.contrasts import Contrasts
from bayes_scaling.analysis.saved_comparison import save_comparison
from bayes_scaling.results._plotting import plot_figure
from bayes_scaling.results.diagnosis import Diagnosis

_MANY = 12  # contrasts of forecasts up to which each has its sentence
_GROUP_COLUMNS = ("group", "reference", "better", "worse")
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
    decision : Contrasts
        What a choice of each group would mean at each target: median, lower and upper of its new
        run, or of its curve; p_best; regret, the expected
        distance from the best group's outcome, in its unit; in_set, whether the group cannot
        be distinguished from the best at the stated risk; choice, the group of least expected
        regret.
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
    fit : Any
        What was compared; None of a comparison from a file.
    targets : pandas.DataFrame
        The targets.
    outcome : str
        Column of the outcome.
    prob, risk : float
        Probability inside the intervals, and the risk of ``decision``.
    amplitudes : frozenset of str
        Parameters that are amplitudes, on which there are rows in ``parameters`` and no sentences.
    """

    parameters: Contrasts
    forecasts: Contrasts
    decision: Contrasts
    best: Contrasts
    crossovers: Contrasts
    multipliers: Contrasts
    diagnosis: Diagnosis
    reach: str = ""
    of: str = "run"
    caution: str = ""
    amplitudes: frozenset[str] = frozenset()
    fit: Any = None
    targets: pd.DataFrame = field(default_factory=pd.DataFrame)
    outcome: str = ""
    prob: float = 0.9
    risk: float = 0.1

    @property
    def sentences(self) -> list[str]:
        """Sentences of the tables, in the order in which they are read.

        Which group to choose and who may be best, by how much, how much compute that is worth,
        where curves cross, then what sets parameters apart, amplitudes excepted. Of many pairs,
        those of a group that is chosen with one that may be the best.
        """
        tables = (self.forecasts, self.multipliers, self.crossovers)
        return [
            *self.decision.sentences,
            *self.best.sentences,
            *(sentence for table in tables for sentence in self.about_the_choice(table).sentences),
            *([self.caution] if self.caution else []),
            *self._of_parameters(),
        ]

    def about_the_choice(self, table: Contrasts) -> Contrasts:
        """Keep, of many pairs, those of a group that is chosen with one that may be the best.

        Parameters
        ----------
        table : Contrasts
            One of the comparison's tables of pairs.

        Returns
        -------
        Contrasts
            The table itself if there are few pairs, or no choice.
        """
        chosen, rivals = self._candidates()
        if not chosen or len(table.sentences) != len(table):
            return table
        kept = []
        for row, sentence in zip(table.to_dict("records"), table.sentences):
            pair = {row[name] for name in _GROUP_COLUMNS if name in row}
            if pair & chosen and pair <= chosen | rivals:
                kept.append(({str(name): value for name, value in row.items()}, sentence))
        if len(kept) == len(table):
            return table
        return Contrasts.of([row for row, _ in kept], [sentence for _, sentence in kept])

    def _of_parameters(self) -> list[str]:
        """Sentences on parameters, amplitudes excepted."""
        table = self.about_the_choice(self.parameters)
        if len(table.sentences) != len(table):
            return table.sentences
        names = [row.get("parameter") for row in table.to_dict("records")]
        return [text for name, text in zip(names, table.sentences) if name not in self.amplitudes]

    def plot(self, **options: Any) -> Any:
        """Plot the outcomes of the groups at a target, best first, with their chances.

        Parameters
        ----------
        **options : Any
            As in ``bayes_scaling.plot.decision``.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return plot_figure("decision", self, **options)

    def save(self, path: str | Path) -> Path:
        """Write tables, sentences and verdicts, without draws, to a JSON file.

        ``bayes_scaling.load_comparison`` reads it.

        Parameters
        ----------
        path : str or pathlib.Path
            The file; one that exists is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            The file cannot be written.
        """
        return save_comparison(self, path)

    def _candidates(self) -> tuple[set[Any], set[Any]]:
        """Groups that are chosen at a target, and those that may be best; none of few pairs."""
        if len(self.forecasts) <= _MANY:
            return set(), set()
        groups = self.decision["group"]
        return set(groups[self.decision["choice"]]), set(groups[self.decision["in_set"]])

    def __repr__(self) -> str:
        reach = [self.reach] if self.reach else []
        diagnosis = str(self.diagnosis)
        if self._needs_warning:
            return "\n".join([diagnosis, *reach, *self.sentences])
        return "\n".join([*self.sentences, *reach, diagnosis])

    def _repr_html_(self) -> str:
        return card(
            f"Probability that {_SUBJECTS[self.of]} of each group is best at each target",
            self.decision._repr_html_(),
            self.diagnosis,
            first=self._needs_warning,
        )

    @property
    def _needs_warning(self) -> bool:
        """Whether the diagnosis must be read before the sentences."""
        return bool(self.diagnosis.problems or self.diagnosis.cautions)
