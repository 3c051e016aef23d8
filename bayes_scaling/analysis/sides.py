"""The sides of a comparison: what is compared, and which draws belong together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import listed, shown
from bayes_scaling.inference.design import inputs_at
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.law.law import Law
from bayes_scaling.results.chain import Chain, link_of
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.group import Group, same, whole_of
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.sizes import derive


@dataclass(frozen=True, eq=False)
class Part:
    """One group's draws: its law, {published parameter: (draws,)}, what of its inputs is known, such as a chance level, and the part whose input
    its curve is, where it is the first of a chain."""

    law: Law
    published: dict
    known: dict = field(default_factory=dict)
    then: "Part | None" = None

    def curve(self, x):
        """The law's curve, or the chain's, (draws, targets) at inputs (1 or draws, targets)."""
        inputs = {
            name: x[name] if name in x else np.array([[self.known[name]]])
            for name in self.law.inputs
        }
        made = curve(
            self.law, inputs, {name: values[:, None] for name, values in self.published.items()}
        )
        return made if self.then is None else self.then.curve(x | {link_of(self.then.law): made})

    def inputs(self, to):
        """{input: (1, targets)} of targets, or (1, targets, pieces); what is known is left out where they do not say it."""
        return inputs_at(
            self.law,
            to,
            [name for name in self.law.inputs if name in to.columns or name not in self.known],
        )

    @property
    def parameters(self):
        """{published parameter: (draws,)}; of a chain those of both laws, what is called alike with the law's name."""
        if self.then is None:
            return self.published
        both = set(self.published) & set(self.then.published)
        return {
            f"{name} of {part.law.name}" if name in both else name: values
            for part in (self, self.then)
            for name, values in part.published.items()
        }


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a contrast: a group, or the mean of several.

    Parameters
    ----------
    name : the group.
    context : (column, value, ...) of what both sides have in common, as the validation set; () where there is nothing.
    parts : the Parts whose curves and parameters are averaged.
    """

    name: object
    context: tuple
    parts: tuple

    @cached_property
    def parameters(self):
        """{published parameter: (draws,)}, the mean over the parts."""
        every = [part.parameters for part in self.parts]
        return {
            name: np.mean([one[name] for one in every], axis=0)
            for name in every[0]
            if all(name in one for one in every)
        }

    def curve(self, x):
        """The mean of the parts' curves (draws, targets) at inputs (1 or draws, targets)."""
        return np.mean([part.curve(x) for part in self.parts], axis=0)

    def at(self, to):
        """The curve (draws, targets) at targets."""
        given = {
            name: numbers(to, name)[None]
            for part in self.parts
            if part.then
            for name in part.then.known
            if name in to.columns
        }
        return self.curve(
            given
            | {name: values for part in self.parts for name, values in part.inputs(to).items()}
        )

    def along(self, compute, ratio):
        """The curve at computes (1 or draws, places) and M tokens per parameter."""
        compute = np.asarray(compute, float)
        return self.curve(derive({"C": compute, "M": np.full_like(compute, ratio)}))

    @property
    def context_label(self):
        """The columns of the context."""
        return dict(self.context)

    def label(self, other):
        """The columns that tell a contrast's sides."""
        return {**self.context_label, "group": self.name, "reference": other.name}

    @property
    def where(self):
        """The context in words, leading a sentence."""
        return "".join(
            f"{column} {value}: " if value != "all" else f"mean over every {column}: "
            for column, value in self.context
        )


