"""`fit`: from a law and a table of runs to a Fit."""

import numpy as np

from bayes_scaling._core.arguments import check_counts, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import looked_at, padded
from bayes_scaling.inference.grouped_design import grouped
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.inference.hierarchical.linearization import with_pilot
from bayes_scaling.inference.input_checks import check_options, look
from bayes_scaling.inference.sampler import sample
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.pooling import pooled
from bayes_scaling.models._registry import find_law
from bayes_scaling.results.datatree import Sampled
from bayes_scaling.results.fit import made
from bayes_scaling.results.pooled_fit import PooledFit, _values
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.sizes import SIZES


def fit(
    law,
    runs,
    y=None,
    *,
    group=None,
    pool=None,
    priors=None,
    noise=None,
    se=None,
    draws=1000,
    warmup=200,
    chains=4,
    seed=0,
    **columns,
):
    """The posterior of a law given runs, by NUTS.

    Parameters
    ----------
    law : name of a law, or a Law.
    runs : DataFrame of runs, a path, or the name of a bundled table.
    y : column of the outcome, such as "loss_c4".
    group : column, or list of crossed columns, whose values tell groups of runs apart (corpora, families, validation sets):
        one posterior for all groups, which learn from one another. See ``bayes_scaling.to_long`` for outcomes in several columns.
    pool : {name: "partial" | "shared" | "free"}, by published or sampled name, of the law's parameters and of the noise's. What is
        left out is partial, kappa, tau and ell of the noise shared: see ``bayes_scaling.law.pooling``.
    priors : {sampled name: NumPyro distribution} in place of the law's own; with groups also tau_<sampled name>, of its spread.
    noise : a Noise, or another likelihood such as Binomial(), in place of the law's own.
    se : column of known standard errors of the outcome, independent between runs (an error of the
        evaluation set that all runs share is none).
    draws, warmup, chains : counts; draws and warm-up are per chain.
    seed : the same seed gives the same draws on one machine.
    **columns : input=column where an input of the law, or what its likelihood reads of a run, stands under another
        name, such as L="loss_c4" or items="n"; a number of items, or a chance level, may be given as one number.

    Returns
    -------
    Fit, or PooledFit where ``group`` is given.

    Raises
    ------
    InputError : the law, a column, a value or a prior can not be; the sentence says which and how to mend it.
    """
    spreads = {}
    if group is not None:
        from bayes_scaling.law.pooling import split_priors

        priors, spreads = split_priors(priors)
    elif pool is not None:
        raise InputError(
            "pool says how groups share parameters, and there is no group; name the column that tells groups apart, such as group='dataset'"
        )
    law = adapted(law, noise, priors)
    check_options(fit, columns, (*law.inputs, *law.noise.reads))
    check_counts(draws=draws, chains=chains, warmup=warmup)
    check_seed(seed)
    table, columns = read(runs, columns)
    y = law.outcome if y is None else y
    if group is not None:
        return fit_pooled(
            law,
            table,
            y,
            group=group,
            pool=pool,
            spreads=spreads,
            se=se,
            columns=columns,
            draws=draws,
            warmup=warmup,
            chains=chains,
            seed=int(seed),
        )
    full = padded(looked_at(law, table, y, se, columns))
    drawn = sample(Density(law), full, seed=int(seed), chains=chains, draws=draws, warmup=warmup)
    return made(law, Sampled(table, y, full, drawn), columns, seed=int(seed), warmup=warmup, se=se)


def adapted(law, noise=None, priors=None):
    """A law by name or itself, with another noise or other priors where given."""
    law = find_law(law)
    if noise is not None:
        if not isinstance(noise, Likelihood):
            raise InputError(
                f"noise is {noise!r}; give a bayes_scaling.Noise, such as Noise(df=None)"
            )
        law = law.with_noise(noise)
    if priors is not None:
        if not isinstance(priors, dict):
            raise InputError(
                f"priors are {priors!r}; give {{sampled name: distribution}}, such as {{'{law.parameters[0].sampled}': ...}}"
            )
        law = law.with_priors(**priors)
    return law


def read(runs, columns):
    """The table, and the columns that are left for the law's own inputs."""
    sizes = {
        name: column
        for name, column in columns.items()
        if name in SIZES and isinstance(column, str)
    }
    return load_runs(runs, columns=sizes), {
        name: column for name, column in columns.items() if name not in sizes
    }


def fit_pooled(law, table, y, *, group, pool, spreads, se, columns, draws, warmup, chains, seed):
    """The PooledFit of a law, already adapted, and of a table, already validated: see ``bayes_scaling.fit``."""
    pool = pooled(law, table, group, pool, spreads)
    data, place = grouped(pool, table, y, se, columns)
    for rows in table.groupby(place[0]).indices.values():
        look(law, table.iloc[rows], y, data["u"][place[0][rows], place[1][rows]])
    density = Hierarchy(pool)
    data, start = with_pilot(density, data)
    drawn = sample(density, data, seed=seed, chains=chains, draws=draws, warmup=warmup, start=start)
    with float64():
        values = _values(density, drawn.theta.reshape(-1, density.size), data)
    posterior = {
        name: np.asarray(a).reshape(*drawn.theta.shape[:2], *a.shape[1:])
        for name, a in values.items()
    }
    engine = {
        "attempts": drawn.attempts,
        "health": drawn.health,
        "chains": chains,
        "draws": draws,
        "warmup": warmup,
    }
    return PooledFit(pool, posterior, drawn, table, y, data, place, columns, se, seed, engine)
