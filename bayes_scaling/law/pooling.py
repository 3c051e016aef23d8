"""One law for several groups of runs: which of its quantities the groups share, and the NumPyro model of them all.

A group is a corpus, a family, a recipe, or, with several columns, a cell such as a corpus and a validation set.
Every sampled quantity of a law and of its noise is one of

    "partial"  theta_g = mu + tau z_g on the unconstrained scale, z_g ~ N(0, 1): the groups learn from one another,
               as much as their spread tau says, and an unseen group can be foretold;
    "shared"   one value for all groups;
    "free"     a value for each group, each with the law's own prior: the groups learn nothing from one another.

With crossed columns, as corpus g and validation set h, "partial" is mu + tau_g z_g + tau_h z_h + tau z_gh; of the noise's
quantities without the last term, for the handful of runs of one cell hardly tells a noise of its own.
mu has the law's own prior. tau is HalfNormal, its scale half the spread of that prior: groups differ less than
all that was ever published does, and with two groups, which say little of tau, it stays what that says.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import jax
import numpy as np

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import meant, shown
from bayes_scaling.law.law import Law
from bayes_scaling.law.prior import Prior, half_normal
from bayes_scaling.law.prior_draws import drawn
from bayes_scaling.runs.columns import check_present

MODES = ("partial", "shared", "free")


SHARED = (
    "kappa",
    "tau",
    "ell",
)  # shared where nothing is said: a single group hardly tells how its noise grows, or a discrepancy


@dataclass(frozen=True, eq=False)
class Pool:
    """A law for several groups as a probabilistic model.

    Parameters
    ----------
    law : the Law, with its priors and its noise.
    by : names of the columns that tell groups apart.
    levels : for each column its values.
    cells : the groups that have runs: for each an index into the levels of every column.
    modes : sampled name -> "partial", "shared" or "free".
    spreads : sampled name -> Prior of every tau of that quantity.
    moments : (centre, width) of each quantity's own prior on the unconstrained scale, two arrays.
    """

    law: Law
    by: tuple
    levels: tuple
    cells: tuple
    modes: dict
    spreads: dict
    moments: tuple

    @cached_property
    def groups(self):
        """The groups that have runs: the column's value, or a tuple of values where there are several columns."""
        keys = [tuple(values[i] for values, i in zip(self.levels, cell)) for cell in self.cells]
        return tuple(keys if len(self.by) > 1 else [key for (key,) in keys])

    @cached_property
    def components(self):
        """What a partial quantity is the sum of: (ending of its names, count of z, the z of each cell); the cells' own last."""
        own = ("", len(self.cells), np.arange(len(self.cells)))
        if len(self.by) == 1:
            return (own,)
        return (
            *(
                (f"_{column}", len(self.levels[j]), np.array([cell[j] for cell in self.cells]))
                for j, column in enumerate(self.by)
            ),
            own,
        )

    def key(self, group):
        """A group as a tuple of one value for each column.

        Parameters
        ----------
        group : the column's value, or such a tuple; it may have no runs.

        Returns
        -------
        tuple

        Raises
        ------
        InputError : not one value for each column.
        """
        key = group if isinstance(group, tuple) else (group,)
        if len(key) != len(self.by):
            raise InputError(
                f"the group is {group!r}; give one value for each of {', '.join(self.by)}"
            )
        return key

    def where(self, key):
        """Which of the groups a key is of.

        Parameters
        ----------
        key : one value for each column, as ``key`` gives it.

        Returns
        -------
        place in ``groups``, or None where it has no runs
        """
        cell = tuple(
            values.index(label) if label in values else None
            for values, label in zip(self.levels, key)
        )
        return self.cells.index(cell) if cell in self.cells else None

    @property
    def noise_components(self):
        """The same of the noise's quantities: of crossed columns the columns' own alone."""
        return self.components[:-1] or self.components

    def components_of(self, *names):
        """Components of quantities, all of the law or all of its noise.

        Parameters
        ----------
        *names : sampled names.

        Returns
        -------
        tuple: ``components`` or ``noise_components``
        """
        return (
            self.components
            if set(names) & {q.sampled for q in self.law.parameters}
            else self.noise_components
        )

    @property
    def partial(self):
        """Sampled names that are partially pooled."""
        return tuple(q.sampled for q in self.law.sites if self.modes[q.sampled] == "partial")

    @property
    def own_spreads(self):
        """{sampled name: prior of its spread} where a user gave another than the usual one."""
        usual = _spreads([q.sampled for q in self.law.sites], self.moments, self.modes)
        return {name: prior for name, prior in self.spreads.items() if prior != usual[name]}

    def model(self, data):
        """The NumPyro model: priors, spreads, groups, the mean, the likelihood. Any NumPyro tool takes it.

        Parameters
        ----------
        data : what ``grouped`` makes of a table.
        """
        import jax.numpy as jnp
        import numpyro
        import numpyro.distributions as dist
        from numpyro.distributions import biject_to
        from numpyro.handlers import mask

        priors, p = data["priors"], {}
        for q in self.law.sites:
            name, prior = q.sampled, q.prior.dist(priors[q.sampled])
            if self.modes[name] == "shared":
                p[name] = numpyro.sample(name, prior)
            elif self.modes[name] == "free":
                with numpyro.plate("group", len(self.cells)):
                    p[name] = numpyro.sample(name, prior)[:, None]
            else:
                link = biject_to(prior.support)
                place = link.inv(numpyro.sample(f"mu_{name}", prior))
                for ending, count, of in self.components_of(name):
                    tau = numpyro.sample(
                        f"tau_{name}{ending}", self.spreads[name].dist(priors[f"tau_{name}"])
                    )
                    with numpyro.plate(f"level{ending}", count):
                        place = (
                            place
                            + tau
                            * numpyro.sample(f"z_{name}{ending}", dist.Normal(0.0, 1.0))[
                                jnp.asarray(of)
                            ]
                        )
                p[name] = link(numpyro.deterministic(f"theta_{name}", place))[:, None]
        mean = self.law.function(data["x"], **self.law.publish(p, data["ref"]))
        cells, runs = data["z"].shape
        with (
            numpyro.plate("cell", cells, dim=-2),
            numpyro.plate("run", runs, dim=-1),
            mask(mask=data["mask"]),
        ):
            numpyro.sample(
                "y",
                self.law.noise.distribution(mean, p, data["u"], data.get("se"), data.get("rows")),
                obs=data["z"],
            )

    @property
    def signature(self):
        """What decides the compiled program."""
        modes = tuple(self.modes[q.sampled] for q in self.law.sites)
        spreads = tuple(
            (name, prior.family, tuple(key for key, _ in prior.args))
            for name, prior in self.spreads.items()
        )
        return self.law.signature, modes, spreads, self.cells, tuple(map(len, self.levels))

    def __repr__(self):
        said = "; ".join(
            f"{mode} {', '.join(names)}"
            for mode in MODES
            if (names := [name for name, value in self.modes.items() if value == mode])
        )
        return f"<Pool of {self.law.name} over {len(self.cells)} groups by {', '.join(self.by)}: {said}>"


