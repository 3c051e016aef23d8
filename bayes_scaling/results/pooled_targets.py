"""Targets of a pooled fit: their groups, and inputs that the groups' runs determine."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import did_you_mean
from bayes_scaling.results.forecaster import Targets
from bayes_scaling.results.known_inputs import COUNTS
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets


@dataclass(frozen=True, eq=False)
class PooledTargets(PooledPosterior):
    """The part of a ``PooledFit`` that completes tables of targets."""

    def keys_of_targets(self, to: pd.DataFrame) -> list[tuple]:
        """Read the group of each target.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets with the groups' columns.

        Returns
        -------
        list of tuple
            One value for each column.

        Raises
        ------
        InputError
            A target names no group.
        """
        columns = self.pool.by
        for column in columns:
            if column not in to.columns:
                otherwise = (
                    ", or none of them to .forecast, which then forecasts every group"
                    if len(columns) > 1
                    else ", or use .forecast, which forecasts every group"
                )
                raise InputError(
                    f"the targets have no column {column!r}; give each target's"
                    f" {' and '.join(columns)}{otherwise}"
                )
            missing = to[column].isna().to_numpy()
            if missing.any():
                raise InputError(
                    f"target {to.index[int(missing.argmax())]}: {column} is missing; name the group"
                )
        return list(zip(*(to[column].tolist() for column in columns)))

    def with_known(self, to: pd.DataFrame) -> pd.DataFrame:
        """Add what the law or its likelihood must know of a run, such as a number of items.

        It is the mean over the group's own runs, or over all runs where the group has none.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets with the groups' columns.

        Returns
        -------
        pandas.DataFrame
            The targets with these columns.

        Raises
        ------
        InputError
            A target names no group.
        """
        keys, given = self.keys_of_targets(to), {**self.data["x"], **self.data.get("rows", {})}
        for name in (*self.law.known, *self.law.noise.reads_of_targets):
            if name not in to.columns:
                values = self.by_run(given[name])
                means = {
                    key: values[self._rows_of_group(key)].mean() for key in dict.fromkeys(keys)
                }
                if name in COUNTS:
                    means = {key: round(mean) for key, mean in means.items()}
                to = to.assign(**{name: [means[key] for key in keys]})
        return to

    def _rows_of_group(self, key: tuple) -> np.ndarray | slice:
        """Rows of the table that are of a group; all where it has none."""
        position = self.pool.index_of(key)
        return slice(None) if position is None else self.place[0] == position

    def of_every_group(self, to: Targets) -> pd.DataFrame:
        """Repeat targets for every group, unless they have the groups' columns.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets, as in ``Fit.draws``. Labels that are text are kept.

        Returns
        -------
        pandas.DataFrame
            Targets with the groups' columns.

        Raises
        ------
        InputError
            As ``Fit.draws``.
        """
        to = as_targets(to)
        if set(self.pool.by) & set(to.columns):
            return to
        for column in to.columns:
            hint = did_you_mean(column, self.pool.by, 0.8)
            if hint and column not in (*SIZES, *self.law.inputs):
                warn(f"the targets' column {column!r} is not used{hint}", RunsWarning)
        keys = pd.DataFrame(
            [self.pool.key(group) for group in self.groups], columns=list(self.pool.by)
        )
        every = keys.merge(to, how="cross")
        named = any(isinstance(label, str) for label in to.index)
        return every.set_axis(list(to.index) * len(keys)) if named else every

    def with_group_extrapolation(self, to: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
        """Add the groups to intervals, and extrapolation over each group's own largest compute.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets with the groups' columns.
        intervals : pandas.DataFrame
            As from ``Forecaster.intervals``.

        Returns
        -------
        pandas.DataFrame
            The groups' columns, then the intervals.
        """
        keys = self.keys_of_targets(to)
        if "C" in to.columns and "C" in self.table.columns:
            compute = self.table["C"].to_numpy(float)
            largest = [compute[self.place[0] == i].max() for i in range(len(self.groups))]
            positions = [self.pool.index_of(key) for key in keys]
            reference = [self.largest if i is None else largest[i] for i in positions]
            intervals["extrapolation"] = to["C"].to_numpy(float) / reference
        others = intervals.drop(columns=[c for c in self.pool.by if c in intervals])
        return pd.concat([to[list(self.pool.by)], others], axis=1)
