"""Which runs are fitted and which foretold: rolling origins along a column, or one group of runs left out at a time."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant, several, shown
from bayes_scaling.runs.columns import check_present, positive


@dataclass(frozen=True)
class Split:
    """One training table and what it is to foretell.

    Parameters
    ----------
    series : values of the columns that tell series apart.
    origin : the cutoff, or the group that is left out.
    train, test : positions of rows in the table of all runs.
    extrapolation : (test,) of a run, over the largest in training.
    below : (test,) whether a run lies below the smallest in training.
    """

    series: tuple
    origin: object
    train: np.ndarray
    test: np.ndarray
    extrapolation: np.ndarray
    below: np.ndarray

    @classmethod
    def of(cls, series, origin, train, test, along):
        """The split of rows whose sizes are ``along``, one for each row of the table."""
        fitted = along[train]
        return cls(
            series, origin, train, test, along[test] / fitted.max(), along[test] < fitted.min()
        )

    @property
    def name(self):
        """What the split is called: its seed is made of it."""
        return repr((*self.series, self.origin))


def check_column(table, what, name):
    """Refuse what names no column of the table."""
    if name not in table.columns:
        raise InputError(
            f"{what} is {name!r}, and the runs have no such column{meant(name, table.columns)}; name one of {shown(table.columns)}"
        )


def plain(value):
    """A value of a column as a Python object, for a message."""
    return value.item() if hasattr(value, "item") else value


def series_of(table, group):
    """{values of the columns ``group``: positions of the rows}, in the table's order; one series where there are none."""
    if not group:
        return {(): np.arange(len(table))}
    for column in group:
        check_column(table, "group", column)
    places = table.groupby(list(group), sort=False, dropna=False).indices
    return {
        tuple(map(plain, key if isinstance(key, tuple) else (key,))): np.sort(rows)
        for key, rows in places.items()
    }


def rolling(table, group, by, cutoffs, least, shares=None):
    """Splits of every series at several cutoffs, and what could not be one: [(series, origin, reason)].

    Parameters
    ----------
    by : column of positive numbers along which the runs are cut, such as "C".
    cutoffs : values of it, the last that is still fitted; or how many to choose, evenly in its logarithm, such that at
        least twice ``least`` runs are fitted (``least``, where there are not so many).
    least : runs that the law with the most parameters needs.
    shares : in place of cutoffs, shares of each series' own largest value.
    """
    along = positive(table, by)
    if shares is not None:
        cutoffs = np.unique(np.asarray(shares, float).ravel())
        if not (len(cutoffs) and ((cutoffs > 0) & (cutoffs < 1)).all()):
            raise InputError(
                f"shares are {shares!r}; give shares of each series' largest {by}, between 0 and 1, such as (0.1, 0.3)"
            )
    count = isinstance(cutoffs, int | np.integer) and not isinstance(cutoffs, bool)
    given = cutoffs if count else np.unique(np.asarray(cutoffs, float).ravel())
    if (count and cutoffs < 1) or (not count and not (len(given) and np.all(given > 0))):
        raise InputError(
            f"cutoffs are {cutoffs!r}; give a number of origins, such as 6, or values of {by}"
        )
    splits, skipped = [], []
    for series, rows in series_of(table, group).items():
        values, made = along[rows], {}
        chosen = (
            _chosen(values, cutoffs, least)
            if count
            else given
            if shares is None
            else given * values.max()
        )
        if not len(chosen):
            skipped.append(
                (
                    series,
                    None,
                    f"{several(len(rows), 'run')} at {several(len(np.unique(values)), 'value')} of {by} {'leaves' if len(rows) == 1 else 'leave'} no cutoff with {several(least, 'run')} below it and one beyond",
                )
            )
        for cutoff in chosen:
            train, test = rows[values <= cutoff], rows[values > cutoff]
            side, end, last = (
                ("beyond", "largest", values.max())
                if not len(test)
                else ("below", "least", values.min())
            )
            why = (
                ""
                if len(test) and len(train)
                else f"no run lies {side} {by} = {cutoff:.4g}, and the {end} has {last:.4g}"
            )
            if not why and len(train) in made:
                why = f"it cuts where {made[len(train)]:g} does"
            if why:
                skipped.append((series, float(cutoff), why))
                continue
            made[len(train)] = cutoff
            splits.append(Split.of(series, float(cutoff), train, test, along))
    return splits, skipped


def _chosen(values, count, least):
    """Cutoffs among the values themselves, evenly in the logarithm."""
    distinct = np.unique(values)[:-1]
    below = np.searchsorted(np.sort(values), distinct, side="right")
    enough = (
        distinct[below >= 2 * least] if (below >= 2 * least).any() else distinct[below >= least]
    )
    if not len(enough):
        return enough
    grid = np.linspace(np.log(enough[0]), np.log(enough[-1]), count)
    return enough[np.unique(np.abs(np.log(enough) - grid[:, None]).argmin(axis=1))]


def left_out(table, group, by, leave):
    """Splits that fit all groups of a series but one, and foretell that one; and what could not be a split."""
    check_column(table, "leave", leave)
    along = positive(table, by) if by in table.columns else np.full(len(table), np.nan)
    check_present(table, leave, "fill it in")
    splits, skipped, of = [], [], table[leave].to_numpy()
    for series, rows in series_of(table, group).items():
        kinds = list(dict.fromkeys(map(plain, of[rows])))
        if len(kinds) < 2:
            skipped.append(
                (
                    series,
                    kinds[0],
                    f"all runs have {leave} = {kinds[0]}: there is nothing else to fit",
                )
            )
            continue
        for kind in kinds:
            out = np.array([plain(value) == kind for value in of[rows]])
            train, test = rows[~out], rows[out]
            splits.append(Split.of(series, kind, train, test, along))
    return splits, skipped
