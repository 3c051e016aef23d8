"""A chain of two laws: the first one's outcome is the second one's input."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.command_line import without_option
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.table import Table
from bayes_scaling.inference.target_inputs import check_inputs
from bayes_scaling.law.law import Law
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecaster import Forecaster, LawForecaster, Targets
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.verdict import Verdict
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.targets import as_targets


def link_input(law: Law) -> str:
    """Find the input of a chain's second law that the first predicts: the one not known."""
    links = [name for name in law.inputs if name not in law.known]
    if len(links) != 1:
        raise InputError(
            f"{law.name} has the inputs {', '.join(law.inputs)}; the second law of a chain takes"
            " one, the outcome of the first"
        )
    return links[0]


def _check_parts(first: Any, second: Any) -> None:
    """Refuse what is not a forecaster, then a law's, and fits of several groups."""
    for part, kind in ((first, Forecaster), (second, LawForecaster)):
        if not isinstance(part, kind):
            raise InputError(
                "a chain takes two fits, the second of one law; give a fit in place of"
                f" {type(part).__name__}"
            )
        if isinstance(part, PooledFit):
            raise InputError(
                f"a chain is of one group, and this is a fit of {len(part.groups)}; give one, such"
                f" as fit.group({part.groups[0]!r})"
            )


class Chain(Forecaster):
    """Two laws in a row: the draws of the first are the input of the second.

    Parameters
    ----------
    first : Forecaster
        Forecasts a loss: a Fit, a group of a PooledFit, or an Average of several laws.
    second : Fit or Group
        Fit of an error, whose law has one input, the loss, and perhaps inputs that are known, such
        as a chance level.

    Raises
    ------
    InputError
        A part is not a fit or has several groups, or the second law has another number of inputs.
    """

    def __init__(self, first: Forecaster, second: Fit | Group) -> None:
        _check_parts(first, second)
        self.first, self.second, self.link = first, second, link_input(second.law)
        self.outcome_name, self.unit = second.outcome_name, second.unit
        self.largest, self.input_names = first.largest, first.input_names

    @property
    def training(self) -> pd.DataFrame:
        """The runs of the second fit."""
        return self.second.training

    def check_targets(self, to: pd.DataFrame) -> Diagnosis:
        """Check targets against both laws.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets, from ``bayes_scaling.targets``.

        Returns
        -------
        Diagnosis
            The verdict on the reach.
        """
        return self.first.check_targets(to) + super().check_targets(to)

    def drift_note(self, to: Targets) -> str:
        """Describe the drifts of both laws, as ``Fit.drift_note``."""
        to = as_targets(to)
        notes = [self.first.drift_note(to)]
        if self.second.law.noise.drift:
            loss = np.median(self.first.draws(to, of="mean"), axis=0)
            with without_option("drift"):  # at the command line --drift is of the first law alone
                notes.append(self.second.drift_note(to.assign(**{self.link: loss})))
        return ". ".join(filter(None, notes))

    @property
    def title(self) -> str:
        """Both laws in one line."""
        return f"{self._names[0]}, then {self.second.law.name}: {self.second.law.formula}"

    @property
    def _names(self) -> list[str]:
        """Names of both parts: a law's name, or the title of several laws."""
        return [
            part.law.name if isinstance(part, LawForecaster) else part.title
            for part in (self.first, self.second)
        ]

    @property
    def law(self) -> Law:
        """The second law: that of the outcome."""
        return self.second.law

    @property
    def diagnosis(self) -> Diagnosis:
        """Both fits' diagnoses, with a caution where the parts do not fit together."""
        first, second = self._names[0], self.second.law.name
        return (
            self.first.diagnosis.named(f"{first} of {self.first.outcome_name}")
            + self.second.diagnosis.named(f"{second} of {self.second.outcome_name}")
            + self.linked
        )

    @property
    def linked(self) -> Diagnosis:
        """A caution where the second law was fitted on another column than the first predicts."""
        column = self.second.columns.get(self.link, self.link)
        if column in (self.first.outcome_name, self.link):
            return Diagnosis()
        predicted = self.first.outcome_name
        text = f"the second law was fitted on {column}, the first predicts {predicted}"
        return Diagnosis(fit=Verdict("Fit", cautions=(text,)))

    def draws(self, to: Targets, of: str = "run", seed: int = 0) -> np.ndarray:
        """Draws of the second outcome, with the uncertainty of both laws.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets with the inputs of the first law, and what the second must know, such as a
            chance level.
        of : {"run", "mean"}
            As in ``Fit.draws``.
        seed : int
            As in ``Fit.draws``.

        Returns
        -------
        numpy.ndarray
            Draws, shape (draws, targets), in the unit of the second outcome.
        """
        to = as_targets(to)
        return self.draws_after(self.first.draws(to, of=of, seed=seed), to, of, seed)

    def draws_after(
        self, first: np.ndarray, to: pd.DataFrame, of: str = "run", seed: int = 0
    ) -> np.ndarray:
        """Draws of the second outcome for draws of the first.

        Parameters
        ----------
        first : numpy.ndarray
            Draws of the first outcome at the targets, shape (draws, targets), in its unit.
        to : pandas.DataFrame
            Complete targets, as in ``draws``.
        of : {"run", "mean"}
            As in ``draws``.
        seed : int
            As in ``draws``.

        Returns
        -------
        numpy.ndarray
            As from ``draws``.
        """
        # the posteriors are independent: any pairing of their draws is one of the joint posterior
        law, to = self.second.law, self.second.with_known(to)
        check_inputs(law, to.assign(**{self.link: 0.0}))
        x = {self.link: first} | {name: numbers(to, name)[None] for name in law.known}
        rows = {
            name: numbers(to, name) for name in law.noise.reads_of_targets if name in to.columns
        }
        return self.second.draws_at(x, of=of, seed=(seed + 1) % 2**32, paired=True, rows=rows)

    def __repr__(self) -> str:
        first = f"{self._names[0]} of {self.first.outcome_name}"
        return f"<Chain {first} -> {self.second.law.name} of {self.second.outcome_name}>"

    def _repr_html_(self) -> str:
        fits = (self.first, self.second)
        table = Table(
            {
                "law": self._names,
                "formula": [fit.title.partition(": ")[2] for fit in fits],
                "of": [fit.outcome_name for fit in fits],
                "runs": [len(fit.training) for fit in fits],
            }
        )
        title = f"{self.second.outcome_name} by way of {self.first.outcome_name}"
        return card(title, table._repr_html_(), self.diagnosis)

    @property
    def stages(self) -> tuple:
        """The first law's forecaster, then the chain: see ``Forecaster.stages``."""
        return (self.first, self)

    def component_fits(self) -> list:
        """Return the fits of both laws: see ``Forecaster.component_fits``."""
        return [*self.first.component_fits(), *self.second.component_fits()]


def chain(first: Forecaster, second: Fit | Group) -> Chain:
    """Join a loss fit and an error fit into one forecaster.

    Parameters
    ----------
    first : Forecaster
        As in ``Chain``.
    second : Fit or Group
        As in ``Chain``.

    Returns
    -------
    Chain
        The forecaster of the error.

    Raises
    ------
    InputError
        As in ``Chain``.
    """
    return Chain(first, second)
