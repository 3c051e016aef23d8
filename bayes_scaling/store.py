"""Fits on disk: one netCDF file of arrays with one JSON attribute. No code is stored, none is run."""

import hashlib
import json
import os
import sys
from contextlib import nullcontext
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bayes_scaling.counts import BetaBinomial, Binomial, Censored, ItemBetaBinomial, NegativeBinomial
from bayes_scaling.files import whole
from bayes_scaling.fit import Fit, versions
from bayes_scaling.noise import Noise
from bayes_scaling.parameter import Prior
from bayes_scaling.registry import find_law
from bayes_scaling.runs import InputError
from bayes_scaling.words import option, warn

_FORMAT = 1
_LIKELIHOODS = {kind.__name__: kind for kind in (Noise, Binomial, BetaBinomial, ItemBetaBinomial, NegativeBinomial, Censored)}


def _prior(prior):
    return {"family": prior.family, **dict(prior.args)}


def _unprior(entry):
    entry = dict(entry)
    return Prior(entry.pop("family"), tuple(entry.items()))


def _noise(noise):
    """A likelihood as plain data: its kind and its fields."""
    entry = {"kind": type(noise).__name__}
    for part in fields(noise):
        value = getattr(noise, part.name)
        entry[part.name] = _prior(value) if isinstance(value, Prior) else _noise(value) if isinstance(value, Noise) else value
    return entry


def _unnoise(entry):
    entry = dict(entry)
    kind = _LIKELIHOODS[entry.pop("kind", "Noise")]  # the first files name no kind
    if kind is Noise:
        entry.setdefault("drift", 0.0)  # nor had they a drift
    made = {name: value if not isinstance(value, dict) else _unprior(value) if "family" in value else _unnoise(value) for name, value in entry.items()}
    return kind(**made)


def _hash(text, tree):
    """SHA-256 of the JSON text and of every variable: what was written is what is read."""
    digest = hashlib.sha256(text.encode())
    for node in sorted(tree.subtree, key=lambda node: node.path):
        for name, variable in sorted(node.variables.items()):
            values = variable.values
            digest.update(name.encode())
            digest.update("\n".join(map(str, values)).encode() if values.dtype.kind in "OUT" else np.ascontiguousarray(values, float).tobytes())
    return digest.hexdigest()


def _meta(made, kind, first, **more):
    """What is told of any fit: the law's name and formula, to know it again, its priors and noise, what was fitted, and a ``first`` fit's curve to probe the law with."""
    law = {"law": made.law.name, "formula": made.law.formula, "priors": {q.sampled: _prior(q.prior) for q in made.law.parameters}, "noise": _noise(made.law.noise)}
    return law | {"format": _FORMAT, "kind": kind, "y": made.y, "columns": made.columns, "probe": first.training_mean(), "diagnosis": made.diagnosis.verdict()} | more


def _law_of_json(meta, law, path):
    """The law that a file was made with, from the registry or as given."""
    from bayes_scaling.models import LAWS

    if law is None and meta["law"] not in LAWS:
        raise InputError(f"{path} holds a fit of {meta['law']}, a law of your own; give it as {option('law', f"path.py:{meta['law']}", 'law=...')}")
    law = find_law(law or meta["law"])
    if (law.name, law.formula) == (meta["law"], meta["formula"]) and {q.sampled for q in law.parameters} != set(meta["priors"]):
        raise InputError(f"{path} holds a fit of {law.name}: {law.formula} by {', '.join(meta['priors'])}; the law samples {', '.join(q.sampled for q in law.parameters)}: give the law it was made with, or fit again")
    if (law.name, law.formula) != (meta["law"], meta["formula"]):
        raise InputError(f"{path} holds a fit of {meta['law']}: {meta['formula']}; the law given is {law.name}: {law.formula}; give the law it was made with")
    law = law.with_noise(_unnoise(meta["noise"]))
    return law.with_priors(**{name: _unprior(entry) for name, entry in meta["priors"].items()})


