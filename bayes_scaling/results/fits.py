"""Posteriors of one law on many data sets: what ``fit_many`` returns."""

from dataclasses import dataclass
from functools import cached_property, partial

import jax
import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import FitWarning, InputError, warn
from bayes_scaling._core.html import card
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import not_converged, several, shown
from bayes_scaling._core.table import Table
from bayes_scaling.inference.batch import draws_of, stacked
from bayes_scaling.inference.convergence import quick_ess, rhat_limit, split_rhat
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import conditioned, padded
from bayes_scaling.law.law import Law
from bayes_scaling.results.datatree import Sampled, quantities
from bayes_scaling.results.diagnosis import LIMITS, Diagnosis
from bayes_scaling.results.fit import made
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.runs.targets import as_targets

_BLOCK = 256  # groups summarised at once


@dataclass(frozen=True, eq=False)
class Fits:
    """Posteriors of one law on many data sets. Immutable; ``fits[group]`` is a Fit, ``for group in fits`` goes over the groups.

    Parameters
    ----------
    law : the Law, with the priors and the noise that were used.
    by : names of the columns that tell the groups apart.
    groups : their values, one each, or a tuple where ``by`` has several columns.
    tables : the runs of each group.
    y, se, columns : name of the outcome's column, of its standard errors', {input: column}.
    theta : (groups, chains, draws, sampled quantities) unconstrained draws.
    stats : name -> (groups, chains, draws) of the sampler.
    about : one dict a group: health, modes, attempts.
    seeds : the seed of each group.
    warmup : warm-up draws.
    skipped : {group: why it was left out}.
    """

    law: Law
    by: tuple
    groups: tuple
    tables: tuple
    y: str
    se: str | None
    columns: dict
    theta: np.ndarray
    stats: dict
    about: tuple
    seeds: tuple
    warmup: int
    skipped: dict

    def __len__(self):
        return len(self.groups)

    def __iter__(self):
        return iter(self.groups)

    def __contains__(self, group):
        return group in self._place

    @cached_property
    def _place(self):
        return {group: i for i, group in enumerate(self.groups)}

    def __getitem__(self, group):
        if group not in self._place:
            why = (
                f" was left out: {self.skipped[group]}"
                if group in self.skipped
                else f" is none; groups are {shown(self.groups)}"
            )
            raise InputError(f"the group {group!r}{why}")
        i = self._place[group]
        table = self.tables[i]
        drawn = draws_of({"theta": self.theta, "about": self.about, **self.stats}, i)
        data = padded(conditioned(self.law, table, self.y, self.se, self.columns))
        return made(
            self.law,
            Sampled(table, self.y, data, drawn),
            self.columns,
            seed=self.seeds[i],
            warmup=self.warmup,
            se=self.se,
        )

    @cached_property
    def health(self):
        """How each fit went: ok, R-hat, least ESS (quick estimates), divergences, E-BFMI, modes, attempts; one row a group."""
        chains, draws = self.theta.shape[1:3]
        with np.errstate(all="ignore"):
            blocks = [slice(at, at + _BLOCK) for at in range(0, len(self), _BLOCK)]
            rhat = np.nan_to_num(
                np.concatenate([split_rhat(self.theta[b]).max(axis=-1) for b in blocks]), nan=np.inf
            )
            ess = np.nan_to_num(
                np.concatenate([quick_ess(self.theta[b]).min(axis=-1) for b in blocks])
            )
        told = pd.DataFrame([entry["health"] for entry in self.about])
        ok = (
            (rhat <= rhat_limit(chains * draws))
            & (ess >= LIMITS["ess_per_chain"] * chains)
            & (chains > 1)
        )
        ok &= (told["diverging"] <= LIMITS["diverging"] * told["made"]) & (
            told["bfmi"] >= LIMITS["bfmi"]
        )
        return Table(
            {**self._labels(range(len(self))), "ok": ok.to_numpy(), "rhat": rhat, "ess": ess, "diverging": told["diverging"], "draws": told["made"], "bfmi": told["bfmi"],
             "modes": [sum(share >= 0.01 for _, share in entry["modes"]) for entry in self.about], "attempts": [entry["attempts"] for entry in self.about]}
        )  # fmt: skip

    @cached_property
    def diagnosis(self):
        """Diagnosis of all fits together; ``health`` has each of them."""
        health = self.health
        numbers = {
            "rhat": float(health["rhat"].max()),
            "ess_bulk": float(health["ess"].min()),
            "diverging": int(health["diverging"].sum()),
            "attempts": int(health["attempts"].max()),
        }
        bad, split = (
            [self.groups[i] for i in np.flatnonzero(~health["ok"])],
            [self.groups[i] for i in np.flatnonzero(health["modes"] > 1)],
        )
        problems = (
            (
                f"{not_converged(len(bad), len(self))}: {shown(bad, 5)}; see .health, and give {'it' if len(bad) == 1 else 'them'} more runs, more draws or tighter priors",
            )
            if bad
            else ()
        )
        cautions = (
            (
                f"{len(split)} of {several(len(self), 'posterior')} {'has' if len(split) == 1 else 'have'} more than one mode: {shown(split, 5)}",
            )
            if split
            else ()
        )
        if deep := [
            group
            for group, entry in zip(self.groups, self.about)
            if entry["health"]["deepest"] > LIMITS["deepest"]
        ]:
            cautions += (
                f"{len(deep)} of {several(len(self), 'fit')} reached the greatest tree depth in more than {LIMITS['deepest']:.0%} of the draws, which are dear by that and not wrong: {shown(deep, 5)}",
            )
        if self.skipped:
            cautions += (
                f"{several(len(self.skipped), 'group')} {'was' if len(self.skipped) == 1 else 'were'} left out: {shown(self.skipped, 5)}; see .skipped",
            )
        return Diagnosis(problems, cautions, numbers, f"Sampling of {several(len(self), 'fit')}")

    def summary(self, prob=0.9):
        """Posterior of every parameter of every group in one tidy table.

        Parameters
        ----------
        prob : probability inside the central interval.

        Returns
        -------
        Table, one row a group and quantity: the columns of ``by``, parameter, mean, median, sd, lower, upper, rhat, ess (quick estimates).

        Raises
        ------
        InputError : ``prob`` is not between 0 and 1.
        """
        prob, tables, noise = check_prob(prob), [], [q.name for q in self.law.noise.parameters]
        names = [
            *self.law.names,
            *(q.sampled for q in self.law.parameters if q.sampled != q.name),
            *noise,
        ]
        for at in range(0, len(self), _BLOCK):
            which = range(at, min(at + _BLOCK, len(self)))
            draws = np.stack(
                [self.draws_of_parameters(which)[name] for name in names], axis=-1
            )  # (groups, chains, draws, parameters)
            lower, median, upper = np.quantile(
                draws, [(1 - prob) / 2, 0.5, (1 + prob) / 2], axis=(1, 2)
            )
            made = {
                "mean": draws.mean(axis=(1, 2)),
                "median": median,
                "sd": draws.std(axis=(1, 2), ddof=1),
                "lower": lower,
                "upper": upper,
                "rhat": split_rhat(draws),
                "ess": quick_ess(draws),
            }
            labels = self._labels(np.repeat(which, len(names)))
            tables.append(
                pd.DataFrame(
                    {
                        **labels,
                        "parameter": names * len(which),
                        **{key: value.ravel() for key, value in made.items()},
                    }
                )
            )
        return Table(pd.concat(tables, ignore_index=True))

    def draws_of_parameters(self, which):
        """Draws of published parameters and of sampled quantities.

        Parameters
        ----------
        which : places of groups in ``groups``.

        Returns
        -------
        {name: (groups, chains, draws)}, the groups in that order
        """
        theta = self.theta[list(which)]
        flat = theta.reshape(len(theta), -1, theta.shape[-1])
        about = [
            conditioned(self.law, self.tables[i], self.y, self.se, self.columns) for i in which
        ]
        with float64():
            values = jax.vmap(partial(quantities, Density(self.law)))(
                flat, stacked([{key: data[key] for key in ("ref", "priors")} for data in about])
            )
            return {name: np.asarray(a).reshape(theta.shape[:3]) for name, a in values.items()}

    def forecast(self, to, prob=0.9, of="run", kind="eti", seed=0):
        """Forecasts of every group in one tidy table: the group's columns, then those of ``Fit.forecast``.

        Parameters
        ----------
        to : targets for all groups; where it has the columns of ``by``, each group's own.
        prob, of, kind, seed : as in ``Fit.forecast``.

        Returns
        -------
        Forecast, one row a group and target

        Raises
        ------
        InputError : as ``Fit.forecast``, or targets that name none of the groups.

        Warns
        -----
        FitWarning : some fit has not converged.
        """
        to, parts, notes = as_targets(to), [], []
        own = set(self.by) <= set(to.columns)
        keys = list(to[list(self.by)].itertuples(index=False, name=None)) if own else None
        for i, group in enumerate(self.groups):
            key = group if isinstance(group, tuple) else (group,)
            mine = to[[entry == key for entry in keys]] if own else to
            if not len(mine):
                continue
            fit = self[group]
            made = fit.intervals(mine, prob, of, kind, seed)
            notes.append(fit.drift_note(mine) if of == "run" else "")
            parts.append(
                pd.concat(
                    [
                        pd.DataFrame(self._labels([i] * len(made)), index=made.index),
                        made.drop(columns=[c for c in self.by if c in made]),
                    ],
                    axis=1,
                )
            )
        if not parts:
            raise InputError(
                f"the targets name none of the groups {shown(self.groups)} in {', '.join(self.by)}"
            )
        table = Forecast(pd.concat(parts, ignore_index=True))
        table.diagnosis, table.prob, table.of, table.y, table.unit, table.kind = (
            self.diagnosis,
            prob,
            of,
            self.y,
            self.law.worded(self.law.unit, self.y),
            kind,
        )
        table.note = max(notes, key=len)  # it is one law's: there, or not there
        if not self.diagnosis.ok:
            warn(
                f"forecasts from draws that have not converged: {self.diagnosis.problems[0]}",
                FitWarning,
            )
        return table

    def save(self, path):
        """Write all fits to one netCDF file: as ``Fit.save``."""
        from bayes_scaling.results.netcdf import save_many

        return save_many(self, path)

    def _labels(self, which):
        """{column of by: values} of the groups at places ``which``."""
        keys = [group if isinstance(group, tuple) else (group,) for group in self.groups]
        return {name: [keys[i][j] for i in which] for j, name in enumerate(self.by)}

    def _repr_html_(self):
        more = f", the first 10 of {len(self)}" if len(self) > 10 else ""
        return card(
            f"{self.law.name} of {self.y} by {', '.join(self.by)}: {len(self)} fits{more}",
            Table(self.health.iloc[:10])._repr_html_(),
            self.diagnosis,
        )

    def __repr__(self):
        return f"<Fits {self.law.name} of {self.y} to {len(self)} groups by {', '.join(self.by)}: {str(self.diagnosis).splitlines()[0 if self.diagnosis.ok else 1]}>"
