"""Results written to netCDF files: arrays in ArviZ's groups, and one JSON attribute."""

import hashlib
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import write_atomically
from bayes_scaling._core.versions import versions
from bayes_scaling.law.law import Law
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit_drift import FitDrift
from bayes_scaling.results.many_posteriors import ManyPosteriors
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.results.saved_law import law_to_data, own_runs_to_data, prior_to_data
from bayes_scaling.results.saved_table import table_to_arrays

if TYPE_CHECKING:
    import xarray as xr

FORMAT = 1


def save_fit(fit: FitDrift, diagnosis: Diagnosis, path: str | Path) -> Path:
    """Write a fit: see ``Fit.save``."""
    description = _describe("fit", fit.law, fit.y, fit.columns, fit.training_mean(), diagnosis) | {
        "largest": fit.largest,
        "ref": fit.ref,
        "seed": fit.seed,
        "engine": fit.engine,
        "provenance": fit.provenance,
        "own_runs": own_runs_to_data(fit.own_runs),
    }
    return _write(path, fit.tree.copy(), description)


def save_pooled_fit(
    fit: PooledPosterior, tree: "xr.DataTree", diagnosis: Diagnosis, path: str | Path
) -> Path:
    """Write a pooled fit, with its tree: see ``PooledFit.save``."""
    import xarray as xr

    pool = fit.pool
    for column, labels in zip(pool.by, pool.levels):
        for label in labels:
            if not isinstance(label, str | int | float):
                raise InputError(
                    f"the group {column} = {label!r} is neither text nor a number; make it text to"
                    " save the fit"
                )
    mean = fit.training_mean()
    description = _describe("pooled", fit.law, fit.y, fit.columns, mean, diagnosis) | {
        "se": fit.se,
        "by": pool.by,
        "levels": pool.levels,
        "cells": pool.cells,
        "modes": pool.modes,
        "spreads": {name: prior_to_data(prior) for name, prior in pool.spreads.items()},
        "moments": [list(values) for values in pool.moments],
        "drift": fit.drift and [fit.drift[0], list(fit.drift[1].items())],
        "seed": fit.seed,
        "engine": fit.engine,
        "provenance": fit.provenance,
    }
    tree = tree.copy()
    tree["table"] = xr.DataTree(xr.Dataset(table_to_arrays(fit.table, pool.by, fit.place[0])))
    return _write(path, tree, description)


def save_fits(
    fits: ManyPosteriors, first_mean: list[float], diagnosis: Diagnosis, path: str | Path
) -> Path:
    """Write many fits, with the first one's ``training_mean``: see ``Fits.save``."""
    import xarray as xr

    description = _describe("fits", fits.law, fits.y, fits.columns, first_mean, diagnosis) | {
        "se": fits.se,
        "by": fits.by,
        "groups": fits.groups,
        "seeds": fits.seeds,
        "about": fits.about,
        "warmup": fits.warmup,
        "skipped": list(fits.skipped.items()),
        "provenance": {"versions": versions()},
    }
    dimensions = ("group", "chain", "draw")
    arrays: dict[str, Any] = {"theta": ((*dimensions, "sampled"), fits.theta)}
    arrays |= {f"stat {name}": (dimensions, values) for name, values in fits.stats.items()}
    positions = np.repeat(np.arange(len(fits)), [len(part) for part in fits.tables])
    arrays |= table_to_arrays(pd.concat(fits.tables), fits.by, positions)
    return _write(path, xr.DataTree(xr.Dataset(arrays)), description)


def _describe(
    kind: str,
    law: Law,
    y: str,
    columns: dict[str, Any],
    training_mean: list[float],
    diagnosis: Diagnosis,
) -> dict[str, Any]:
    """What every file has; the mean at the training runs identifies the law's function."""
    return law_to_data(law) | {
        "format": FORMAT,
        "kind": kind,
        "y": y,
        "columns": columns,
        "probe": training_mean,
        "diagnosis": diagnosis.verdict(),
    }


def _write(path: str | Path, tree: "xr.DataTree", description: dict[str, Any]) -> Path:
    """Write a tree and its description completely or not at all, and return the path.

    The file is built in memory: HDF5 does not turn a full disk into an ordinary error.
    """
    path = Path(path)
    text = json.dumps(description, default=lambda number: number.item())
    tree.attrs = {"bayes_scaling": text, "sha256": content_hash(text, tree)}
    scheduler = nullcontext()
    if "dask" in sys.modules:  # a cluster's client would have xarray lock the file through it
        import dask

        scheduler = dask.config.set(scheduler="synchronous")
    with scheduler:
        content = tree.to_netcdf(engine="h5netcdf")
    write_atomically(path, lambda part: Path(part).write_bytes(content))
    return path


def content_hash(text: str, tree: "xr.DataTree") -> str:
    """SHA-256 of the JSON text and of every variable, to detect damage."""
    digest = hashlib.sha256(text.encode())
    for node in sorted(tree.subtree, key=lambda node: node.path):
        for name, variable in sorted(node.variables.items(), key=lambda item: str(item[0])):
            values = variable.values
            digest.update(str(name).encode())
            digest.update(
                "\n".join(map(str, values)).encode()
                if values.dtype.kind in "OUT"
                else np.ascontiguousarray(values, float).tobytes()
            )
    return digest.hexdigest()
