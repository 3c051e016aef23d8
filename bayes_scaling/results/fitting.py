"""`fit`: from a law and a table of runs to a Fit."""

from pathlib import Path
from typing import Any, overload

import pandas as pd

from bayes_scaling._core.arguments import check_counts, check_names, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural
from bayes_scaling._core.progress import live, status
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import checked_design, padded
from bayes_scaling.inference.grouped_design import grouped
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.inference.hierarchical.linearization import with_linearization
from bayes_scaling.inference.input_checks import check_options
from bayes_scaling.inference.sampler import sample
from bayes_scaling.law.group_sd import split_priors
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.group_paths import GroupPaths
from bayes_scaling.law.pool import Pool
from bayes_scaling.law.pooling import build_pool
from bayes_scaling.results.adapt_law import adapt_law, load_table, suit_law, with_run_effects
from bayes_scaling.results.build_fit import build_fit
from bayes_scaling.results.choose_law import choose_law, is_auto, on_paths
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_paths import engine_record, fit_paths, shared_by_all, warn_of_groups
from bayes_scaling.results.pooled_density import compute_posterior
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.posterior_draws import Sampled


@overload
def fit(
    law: Law | str,
    runs: pd.DataFrame | str | Path,
    y: str | None = None,
    *,
    group: None = None,
    pool: None = None,
    priors: dict[str, Any] | None = None,
    noise: Likelihood | None = None,
    se: str | None = None,
    draws: int = 1000,
    warmup: int = 200,
    chains: int = 4,
    seed: int = 0,
    progress: bool | None = None,
    **columns: Any,
) -> Fit: ...


@overload
def fit(
    law: Law | str,
    runs: pd.DataFrame | str | Path,
    y: str | None = None,
    *,
    group: str | list[str] | tuple[str, ...],
    pool: dict[str, str] | None = None,
    priors: dict[str, Any] | None = None,
    noise: Likelihood | None = None,
    se: str | None = None,
    draws: int = 1000,
    warmup: int = 200,
    chains: int = 4,
    seed: int = 0,
    progress: bool | None = None,
    **columns: Any,
) -> PooledFit: ...


def fit(
    law: Law | str,
    runs: pd.DataFrame | str | Path,
    y: str | None = None,
    *,
    group: str | list[str] | tuple[str, ...] | None = None,
    pool: dict[str, str] | None = None,
    priors: dict[str, Any] | None = None,
    noise: Likelihood | None = None,
    se: str | None = None,
    draws: int = 1000,
    warmup: int = 200,
    chains: int = 4,
    seed: int = 0,
    progress: bool | None = None,
    **columns: Any,
) -> Fit | PooledFit:
    """Sample the posterior of a law given runs, by NUTS.

    Parameters
    ----------
    law : Law or str
        The law, or its name; "auto" for the one recommended for the columns at hand: see
        ``bayes_scaling.results.choose_law``.
    runs : pandas.DataFrame, path or str
        Runs, a file, or the name of a bundled table.
    y : str, optional
        Column of the outcome, such as "loss_c4"; the law's own name of it where left out.
    group : str or list of str, optional
        Column, or crossed columns, whose values identify groups of runs (corpora, families,
        validation sets): one posterior for all groups, which inform one another. See
        ``bayes_scaling.to_long`` for outcomes in several columns.
    pool : dict of str to str, optional
        By published or sampled name, how groups share the law's parameters and the noise's:
        "partial", "shared" or "free". What
        is left out is partial; kappa, tau and ell of the noise are shared: see
        ``bayes_scaling.law.pooling``.
    priors : dict of str to NumPyro distribution, optional
        By sampled name, in place of the law's own; with groups also ``tau_<sampled name>``, the
        prior of the sd between groups.
    noise : Likelihood, optional
        A Noise, or another likelihood such as Binomial(), in place of the law's own.
    se : str, optional
        Column of known standard errors of the outcome: the sds of Normal errors that are
        independent between runs (an error of the evaluation set that all runs have in common is
        not).
    draws : int
        Draws per chain.
    warmup : int
        Warm-up draws per chain.
    chains : int
        Number of chains.
    seed : int
        The same seed gives the same draws on one machine.
    progress : bool, optional
        Whether to show what is done in one live line, which is erased at the end; where left out,
        in terminals and notebooks.
    **columns : str or float
        input=column where an input of the law, or what its likelihood reads of a run, has another
        name, such as L="loss_c4" or items="n"; a number of items, or a chance level, may be given
        as one number.

    Returns
    -------
    Fit or PooledFit
        A PooledFit where ``group`` is given.

    Raises
    ------
    InputError
        The law, a column, a value or a prior is invalid; the sentence names it and the remedy.
    """
    group_sds = {}
    if group is not None:
        priors, group_sds = split_priors(priors)
    elif pool is not None:
        raise InputError(
            "pool sets how groups share parameters, and there is no group; name the column that"
            " identifies groups, such as group='dataset'"
        )
    check_counts(draws=draws, chains=chains, warmup=warmup)
    check_seed(seed)
    if is_auto(law):
        law = choose_law(load_table(runs, columns)[0], y, columns)
        law = law if noise is not None else on_paths(law, group, pool)
    law = adapt_law(law, noise, priors)
    check_options(fit, columns, (*law.inputs, *law.noise.reads))
    table, columns = load_table(runs, columns)
    y = law.outcome if y is None else y
    by = () if group is None else check_names("group", group)
    law = suit_law(law, table, y, priors, by)
    if noise is None and group is None:
        law = with_run_effects(law, table)
    settings: dict[str, Any] = {
        "draws": draws,
        "warmup": warmup,
        "chains": chains,
        "seed": int(seed),
    }
    if isinstance(law.noise, GroupPaths):
        pool = shared_by_all(law, group, pool)
    if group is not None:
        if law.noise.correlates and not law.noise.smooth:
            raise InputError(
                "effects of runs beside those of groups are not known; fit each group alone, or"
                " without group"
            )
        groups = build_pool(law, table, group, pool, group_sds)
        fit_groups = fit_paths if isinstance(law.noise, GroupPaths) else _fit_pooled
        with live(f"{law.name} of {plural(len(groups.groups), 'group')}", progress):
            return fit_groups(groups, table, y, se, columns, **settings)
    data = padded(checked_design(law, table, y, se, columns))
    with live(law.name, progress):
        sampled = Sampled(table, y, data, sample(Density(law), data, **settings))
    return build_fit(law, sampled, columns, seed=int(seed), warmup=warmup, se=se)


def _fit_pooled(
    pool: Pool,
    table: pd.DataFrame,
    y: str,
    se: str | None,
    columns: dict[str, Any],
    *,
    draws: int,
    warmup: int,
    chains: int,
    seed: int,
) -> PooledFit:
    """The PooledFit of a pool's law to a validated table."""
    data, place = grouped(pool, table, y, se, columns)
    warn_of_groups(pool, table, y, data, place)
    density = Hierarchy(pool)
    status("searching for the mode")
    data, start = with_linearization(density, data)
    sampled = sample(
        density, data, seed=seed, chains=chains, draws=draws, warmup=warmup, start=start
    )
    return PooledFit(
        pool=pool,
        posterior=compute_posterior(density, sampled, data),
        source=sampled,
        table=table,
        y=y,
        data=data,
        place=place,
        columns=columns,
        se=se,
        seed=seed,
        engine=engine_record(sampled, draws=draws, warmup=warmup, chains=chains),
    )