def _put(path, tree, meta):
    """Write a tree and what is told of it whole, and return the path; it is made in memory, so that a disk that fills up is an ordinary error, which HDF5 does not make of it."""
    text = json.dumps(meta, default=lambda number: number.item())
    tree.attrs = {"bayes_scaling": text, "sha256": _hash(text, tree)}
    here = nullcontext()
    if "dask" in sys.modules:  # with a cluster's client about, xarray would lock the file through the cluster
        import dask

        here = dask.config.set(scheduler="synchronous")
    with here:
        content = tree.to_netcdf(engine="h5netcdf")
    whole(path, lambda part: Path(part).write_bytes(content))
    return path


def save(fit, path):
    """Write a fit to ``path`` (netCDF): to a temporary file first, renamed when whole.

    Returns
    -------
    Path of the file.

    Raises
    ------
    InputError : the folder does not exist or can not be written.
    """
    path = Path(path)
    meta = _meta(fit, "fit", fit, largest=fit.largest, ref=fit.ref, seed=fit.seed, engine=fit.engine, provenance=fit.provenance)
    return _put(path, fit.tree.copy(), meta)


def save_pooled(fit, path):
    """Write a PooledFit to ``path`` (netCDF), to a temporary file first, renamed when whole.

    Returns
    -------
    Path of the file.

    Raises
    ------
    InputError : the folder does not exist or can not be written, or a group's label is neither text nor a number.
    """
    import xarray as xr

    path, pool = Path(path), fit.pool
    for column, labels in zip(pool.by, pool.levels):
        for label in labels:
            if not isinstance(label, str | int | float):
                raise InputError(f"the group {column} = {label!r} is neither text nor a number; make it text to save the fit")
    meta = _meta(
        fit, "pooled", fit, se=fit.se, by=pool.by, levels=pool.levels, cells=pool.cells, modes=pool.modes, spreads={name: _prior(prior) for name, prior in pool.spreads.items()},
        moments=[list(a) for a in pool.moments], drift=fit.drift and [fit.drift[0], list(fit.drift[1].items())], seed=fit.seed, engine=fit.engine, provenance=fit.provenance,
    )  # fmt: skip
    tree, (arrays, names) = fit.tree.copy(), _rows(fit.table, pool.by)
    tree["table"] = xr.DataTree(xr.Dataset(arrays | {"row_group": ("row", fit.place[0]), "row_name": ("row", names)}))
    return _put(path, tree, meta)


def _rows(table, by):
    """({array: ("row", numbers)}, labels) of a table of runs, less the columns that tell groups apart."""
    import pandas as pd

    numbers = [name for name in table.columns if pd.api.types.is_numeric_dtype(table[name]) and name not in by]
    labels = table["run"] if "run" in table else table.index
    return {f"run {name}": ("row", table[name].to_numpy(float)) for name in numbers}, [str(label) for label in labels]


def _table(rows, by, groups):
    """The table again from what ``_rows`` wrote, with the labels of each row's group."""
    import pandas as pd

    table = pd.DataFrame({name.removeprefix("run "): values.values for name, values in rows.data_vars.items() if name.startswith("run ")}, index=rows["row_name"].values.astype(str))
    keys = [groups[i] if isinstance(groups[i], tuple) else (groups[i],) for i in rows["row_group"].values]
    return table.assign(**dict(zip(by, zip(*keys))))


