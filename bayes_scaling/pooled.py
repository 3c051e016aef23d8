"""A law's posterior for several groups at once: what ``fit(..., group=...)`` returns."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, partial

import jax
import numpy as np
import pandas as pd

from bayes_scaling.design import data_hash, distance
from bayes_scaling.diagnose import Diagnosis, check_prob, convergence, pareto_k
from bayes_scaling.fit import versions
from bayes_scaling.forecast import Forecaster, as_targets, check_inputs, check_of, check_seed
from bayes_scaling.hierarchy import Hierarchy
from bayes_scaling.pilot import sample_groups
from bayes_scaling.pool import Pool, grouped, pooled
from bayes_scaling.runs import SIZES, InputError, meant, numbers, row_name, shown
from bayes_scaling.sampler import Draws
from bayes_scaling.settings import float64
from bayes_scaling.table import Table


@dataclass(frozen=True, eq=False)
class PooledFit(Forecaster):
    """A law's posterior given the runs of several groups. Immutable.

    Parameters
    ----------
    pool : the Pool: law, groups, and what they share.
    posterior : {name: (chains, draws, ...)}: published parameters, sampled quantities and noise of each group, with an axis
        over ``groups``; mu (the middle group), tau (spreads, on the unconstrained scale) and z of what is partially pooled.
    table, y, data, place, drawn, columns : what it was made of: the runs, the outcome's column, the design, where
        each run stands in it, the engine's Draws, {input: column}.
    seed, warmup : how the draws were made.
    """

    pool: Pool
    posterior: dict
    table: pd.DataFrame
    y: str
    data: dict
    place: tuple
    drawn: Draws
    columns: dict
    seed: int
    warmup: int

    @property
    def law(self):
        """The Law, with the priors and the noise that were used."""
        return self.pool.law

    @property
    def groups(self):
        """The groups that have runs: the column's value, or a tuple where there are several columns."""
        return self.pool.groups

    @property
    def outcome_name(self):
        """Name of what is foretold."""
        return self.y

    @property
    def unit(self):
        """Unit of what is foretold."""
        return self.law.unit

    @property
    def input_names(self):
        """The law's inputs."""
        return tuple(self.law.inputs)

    @property
    def title(self):
        """The law and its groups in one line."""
        return f"{self.law.name} by {', '.join(self.pool.by)}: {self.law.formula}"

    @cached_property
    def largest(self):
        """Largest training compute of all groups, FLOPs (NaN where the runs have none)."""
        return float(self.table["C"].max()) if "C" in self.table.columns else float("nan")

    @property
    def training(self):
        """The runs that were fitted."""
        return self.table

    def flat(self, *names):
        """{name: (draws, ...)}: draws of all chains in a row."""
        return {name: self.posterior[name].reshape(-1, *self.posterior[name].shape[2:]) for name in names}

    def published(self, group):
        """{published parameter: (draws,)} of one group, seen or not.

        Parameters
        ----------
        group : the column's value, or one value for each column. One that has no runs is drawn from the population: its z from their
            prior, what is free from the law's prior, and its smallest and largest outcome from those of groups that share its known levels.

        Raises
        ------
        InputError : not one value for each column.
        """
        return self._group(self._key(group))[0]

    def _key(self, group):
        key = group if isinstance(group, tuple) else (group,)
        if len(key) != len(self.pool.by):
            raise InputError(f"the group is {group!r}; give one value for each of {', '.join(self.pool.by)}")
        return key

    def _group(self, key):
        """(published parameters, noise) of a group, each {name: (draws,)}."""
        law, noise = self.law, [q.sampled for q in self.law.noise.parameters]
        at = [values.index(label) if label in values else None for values, label in zip(self.pool.levels, key)]
        if tuple(at) in self.pool.cells:
            i = self.pool.cells.index(tuple(at))
            pick = lambda names: {name: values[:, i] for name, values in self.flat(*names).items()}
            return pick(law.names), pick(noise)
        with float64():
            sampled = self._unseen(key, at)
            ref = {**{name: float(value) for name, value in self.data["ref"].items() if np.ndim(value) == 0}, **self._ends(key, at)}
            published = {name: np.broadcast_to(value, self._count) for name, value in law.publish(sampled, ref).items()}
        return published, {name: np.asarray(sampled[name]) for name in noise}

    @property
    def _count(self):
        return int(np.prod(self.drawn.theta.shape[:2]))

    def _rng(self, *labels):
        """A generator of the group's own: a level that is unseen is the same in every answer of the fit."""
        digest = hashlib.sha256(repr(labels).encode()).digest()
        return np.random.default_rng([self.seed, 3, int.from_bytes(digest[:4])])

    def _unseen(self, key, at):
        """Sampled quantities (draws,) of a group without runs."""
        from numpyro.distributions import biject_to

        sampled = {}
        for q in self.law.sites:
            name, mode, link = q.sampled, self.pool.modes[q.sampled], biject_to(q.prior.dist().support)
            if mode == "shared":
                sampled[name] = self.flat(name)[name][:, 0]
            elif mode == "free":
                key_of = jax.random.key(int(self._rng(name, key).integers(2**31)))
                sampled[name] = np.asarray(q.prior.dist().sample(key_of, (self._count,)))
            else:
                place = np.asarray(link.inv(self.flat(f"mu_{name}")[f"mu_{name}"]))
                main = len(self.pool.components) - 1
                for j, (ending, *_) in enumerate(self.pool.components):
                    level = at[j] if j < main else None
                    tau, z = self.flat(f"tau_{name}{ending}", f"z_{name}{ending}").values()
                    place = place + tau * (z[:, level] if level is not None else self._rng(name, ending, key[j] if j < main else key).standard_normal(self._count))
                sampled[name] = np.asarray(link(place))
        return sampled

    def _ends(self, key, at):
        """Smallest and largest outcome (draws,) that a group without runs would have: log-normal over the groups that share its known levels.

        The spread of n of them is known as well as n can tell: a t with n - 1 degrees of freedom, at least 2.
        """
        share = [i for i, cell in enumerate(self.pool.cells) if all(a is None or a == b for a, b in zip(at, cell))] or range(len(self.pool.cells))
        low, high = (np.asarray(self.data["ref"][name])[list(share), 0] for name in ("y_min", "y_max"))
        if (low <= 0).any():
            pick = self._rng("ends", key).integers(len(low), size=self._count)
            return {"y_min": low[pick], "y_max": high[pick]}
        n = len(low)
        away = np.log(low).std(ddof=1) * np.sqrt(1 + 1 / n) * self._rng("ends", key).standard_t(max(n - 1, 2), self._count) if n > 1 else 0.0
        least = np.exp(np.log(low).mean() + away)
        return {"y_min": least, "y_max": least * np.exp(np.log(high / low).mean())}

    def _keys(self, to):
        """The group of each target."""
        for column in self.pool.by:
            if column not in to.columns:
                raise InputError(f"the targets have no column {column!r}; give each target's {' and '.join(self.pool.by)}, or use .forecast, which answers for every group")
            if to[column].isna().any():
                raise InputError(f"target {to.index[int(to[column].isna().to_numpy().argmax())]}: {column} is missing; name the group")
        return list(zip(*(to[column].tolist() for column in self.pool.by)))

    def draws(self, to, of="run", seed=0):
        """Draws of the outcome at targets of seen or unseen groups.

        Parameters
        ----------
        to : targets with the columns of the groups.
        of : "run" (noise included) or "mean".
        seed : of the noise.

        Returns
        -------
        array (draws, targets) in the unit of the outcome.
        """
        to = as_targets(to)
        check_inputs(self.law, to), check_of(of), check_seed(seed)
        x, keys = {name: numbers(to, name) for name in self.law.inputs}, self._keys(to)
        out = np.empty((self._count, len(to)))
        ref = {name: value for name, value in self.data["ref"].items() if np.ndim(value) == 0}
        for key in dict.fromkeys(keys):
            mine = np.array([other == key for other in keys])
            here = {name: values[mine][None] for name, values in x.items()}
            published, noise = ({name: np.asarray(value)[:, None] for name, value in part.items()} for part in self._group(key))
            with float64():
                out[:, mine] = _mean(self.law.function, here, published)
            if of == "run":
                rng = np.random.default_rng([self.seed, seed, 1, int.from_bytes(hashlib.sha256(repr(key).encode()).digest()[:4])])
                out[:, mine] = self.law.noise.draw(rng, out[:, mine], noise, distance(self.law, here, ref))
        return out

    def forecast(self, to, prob=0.9, of="run", kind="eti", seed=0):
        """As ``Fit.forecast``, with the group's columns; targets without them are answered for every group.

        ``extrapolation`` is over the group's own largest training compute; over that of all groups where it has no runs.
        """
        to = as_targets(to)
        named = [column for column in self.pool.by if column in to.columns]
        if not named:
            keys = pd.DataFrame([key if isinstance(key, tuple) else (key,) for key in self.groups], columns=list(self.pool.by))
            to = keys.merge(to, how="cross")
        return super().forecast(to, prob, of, kind, seed)

    def intervals(self, to, prob, of, kind, seed):
        """The columns of ``forecast`` as a plain DataFrame, the group's first."""
        made, keys = super().intervals(to, prob, of, kind, seed), self._keys(to)
        if "C" in to.columns and "C" in self.table.columns:
            largest = self.table.groupby(list(self.pool.by), sort=False)["C"].max()
            own = {key if isinstance(key, tuple) else (key,): value for key, value in largest.items()}
            made["extrapolation"] = to["C"].to_numpy(float) / np.array([own.get(key, self.largest) for key in keys])
        return pd.concat([to[list(self.pool.by)], made.drop(columns=[c for c in self.pool.by if c in made])], axis=1)

    def _label(self, i):
        group = self.groups[i]
        return " / ".join(map(str, group)) if isinstance(group, tuple) else str(group)

    def _named(self):
        """Every sampled quantity as {name in words: (chains, draws)}."""
        sampled = {}
        for q in self.law.sites:
            name, mode = q.sampled, self.pool.modes[q.sampled]
            if mode == "shared":
                sampled[name] = self.posterior[name][..., 0]
                continue
            sampled |= {f"{name} of {self._label(i)}": self.posterior[name][..., i] for i in range(len(self.groups))}
            if mode == "partial":
                sampled |= {key: self.posterior[key] for key in (f"mu_{name}", *(f"tau_{name}{ending}" for ending, *_ in self.pool.components))}
        return sampled

    @cached_property
    def diagnosis(self):
        """Diagnosis of the draws: convergence of every group and of what they share, runs that carry much of the fit."""
        numbers, problems, cautions = convergence(self._named(), self.drawn.health)
        numbers |= {"attempts": self.drawn.attempts}
        k = pareto_k(self.log_likelihood)
        numbers["pareto_k"] = float(k.max())
        if k.max() > 0.7:
            runs = [f"{row_name(self.table, i)} of {self._label(self.place[0][i])}" for i in np.argsort(-k) if k[i] > 0.7]
            cautions.append(f"single runs carry much of the fit (Pareto k up to {k.max():.2f}): {'; '.join(runs[:3])}{f' and {len(runs) - 3} more' if len(runs) > 3 else ''}; look at them")
        return Diagnosis(tuple(problems), tuple(cautions), numbers)

    @cached_property
    def log_likelihood(self):
        """Pointwise log likelihood of the outcome, (draws, runs)."""
        with float64():
            values = _log_runs(Hierarchy(self.pool), self.drawn.theta.reshape(-1, self.drawn.theta.shape[-1]), self.data)
            return np.asarray(values)[:, self.place[0], self.place[1]] + self.law.noise.log_jacobian(self.table[self.y].to_numpy(float))

    @cached_property
    def tree(self):
        """xarray.DataTree with the ArviZ groups posterior (a dimension ``group``, or the column's name where there is one), sample_stats,
        log_likelihood, observed_data, constant_data."""
        import xarray as xr

        by, (chains, draws) = self.pool.by, self.drawn.theta.shape[:2]
        dim = by[0] if len(by) == 1 else "group"
        coords = {"chain": np.arange(chains), "draw": np.arange(draws), dim: [self._label(i) for i in range(len(self.groups))]}
        if len(by) > 1:
            coords |= {column: (dim, [str(group[j]) for group in self.groups]) for j, column in enumerate(by)}
        own = {f"z_{name}" for name in self.pool.partial} | {*self.law.names, *(q.sampled for q in self.law.sites)}
        ends = {ending: j for j, (ending, *_) in enumerate(self.pool.components[:-1])}
        variables = {}
        for name, values in self.posterior.items():
            level = next((ending for ending in ends if name.startswith("z_") and name.endswith(ending) and name not in own), None)
            last = () if values.ndim == 2 else (dim,) if level is None else (f"level{level}",)
            variables[name] = (("chain", "draw", *last), values)
        coords |= {f"level{ending}": [str(label) for label in self.pool.levels[j]] for ending, j in ends.items()}
        run = {"run": np.arange(len(self.table))}
        constant = {name: ("run", np.asarray(values)[self.place]) for name, values in self.data["x"].items()}
        constant |= {name: ("run", self.table[name].to_numpy(float)) for name in SIZES if name in self.table.columns and name not in constant}
        constant |= {column: ("run", self.table[column].astype(str).to_numpy(object)) for column in by}
        values = self.log_likelihood.reshape(chains, draws, -1)
        return xr.DataTree.from_dict({
            "posterior": xr.Dataset(variables, coords),
            "sample_stats": xr.Dataset({name: (("chain", "draw"), a) for name, a in self.drawn.stats.items()}, {"chain": coords["chain"], "draw": coords["draw"]}),
            "log_likelihood": xr.Dataset({"y": (("chain", "draw", "run"), values)}, {"chain": coords["chain"], "draw": coords["draw"], **run}),
            "observed_data": xr.Dataset({"y": ("run", self.table[self.y].to_numpy(float))}, run),
            "constant_data": xr.Dataset(constant, run),
        })  # fmt: skip

    def summary(self, prob=0.9):
        """Posterior of every parameter in one tidy table: group ("all" for what the groups share), parameter, mean, median, sd, lower, upper, rhat, ess_bulk.

        mu_x is x of the middle group; tau_x the spread of groups about it, on the log scale of a positive quantity and the logit scale of a share.
        """
        from arviz_stats.base import array_stats

        prob, rows = check_prob(prob), []
        names = [*self.law.names, *(q.sampled for q in self.law.parameters if q.sampled != q.name), *(q.sampled for q in self.law.noise.parameters)]
        pieces = [(self._label(i), name, self.posterior[name][..., i]) for i in range(len(self.groups)) for name in names if self.pool.modes.get(name) != "shared"]
        pieces += [("all", name, self.posterior[name][..., 0]) for name in names if self.pool.modes.get(name) == "shared"]
        pieces += [("all", name, values) for name, values in self.posterior.items() if name.startswith(("mu_", "tau_"))]
        for group, name, draws in pieces:
            lower, upper = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2])
            axes = {"chain_axis": 0, "draw_axis": 1}
            rows.append({
                "group": group, "parameter": name, "mean": draws.mean(), "median": np.median(draws), "sd": draws.std(ddof=1), "lower": lower, "upper": upper,
                "rhat": float(array_stats.rhat(draws, **axes)), "ess_bulk": float(array_stats.ess(draws, **axes)),
            })  # fmt: skip
        return Table(rows)

    @cached_property
    def provenance(self):
        """What the draws depend on: hash of the data, versions."""
        rows = {"x": {name: np.asarray(a)[self.place] for name, a in self.data["x"].items()}, "z": np.asarray(self.data["z"])[self.place]}
        return {"data_hash": data_hash(rows), "versions": versions()}

    def save(self, path):
        """Refused: a pooled fit has no file format yet."""
        raise InputError(f"a pooled fit can not be saved to {path} yet; keep its draws by fit.tree.to_netcdf(path), and fit again with the same seed to forecast")

    def plot(self, to=None, **options):
        """Refused: a pooled fit has no figure yet."""
        raise InputError("a pooled fit has no figure yet; draw from fit.forecast(targets) or fit.tree")

    def __repr__(self):
        state = str(self.diagnosis).splitlines()[0] if self.diagnosis.ok else f"NOT CONVERGED: {self.diagnosis.problems[0]}"
        return f"<PooledFit {self.law.name} of {self.y} to {len(self.table)} runs in {len(self.groups)} groups by {', '.join(self.pool.by)} ({shown(self.groups, 4)}): {state}>"


