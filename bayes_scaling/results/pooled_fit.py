"""A law's posterior for several groups at once: what ``fit(..., group=...)`` returns."""

from dataclasses import dataclass, replace
from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_seed, is_size
from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.html import card
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import meant, shown
from bayes_scaling._core.table import Table
from bayes_scaling._core.versions import versions
from bayes_scaling.inference.design import data_hash, distance
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.inference.hierarchical.linearization import once
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.inference.psis import pareto_k
from bayes_scaling.inference.sampler import Draws
from bayes_scaling.law.likelihoods.drift import along, told
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.pooling import Pool
from bayes_scaling.results._plotting import draw
from bayes_scaling.results.datatree import Parts
from bayes_scaling.results.diagnosis import LIMITS, Diagnosis, convergence
from bayes_scaling.results.forecaster import LawForecaster
from bayes_scaling.results.group import Group
from bayes_scaling.results.new_group import generator, unseen, without_runs
from bayes_scaling.results.pooled_datatree import tree
from bayes_scaling.results.pooled_summary import summary
from bayes_scaling.runs.columns import numbers, row_name
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets


@dataclass(frozen=True, eq=False)
class PooledFit(LawForecaster):
    """A law's posterior given the runs of several groups. Immutable.

    Parameters
    ----------
    pool : the Pool: law, groups, and what they share.
    posterior : {name: (chains, draws, ...)}: published parameters, sampled quantities and noise of each group, with an axis
        over ``groups``; mu (the middle group), tau (spreads, on the unconstrained scale) and z of what is partially pooled.
    source : what the rest of ``tree`` is made of when first asked for: the engine's Draws, or the tree of a saved fit.
    table, y, data, place, columns, se : what was fitted: the runs, the outcome's column, the design, where each run
        stands in it, {input: column}, the column of standard errors or None.
    seed, engine : how the draws were made.
    drift : (column, {level: sd}) of a drift of each level's own, in place of the noise's: see ``with_drift``.
    """

    pool: Pool
    posterior: dict
    source: object
    table: pd.DataFrame
    y: str
    data: dict
    place: tuple
    columns: dict
    se: str | None
    seed: int
    engine: dict
    drift: tuple | None = None

    @property
    def law(self):
        """The Law, with the priors and the noise that were used."""
        return self.pool.law

    @property
    def groups(self):
        """The groups that have runs: the column's value, or a tuple where there are several columns."""
        return self.pool.groups

    @property
    def title(self):
        """The law and its groups in one line."""
        return f"{self.law.name} by {', '.join(self.pool.by)}: {self.law.formula}"

    @cached_property
    def largest(self):
        """Largest training compute of all groups, FLOPs (NaN where the runs have none)."""
        return float(self.table["C"].max()) if "C" in self.table.columns else float("nan")

    @cached_property
    def training(self):
        """The runs that were fitted, the law's inputs under their own names too."""
        return self.table.assign(
            **{
                name: self.table[column]
                for name, column in self.columns.items()
                if isinstance(column, str) and column in self.table
            }
        )

    @property
    def parts(self):
        """Labels of the runs: see ``bayes_scaling.results.datatree.Parts``."""
        labels = self.table["run"] if "run" in self.table.columns else self.table.index
        return Parts(np.asarray(labels).astype(str), {}, {}, None)

    @property
    def count(self):
        """Draws of all chains."""
        return self.engine["chains"] * self.engine["draws"]

    def flat(self, *names):
        """{name: (draws, ...)}: draws of all chains in a row, of names as in ``PooledFit.posterior``."""
        return {
            name: self.posterior[name].reshape(-1, *self.posterior[name].shape[2:])
            for name in names
        }

    def label(self, group):
        """A group in words; ``group`` and errors as in ``PooledFit.published``."""
        return " / ".join(map(str, self.pool.key(group)))

    def group(self, group):
        """One group as a forecaster of its own, such as the second part of a chain; ``group`` and errors as in ``PooledFit.published``."""
        return Group(self, self.pool.key(group))

    def published(self, group):
        """Published parameters of one group, seen or not: see ``bayes_scaling.results.new_group``.

        Parameters
        ----------
        group : the column's value, or a tuple of one value for each column.

        Returns
        -------
        {published parameter: (draws,)}

        Raises
        ------
        InputError : not one value for each column.
        """
        return self._group(self.pool.key(group))[0]

    def _group(self, key):
        """(published parameters, sampled quantities) of a group, each {name: (draws,)}."""
        i = self.pool.where(key)
        if i is None:
            return unseen(self, key)
        return tuple(
            {name: values[:, i] for name, values in self.flat(*names).items()}
            for names in (self.law.names, (q.sampled for q in self.law.sites))
        )

    def _keys(self, to):
        """The group of each target."""
        for column in self.pool.by:
            if column not in to.columns:
                raise InputError(
                    f"the targets have no column {column!r}; give each target's {' and '.join(self.pool.by)}{', or none of them to .forecast, which then answers for every group' if len(self.pool.by) > 1 else ', or use .forecast, which answers for every group'}"
                )
            if to[column].isna().any():
                raise InputError(
                    f"target {to.index[int(to[column].isna().to_numpy().argmax())]}: {column} is missing; name the group"
                )
        return list(zip(*(to[column].tolist() for column in self.pool.by)))

    def with_known(self, to):
        """As ``Fit.with_known``, for what the law or its likelihood must know of a run, such as a chance level or a number of items: the
        mean over the group's own runs, or over all where it has none. InputError where a target names no group."""
        keys, given = self._keys(to), {**self.data["x"], **self.data.get("rows", {})}
        for name in (*self.law.known, *self.law.noise.reads):
            if name not in to.columns:
                own = {
                    key: self.place[0] == i
                    if (i := self.pool.where(key)) is not None
                    else slice(None)
                    for key in dict.fromkeys(keys)
                }
                values = np.asarray(given[name])[self.place]
                mean = {key: values[of].mean() for key, of in own.items()}
                to = to.assign(
                    **{
                        name: [
                            round(mean[key]) if name in ("items", "passes", "k") else mean[key]
                            for key in keys
                        ]
                    }
                )
        return to

    def draws(self, to, of="run", seed=0):
        """As ``Fit.draws``, of seen or unseen groups: the targets have the columns of the groups too."""
        to = self.with_known(as_targets(to))
        keys, out = self._keys(to), np.empty((self.count, len(to)))
        x, rows = self.inputs(to), {name: numbers(to, name)[None] for name in self.law.noise.reads}
        for key in dict.fromkeys(keys):
            mine = np.array([other == key for other in keys])
            out[:, mine] = self.draws_at(
                key,
                *({name: values[:, mine] for name, values in part.items()} for part in (x, rows)),
                of,
                seed,
            )
        return out

    def draws_at(self, key, x, rows, of="run", seed=0, pick=slice(None)):
        """Draws (draws, targets) of the outcome of one group, seen or not, in its unit; ``of``, ``seed`` and errors as in ``Fit.draws_at``.

        Parameters
        ----------
        key : the group, a tuple of one value for each column.
        x : {input: (1 or draws, targets)}.
        rows : {name: (1, targets)} of what the likelihood reads of a run, every name of it; None where it reads nothing.
        pick : which draws of the posterior, in which order: an index of (draws,).
        """
        check_of(of), check_seed(seed)
        published, sampled = (
            {name: np.asarray(value)[pick, None] for name, value in part.items()}
            for part in self._group(key)
        )
        mean, u, noise = (
            curve(self.law, x, published),
            distance(self.law, x, self._ref),
            self.noise_of(key),
        )
        if of == "mean":
            return mean
        beyond = {"beyond": np.maximum(self._last([key]) - u, 0.0)} if noise.drift else {}
        return noise.draw(
            generator(self, "noise", seed, key),
            mean,
            sampled,
            u,
            None,
            rows,
            **beyond,
            **self._seen(key, published),
        )

    def scatter_at(self, key, x, seed=0):
        """New runs of the group ``key``, a tuple, on the link's scale, u below its own largest: otherwise as ``Fit.scatter_at``."""
        published, sampled = (
            {name: value[:, None] for name, value in part.items()} for part in self._group(key)
        )
        mean, u = curve(self.law, x, published), distance(self.law, x, self._ref)
        return *self.law.noise.scatter(
            generator(self, "noise", seed, key), mean, sampled, u, **self._seen(key, published)
        ), u - self._last([key])

    def _last(self, keys):
        """u of each group's own largest run, where its drift begins: the others tell a group of the law, not how it leaves it. 0, that of all, where it has no runs."""
        u, own = self.data["u"][self.place], [self.pool.where(key) for key in keys]
        return np.array([0.0 if i is None else u[self.place[0] == i].min() for i in own])

    def with_drift(self, column, sds):
        """The same posterior, its forecasts with a drift beyond the data of each level's own; no training run tells of it.

        Parameters
        ----------
        column : one that tells groups apart, such as that of the validation set.
        sds : {level: sd} for each unit of log(scale / largest scale of the group's own runs), as ``bayes_scaling.drift_by`` learns them from
            held-out runs; a level that is left out has the mean of the others.

        Returns
        -------
        PooledFit

        Raises
        ------
        InputError : no such column, level or sd, or a likelihood without drift.
        """
        if column not in self.pool.by:
            raise InputError(
                f"column is {column!r}{meant(column, self.pool.by)}; the groups are told apart by {', '.join(self.pool.by)}"
            )
        for level, sd in sds.items():
            if level not in (levels := self.pool.levels[self.pool.by.index(column)]):
                raise InputError(
                    f"sds name the {column} {level!r}, which has no runs{meant(level, levels)}; those that have: {shown(levels)}"
                )
            if not is_size(sd):
                raise InputError(
                    f"the drift of {level} is {sd!r}; give a number from 0, such as 0.005"
                )
        if not sds or not isinstance(self.law.noise, Noise) or self.law.scale is None:
            raise InputError(
                f"{'sds are empty' if not sds else f'{self.law.name} with {self.law.noise} has no drift'}; give a law with a scale and a Noise, and an sd for a level at least"
            )
        return replace(self, drift=(column, {level: float(sd) for level, sd in sds.items()}))

    def noise_of(self, key):
        """The likelihood that a group's new runs have, the drift of its level in it; ``key`` as in ``PooledFit.draws_at``."""
        if self.drift is None:
            return self.law.noise
        column, sds = self.drift
        return replace(
            self.law.noise,
            drift=sds.get(key[self.pool.by.index(column)], float(np.mean(list(sds.values())))),
        )

    def _seen(self, key, published):
        """What a group's runs tell its discrepancy, where there is one: see ``Noise.scatter``."""
        i = self.pool.where(key)
        if not self.law.noise.smooth or i is None:
            return {}
        at = tuple(place[self.place[0] == i] for place in self.place)
        x = {name: values[at] for name, values in self.data["x"].items()}
        mean = curve(self.law, {name: values[None] for name, values in x.items()}, published)
        se = self.data["se"][at] if "se" in self.data else None
        return {
            "seen": {
                "residual": self.data["z"][at] - self.law.noise.forward(mean),
                "u": distance(self.law, x, self._ref),
                "se": se,
            }
        }

    @property
    def _ref(self):
        """What the reference run has one value of for all groups."""
        return {name: value for name, value in self.data["ref"].items() if np.ndim(value) == 0}

    def drift_note(self, to):
        """As ``Fit.drift_note``. Beyond the data is beyond the largest scale of a group's own runs, or of all where it has none."""
        to = self.with_known(as_targets(to))
        sds = [self.law.noise.drift] if self.drift is None else list(self.drift[1].values())
        if (
            not max(sds) > 0
            or not (
                distance(self.law, self.inputs(to), self._ref) < self._last(self._keys(to))
            ).any()
        ):
            return ""
        if self.drift is None:
            return f"Beyond the data {self.y} may drift off the law: {told(self.law)}"
        each = ", ".join(f"{level} {sd:.2g}" for level, sd in self.drift[1].items())
        return f"Beyond the data {self.y} may drift off the law: sd by {self.drift[0]} ({each}) * {along(self.law)} on the {self.law.noise.link} of the outcome, as given"

    def of_every_group(self, to):
        """Targets with the groups' columns; those without them once for every group. Labels that are text are kept; errors as in ``Fit.draws``."""
        to = as_targets(to)
        if set(self.pool.by) & set(to.columns):
            return to
        for column in to.columns:
            if column not in (*SIZES, *self.law.inputs) and meant(column, self.pool.by, 0.8):
                warn(
                    f"the targets' column {column!r} is not used{meant(column, self.pool.by, 0.8)}",
                    RunsWarning,
                )
        keys = pd.DataFrame(
            [self.pool.key(group) for group in self.groups], columns=list(self.pool.by)
        )
        made = keys.merge(to, how="cross")
        return (
            made.set_axis(list(to.index) * len(keys))
            if any(isinstance(label, str) for label in to.index)
            else made
        )

    def forecast(self, to, prob=0.9, of="run", kind="eti", seed=0):
        """As ``Fit.forecast``, with the group's columns; targets without them are answered for every group.

        ``extrapolation`` is over the group's own largest training compute; over that of all groups where it has no runs.
        """
        to = self.of_every_group(to)
        made = super().forecast(to, prob, of, kind, seed)
        made.note = ". ".join(filter(None, (without_runs(self, self._keys(to)), made.note)))
        return made

    def intervals(self, to, prob, of, kind, seed):
        """As ``Forecaster.intervals``, the groups' columns first; InputError where a target names no group."""
        made, keys = super().intervals(to, prob, of, kind, seed), self._keys(to)
        if "C" in to.columns and "C" in self.table.columns:
            largest = [
                self.table["C"].to_numpy(float)[self.place[0] == i].max()
                for i in range(len(self.groups))
            ]
            made["extrapolation"] = to["C"].to_numpy(float) / [
                self.largest if (i := self.pool.where(key)) is None else largest[i] for key in keys
            ]
        return pd.concat(
            [to[list(self.pool.by)], made.drop(columns=[c for c in self.pool.by if c in made])],
            axis=1,
        )

    def _named(self):
        """Every sampled quantity as {name in words: (chains, draws)}."""
        sampled = {}
        for q in self.law.sites:
            name, mode = q.sampled, self.pool.modes[q.sampled]
            if mode == "shared":
                sampled[name] = self.posterior[name][..., 0]
                continue
            sampled |= {
                f"{name} of {self.label(group)}": self.posterior[name][..., i]
                for i, group in enumerate(self.groups)
            }
            if mode == "partial":
                sampled |= {
                    key: self.posterior[key]
                    for key in (
                        f"mu_{name}",
                        *(f"tau_{name}{ending}" for ending, *_ in self.pool.components_of(name)),
                    )
                }
        return sampled

    @cached_property
    def diagnosis(self):
        """Diagnosis of the draws: convergence of every group and of what they share, runs that carry much of the fit."""
        numbers, problems, cautions = convergence(self._named(), self.engine["health"])
        k = pareto_k(self.log_likelihood)
        numbers |= {"attempts": self.engine["attempts"], "pareto_k": float(k.max())}
        if k.max() > LIMITS["pareto_k"]:
            runs = [
                f"{row_name(self.table, i)} of {self.label(self.groups[self.place[0][i]])}"
                for i in np.argsort(-k)
                if k[i] > LIMITS["pareto_k"]
            ]
            cautions.append(
                f"single runs carry much of the fit (Pareto k up to {k.max():.2f}): {'; '.join(runs[:3])}{f' and {len(runs) - 3} more' if len(runs) > 3 else ''}; look at them"
            )
        return Diagnosis(tuple(problems), tuple(cautions), numbers)

    @cached_property
    def log_likelihood(self):
        """Pointwise log likelihood of the outcome, (draws, runs)."""
        if not isinstance(self.source, Draws):
            return self.source["log_likelihood"]["y"].values.reshape(self.count, -1)
        with float64():
            values = _log_runs(
                Hierarchy(self.pool), self.source.theta.reshape(self.count, -1), self.data
            )
            rows = {
                name: np.asarray(a)[self.place] for name, a in self.data.get("rows", {}).items()
            }
            return np.asarray(values)[
                :, self.place[0], self.place[1]
            ] + self.law.noise.log_jacobian(self.table[self.y].to_numpy(float), rows)

    @cached_property
    def tree(self):
        """xarray.DataTree: see ``bayes_scaling.results.pooled_datatree``."""
        return tree(self) if isinstance(self.source, Draws) else self.source

    def summary(self, prob=0.9):
        """As ``Fit.summary``, in one tidy table of group ("all" for what they share), parameter, mean, median, sd, lower, upper, rhat, ess_bulk."""
        return summary(self, prob)

    @cached_property
    def provenance(self):
        """What the draws depend on: hash of the data, versions."""
        own = lambda part: {name: np.asarray(values)[self.place] for name, values in part.items()}
        rows = {
            "x": own(self.data["x"]),
            "rows": own(self.data.get("rows", {})),
            **own({name: self.data[name] for name in ("z", "se") if name in self.data}),
        }
        return {
            "data_hash": data_hash(rows),
            "versions": versions(),
            "se": self.se,
            "group": list(self.pool.by),
            "pool": dict(self.pool.modes),
        }

    def training_mean(self):
        """The law's curve at the training runs for the first draw: what tells one law's function from another's."""
        first = {name: self.flat(name)[name][0][:, None] for name in self.law.names}
        return [float(value) for value in curve(self.law, self.data["x"], first)[self.place][:20]]

    def save(self, path):
        """As ``Fit.save``; InputError too where a group's label is neither text nor a number."""
        from bayes_scaling.results.netcdf import save_pooled

        return save_pooled(self, path)

    def plot(self, to=None, **options):
        """One panel a group: targets, options, Axes and errors as in ``bayes_scaling.plot.curves``."""
        return draw("curves", self, to, **options)

    def __repr__(self):
        state = (
            str(self.diagnosis).splitlines()[0]
            if self.diagnosis.ok
            else f"NOT CONVERGED: {self.diagnosis.problems[0]}"
        )
        return f"<PooledFit {self.law.name} of {self.y} to {len(self.table)} runs in {len(self.groups)} groups by {', '.join(self.pool.by)} ({shown(self.groups, 4)}): {state}>"

    def _repr_html_(self):
        table = Table(
            {name: np.median(self.posterior[name], axis=(0, 1)) for name in self.law.names},
            index=[self.label(group) for group in self.groups],
        )
        return card(
            f"{self.title}; {self.y} of {len(self.table)} runs in {len(self.groups)} groups, medians",
            table._repr_html_(),
            self.diagnosis,
        )

    @property
    def group_columns(self) -> tuple[str, ...]:
        """Columns that identify a target's group."""
        return tuple(self.pool.by)


@once
def _values(density, theta, data):
    """Everything that is told of draws: published parameters and sampled quantities (draws, groups), mu, tau, z."""

    def one(theta):
        sites, sampled = density.sites(theta, data)
        published = density.pool.law.publish(
            {name: value[:, None] for name, value in sampled.items()}, data["ref"]
        )
        published = {
            name: jnp.broadcast_to(value[..., 0] if jnp.ndim(value) else value, data["z"].shape[:1])
            for name, value in published.items()
        }
        return (
            {name: value for name, value in sites.items() if name not in sampled}
            | sampled
            | published
        )

    return jax.lax.map(one, theta, batch_size=100)


@once
def _log_runs(density, theta, data):
    def one(theta):
        _, law, noise = density.unfolded(theta, data)
        return density.pool.law.noise.pointwise(
            density.measured(density.mean(law[-1], data), noise, data), data["z"], data["mask"]
        )

    return jax.lax.map(one, theta, batch_size=100)
