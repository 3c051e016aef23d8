"""What held-out forecasts show of the intervals: a verdict in words, and the drift they needed."""

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import Table
from bayes_scaling.validation.coverage_verdict import CoverageVerdict, judge_coverage


class JudgedForecasts:
    """The part of a ``Backtest`` that judges its intervals."""

    forecasts: Table
    series: tuple

    @property
    def clusters(self) -> list[str]:
        """Columns that identify independent forecasts."""
        raise NotImplementedError

    @property
    def laws(self) -> list[str]:
        """Labels of the laws."""
        return list(dict.fromkeys(self.forecasts["law"]))

    @property
    def drift(self) -> float:
        """The drift with which the 90% intervals would have held 90% of the held-out runs.

        The smallest sd per unit of distance beyond the training runs, for all runs beyond them and
        for those of each class of distance whose intervals were too narrow. Give it as
        ``Noise(drift=...)``. 0 if none is needed, inf if none would have been enough, NaN if no
        run lies beyond the training runs or the law cannot drift.

        Raises
        ------
        InputError
            There are several laws: use ``drift_of``.
        """
        first, *others = self.laws
        if others:
            raise InputError(
                f"the backtest has {len(self.laws)} laws, and each needs a drift of its own; use "
                f"drift_of({first!r})"
            )
        return self.drift_of(first)

    def drift_of(self, law: str) -> float:
        """The drift that one law's intervals needed, as ``drift``.

        Parameters
        ----------
        law : str
            The law's label.

        Returns
        -------
        float
            Sd per unit of ``beyond``.

        Raises
        ------
        InputError
            There is no such law.
        """
        if law not in self.laws:
            raise InputError(f"there is no law {law!r}; the laws are {shorten_list(self.laws)}")
        return self._coverage(law).drift

    @property
    def verdict(self) -> str:
        """Whether 90% intervals held as many held-out runs as they state, a line for each law.

        Intervals are called too narrow if they held so few that chance would explain it with
        probability 0.05 or less, where forecasts that depend on one another count as fewer.
        """
        several = len(self.laws) > 1
        return "\n".join(f"{law}: " * several + self._coverage(law).sentence for law in self.laws)

    def _coverage(self, law: str) -> CoverageVerdict:
        """The verdict on one law's posterior forecasts."""
        mine = (self.forecasts["law"] == law) & (self.forecasts["method"] == "posterior")
        series = [column for column in self.series if column != "y"]
        return judge_coverage(pd.DataFrame(self.forecasts[mine]), self.clusters, [*series, "run"])