def fit_pooled(law, table, y, *, group, pool, spreads, se, columns, draws, warmup, chains, seed):
    """The PooledFit of a law, already adapted, and of a table, already validated: see ``bayes_scaling.fit``."""
    pool = pooled(law, table, group, pool, spreads)
    data, place = grouped(pool, table, y, se, columns)
    density = Hierarchy(pool)
    data, drawn = sample_groups(density, data, seed=seed, chains=chains, draws=draws, warmup=warmup)
    with float64():
        values = _values(density, drawn.theta.reshape(-1, density.size), data)
    shape = drawn.theta.shape[:2]
    posterior = {name: np.asarray(a).reshape(*shape, *a.shape[1:]) for name, a in values.items()}
    return PooledFit(pool, posterior, table, y, data, place, drawn, columns, seed, warmup)


def split_priors(priors):
    """({sampled name: prior}, {name: prior of its tau}) from what a user gave."""
    if not isinstance(priors or {}, dict):
        return priors, {}
    spreads = {name.removeprefix("tau_"): prior for name, prior in (priors or {}).items() if str(name).startswith("tau_")}
    return {name: prior for name, prior in (priors or {}).items() if not str(name).startswith("tau_")} or None, spreads


@partial(jax.jit, static_argnums=0)
def _values(density, theta, data):
    """Everything that is told of draws: published parameters and sampled quantities (draws, groups), mu, tau, z."""

    def one(theta):
        sites, sampled, _ = density.sites(theta, data)
        published = density.pool.law.publish({name: value[:, None] for name, value in sampled.items()}, data["ref"])
        published = {name: jax.numpy.broadcast_to(value[..., 0] if jax.numpy.ndim(value) else value, data["z"].shape[:1]) for name, value in published.items()}
        return {name: value for name, value in sites.items() if name not in sampled} | sampled | published

    return jax.lax.map(one, theta, batch_size=100)


