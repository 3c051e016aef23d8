"""The design of a hierarchical fit: runs sorted by group."""

import numpy as np

from bayes_scaling._core.padding import half_slot
from bayes_scaling.inference.design import conditioned


def grouped(pool, table, y, se, columns):
    """A pool's data from a validated table: as ``design``, with a leading axis over groups, and the place of each row.

    The reference run is one for all groups: an amplitude is a term's size at the same run in every group, so
    that groups can be compared and pooled. A floor is a share of the smallest outcome of its own group.

    Returns
    -------
    data : ``x``, ``z``, ``u``, ``mask`` and, where given, ``se``, each (groups, runs); ``ref``; ``priors``.
    place : (group, slot) of every row of the table, two arrays.
    """
    flat = conditioned(pool.law, table, y, se, columns)
    at = {cell: i for i, cell in enumerate(pool.cells)}
    keys = zip(
        *(
            table[column].map({label: i for i, label in enumerate(values)})
            for column, values in zip(pool.by, pool.levels)
        )
    )
    cell = np.array([at[tuple(map(int, key))] for key in keys])
    slot = np.array([int((cell[:i] == cell[i]).sum()) for i in range(len(cell))])
    shape = (
        len(pool.cells),
        half_slot(int(slot.max()) + 1),
    )  # a few set lengths: one compilation serves many tables
    mask = np.zeros(shape, bool)
    mask[cell, slot] = True
    first = np.array([np.flatnonzero(cell == i)[0] for i in range(len(pool.cells))])

    def spread(values):
        """(rows,) to (groups, runs); what is left over repeats the group's first run."""
        out = np.repeat(values[first][:, None], shape[1], axis=1)
        out[cell, slot] = values
        return out

    outcome = table[y].to_numpy(float)
    ends = {
        f"y_{end}": np.array([[of(outcome[cell == i])] for i in range(len(pool.cells))])
        for end, of in (("min", np.min), ("max", np.max))
    }
    data = {
        "x": {name: spread(values) for name, values in flat["x"].items()}, **{name: spread(flat[name]) for name in ("z", "se") if name in flat},
        **({"rows": {name: spread(values) for name, values in flat["rows"].items()}} if "rows" in flat else {}),
        "u": np.where(mask, spread(flat["u"]), -1.0), "mask": mask, "ref": flat["ref"] | ends, "priors": flat["priors"] | {f"tau_{name}": {k: np.asarray(v, float) for k, v in prior.args} for name, prior in pool.spreads.items()},
        "moments": pool.moments,
    }  # fmt: skip
    return data, (cell, slot)
