"""One law for several groups of runs, and the NumPyro model of them all.

A group is a corpus, a family, a recipe, or, with several columns, a cell such as a corpus and a
validation set. Every sampled quantity of a law and of its noise is one of

    "partial"  theta_g = mu + tau z_g on the unconstrained scale, z_g ~ N(0, 1): the groups learn
               from one another, as much as the group sd tau allows, and unseen groups can be
               predicted;
    "shared"   one value for all groups;
    "free"     a value for each group, each with the law's prior: the groups learn nothing from one
               another.

With crossed columns, as corpus g and validation set h, "partial" is
mu + tau_g z_g + tau_h z_h + tau z_gh. The noise's quantities go without the last term, because the
handful of runs of one cell has little information on its noise. mu has the law's prior. tau is
HalfNormal, its scale half the prior's sd: groups differ less than everything that was ever
published, and with two groups, which barely inform tau, the prior decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Component, Numeric
from bayes_scaling.law.group_sd import default_group_sds
from bayes_scaling.law.law import Law
from bayes_scaling.law.prior import Prior

MODES = ("partial", "shared", "free")


@dataclass(frozen=True, eq=False)
class Pool:
    """A law for several groups as a probabilistic model.

    Parameters
    ----------
    law : Law
        The law, with its priors and its noise.
    by : tuple of str
        Names of the columns that identify groups.
    levels : tuple of tuple
        The values of each column.
    cells : tuple of tuple of int
        The groups that have runs: for each an index into the levels of every column.
    modes : mapping of str to str
        Sampled name -> "partial", "shared" or "free".
    spreads : mapping of str to Prior
        Sampled name -> prior of its group sds tau.
    moments : tuple of two arrays
        Mean and sd of each quantity's prior on the unconstrained scale.
    """

    law: Law
    by: tuple[str, ...]
    levels: tuple[tuple[Any, ...], ...]
    cells: tuple[tuple[int, ...], ...]
    modes: Mapping[str, str]
    spreads: Mapping[str, Prior]
    moments: tuple[np.ndarray, ...]

    @cached_property
    def groups(self) -> tuple[Any, ...]:
        """The groups that have runs: values of the column, or tuples of values of the columns."""
        keys = [tuple(values[i] for values, i in zip(self.levels, cell)) for cell in self.cells]
        return tuple(keys if len(self.by) > 1 else [key for (key,) in keys])

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """What the law's partially pooled quantities are sums of; the cells' deviations last."""
        count = len(self.cells)
        of_cells = ("", count, np.arange(count))
        if len(self.by) == 1:
            return (of_cells,)
        of_columns = (
            (f"_{column}", len(self.levels[j]), np.array([cell[j] for cell in self.cells]))
            for j, column in enumerate(self.by)
        )
        return (*of_columns, of_cells)

    @property
    def noise_components(self) -> tuple[Component, ...]:
        """The same for the noise: of crossed columns without the cells' deviations."""
        return self.components[:-1] or self.components

    def components_of(self, *names: str) -> tuple[Component, ...]:
        """Components of quantities, all of the law or all of its noise.

        Parameters
        ----------
        *names : str
            Sampled names.

        Returns
        -------
        tuple
            ``components`` or ``noise_components``.
        """
        of_law = {q.sampled for q in self.law.parameters}
        return self.components if set(names) & of_law else self.noise_components

    def key(self, group: Any) -> tuple[Any, ...]:
        """A group as a tuple of one value for each column.

        Parameters
        ----------
        group : value or tuple
            The column's value, or a tuple of the columns' values; it may have no runs.

        Returns
        -------
        tuple

        Raises
        ------
        InputError
            Not one value for each column.
        """
        key = cast(tuple[Any, ...], group if isinstance(group, tuple) else (group,))
        if len(key) != len(self.by):
            raise InputError(
                f"the group is {group!r}; give one value for each of {', '.join(self.by)}"
            )
        return key

    def index_of(self, key: tuple[Any, ...]) -> int | None:
        """Index of a group.

        Parameters
        ----------
        key : tuple
            One value for each column, as ``key`` returns it.

        Returns
        -------
        int or None
            Index into ``groups``, or None where the group has no runs.
        """
        cell = tuple(
            values.index(label) if label in values else None
            for values, label in zip(self.levels, key)
        )
        return self.cells.index(cell) if cell in self.cells else None

    @property
    def partial(self) -> tuple[str, ...]:
        """Sampled names that are partially pooled."""
        return tuple(q.sampled for q in self.law.sites if self.modes[q.sampled] == "partial")

    @property
    def custom_group_sds(self) -> dict[str, Prior]:
        """{sampled name: prior of its group sd} where a user gave another than the default."""
        names = [q.sampled for q in self.law.sites]
        default = default_group_sds(names, self.moments[1], self.modes)
        return {name: prior for name, prior in self.spreads.items() if prior != default[name]}

    def model(self, data: Mapping[str, Any]) -> None:
        """The NumPyro model: priors, group sds, groups, the mean, the likelihood.

        Any NumPyro tool takes it.

        Parameters
        ----------
        data : mapping
            What ``bayes_scaling.inference.grouped_design.grouped`` returns.
        """
        import numpyro
        from numpyro.handlers import mask

        p = {
            q.sampled: self._sample_quantity(q.sampled, q.prior, data["priors"])
            for q in self.law.sites
        }
        mean = self.law.function(data["x"], **self.law.publish(p, data["ref"]))
        cells, runs = data["z"].shape
        with (
            numpyro.plate("cell", cells, dim=-2),
            numpyro.plate("run", runs, dim=-1),
            mask(mask=data["mask"]),
        ):
            outcome = self.law.noise.distribution(
                mean, p, data["u"], data.get("se"), data.get("rows")
            )
            numpyro.sample("y", outcome, obs=data["z"])

    def _sample_quantity(self, name: str, prior: Prior, priors: Mapping[str, Any]) -> Numeric:
        """One quantity: a number where it is shared, else (cells, 1)."""
        from bayes_scaling.law.pooled_model import sample_free, sample_partial, sample_shared

        distribution = prior.dist(priors[name])
        if self.modes[name] == "shared":
            return sample_shared(name, distribution)
        if self.modes[name] == "free":
            return sample_free(name, distribution, len(self.cells))
        tau_prior = self.spreads[name].dist(priors[f"tau_{name}"])
        return sample_partial(name, distribution, tau_prior, self.components_of(name))

    @property
    def signature(self) -> tuple[Any, ...]:
        """What decides the compiled program."""
        modes = tuple(self.modes[q.sampled] for q in self.law.sites)
        spreads = tuple(
            (name, prior.family, tuple(key for key, _ in prior.args))
            for name, prior in self.spreads.items()
        )
        return self.law.signature, modes, spreads, self.cells, tuple(map(len, self.levels))

    def __repr__(self) -> str:
        names_by_mode = {
            mode: [name for name, value in self.modes.items() if value == mode] for mode in MODES
        }
        quantities = "; ".join(
            f"{mode} {', '.join(names)}" for mode, names in names_by_mode.items() if names
        )
        groups = f"{len(self.cells)} groups by {', '.join(self.by)}"
        return f"<Pool of {self.law.name} over {groups}: {quantities}>"
