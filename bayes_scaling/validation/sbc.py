"""Simulation-based calibration: does the whole path from prior to posterior give back what was put in, on this design?

Parameters are drawn from the prior, outcomes simulated with the law's own noise on the user's inputs, and the law is fitted to
each table. Where model, simulation and sampler agree, the rank of a true value among its posterior draws is uniform (Talts et
al. 2018, arXiv 1804.06788). The log likelihood of the truth is ranked too: it sees errors that leave each parameter's ranks even
(Modrak et al. 2023, arXiv 2211.02383).
"""

import warnings
from dataclasses import dataclass
from functools import partial

import jax
import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_counts, check_seed
from bayes_scaling._core.errors import InputError, RunsWarning
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import not_converged
from bayes_scaling._core.table import Table
from bayes_scaling.inference.batch import ROOM, stacked
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import check_outcome, conditioned, padded
from bayes_scaling.inference.input_checks import check_options
from bayes_scaling.inference.predictive import prior_tables
from bayes_scaling.results._plotting import draw
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_design import data_of, unpadded
from bayes_scaling.results.fit_many import gathered
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.fitting import adapted, read
from bayes_scaling.runs.columns import numbers
from bayes_scaling.validation.ecdf_uniformity import LEVELS, p_value

_MOST_UNSOUND = 0.3  # share of fits beyond which the rest is no longer judged: a fit that fails to converge says so itself


_TRIES = 20  # prior draws made for each table asked for, at most


_LIKELIHOOD = "log likelihood"


@dataclass(frozen=True, eq=False)
class Calibration:
    """What simulation-based calibration found. Immutable.

    Parameters
    ----------
    ranks : one row a simulation and quantity: simulation, quantity, truth, rank (0 to 99 of draws below the truth), sound.
    law : name of the law.
    runs : runs of the design.
    refused : prior draws whose simulated table can not be, such as a loss that is no number.
    size : probability with which the test of all quantities together rejects a law that is right.
    """

    ranks: Table
    law: str
    runs: int
    refused: int
    size: float

    @property
    def table(self):
        """One row a quantity: p (of uniform ranks), in_50 and in_90 (share of truths inside the central interval), bias (mean place of
        the truth in its posterior less one half), spread (variance of that place over the uniform's), and verdict in words."""
        sound = self.ranks[self.ranks["sound"]]
        rows = {}
        limit = self.size / self.ranks["quantity"].nunique()
        for quantity, part in sound.groupby("quantity", sort=False):
            ranks = part["rank"].to_numpy()
            place = (ranks + 0.5) / LEVELS
            inside = {
                f"in_{prob:.0%}"[:-1]: (np.abs(place - 0.5) < prob / 2).mean()
                for prob in (0.5, 0.9)
            }
            row = {
                "p": p_value(ranks, LEVELS),
                **inside,
                "bias": place.mean() - 0.5,
                "spread": 12 * place.var(),
            }
            rows[quantity] = row | {
                "verdict": self._words(row, len(ranks)) if row["p"] < limit else "in line"
            }
        return Table.from_dict(rows, orient="index").rename_axis("quantity")

    @staticmethod
    def _words(row, count):
        """How ranks that are not uniform stray."""
        off = {"too low": row["bias"], "too high": -row["bias"]}
        off = {text: value * np.sqrt(12 * count) for text, value in off.items()}
        off |= {
            text: value * np.sqrt(count) / 0.894
            for text, value in (("too narrow", row["spread"] - 1), ("too wide", 1 - row["spread"]))
        }
        return f"posterior {max(off, key=off.get)}"

    @property
    def diagnosis(self):
        """The verdict as a Diagnosis: which quantities fail, how many fits have not converged, how many tables were refused."""
        table, sims = self.table, self.ranks["simulation"].nunique()
        unsound = int((~self.ranks.drop_duplicates("simulation")["sound"]).sum())
        bad = table[table["verdict"] != "in line"]
        problems = tuple(
            f"{name}: {row['verdict']} (p = {row['p']:.2g}; 90% intervals hold {row['in_90']:.0%})"
            for name, row in bad.iterrows()
        )
        cautions = ()
        if unsound:
            text = f"{not_converged(unsound, sims)}, and {'its' if unsound == 1 else 'their'} ranks are not judged"
            if unsound > _MOST_UNSOUND * sims:
                problems += (
                    f"{text}; give tighter priors, or a design that tells the parameters apart",
                )
            else:
                cautions += (text,)
        if self.refused:
            cautions += (
                f"{self.refused} of {self.refused + sims} tables drawn from the prior can not be (an outcome outside its domain) and {'was' if self.refused == 1 else 'were'} refused: the prior reaches beyond the possible",
            )
        return Diagnosis(problems, cautions, what="Calibration")

    @property
    def ok(self):
        """Whether nothing speaks against the law on this design."""
        return self.diagnosis.ok

    def __str__(self):
        table, sims = self.table, self.ranks["simulation"].nunique()
        d, judged = self.diagnosis, int(self.ranks.drop_duplicates("simulation")["sound"].sum())
        if d.ok:
            lead = f"Calibrated: {self.law} gives back what is put in on this design of {self.runs} runs ({judged} simulated tables, {len(table)} quantities, least p {table['p'].min():.2g}; a test of size {self.size:g})."
        else:
            lead = f"NOT CALIBRATED: do not rely on the intervals of {self.law} on this design of {self.runs} runs ({sims} simulated tables; a test of size {self.size:g})."
        return "\n".join(
            [
                lead,
                *(f"- {text}" for text in d.problems),
                *(f"- caution: {text}" for text in d.cautions),
            ]
        )

    def plot(self, **options):
        """ECDF of the ranks less the uniform's, with simultaneous bands: options, Axes and errors as in ``bayes_scaling.plot.ranks``."""
        return draw("ranks", self, **options)

    def __repr__(self):
        return f"{self.table!r}\n{self}"

    def _repr_html_(self):
        return self.table._repr_html_() + f"<pre>{self}</pre>"


