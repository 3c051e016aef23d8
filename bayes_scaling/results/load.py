"""Fits on disk: one netCDF file of arrays with one JSON attribute. No code is stored, none is run."""

import json
import os
from importlib.metadata import version

import numpy as np

from bayes_scaling._core.errors import InputError, warn
from bayes_scaling._core.messages import option
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.likelihoods.counts import (
    BetaBinomial,
    Binomial,
    ItemBetaBinomial,
    NegativeBinomial,
)
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.prior import Prior
from bayes_scaling.models._registry import find_law
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.netcdf import _FORMAT, _hash

_LIKELIHOODS = {
    kind.__name__: kind
    for kind in (Noise, Binomial, BetaBinomial, ItemBetaBinomial, NegativeBinomial, Censored)
}


def _unprior(entry):
    entry = dict(entry)
    return Prior(entry.pop("family"), tuple(entry.items()))


def _unnoise(entry):
    entry = dict(entry)
    kind = _LIKELIHOODS[entry.pop("kind", "Noise")]  # the first files name no kind
    if kind is Noise:
        entry.setdefault("drift", 0.0)  # nor had they a drift
    made = {
        name: value
        if not isinstance(value, dict)
        else _unprior(value)
        if "family" in value
        else _unnoise(value)
        for name, value in entry.items()
    }
    return kind(**made)


def _law_of_json(meta, law, path):
    """The law that a file was made with, from the registry or as given."""
    from bayes_scaling.models import LAWS

    if law is None and meta["law"] not in LAWS:
        raise InputError(
            f"{path} holds a fit of {meta['law']}, a law of your own; give it as {option('law', f'path.py:{meta["law"]}', 'law=...')}"
        )
    law = find_law(law or meta["law"])
    if (law.name, law.formula) == (meta["law"], meta["formula"]) and {
        q.sampled for q in law.parameters
    } != set(meta["priors"]):
        raise InputError(
            f"{path} holds a fit of {law.name}: {law.formula} by {', '.join(meta['priors'])}; the law samples {', '.join(q.sampled for q in law.parameters)}: give the law it was made with, or fit again"
        )
    if (law.name, law.formula) != (meta["law"], meta["formula"]):
        raise InputError(
            f"{path} holds a fit of {meta['law']}: {meta['formula']}; the law given is {law.name}: {law.formula}; give the law it was made with"
        )
    law = law.with_noise(_unnoise(meta["noise"]))
    return law.with_priors(**{name: _unprior(entry) for name, entry in meta["priors"].items()})


def _table(rows, by, groups):
    """The table again from what ``_rows`` wrote, with the labels of each row's group."""
    import pandas as pd

    table = pd.DataFrame(
        {
            name.removeprefix("run "): values.values
            for name, values in rows.data_vars.items()
            if name.startswith("run ")
        },
        index=rows["row_name"].values.astype(str),
    )
    keys = [
        groups[i] if isinstance(groups[i], tuple) else (groups[i],)
        for i in rows["row_group"].values
    ]
    return table.assign(**dict(zip(by, zip(*keys))))


