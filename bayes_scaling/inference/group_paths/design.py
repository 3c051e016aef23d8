"""The runs of groups that lie along one scale: which place each run is at."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.padding import fine_padded_length
from bayes_scaling.inference.design import conditioned
from bayes_scaling.inference.design_columns import Columns
from bayes_scaling.law.law import Law
from bayes_scaling.law.places import axes
from bayes_scaling.law.pool import Pool

SAME = 0.1  # gap in log scale up to which runs are at one place
MOST_PLACES = 80  # their number sets the cost of a step


def paths_design(
    pool: Pool, table: pd.DataFrame, y: str, se: str | None, columns: Columns
) -> dict[str, Any]:
    """Build the data of ``GroupPathsDensity`` from a validated table.

    Parameters
    ----------
    pool : Pool
        The law and its groups.
    table, y, se, columns
        As in ``bayes_scaling.inference.design.conditioned``.

    Returns
    -------
    dict
        ``z``, ``u``, ``mask``, ``group``, ``place`` and, where given, ``se``, each (runs,);
        ``x`` and ``log_scale`` of the places, (places,); ``ref``; ``priors``.

    Raises
    ------
    InputError
        As ``conditioned``, or the runs have no scale, or too many scales.
    """
    law = pool.law
    flat = conditioned(law, table, y, se, columns)
    place, x = _places(log_scale_of(law, flat["x"]), flat["x"])
    log_scale = log_scale_of(law, x)
    if len(log_scale) > MOST_PLACES:
        raise InputError(
            f"the runs have {len(log_scale)} distinct scales, and paths of groups are for up to"
            f" {MOST_PLACES}; leave out runs, such as checkpoints, or give noise=Noise()"
        )
    index = {cell: i for i, cell in enumerate(pool.cells)}
    levels = [
        table[column].map({label: i for i, label in enumerate(values)})
        for column, values in zip(pool.by, pool.levels)
    ]
    group = np.array([index[tuple(map(int, key))] for key in zip(*levels)])
    count = len(group)
    length = fine_padded_length(count)

    def pad(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values, np.repeat(values[-1:], length - count)])

    of_runs = {"z": flat["z"], "u": flat["u"], "group": group, "place": place}
    of_runs |= {"se": flat["se"]} if "se" in flat else {}
    return {
        **{name: pad(values) for name, values in of_runs.items()},
        "mask": np.arange(length) < count,
        "x": x,
        "log_scale": log_scale,
        "ref": flat["ref"],
        "priors": flat["priors"],
    }


def log_scale_of(law: Law, x: Mapping[str, Any]) -> np.ndarray:
    """Log of the scale along which groups have paths: the law's, or its one input.

    Parameters
    ----------
    law : Law
        The law.
    x : mapping of str to np.ndarray
        Its inputs.

    Returns
    -------
    np.ndarray

    Raises
    ------
    InputError
        The law has no scale.
    """
    names = axes(law)
    if law.scale is not None and not law.along_loss:
        return np.log(np.asarray(law.scale(x), float))
    if len(names) == 1 and names[0] in x and names != ("L",):
        return np.log(np.asarray(x[names[0]], float))
    raise InputError(
        f"{law.name} has no scale along which groups could have paths; give a law of one, such as"
        " power_law_floor"
    )


def _places(
    log_scale: np.ndarray, x: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The place of each run, smallest first, and the mean inputs of the runs at each."""
    order = np.argsort(log_scale, kind="stable")
    place = np.empty(len(order), int)
    place[order] = np.cumsum(np.diff(log_scale[order], prepend=log_scale[order[0]]) > SAME)
    count = np.bincount(place)
    return place, {
        name: np.exp(np.bincount(place, np.log(values)) / count)
        if (values > 0).all()
        else np.bincount(place, values) / count
        for name, values in x.items()
    }