def save_many(fits, path):
    """Write Fits to ``path`` (netCDF), to a temporary file first, renamed when whole.

    Returns
    -------
    Path of the file.

    Raises
    ------
    InputError : the folder does not exist or can not be written.
    """
    import pandas as pd
    import xarray as xr

    path, (rows, names) = Path(path), _rows(pd.concat(fits.tables), fits.by)
    meta = _meta(
        fits, "fits", fits[fits.groups[0]], se=fits.se, by=fits.by, groups=fits.groups, seeds=fits.seeds, about=fits.about, warmup=fits.warmup,
        skipped=list(fits.skipped.items()), provenance={"versions": versions()},
    )  # fmt: skip
    draw = ("group", "chain", "draw")
    arrays = {"theta": ((*draw, "sampled"), fits.theta)} | {f"stat {name}": (draw, values) for name, values in fits.stats.items()}
    arrays |= rows | {"row_group": ("row", np.repeat(np.arange(len(fits)), [len(part) for part in fits.tables])), "row_name": ("row", names)}
    return _put(path, xr.DataTree(xr.Dataset(arrays)), meta)


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
        raise InputError(f"{path} is no fit of bayes_scaling, or is damaged; save it again") from None
    if made != _FORMAT:
        raise InputError(f"{path} has format {made} and this version reads {_FORMAT}; install the version that wrote it ({wrote})")
    if tree.attrs.get("sha256") != _hash(text, tree):
        raise InputError(f"the data in {path} are not those that were saved; save the fit again")
    law = _law_of_json(meta, law, path)
    if wrote != version("bayes-scaling"):
        warn(f"{path} was written by bayes_scaling {wrote}, this is {version('bayes-scaling')}: refit if answers differ", UserWarning)
    made = {"fits": _fits, "pooled": _pooled}.get(meta.get("kind"), _fit)(meta, law, tree)
    first = made[made.groups[0]] if meta.get("kind") == "fits" else made
    if not np.allclose(first.training_mean(), meta["probe"], rtol=1e-6, equal_nan=True):
        raise InputError(f"the function of {law.name} is not the one that {path} was made with; give the law it was made with, or fit again")
    return made


def _posterior(tree):
    return {name: values.values for name, values in tree["posterior"].data_vars.items()}


def _fit(meta, law, tree):
    """A Fit from what ``save`` wrote."""
    if law.scale is not None and "scale_max" not in meta["ref"]:
        raise InputError(f"the fit of {meta['y']} was made when {law.name} had no scale, which its forecasts now go along; fit again")
    return Fit(
        law=law, posterior=_posterior(tree), source=tree, y=meta["y"], columns=meta["columns"],
        largest=meta["largest"], ref=meta["ref"], seed=meta["seed"], engine=meta["engine"], provenance=meta["provenance"],
    )  # fmt: skip


def _pooled(meta, law, tree):
    """A PooledFit from what ``save_pooled`` wrote."""
    from bayes_scaling.pool import Pool, grouped
    from bayes_scaling.pooled import PooledFit

    levels, cells = (tuple(map(tuple, meta[name])) for name in ("levels", "cells"))
    spreads = {name: _unprior(entry) for name, entry in meta["spreads"].items()}
    pool = Pool(law, tuple(meta["by"]), levels, cells, meta["modes"], spreads, tuple(np.array(a) for a in meta["moments"]))
    table = _table(tree["table"], pool.by, pool.groups)
    data, place = grouped(pool, table, meta["y"], meta["se"], meta["columns"])
    drift = meta["drift"] and (meta["drift"][0], dict(meta["drift"][1]))
    own = tree.filter(lambda node: node.name != "table")
    return PooledFit(pool, _posterior(tree), own, table, meta["y"], data, place, meta["columns"], meta["se"], meta["seed"], meta["engine"], drift)


def _fits(meta, law, tree):
    """Fits from what ``save_many`` wrote."""
    from bayes_scaling.fits import Fits

    key = lambda group: tuple(group) if isinstance(group, list) else group
    groups, of = tuple(map(key, meta["groups"])), tree["row_group"].values
    table = _table(tree, meta["by"], groups)
    return Fits(
        law=law, by=tuple(meta["by"]), groups=groups, tables=tuple(table[of == i] for i in range(len(groups))), y=meta["y"], se=meta["se"], columns=meta["columns"], theta=tree["theta"].values,
        stats={name.removeprefix("stat "): values.values for name, values in tree.data_vars.items() if name.startswith("stat ")}, about=tuple(meta["about"]),
        seeds=tuple(meta["seeds"]), warmup=meta["warmup"], skipped={key(group): why for group, why in meta["skipped"]},
    )  # fmt: skip
