"""The mean of several outcomes, such as an average over tasks, as a forecaster of its own."""

from collections.abc import Mapping

import pandas as pd
from pandas.api.types import is_numeric_dtype

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.messages import listed
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.diagnosis import together
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.results.group import Group, same
from bayes_scaling.runs.sizes import SIZES


class Mean(Forecaster):
    """The mean of several outcomes, draw by draw, so that what the parts have in common is not averaged away.

    Parameters
    ----------
    parts : groups of one pooled fit, or chains of one first part that end in them, whose draws belong together; a list, or {name: part}.
    name : what the mean is called.

    Raises
    ------
    InputError : no parts, one part twice, parts whose draws do not belong together, or parts of several units.
    """

    def __init__(self, parts, name="mean"):
        parts = list(parts.values() if isinstance(parts, Mapping) else parts)
        self.ends = ends = [getattr(part, "second", part) for part in parts]
        if not parts or not all(isinstance(end, Group) for end in ends):
            raise InputError(
                "a mean takes groups of a pooled fit, such as fit.group('boolq'), or chains that end in them: at least one, and nothing else"
            )
        if (
            len({id(end.fit) for end in ends}) > 1
            or len({same(part.first) if isinstance(part, Chain) else None for part in parts}) > 1
        ):
            raise InputError(
                "a mean takes groups of one pooled fit, or chains of one first part that end in them: draws of separate fits do not belong together"
            )
        self.parts, self.outcome_name, self.unit = parts, name, parts[0].unit
        if len({end.key for end in ends}) < len(ends):
            raise InputError("a mean takes each group once, and one stands twice among the parts")
        self.law, self.largest = parts[0].law, max(part.largest for part in parts)
        self.input_names = tuple(
            name for name in parts[0].input_names if name not in self.law.known
        )

    @property
    def diagnosis(self):
        """That of the parts, each fit's once."""
        return together(part.diagnosis for part in self.parts)

    @property
    def training(self):
        """The runs that every part has an outcome of, with the mean of those under the mean's name."""
        table, apart = self.ends[0].fit.training, (self.ends[0].y, *self.ends[0].fit.pool.by)
        kept = [
            name
            for name in table
            if name not in apart
            and (name in (*SIZES, *self.input_names) or not is_numeric_dtype(table[name]))
        ]
        long = pd.concat(
            [
                end.training[kept].assign(**{self.outcome_name: end.training[end.y], "part": i})
                for i, end in enumerate(self.ends)
            ]
        )
        runs = long.groupby(kept, sort=False, dropna=False)
        return (
            runs[self.outcome_name].mean()[runs["part"].nunique() == len(self.ends)].reset_index()
        )

    @property
    def title(self):
        """What it is the mean of."""
        return f"{self.outcome_name}: mean of {len(self.parts)}, {self.parts[0].title.partition(': ')[2] or self.law.name}"

    def drift_note(self, to):
        """What the parts say of their drifts: see ``Fit.drift_note``."""
        return ". ".join(dict.fromkeys(filter(None, (part.drift_note(to) for part in self.parts))))

    def draws(self, to, of="run", seed=0):
        """Draws of the mean: as ``Fit.draws``."""
        return sum(part.draws(to, of=of, seed=seed) for part in self.parts) / len(self.parts)

    def __repr__(self):
        return f"<Mean {self.title}>"

    def _repr_html_(self):
        return card(
            f"{self.outcome_name}: the mean of {listed(end.fit.label(end.key) for end in self.ends)}",
            "",
            self.diagnosis,
        )

    def component_fits(self) -> list:
        """Return the fits of all parts: see ``Forecaster.component_fits``."""
        return [pair for part in self.parts for pair in part.component_fits()]


def average_outcomes(parts, name="mean"):
    """The mean of several outcomes as one forecaster.

    Parameters
    ----------
    parts, name : as for ``Mean``.

    Returns
    -------
    Mean

    Raises
    ------
    InputError : as for ``Mean``.

    Examples
    --------
    >>> bs.average_outcomes([bs.chain(loss, tasks.group(task)) for task in ("piqa", "copa")], "error of two tasks")  # doctest: +SKIP
    """
    return Mean(parts, name)
