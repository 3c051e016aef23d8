"""The design of a hierarchical fit: runs sorted by group."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.padding import fine_padded_length
from bayes_scaling.inference.design import conditioned
from bayes_scaling.inference.design_columns import Columns
from bayes_scaling.law.pool import Pool


def grouped(
    pool: Pool, table: pd.DataFrame, y: str, se: str | None, columns: Columns
) -> tuple[dict[str, Any], tuple[np.ndarray, np.ndarray]]:
    """Build a pool's data from a validated table: as ``design``, with a leading axis over groups.

    All groups have one reference run: an amplitude is a term's size at the same run in every
    group, so that groups can be compared and pooled. A floor is a fraction of the smallest outcome
    of its own group.

    Parameters
    ----------
    pool : Pool
        The law and its groups.
    table, y, se, columns
        As in ``conditioned``.

    Returns
    -------
    data : dict
        ``x``, ``z``, ``u``, ``mask`` and, where given, ``se``, each (groups, runs); ``ref``;
        ``priors``; ``moments``.
    positions : (np.ndarray, np.ndarray)
        Group and slot of every row of the table.
    """
    flat = conditioned(pool.law, table, y, se, columns)
    cell, slot = _cells_and_slots(pool, table)
    # a few fixed lengths: one compilation serves many tables
    shape = (len(pool.cells), fine_padded_length(int(slot.max()) + 1))
    mask = np.zeros(shape, bool)
    mask[cell, slot] = True
    first = np.array([np.flatnonzero(cell == i)[0] for i in range(len(pool.cells))])

    def by_group(values: np.ndarray) -> np.ndarray:
        """(rows,) to (groups, runs); padding repeats the group's first run."""
        out = np.repeat(values[first][:, None], shape[1], axis=1)
        out[cell, slot] = values
        return out

    data = {"x": {name: by_group(values) for name, values in flat["x"].items()}}
    data |= {name: by_group(flat[name]) for name in ("z", "se") if name in flat}
    if "rows" in flat:
        data["rows"] = {name: by_group(values) for name, values in flat["rows"].items()}
    outcomes = [table[y].to_numpy(float)[cell == i] for i in range(len(pool.cells))]
    group_sd_priors = {
        f"tau_{name}": {key: np.asarray(value, float) for key, value in prior.args}
        for name, prior in pool.spreads.items()
    }
    return data | {
        "u": np.where(mask, by_group(flat["u"]), -1.0),
        "mask": mask,
        "ref": flat["ref"]
        | {
            "y_min": np.array([[values.min()] for values in outcomes]),
            "y_max": np.array([[values.max()] for values in outcomes]),
        },
        "priors": flat["priors"] | group_sd_priors,
        "moments": pool.moments,
    }, (cell, slot)


def _cells_and_slots(pool: Pool, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Find the cell of every row, and which of the cell's runs it is."""
    index = {cell: i for i, cell in enumerate(pool.cells)}
    level_columns = [
        table[column].map({label: i for i, label in enumerate(values)})
        for column, values in zip(pool.by, pool.levels)
    ]
    cell = np.array([index[tuple(map(int, key))] for key in zip(*level_columns)])
    return cell, np.array([int((cell[:i] == cell[i]).sum()) for i in range(len(cell))])
