"""One group of a pooled fit as a forecaster of its own, and the mean over several."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling.cards import card
from bayes_scaling.forecast import Forecaster, LawForecaster, as_targets
from bayes_scaling.runs import InputError
from bayes_scaling.table import Table


@dataclass(frozen=True, eq=False)
class Group(LawForecaster):
    """A group's part of a pooled fit. Its draws belong together with those of the other groups.

    Parameters
    ----------
    fit : the PooledFit.
    key : one value for each column that tells groups apart.
    """

    fit: object
    key: tuple

    law = property(lambda self: self.fit.law)
    columns = property(lambda self: self.fit.columns)
    diagnosis = property(lambda self: self.fit.diagnosis)
    y = property(lambda self: self.fit.y)
    title = property(lambda self: f"{self.fit.label(self.key)}: {self.law.formula}")

    @property
    def training(self):
        """The group's own runs."""
        return self.fit.training[(self.fit.training[list(self.fit.pool.by)] == list(self.key)).all(axis=1)]

    @property
    def largest(self):
        """Largest training compute of the group, FLOPs (NaN where it has none)."""
        return float(self.training["C"].max()) if "C" in self.training.columns else float("nan")

    def with_known(self, to):
        """Targets of this group, with what is known of its runs where they lack it: as ``PooledFit.with_known``."""
        return self.fit.with_known(to.assign(**dict(zip(self.fit.pool.by, self.key))))

    def draws(self, to, of="run", seed=0):
        """As ``PooledFit.draws``, of this group."""
        return self.fit.draws(self.with_known(as_targets(to)), of=of, seed=seed)

    def drift_note(self, to):
        """As ``PooledFit.drift_note``."""
        return self.fit.drift_note(self.with_known(as_targets(to)))

    def draws_at(self, x, of="run", seed=0, paired=False, se=None, rows=None):
        """As ``Fit.draws_at``, in one order for all groups, so that they still belong together; ``se`` is not read, and ``rows`` is whole."""
        count = len(next(iter(x.values()))) if paired else self.fit.count
        pick = np.resize(np.random.default_rng([self.fit.seed, 2]).permutation(self.fit.count), count) if paired else slice(None)
        return self.fit.draws_at(self.key, x, rows, of, seed, pick)

    def scatter_at(self, x, seed=0):
        """As ``PooledFit.scatter_at``, of this group."""
        return self.fit.scatter_at(self.key, x, seed)

    def _repr_html_(self):
        drawn = self.fit.published(self.key)
        ends = {name: np.quantile(values, [0.5, 0.05, 0.95]) for name, values in drawn.items()}
        table = Table.from_dict(ends, orient="index", columns=["median", "lower", "upper"])
        return card(f"{self.title}; {self.outcome_name} of {len(self.training)} of {len(self.fit.table)} runs, 90% intervals", table._repr_html_(), self.diagnosis)


class Mean(Forecaster):
    """The mean of several outcomes, draw by draw: an average over tasks, from forecasters whose draws belong together.

    Parameters
    ----------
    parts : forecasters of one unit: groups of one pooled fit, or chains that end in them.
    name : what the mean is called.

    Raises
    ------
    InputError : no parts, one that is no forecaster, or parts of several units.
    """

    def __init__(self, parts, name="mean"):
        parts = list(parts)
        if not parts or not all(isinstance(part, Forecaster) for part in parts):
            raise InputError("a mean takes at least one forecaster, such as fit.group('boolq')")
        if len({part.unit for part in parts}) > 1:
            raise InputError(f"the parts of a mean have the units {', '.join(dict.fromkeys(part.unit for part in parts))}; give forecasters of one unit")
        self.parts, self.outcome_name, self.unit = parts, name, parts[0].unit
        self.law, self.input_names, self.largest = parts[0].law, parts[0].input_names, parts[0].largest

    @property
    def diagnosis(self):
        """That of the parts, each fit's once."""
        found = list({str(part.diagnosis): part.diagnosis for part in self.parts}.values())
        return found[0] if len(found) == 1 else sum(found[1:], found[0])

    @property
    def training(self):
        """Runs of the first part, with the mean's name for an outcome they do not hold."""
        return self.parts[0].training

    @property
    def title(self):
        """What it is the mean of."""
        return f"{self.outcome_name}: mean of {len(self.parts)}"

    def draws(self, to, of="run", seed=0):
        """Draws of the mean: as ``Fit.draws``."""
        return np.mean([part.draws(to, of=of, seed=seed) for part in self.parts], axis=0)