@partial(jax.jit, static_argnums=0)
def _log_runs(density, theta, data):
    def one(theta):
        _, sampled, _ = density.sites(theta, data)
        t = jax.numpy.stack([link.inv(sampled[name]) for name, link in zip(density.names, density.links(data))], axis=1)
        return density.log_runs(t, data)

    return jax.lax.map(one, theta, batch_size=100)


_mean = jax.jit(lambda function, x, p: function(x, **p), static_argnums=0)


def long(runs, outcomes, name="set", y="loss"):
    """One row a run and outcome, from a table with one column an outcome: what crossed groups are fitted on.

    Parameters
    ----------
    runs : DataFrame of runs.
    outcomes : names of columns, such as the losses on several validation sets.
    name : of the new column that says which outcome a row is of: the name of its column.
    y : of the new column of values; where every outcome has a column ``<outcome>_se``, these become ``<y>_se``.

    Returns
    -------
    DataFrame with the other columns repeated.

    Raises
    ------
    InputError : an outcome is no column, or a new name is taken.
    """
    outcomes = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    for column in outcomes:
        if column not in runs.columns:
            raise InputError(f"the runs have no column {column!r}{meant(column, runs.columns)}; name outcomes among {shown(runs.columns)}")
    errors = [f"{column}_se" for column in outcomes]
    errors = errors if set(errors) <= set(runs.columns) else []
    rest = runs.drop(columns=[*outcomes, *errors])
    for column in (name, y):
        if column in rest.columns:
            raise InputError(f"the runs have a column {column!r} already; choose another name for the new one")
    parts = [rest.assign(**{name: column, y: runs[column], **({f"{y}_se": runs[f"{column}_se"]} if errors else {})}) for column in outcomes]
    return pd.concat(parts, ignore_index=True)
