"""Fits read from netCDF files. No code is stored in a file, and none is run.

The hash in a file finds accidents, not tampering: whoever changes a file can change its hash too.
"""

import json
import os
import sys
import traceback
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.errors import InputError, warn
from bayes_scaling._core.messages import first_line
from bayes_scaling.inference.grouped_design import grouped
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.group_paths import GroupPaths
from bayes_scaling.law.pool import Pool
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_paths import paths_data
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.netcdf import FORMAT, content_hash
from bayes_scaling.results.paths_fit import PathsFit
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.saved_description import check_description
from bayes_scaling.results.saved_law import law_from_data, own_runs_from_data, prior_from_data
from bayes_scaling.results.saved_table import table_from_arrays

if TYPE_CHECKING:
    import xarray as xr

Description = Mapping[str, Any]


def load(path: str | Path, law: Law | str | None = None) -> Fit | Fits | PooledFit:
    """Load what ``Fit.save``, ``Fits.save`` or ``PooledFit.save`` wrote.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    law : Law or str, optional
        The law, or its name as ``find_law`` takes it, where it is not in the registry.

    Returns
    -------
    Fit, Fits or PooledFit
        What was saved.

    Raises
    ------
    InputError
        No such file, not a fit, damaged data, or a law that is unknown or has changed.

    Warns
    -----
    UserWarning
        Another version of the package wrote the file.
    """
    tree, description, writer = _read(path)
    this = version("bayes-scaling")
    try:
        check_description(description)
        law, result = _restore(tree, description, law, path)
    except InputError:
        raise
    except Exception as error:  # of many kinds, where the description is not what was saved
        raise InputError(
            f"{path} does not describe a fit ({type(error).__name__}: {first_line(error)}); it was"
            " changed by another program, so save the fit again"
        ) from None
    if writer != this:
        warn(
            f"{path} was written by bayes_scaling {writer}, this is {this}:"
            " refit if answers differ",
            UserWarning,
        )
    return result


def _restore(
    tree: "xr.DataTree", description: Description, law: Law | str | None, path: str | Path
) -> tuple[Law, Fit | Fits | PooledFit]:
    """The law of a file, and what was saved, by the description of it."""
    law = law_from_data(description, law, path)
    kind = description.get("kind", "fit")
    restore = {"fit": _restore_fit, "fits": _restore_fits, "pooled": _restore_pooled_fit}
    result = restore[kind](description, law, tree)
    first = result[result.groups[0]] if isinstance(result, Fits) else result
    if not np.allclose(first.training_mean(), description["probe"], rtol=1e-6, equal_nan=True):
        raise InputError(
            f"the function of {law.name} is not the one that {path} was made with; give the law it"
            " was made with, or fit again"
        )
    return law, result


def _read(path: str | Path) -> tuple["xr.DataTree", Description, str]:
    """A file's arrays, description and writer; InputError where it is not an intact fit."""
    if not isinstance(path, str | os.PathLike) or not os.path.isfile(path):
        raise InputError(f"there is no file {str(path)!r}; give one that Fit.save wrote")
    try:
        tree = _open(path)
        text = tree.attrs["bayes_scaling"]
        description = json.loads(text)
        writer = description["provenance"]["versions"]["bayes-scaling"]
        file_format = description["format"]
    except Exception:  # HDF5 raises many kinds of error for files that are not fits
        raise InputError(
            f"{path} is not a fit of bayes_scaling, or is damaged; save it again"
        ) from None
    if file_format != FORMAT:
        raise InputError(
            f"{path} has format {file_format} and this version reads {FORMAT};"
            f" install the version that wrote it ({writer})"
        )
    if tree.attrs.get("sha256") != content_hash(text, tree):
        raise InputError(f"the data in {path} are not those that were saved; save the fit again")
    return tree, description, writer


def _open(path: str | Path) -> "xr.DataTree":
    """The arrays of a file. Of a damaged one h5netcdf would also print that it cannot close it."""
    import xarray as xr

    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            return opened.load()
    except Exception as error:
        traceback.clear_frames(error.__traceback__)  # drops the file while nothing is printed
        raise
    finally:
        sys.unraisablehook = before


def _restore_fit(description: Description, law: Law, tree: "xr.DataTree") -> Fit:
    """A Fit from what ``save_fit`` wrote."""
    if law.scale is not None and "scale_max" not in description["ref"]:
        raise InputError(
            f"the fit of {description['y']} was made when {law.name} had no scale, which its"
            " forecasts now need; fit again"
        )
    return Fit(
        law=law,
        posterior=_posterior(tree),
        source=tree,
        y=description["y"],
        columns=description["columns"],
        largest=description["largest"],
        ref=description["ref"],
        seed=description["seed"],
        engine=description["engine"],
        provenance=description["provenance"],
        own_source=lambda: own_runs_from_data(description.get("own_runs")),
    )


def _posterior(tree: "xr.DataTree") -> dict[str, np.ndarray]:
    """Draws by name."""
    variables = tree.children["posterior"].data_vars
    return {str(name): values.values for name, values in variables.items()}


def _restore_pooled_fit(description: Description, law: Law, tree: "xr.DataTree") -> PooledFit:
    """A PooledFit from what ``save_pooled_fit`` wrote."""
    levels, cells = (tuple(map(tuple, description[name])) for name in ("levels", "cells"))
    group_sds = {name: prior_from_data(prior) for name, prior in description["spreads"].items()}
    moments = tuple(np.array(values) for values in description["moments"])
    by, modes = tuple(description["by"]), description["modes"]
    pool = Pool(law, by, levels, cells, modes, group_sds, moments)
    table = table_from_arrays(tree.children["table"].dataset, pool.by, pool.groups)
    y, se, columns = description["y"], description["se"], description["columns"]
    on_paths = isinstance(law.noise, GroupPaths)
    data, place = (paths_data if on_paths else grouped)(pool, table, y, se, columns)
    drift = description["drift"] and (description["drift"][0], dict(description["drift"][1]))
    return (PathsFit if on_paths else PooledFit)(
        pool=pool,
        posterior=_posterior(tree),
        source=tree.filter(lambda node: node.name != "table"),
        table=table,
        y=y,
        data=data,
        place=place,
        columns=columns,
        se=se,
        seed=description["seed"],
        engine=description["engine"],
        drift=drift,
    )


def _restore_fits(description: Description, law: Law, tree: "xr.DataTree") -> Fits:
    """Fits from what ``save_fits`` wrote."""

    def group_of(saved: Any) -> Any:
        return tuple(saved) if isinstance(saved, list) else saved  # JSON has no tuples

    arrays, groups = tree.dataset, tuple(map(group_of, description["groups"]))
    table = table_from_arrays(arrays, description["by"], groups)
    positions = arrays["row_group"].values
    return Fits(
        law=law,
        by=tuple(description["by"]),
        groups=groups,
        tables=tuple(table[positions == i] for i in range(len(groups))),
        y=description["y"],
        se=description["se"],
        columns=description["columns"],
        theta=arrays["theta"].values,
        stats={
            str(name).removeprefix("stat "): values.values
            for name, values in arrays.data_vars.items()
            if str(name).startswith("stat ")
        },
        about=tuple(description["about"]),
        seeds=tuple(description["seeds"]),
        warmup=description["warmup"],
        skipped={group_of(group): reason for group, reason in description["skipped"]},
    )