def calibrate(
    law,
    runs=None,
    y=None,
    *,
    sims=200,
    between=None,
    size=0.05,
    priors=None,
    noise=None,
    se=None,
    draws=500,
    warmup=200,
    chains=2,
    seed=0,
    executor=None,
    progress=None,
    **columns,
):
    """Simulation-based calibration of a law on a design of your own.

    Parameters
    ----------
    law, priors, noise, se, **columns : as in ``fit``; or, in place of the law and everything else that a fit is made of, a Fit.
    runs : table of the design: the inputs of the law, one row a run, as in ``fit``.
    y : column of the outcome; the law's own name of it where left out. Of its values only the least and the greatest are used, which some priors are stated on.
    between : (least, greatest) outcome in place of such a column; those of the law's first published values where both are left out.
    sims : simulated tables, each fitted.
    size : probability with which a law that is right fails, over all quantities together.
    draws, warmup, chains : of each fit; ranks are counted among 99 draws spread evenly over all of them.
    seed, executor, progress : as in ``fit_many``.

    Returns
    -------
    Calibration

    Raises
    ------
    InputError : an argument, a column or a value can not be, or hardly any draw from the prior gives a possible table.

    Notes
    -----
    The reference run (mean inputs, least outcome) is that of the given table throughout: what is tested is the model given it. A table
    is refused by its outcomes alone, never by its parameters, which leaves the ranks of the others uniform.
    """
    made = law if isinstance(law, Fit) else None
    law = made.law if made is not None else adapted(law, noise, priors)
    check_options(calibrate, columns, (*law.inputs, *law.noise.reads))
    if made is not None and (runs is not None or y is not None or noise or priors or se or columns):
        raise InputError(
            "a fit brings its own law, runs and outcome; give the fit alone, or the law and the rest"
        )
    check_counts(draws=draws, chains=chains, warmup=warmup)
    check_seed(seed)
    if isinstance(sims, bool) or not isinstance(sims, int | np.integer) or sims < 20:
        raise InputError(f"sims is {sims!r}; give a whole number of at least 20, better 200")
    if chains * draws < LEVELS - 1:
        raise InputError(
            f"{chains} chains of {draws} draws are too few to rank among; give at least {LEVELS - 1} in all"
        )
    if not (isinstance(size, float) and 0 < size < 1):
        raise InputError(f"size is {size!r}; give a probability, such as 0.05")
    data, count = (
        _design(law, runs, y, between, se, columns) if made is None else unpadded(data_of(made))
    )
    truths, tables, refused = _simulated(law, data, sims, seed)
    rows = [padded(data | {"z": z}) for z in tables]
    seeds = [int(s) for s in np.random.default_rng([seed, 1]).integers(0, 2**32, sims)]
    members = [list(range(at, min(at + ROOM, sims))) for at in range(0, sims, ROOM)]
    tasks = [(stacked([rows[i] for i in part]), [seeds[i] for i in part]) for part in members]
    theta, stats, about = gathered(
        law,
        tasks,
        members,
        {"chains": chains, "draws": draws, "warmup": warmup},
        executor,
        progress,
    )
    fits = Fits(
        law,
        ("simulation",),
        tuple(range(sims)),
        (),
        law.outcome,
        se,
        columns,
        theta,
        stats,
        about,
        tuple(seeds),
        warmup,
        {},
    )
    return Calibration(
        _ranked(law, truths, theta, tasks, members, fits.health["ok"].to_numpy()),
        law.name,
        count,
        refused,
        float(size),
    )