def sides_of(fit, across=None):
    """(sides, diagnosis, frames of training runs) of a PooledFit, of Fits or of {name: Fit, Chain or group of a pooled fit}."""
    if isinstance(fit, PooledFit):
        return (
            _pooled(fit, across),
            fit.diagnosis,
            [fit.table[fit.place[0] == i] for i in range(len(fit.groups))],
        )
    if isinstance(fit, Fits):
        fit = {
            " / ".join(map(str, group)) if isinstance(group, tuple) else group: fit[group]
            for group in fit
        }
    takes = (Fit, Group, Chain)
    if (
        not isinstance(fit, Mapping)
        or not fit
        or not all(isinstance(one, takes) for one in fit.values())
    ):
        given = (
            type(fit).__name__
            if not isinstance(fit, Mapping) or not fit
            else f"a mapping with a {next(type(one).__name__ for one in fit.values() if not isinstance(one, takes))}"
        )
        raise InputError(
            f"compare takes a pooled fit (fit(..., group=...)), Fits, or {{name: Fit, Chain or group}}; {given} is none of them"
        )
    if across is not None:
        raise InputError(
            f"across is {across!r}, and separate fits have no crossed columns; leave it out"
        )
    units = {name: (one.unit, one.law.outcome) for name, one in fit.items()}
    if len(set(units.values())) > 1:
        raise InputError(
            f"the fits foretell different things: {', '.join(f'{name} {outcome} in {unit}' for name, (unit, outcome) in units.items())}; compare fits of one outcome"
        )
    laws = {
        name: (one.first, one.second) if isinstance(one, Chain) else (one,)
        for name, one in fit.items()
    }
    for name, parts in laws.items():
        if not isinstance(parts[0], (Fit, Group)):
            raise InputError(
                f"{name} begins with an {type(parts[0]).__name__}; compare chains that begin with the fit of one law"
            )
    orders = _orders([one for parts in laws.values() for one in parts])
    sides = [Side(name, (), (_part(*parts, orders=orders),)) for name, parts in laws.items()]
    of = {}  # a fit that serves several sides is spoken of once
    for name, parts in laws.items():
        for one in parts:
            of.setdefault(id(whole_of(one)), (whole_of(one), []))[1].append(str(name))
    diagnosis = sum(
        (whole.diagnosis.named(listed(dict.fromkeys(names))) for whole, names in of.values()),
        Diagnosis(),
    )
    diagnosis += sum(
        (one.linked.named(str(name)) for name, one in fit.items() if isinstance(one, Chain)),
        Diagnosis(),
    )
    for second in {same(parts[1]): parts[1] for parts in laws.values() if len(parts) > 1}.values():
        alike = [
            name
            for name, parts in laws.items()
            if len(parts) > 1 and same(parts[1]) == same(second)
        ]
        if len({same(laws[name][0]) for name in alike}) > 1:
            text = f"one {second.law.name} serves {listed(alike)}: it says that equal {link_of(second.law)} means equal {second.outcome_name}, whatever the data; a second law for each tells whether that holds"
            diagnosis += Diagnosis(cautions=(text,))
    return sides, diagnosis, [parts[0].training for parts in laws.values()]


def _orders(parts):
    """{id of a fit: which of its draws, in which order}. Fits of one seed may share random numbers; in random order their draws are as
    independent as their posteriors. A fit that stands on several sides keeps one order: what it leaves open is the same on all of them."""
    wholes = list({id(whole_of(one)): whole_of(one) for one in parts}.values())
    counts = [len(next(iter(whole.flat(whole.law.names[0]).values()))) for whole in wholes]
    return {
        id(whole): np.random.default_rng([whole.seed, 4, i]).permutation(count)[: min(counts)]
        for i, (whole, count) in enumerate(zip(wholes, counts))
    }


def _part(one, then=None, *, orders):
    """The Part of a Fit or a Group, and of the one that its curve is the input of."""
    if isinstance(one, Group):
        published = one.fit.published(one.key)
        known = one.with_known(pd.DataFrame(index=[0]))
    else:
        published, known = one.flat(*one.law.names), one.training
    known = {name: float(known[name].mean()) for name in one.law.known}
    picked = {
        name: np.asarray(values)[orders[id(whole_of(one))]] for name, values in published.items()
    }
    return Part(one.law, picked, known, None if then is None else _part(then, orders=orders))


def _pooled(fit, across):
    """Sides of a pooled fit: for crossed columns at each level of the others, and on the mean over those that all have."""
    by, parts = fit.pool.by, {}
    for i, group in enumerate(fit.groups):
        known = {
            name: float(fit.data["x"][name][fit.place][fit.place[0] == i].mean())
            for name in fit.law.known
        }
        parts[group if isinstance(group, tuple) else (group,)] = Part(
            fit.law, fit.published(group), known
        )
    across = by[0] if across is None else across
    if across not in by:
        raise InputError(f"across is {across!r}; the groups are told apart by {', '.join(by)}")
    at = by.index(across)
    rest = lambda key: tuple(
        (column, value) for j, (column, value) in enumerate(zip(by, key)) if j != at
    )
    sides = [Side(key[at], rest(key), (part,)) for key, part in parts.items()]
    if len(by) > 1:
        names = list(dict.fromkeys(key[at] for key in parts))
        common = [
            where
            for where in dict.fromkeys(map(rest, parts))
            if sum(rest(key) == where for key in parts) == len(names)
        ]
        if len(common) > 1:
            every = len(common) == len({rest(key) for key in parts})
            levels = lambda j: (
                "all"
                if every
                else f"mean of {shown(list(dict.fromkeys(where[j][1] for where in common)))}"
            )
            where = tuple(
                (column, levels(j))
                for j, column in enumerate(column for column in by if column != across)
            )
            sides += [
                Side(
                    name,
                    where,
                    tuple(
                        part
                        for key, part in parts.items()
                        if key[at] == name and rest(key) in common
                    ),
                )
                for name in names
            ]
    return sides
