"""One side of a contrast: the posterior draws of a group, or the mean of several groups."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.inference.target_inputs import inputs_at
from bayes_scaling.law.law import Law
from bayes_scaling.results.chain import Chain, link_input
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.sizes import derive_sizes


@dataclass(frozen=True, eq=False)
class NewRuns:
    """What draws new runs of one group.

    Parameters
    ----------
    fit : Fit or Group
        The fit, of a chain the first.
    order : np.ndarray, optional
        Which draws of the fit are compared, in which order; all if left out.
    chain : Chain, optional
        The chain that begins with ``fit``.
    """

    fit: Fit | Group
    order: np.ndarray | None = None
    chain: Chain | None = None


@dataclass(frozen=True, eq=False)
class GroupDraws:
    """Posterior draws of one group's parameters, and the law whose curve they give.

    Parameters
    ----------
    law : Law
        The law of the curve.
    published : dict of str to np.ndarray
        Draws of each published parameter, shape (draws,).
    known : dict of str to float
        Inputs that are known for the group's runs, such as a chance level.
    second : GroupDraws, optional
        The second law of a chain, which takes this curve as its input.
    runs : NewRuns, optional
        What draws new runs of the group.
    """

    law: Law
    published: dict[str, np.ndarray]
    known: dict[str, float] = field(default_factory=dict)
    second: "GroupDraws | None" = None
    runs: NewRuns | None = None

    def curve(self, x: dict[str, np.ndarray]) -> np.ndarray:
        """Evaluate the law, or both laws of a chain, for every draw.

        Parameters
        ----------
        x : dict of str to np.ndarray
            Each input, shape (1 or draws, targets), in its unit.

        Returns
        -------
        np.ndarray
            The curve, shape (draws, targets), in the outcome's unit.
        """
        inputs = {
            name: x[name] if name in x else np.array([[self.known[name]]])
            for name in self.law.inputs
        }
        parameters = {name: values[:, None] for name, values in self.published.items()}
        outcome = self._first_curve(inputs, parameters)
        if self.second is None:
            return outcome
        return self.second.curve(x | {link_input(self.second.law): outcome})

    def _first_curve(
        self, x: dict[str, np.ndarray], parameters: dict[str, np.ndarray]
    ) -> np.ndarray:
        """The curve of the law, or of the group, whose path may depart from it."""
        group = None if self.runs is None else self.runs.fit
        if not isinstance(group, Group):
            return curve(self.law, x, parameters)
        assert self.runs is not None
        pick = slice(None) if self.runs.order is None else self.runs.order
        return group.fit.curve_of(group.key, x, parameters, pick)

    @property
    def laws(self) -> list[Law]:
        """The law, or both laws of a chain."""
        return [self.law, *([] if self.second is None else self.second.laws)]

    def inputs(self, targets: pd.DataFrame) -> dict[str, np.ndarray]:
        """Return the law's inputs at targets, without known ones that the targets lack.

        Parameters
        ----------
        targets : pd.DataFrame
            One row for each target.

        Returns
        -------
        dict of str to np.ndarray
            Each input, shape (1, targets), or (1, targets, pieces) for a vector input.
        """
        names = [
            name for name in self.law.inputs if name in targets.columns or name not in self.known
        ]
        return inputs_at(self.law, targets, names)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Draws of each published parameter; a name that both laws of a chain use names its law."""
        if self.second is None:
            return self.published
        ambiguous = set(self.published) & set(self.second.published)
        return {
            f"{name} of {part.law.name}" if name in ambiguous else name: values
            for part in (self, self.second)
            for name, values in part.published.items()
        }


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a contrast: a group, or the mean of several.

    Parameters
    ----------
    name : object
        The group.
    context : tuple of (column, value)
        What both sides have in common, such as the validation set; () if there is nothing.
    parts : tuple of GroupDraws
        The groups whose curves and parameters are averaged.
    """

    name: Any
    context: tuple[tuple[str, Any], ...]
    parts: tuple[GroupDraws, ...]

    @cached_property
    def parameters(self) -> dict[str, np.ndarray]:
        """Draws of each published parameter, shape (draws,): the mean over the parts."""
        by_part = [part.parameters for part in self.parts]
        return {
            name: np.mean([parameters[name] for parameters in by_part], axis=0)
            for name in by_part[0]
            if all(name in parameters for parameters in by_part)
        }

    def curve(self, x: dict[str, np.ndarray]) -> np.ndarray:
        """Average the parts' curves: see ``GroupDraws.curve``."""
        return np.mean([part.curve(x) for part in self.parts], axis=0)

    def curve_at(self, targets: pd.DataFrame) -> np.ndarray:
        """Evaluate the curve at targets.

        Parameters
        ----------
        targets : pd.DataFrame
            One row for each target.

        Returns
        -------
        np.ndarray
            The curve, shape (draws, targets), in the outcome's unit.
        """
        of_second = {
            name: numbers(targets, name)[None]
            for part in self.parts
            if part.second is not None
            for name in part.second.known
            if name in targets.columns
        }
        of_first = {
            name: values for part in self.parts for name, values in part.inputs(targets).items()
        }
        return self.curve(of_second | of_first)

    def curve_along(self, compute: np.ndarray, ratio: float) -> np.ndarray:
        """Evaluate the curve along compute at a fixed number of tokens per parameter.

        Parameters
        ----------
        compute : np.ndarray
            Compute in FLOPs, shape (1 or draws, points).
        ratio : float
            Tokens per parameter, M.

        Returns
        -------
        np.ndarray
            The curve, shape (draws, points), in the outcome's unit.
        """
        compute = np.asarray(compute, float)
        return self.curve(derive_sizes({"C": compute, "M": np.full_like(compute, ratio)}))

    @property
    def outcome(self) -> str:
        """What the last law predicts, such as "loss"."""
        return self.parts[0].laws[-1].outcome

    @property
    def exponents(self) -> list[str]:
        """Names of the parameters that are exponents."""
        return self._named("exponent")

    @property
    def amplitudes(self) -> list[str]:
        """Names of the parameters that are amplitudes."""
        return self._named("amplitude")

    def _named(self, word: str) -> list[str]:
        """Names of the parameters whose meaning has a word in it."""
        found = {
            name
            for part in self.parts
            for law in part.laws
            for q in law.parameters
            if word in q.meaning
            for name in (q.name, f"{q.name} of {law.name}")
        }
        return [name for name in self.parameters if name in found]

    @property
    def context_label(self) -> dict[str, Any]:
        """The columns of the context."""
        return dict(self.context)

    def label(self, other: "Side") -> dict[str, Any]:
        """Return the columns that identify a contrast of this side with another."""
        return {**self.context_label, "group": self.name, "reference": other.name}

    @property
    def context_prefix(self) -> str:
        """The context as the start of a sentence; "" if there is none."""
        return "".join(
            f"{column} {value}: " if value != "all" else f"mean over every {column}: "
            for column, value in self.context
        )