def _design(law, runs, y, between, se, columns):
    """The data of the design with a stand-in outcome, and the number of runs."""
    table, columns = read(runs, columns)
    if y is not None and between is None:
        check_outcome(law, table, y)
    y = law.outcome if y is None else y
    stand_in = between is not None or y not in table.columns
    if stand_in:
        if between is None:
            between = _published_ends(law, table, columns)
        try:
            low, high = (float(value) for value in between)
        except (TypeError, ValueError):
            raise InputError(
                f"between is {between!r}; give the least and the greatest outcome that you expect, such as (2.0, 4.0)"
            ) from None
        if not low < high:
            raise InputError(
                f"between is {between!r}; give the least outcome first and a greater one second"
            )
        table = table.assign(**{y: np.linspace(low, high, len(table))})
    with warnings.catch_warnings():
        if stand_in:  # shares that are no whole counts are no news here
            warnings.simplefilter("ignore", RunsWarning)
        return conditioned(law, table, y, se, columns), len(table)


def _published_ends(law, table, columns):
    """Least and greatest outcome of the law on a design, at its first published values."""
    ends = ()
    if law.published:
        inputs = {
            name: numbers(table, columns.get(name, name))
            for name in law.inputs
            if name not in law.vectors
            and isinstance(columns.get(name, name), str)
            and columns.get(name, name) in table
        }
        inputs |= {
            name: np.full(len(table), float(columns[name]))
            for name in law.inputs
            if name in columns and not isinstance(columns[name], str)
        }
        inputs |= {
            str(name): numbers(table, name)
            for vector in law.vectors
            for name in table.columns
            if str(name).startswith(f"{vector}_")
        }
        try:
            mean = np.asarray(law.mean(inputs, **next(iter(law.published.values())).values), float)
        except InputError:
            mean = np.full(2, np.nan)
        if np.isfinite(mean).all() and np.ptp(mean) > 0 and not law.noise.outside(mean).any():
            ends = (float(mean.min()), float(mean.max()))
    if not ends:
        raise InputError(
            f"the runs have no column of the outcome, and the published values of {law.name} give none; give between=(least, greatest) outcome that you expect"
        )
    return ends


def _simulated(law, data, sims, seed):
    """Parameters from the prior (sims, size), tables of encoded outcomes simulated with them, and how many tables were refused."""
    truths, tables, refused, rows = [], [], 0, data.get("rows", {})
    for turn in range(_TRIES):
        theta, outcomes, possible = prior_tables(law, data, sims, [seed, 0, turn])
        for i in range(sims):
            if len(tables) == sims:
                return np.array(truths), tables, refused
            if possible[i]:
                (
                    truths.append(theta[i]),
                    tables.append(np.asarray(law.noise.encode(outcomes[i], rows), float)),
                )
            else:
                refused += 1
    raise InputError(
        f"only {len(tables)} of {refused + len(tables)} tables drawn from the prior of {law.name} are possible ones; give tighter priors, or inputs nearer to where the law applies"
    )


@partial(jax.jit, static_argnums=0)
def _likelihoods(density, theta, data):
    """Log likelihood (tables, draws) of whole tables."""

    def one(theta, data):
        sampled, published = density.published(theta, data)
        return (density.log_likelihood(sampled, published, data) * data["mask"]).sum(axis=-1)

    return jax.vmap(one)(theta, data)


def _ranked(law, truths, theta, tasks, members, sound):
    """Ranks of every sampled quantity and of the log likelihood, tidy."""
    sims, size = truths.shape
    flat = theta.reshape(sims, -1, size)
    thin = flat[:, np.linspace(0, flat.shape[1] - 1, LEVELS - 1).round().astype(int)]
    density = Density(law)
    likelihood = np.empty((sims, LEVELS))
    with float64():
        truth = density.constrain(
            truths, jax.tree.map(lambda a: a[0], tasks[0][0])
        )  # the priors are those of every table
        for (rows, _), at in zip(tasks, members):
            likelihood[at] = _likelihoods(
                density, np.concatenate([truths[at][:, None], thin[at]], axis=1), rows
            )
    parts = [
        pd.DataFrame(
            {
                "simulation": range(sims),
                "quantity": name,
                "truth": np.asarray(truth[name]),
                "rank": (thin[..., j] < truths[:, j : j + 1]).sum(axis=1),
                "sound": sound,
            }
        )
        for j, name in enumerate(density.names)
    ]
    parts.append(
        pd.DataFrame(
            {
                "simulation": range(sims),
                "quantity": _LIKELIHOOD,
                "truth": likelihood[:, 0],
                "rank": (likelihood[:, 1:] < likelihood[:, :1]).sum(axis=1),
                "sound": sound,
            }
        )
    )
    return Table(pd.concat(parts, ignore_index=True))
