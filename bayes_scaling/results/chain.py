"""A chain of two laws: the first one's outcome is the second one's input."""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.messages import untyped
from bayes_scaling._core.table import Table
from bayes_scaling.inference.design import check_inputs
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecaster import Forecaster, LawForecaster
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.targets import as_targets


def link_of(law):
    """The input of a chain's second law that the first foretells: the only one that is not known."""
    links = [name for name in law.inputs if name not in law.known]
    if len(links) != 1:
        raise InputError(
            f"{law.name} has the inputs {', '.join(law.inputs)}; the second law of a chain takes one, the outcome of the first"
        )
    return links[0]


class Chain(Forecaster):
    """Two laws in a row: the draws of the first are the input of the second.

    Parameters
    ----------
    first : forecaster of a loss: Fit, a group of a PooledFit, or an Average of several laws.
    second : fit of an error, Fit or a group, whose law has one input, the loss, beside those that are known, such as a chance level.

    Raises
    ------
    InputError : a part is no fit or one of several groups, or the second is of a law with another number of inputs.
    """

    def __init__(self, first, second):
        for part, fits in (
            (first, isinstance(first, Forecaster)),
            (second, hasattr(second, "draws_at")),
        ):
            if not fits:
                raise InputError(
                    f"a chain takes two fits, the second of one law; {type(part).__name__} is none"
                )
            if hasattr(part, "pool"):
                raise InputError(
                    f"a chain is of one group, and this is a fit of {len(part.groups)}; give one, such as fit.group({part.groups[0]!r})"
                )
        self.first, self.second, self.link = first, second, link_of(second.law)
        self.outcome_name, self.unit, self.largest, self.input_names = (
            second.outcome_name,
            second.unit,
            first.largest,
            first.input_names,
        )

    @property
    def training(self):
        """The runs of the second fit."""
        return self.second.training

    def _reach(self, to):
        """That of the first law's forecast too."""
        return self.first._reach(to) + super()._reach(to)

    def drift_note(self, to):
        """Of both laws' drifts, where a target lies beyond their runs: as ``Fit.drift_note``."""
        to = as_targets(to)
        notes = [self.first.drift_note(to)]
        if self.second.law.noise.drift:
            with untyped("drift"):  # at the command line --drift is of the first law alone
                notes.append(
                    self.second.drift_note(
                        to.assign(**{self.link: np.median(self.first.draws(to, of="mean"), axis=0)})
                    )
                )
        return ". ".join(filter(None, notes))

    @property
    def title(self):
        """Both laws in one line."""
        return f"{self._names[0]}, then {self.second.law.name}: {self.second.law.formula}"

    @property
    def _names(self):
        """What both parts are called: a law by its name, several by their title."""
        return [
            part.law.name if isinstance(part, LawForecaster) else part.title
            for part in (self.first, self.second)
        ]

    @property
    def law(self):
        """The second law: that of the outcome."""
        return self.second.law

    @property
    def diagnosis(self):
        """Both fits' diagnoses, and a caution where the link's column differs from the first law's outcome."""
        both = self.first.diagnosis.named(
            f"{self._names[0]} of {self.first.outcome_name}"
        ) + self.second.diagnosis.named(f"{self.second.law.name} of {self.second.outcome_name}")
        return both + self.linked

    @property
    def linked(self):
        """A Diagnosis with a caution where the link's column differs from the first law's outcome."""
        column = self.second.columns.get(self.link, self.link)
        other = column not in (self.first.outcome_name, self.link)
        return Diagnosis(
            cautions=(
                f"the second law was fitted on {column}, the first foretells {self.first.outcome_name}",
            )
            if other
            else ()
        )

    def draws(self, to, of="run", seed=0):
        """Draws of the second outcome, the uncertainty of both laws in them: as ``Fit.draws``, the targets with the inputs of the first
        law and what the second must know, such as a chance level."""
        to = as_targets(to)
        first = self.first.draws(to, of=of, seed=seed)
        # the posteriors are independent: any pairing of their draws is one of the joint posterior
        to = self.second.with_known(to)
        check_inputs(self.second.law, to.assign(**{self.link: 0.0}))
        x = {self.link: first} | {name: numbers(to, name)[None] for name in self.second.law.known}
        rows = {
            name: numbers(to, name) for name in self.second.law.noise.reads if name in to.columns
        }
        return self.second.draws_at(x, of=of, seed=(seed + 1) % 2**32, paired=True, rows=rows)

    def __repr__(self):
        return f"<Chain {self._names[0]} of {self.first.outcome_name} -> {self.second.law.name} of {self.second.outcome_name}>"

    def _repr_html_(self):
        fits = (self.first, self.second)
        table = Table(
            {
                "law": self._names,
                "formula": [fit.title.partition(": ")[2] for fit in fits],
                "of": [fit.outcome_name for fit in fits],
                "runs": [len(fit.training) for fit in fits],
            }
        )
        return card(
            f"{self.second.outcome_name} by way of {self.first.outcome_name}",
            table._repr_html_(),
            self.diagnosis,
        )

    @property
    def stages(self) -> tuple:
        """The first law's forecaster, then the chain: see ``Forecaster.stages``."""
        return (self.first, self)

    def component_fits(self) -> list:
        """Return the fits of both laws: see ``Forecaster.component_fits``."""
        return [*self.first.component_fits(), *self.second.component_fits()]


def chain(first, second):
    """A loss fit and an error fit as one forecaster.

    Parameters
    ----------
    first, second : as for ``Chain``.

    Returns
    -------
    Chain

    Raises
    ------
    InputError : as ``Chain``.
    """
    return Chain(first, second)