def load(path, law=None):
    """What ``Fit.save``, ``Fits.save`` or ``PooledFit.save`` wrote.

    Parameters
    ----------
    path : the file.
    law : the Law (or its name, as ``find_law`` takes it), where it is one of your own and not in the registry.

    Returns
    -------
    Fit, Fits or PooledFit

    Raises
    ------
    InputError : no such file, no fit, damaged data, or a law that is unknown or has changed.

    Warns
    -----
    UserWarning : another version of the package wrote it.
    """
    import xarray as xr

    if not os.path.isfile(path):
        raise InputError(f"there is no file {str(path)!r}; give one that Fit.save wrote")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
        text = tree.attrs["bayes_scaling"]
        meta = json.loads(text)
        wrote, made = meta["provenance"]["versions"]["bayes-scaling"], meta["format"]
    except Exception:  # HDF5 has many ways to say that a file is none of ours
        raise InputError(
            f"{path} is no fit of bayes_scaling, or is damaged; save it again"
        ) from None
    if made != _FORMAT:
        raise InputError(
            f"{path} has format {made} and this version reads {_FORMAT}; install the version that wrote it ({wrote})"
        )
    if tree.attrs.get("sha256") != _hash(text, tree):
        raise InputError(f"the data in {path} are not those that were saved; save the fit again")
    law = _law_of_json(meta, law, path)
    if wrote != version("bayes-scaling"):
        warn(
            f"{path} was written by bayes_scaling {wrote}, this is {version('bayes-scaling')}: refit if answers differ",
            UserWarning,
        )
    made = {"fits": _fits, "pooled": _pooled}.get(meta.get("kind"), _fit)(meta, law, tree)
    first = made[made.groups[0]] if meta.get("kind") == "fits" else made
    if not np.allclose(first.training_mean(), meta["probe"], rtol=1e-6, equal_nan=True):
        raise InputError(
            f"the function of {law.name} is not the one that {path} was made with; give the law it was made with, or fit again"
        )
    return made


def _posterior(tree):
    return {name: values.values for name, values in tree["posterior"].data_vars.items()}


def _fit(meta, law, tree):
    """A Fit from what ``save`` wrote."""
    if law.scale is not None and "scale_max" not in meta["ref"]:
        raise InputError(
            f"the fit of {meta['y']} was made when {law.name} had no scale, which its forecasts now go along; fit again"
        )
    return Fit(
        law=law, posterior=_posterior(tree), source=tree, y=meta["y"], columns=meta["columns"],
        largest=meta["largest"], ref=meta["ref"], seed=meta["seed"], engine=meta["engine"], provenance=meta["provenance"],
    )  # fmt: skip


def _pooled(meta, law, tree):
    """A PooledFit from what ``save_pooled`` wrote."""
    from bayes_scaling.inference.grouped_design import grouped
    from bayes_scaling.law.pooling import Pool
    from bayes_scaling.results.pooled_fit import PooledFit

    levels, cells = (tuple(map(tuple, meta[name])) for name in ("levels", "cells"))
    spreads = {name: _unprior(entry) for name, entry in meta["spreads"].items()}
    pool = Pool(
        law,
        tuple(meta["by"]),
        levels,
        cells,
        meta["modes"],
        spreads,
        tuple(np.array(a) for a in meta["moments"]),
    )
    table = _table(tree["table"], pool.by, pool.groups)
    data, place = grouped(pool, table, meta["y"], meta["se"], meta["columns"])
    drift = meta["drift"] and (meta["drift"][0], dict(meta["drift"][1]))
    own = tree.filter(lambda node: node.name != "table")
    return PooledFit(
        pool,
        _posterior(tree),
        own,
        table,
        meta["y"],
        data,
        place,
        meta["columns"],
        meta["se"],
        meta["seed"],
        meta["engine"],
        drift,
    )


def _fits(meta, law, tree):
    """Fits from what ``save_many`` wrote."""
    from bayes_scaling.results.fits import Fits

    key = lambda group: tuple(group) if isinstance(group, list) else group
    groups, of = tuple(map(key, meta["groups"])), tree["row_group"].values
    table = _table(tree, meta["by"], groups)
    return Fits(
        law=law, by=tuple(meta["by"]), groups=groups, tables=tuple(table[of == i] for i in range(len(groups))), y=meta["y"], se=meta["se"], columns=meta["columns"], theta=tree["theta"].values,
        stats={name.removeprefix("stat "): values.values for name, values in tree.data_vars.items() if name.startswith("stat ")}, about=tuple(meta["about"]),
        seeds=tuple(meta["seeds"]), warmup=meta["warmup"], skipped={key(group): why for group, why in meta["skipped"]},
    )  # fmt: skip
