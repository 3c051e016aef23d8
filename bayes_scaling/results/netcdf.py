"""Results written to netCDF files."""

import hashlib
import json
import sys
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import whole
from bayes_scaling._core.versions import versions
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.prior import Prior

_FORMAT = 1


def _prior(prior):
    return {"family": prior.family, **dict(prior.args)}


def _noise(noise):
    """A likelihood as plain data: its kind and its fields."""
    entry = {"kind": type(noise).__name__}
    for part in fields(noise):
        value = getattr(noise, part.name)
        entry[part.name] = (
            _prior(value)
            if isinstance(value, Prior)
            else _noise(value)
            if isinstance(value, Noise)
            else value
        )
    return entry


def _hash(text, tree):
    """SHA-256 of the JSON text and of every variable: what was written is what is read."""
    digest = hashlib.sha256(text.encode())
    for node in sorted(tree.subtree, key=lambda node: node.path):
        for name, variable in sorted(node.variables.items()):
            values = variable.values
            digest.update(name.encode())
            digest.update(
                "\n".join(map(str, values)).encode()
                if values.dtype.kind in "OUT"
                else np.ascontiguousarray(values, float).tobytes()
            )
    return digest.hexdigest()


def _meta(made, kind, first, **more):
    """What is told of any fit: the law's name and formula, to know it again, its priors and noise, what was fitted, and a ``first`` fit's curve to probe the law with."""
    law = {
        "law": made.law.name,
        "formula": made.law.formula,
        "priors": {q.sampled: _prior(q.prior) for q in made.law.parameters},
        "noise": _noise(made.law.noise),
    }
    return (
        law
        | {
            "format": _FORMAT,
            "kind": kind,
            "y": made.y,
            "columns": made.columns,
            "probe": first.training_mean(),
            "diagnosis": made.diagnosis.verdict(),
        }
        | more
    )


def _put(path, tree, meta):
    """Write a tree and what is told of it whole, and return the path; it is made in memory, so that a disk that fills up is an ordinary error, which HDF5 does not make of it."""
    text = json.dumps(meta, default=lambda number: number.item())
    tree.attrs = {"bayes_scaling": text, "sha256": _hash(text, tree)}
    here = nullcontext()
    if (
        "dask" in sys.modules
    ):  # with a cluster's client about, xarray would lock the file through the cluster
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
    meta = _meta(
        fit,
        "fit",
        fit,
        largest=fit.largest,
        ref=fit.ref,
        seed=fit.seed,
        engine=fit.engine,
        provenance=fit.provenance,
    )
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
                raise InputError(
                    f"the group {column} = {label!r} is neither text nor a number; make it text to save the fit"
                )
    meta = _meta(
        fit, "pooled", fit, se=fit.se, by=pool.by, levels=pool.levels, cells=pool.cells, modes=pool.modes, spreads={name: _prior(prior) for name, prior in pool.spreads.items()},
        moments=[list(a) for a in pool.moments], drift=fit.drift and [fit.drift[0], list(fit.drift[1].items())], seed=fit.seed, engine=fit.engine, provenance=fit.provenance,
    )  # fmt: skip
    tree, (arrays, names) = fit.tree.copy(), _rows(fit.table, pool.by)
    tree["table"] = xr.DataTree(
        xr.Dataset(arrays | {"row_group": ("row", fit.place[0]), "row_name": ("row", names)})
    )
    return _put(path, tree, meta)


def _rows(table, by):
    """({array: ("row", numbers)}, labels) of a table of runs, less the columns that tell groups apart."""
    import pandas as pd

    numbers = [
        name
        for name in table.columns
        if pd.api.types.is_numeric_dtype(table[name]) and name not in by
    ]
    labels = table["run"] if "run" in table else table.index
    return {f"run {name}": ("row", table[name].to_numpy(float)) for name in numbers}, [
        str(label) for label in labels
    ]


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
    arrays = {"theta": ((*draw, "sampled"), fits.theta)} | {
        f"stat {name}": (draw, values) for name, values in fits.stats.items()
    }
    arrays |= rows | {
        "row_group": ("row", np.repeat(np.arange(len(fits)), [len(part) for part in fits.tables])),
        "row_name": ("row", names),
    }
    return _put(path, xr.DataTree(xr.Dataset(arrays)), meta)