def pooled(law, table, group, pool=None, spreads=None):
    """The Pool of a law, the columns of a table that tell groups apart, and what the user says of each quantity.

    Raises
    ------
    InputError : a column, a name or a way of pooling can not be, or there is one group alone.
    """
    by = (group,) if isinstance(group, str) else tuple(group)
    for column in by:
        if column not in table.columns:
            raise InputError(
                f"group is {column!r}, and the runs have no such column{meant(column, table.columns)}; name one of {shown(table.columns)}"
            )
        check_present(table, column, "name the group")
    if len(set(by)) < len(by) or not by:
        raise InputError(f"group is {group!r}; name one column, or several that differ")
    keys = list(zip(*(table[column].tolist() for column in by)))
    levels = tuple(tuple(dict.fromkeys(column)) for column in zip(*keys))
    for column, values in zip(by, levels):
        if len(values) < 2:
            raise InputError(
                f"every run has {column} = {values[0]}: there is one group, and nothing to pool; leave {column} out of group"
            )
        if len(values) == len(keys):
            raise InputError(
                f"every run has {column} of its own: that tells no groups apart; name a column that several runs share, such as that of the data set"
            )
    cells = tuple(
        tuple(values.index(label) for values, label in zip(levels, key))
        for key in dict.fromkeys(keys)
    )
    alone = sum(count == 1 for count in Counter(keys).values())
    if 2 * alone > len(cells):
        warn(
            f"{', '.join(by)} tells {len(cells)} groups apart among {len(keys)} runs, and {alone} of them have one run: is that the column of the data set?",
            RunsWarning,
        )
    names = [q.sampled for q in law.sites]
    modes = dict.fromkeys(names, "partial") | {name: "shared" for name in SHARED if name in names}
    renamed = {q.name: q.sampled for q in law.sites}
    if not isinstance(pool or {}, Mapping):
        raise InputError(
            f"pool is {pool!r}; give a way for each name, such as {{'eta': 'shared', 'E': 'free'}}"
        )
    for name, mode in (pool or {}).items():
        if name not in renamed and name not in names:
            raise InputError(
                f"pool names {name!r}{meant(name, [*names, *renamed])}; {law.name} samples {', '.join(names)}"
            )
        if mode not in MODES:
            raise InputError(f"pool says {name} is {mode!r}; use 'partial', 'shared' or 'free'")
        sampled = renamed.get(name, name)
        if mode == "shared" and sampled != name:  # what it is a share of differs between groups
            raise InputError(
                f"pool shares {name}, which is told by {sampled}: one {sampled} for all groups does not make one {name}; leave {name} partial or free, or share {sampled!r} by that name"
            )
        modes[sampled] = mode
    moments = tuple(
        np.array(list(column)) for column in zip(*(_moments(q.prior) for q in law.sites))
    )
    own = _spreads(names, moments, modes)
    for name, prior in (spreads or {}).items():
        name = renamed.get(name, name)
        if name not in own:
            raise InputError(
                f"tau_{name} has a prior, and {name} is not partially pooled; those that are: {', '.join(own)}"
            )
        own[name] = Prior.of(prior, f"tau_{name}")
        if float(own[name].dist().support(-1.0)) or not float(own[name].dist().support(1.0)):
            raise InputError(
                f"the prior of tau_{name} is {prior!r}; a spread is positive: give a distribution such as HalfNormal(0.3)"
            )
    return Pool(law, by, levels, cells, modes, own, moments)


def split_priors(priors):
    """({sampled name: prior}, {name: prior of its tau}) from what a user gave."""
    if not isinstance(priors or {}, dict):
        return priors, {}
    spreads = {
        name.removeprefix("tau_"): prior
        for name, prior in (priors or {}).items()
        if str(name).startswith("tau_")
    }
    return {
        name: prior for name, prior in (priors or {}).items() if not str(name).startswith("tau_")
    } or None, spreads


def _spreads(names, moments, modes):
    """{sampled name: prior of its spread} where a user says nothing: half as wide as the quantity's own prior."""
    return {
        name: half_normal(float(f"{width / 2:.2g}"))
        for name, width in zip(names, moments[1])
        if modes[name] == "partial"
    }


def _moments(prior):
    """Mean and sd of a prior on the unconstrained scale, from a thousand draws."""
    with float64():
        made = np.asarray(drawn(prior.family, jax.random.key(0), dict(prior.args), 1000))
    return float(made.mean()), float(made.std())
