"""The mean of several outcomes, such as an average over tasks, as a forecaster."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.messages import join_words
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.diagnosis import Diagnosis, combine_diagnoses
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.results.group import Group, identity
from bayes_scaling.runs.sizes import SIZES


class Mean(Forecaster):
    """The mean of several outcomes, draw by draw, so that their common uncertainty stays.

    Parameters
    ----------
    parts : list of Group or Chain, or mapping of name to them
        Groups of one pooled fit, or chains with one first part that end in such groups.
    name : str
        Name of the mean.

    Raises
    ------
    InputError
        If there are no parts, one part is given twice, or the draws of the parts are of separate
        fits.
    """

    def __init__(
        self, parts: Iterable[Group | Chain] | Mapping[Any, Group | Chain], name: str = "mean"
    ) -> None:
        self.parts = list(parts.values() if isinstance(parts, Mapping) else parts)
        self.ends = _groups_of(self.parts)
        first = self.parts[0]
        self.outcome_name, self.unit, self.law = name, first.unit, first.law
        self.largest = max(part.largest for part in self.parts)
        self.input_names = tuple(
            input_name for input_name in first.input_names if input_name not in self.law.known
        )

    @property
    def diagnosis(self) -> Diagnosis:
        """Diagnosis of the parts, each fit's once."""
        return combine_diagnoses(part.diagnosis for part in self.parts)

    @property
    def training(self) -> pd.DataFrame:
        """The runs that have every outcome, with their mean in a column of the mean's name."""
        first = self.ends[0]
        table, dropped = first.fit.training, (first.y, *first.fit.pool.by)
        kept = [
            name
            for name in table
            if name not in dropped
            and (name in (*SIZES, *self.input_names) or not is_numeric_dtype(table[name]))
        ]
        outcomes = pd.concat(
            [
                end.training[kept].assign(**{self.outcome_name: end.training[end.y], "part": i})
                for i, end in enumerate(self.ends)
            ]
        )
        runs = outcomes.groupby(kept, sort=False, dropna=False)
        has_all = runs["part"].nunique() == len(self.ends)
        return runs[self.outcome_name].mean()[has_all].reset_index()

    @property
    def title(self) -> str:
        """What it is the mean of."""
        law = self.parts[0].title.partition(": ")[2] or self.law.name
        return f"{self.outcome_name}: mean of {len(self.parts)}, {law}"

    def drift_note(self, to: Any) -> str:
        """Describe the parts' drifts: see ``Fit.drift_note``."""
        return ". ".join(dict.fromkeys(filter(None, (part.drift_note(to) for part in self.parts))))

    def check_targets(self, to: pd.DataFrame) -> Diagnosis:
        """Check targets for every part, each finding once: as ``Fit.check_targets``."""
        return combine_diagnoses(part.check_targets(to) for part in self.parts)

    def draws(self, to: Any, of: str = "run", seed: int = 0) -> np.ndarray:
        """Draw from the mean: as ``Fit.draws``."""
        first, *others = (part.draws(to, of=of, seed=seed) for part in self.parts)
        return sum(others, first) / len(self.parts)

    def __repr__(self) -> str:
        return f"<Mean {self.title}>"

    def _repr_html_(self) -> str:
        names = join_words(end.fit.label(end.key) for end in self.ends)
        return card(f"{self.outcome_name}: the mean of {names}", "", self.diagnosis)

    def component_fits(self) -> list:
        """Return the fits of all parts: see ``Forecaster.component_fits``."""
        return [pair for part in self.parts for pair in part.component_fits()]


def _groups_of(parts: list[Group | Chain]) -> list[Group]:
    """The group that each part is or ends in, refused where their draws are of separate fits."""
    last = [part.second if isinstance(part, Chain) else part for part in parts]
    ends = [end for end in last if isinstance(end, Group)]
    if not parts or len(ends) < len(last):
        raise InputError(
            "a mean takes groups of a pooled fit, such as fit.group('boolq'), "
            "or chains that end in them: at least one, and nothing else"
        )
    firsts = {identity(part.first) if isinstance(part, Chain) else None for part in parts}
    if len({id(end.fit) for end in ends}) > 1 or len(firsts) > 1:
        raise InputError(
            "a mean takes groups of one pooled fit, or chains of one first part that end in them: "
            "draws of separate fits are not joint draws"
        )
    if len({end.key for end in ends}) < len(ends):
        raise InputError("a mean takes each group once, and one is given twice; leave one out")
    return ends


def average_outcomes(
    parts: Iterable[Group | Chain] | Mapping[Any, Group | Chain], name: str = "mean"
) -> Mean:
    """Average several outcomes into one forecaster.

    Parameters
    ----------
    parts : list of Group or Chain, or mapping of name to them
        As for ``Mean``.
    name : str
        Name of the mean.

    Returns
    -------
    Mean

    Raises
    ------
    InputError
        As for ``Mean``.

    Examples
    --------
    >>> parts = [bs.chain(loss, tasks.group(task)) for task in ("piqa", "copa")]  # doctest: +SKIP
    >>> bs.average_outcomes(parts, "error of two tasks")  # doctest: +SKIP
    """
    return Mean(parts, name)
