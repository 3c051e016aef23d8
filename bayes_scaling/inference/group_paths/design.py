"""The runs of groups that lie along one scale: which place each run is at."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.padding import fine_padded_length
from bayes_scaling.law.law import Law
from bayes_scaling.law.places import axes

SAME = 0.1  # gap in log scale up to which runs are at one place
MOST_PLACES = 80  # their number sets the cost of a step


def paths_design(
    law: Law, data: dict[str, Any], positions: tuple[np.ndarray, np.ndarray]
) -> dict[str, Any]:
    """Build the data of ``GroupPathsDensity`` from those of a hierarchical fit.

    Parameters
    ----------
    law : Law
        The law.
    data : dict
        From ``bayes_scaling.inference.grouped_design.grouped``.
    positions : (np.ndarray, np.ndarray)
        Group and slot of every run, from there too.

    Returns
    -------
    dict
        ``z``, ``u``, ``mask``, ``group``, ``place`` and, where given, ``se``, each (runs,);
        ``x`` and ``log_scale`` of the places, (places,); ``ref`` of all groups; ``priors``.

    Raises
    ------
    InputError
        The runs have no scale, or too many scales.
    """
    group, ref = positions[0], data["ref"]
    of_runs = {name: data[name][positions] for name in ("z", "u", "se") if name in data}
    every = {name: values[positions] for name, values in data["x"].items()}
    place, x = _places(log_scale_of(law, every), every)
    log_scale = log_scale_of(law, x)
    if len(log_scale) > MOST_PLACES:
        raise InputError(
            f"the runs have {len(log_scale)} distinct scales, and paths of groups are for up to"
            f" {MOST_PLACES}; leave out runs, such as checkpoints, or give noise=Noise()"
        )
    count = len(group)
    length = fine_padded_length(count)

    def pad(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values, np.repeat(values[-1:], length - count)])

    of_runs |= {"group": group, "place": place}
    return {
        **{name: pad(values) for name, values in of_runs.items()},
        "mask": np.arange(length) < count,
        "x": x,
        "log_scale": log_scale,
        "ref": ref | {"y_min": ref["y_min"].min(), "y_max": ref["y_max"].max()},
        "priors": data["priors"],
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
