"""One group of a pooled fit as a forecaster of its own."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling._core.html import card
from bayes_scaling._core.table import Table
from bayes_scaling.results.forecaster import LawForecaster
from bayes_scaling.results.new_group import without_runs
from bayes_scaling.runs.targets import as_targets


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
        return self.fit.training[
            (self.fit.training[list(self.fit.pool.by)] == list(self.key)).all(axis=1)
        ]

    @property
    def largest(self):
        """Largest training compute of the group, FLOPs (NaN where it has none)."""
        return float(self.training["C"].max()) if "C" in self.training.columns else float("nan")

    def with_known(self, to):
        """Targets of this group, with what is known of its runs where they lack it: as ``PooledFit.with_known``."""
        return self.fit.with_known(to.assign(**dict(zip(self.fit.pool.by, self.key))))

    def forecast(self, to, prob=0.9, of="run", kind="eti", seed=0):
        """As ``Fit.forecast``; a group without runs says so."""
        made = super().forecast(to, prob, of, kind, seed)
        made.note = ". ".join(filter(None, (without_runs(self.fit, [self.key]), made.note)))
        return made

    def draws(self, to, of="run", seed=0):
        """As ``PooledFit.draws``, of this group."""
        return self.fit.draws(self.with_known(as_targets(to)), of=of, seed=seed)

    def drift_note(self, to):
        """As ``PooledFit.drift_note``."""
        return self.fit.drift_note(self.with_known(as_targets(to)))

    def draws_at(self, x, of="run", seed=0, paired=False, se=None, rows=None):
        """As ``Fit.draws_at``, in one order for all groups, so that they still belong together; ``se`` is not read, and ``rows`` is whole."""
        count = len(next(iter(x.values()))) if paired else self.fit.count
        pick = (
            np.resize(np.random.default_rng([self.fit.seed, 2]).permutation(self.fit.count), count)
            if paired
            else slice(None)
        )
        return self.fit.draws_at(self.key, x, rows, of, seed, pick)

    def scatter_at(self, x, seed=0):
        """As ``PooledFit.scatter_at``, of this group."""
        return self.fit.scatter_at(self.key, x, seed)

    def _repr_html_(self):
        drawn = self.fit.published(self.key)
        ends = {name: np.quantile(values, [0.5, 0.05, 0.95]) for name, values in drawn.items()}
        table = Table.from_dict(ends, orient="index", columns=["median", "lower", "upper"])
        return card(
            f"{self.title}; {self.outcome_name} of {len(self.training)} of {len(self.fit.table)} runs, 90% intervals",
            table._repr_html_(),
            self.diagnosis,
        )

    def component_fits(self) -> list:
        """Return the pooled fit: see ``Forecaster.component_fits``."""
        return [(self.outcome_name, self.fit)]


def whole_of(fit):
    """The fit whose draws a forecaster has: those of a group belong together with those of the other groups."""
    return fit.fit if isinstance(fit, Group) else fit


def same(fit):
    """What two forecasters agree in that are one: a group is made anew each time it is asked for."""
    return id(whole_of(fit)), getattr(fit, "key", None)
