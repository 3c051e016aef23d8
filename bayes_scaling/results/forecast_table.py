"""The table that a forecast returns."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import plural
from bayes_scaling._core.table import Table
from bayes_scaling.law.likelihoods.drift import brief_drift
from bayes_scaling.results.diagnosis import Diagnosis, combine_diagnoses


class Forecast(Table):
    """A table of forecasts, one row per target, with its diagnosis.

    The attributes ``diagnosis``, ``prob``, ``of``, ``kind``, ``y``, ``unit`` and ``note`` (what was
    added to the law's forecast) are printed with the table. ``note_long`` also has from which
    sources.
    """

    _metadata = ["diagnosis", "prob", "of", "y", "unit", "kind", "note_long"]

    diagnosis: Diagnosis | None = None
    prob: float | None = None
    of: str | None = None
    y: str | None = None
    unit: str | None = None
    kind: str | None = None
    note_long: str | None = None

    @property
    def note(self) -> str | None:
        """What was added to the law's forecast."""
        return None if self.note_long is None else brief_drift(self.note_long)

    def __finalize__(self, other: Any, method: str | None = None, **options: Any) -> "Forecast":
        """Keep the attributes; of several tables the diagnoses of all, and what they agree on."""
        finalize: Any = super().__finalize__  # pyright: ignore[reportAttributeAccessIssue]
        table = finalize(other, method, **options)
        parts: list[Any] = [
            part
            for part in getattr(other, "input_objs", ())  # of concat, merge and join
            if isinstance(part, Table) and getattr(part, "diagnosis", None) is not None
        ]
        if parts:
            for name in self._metadata:
                values = {getattr(part, name, None) for part in parts if name != "diagnosis"}
                object.__setattr__(table, name, values.pop() if len(values) == 1 else None)
            table.diagnosis = combine_diagnoses(part.diagnosis for part in parts)
        return table

    def against(self, measured: ArrayLike) -> "Forecast":
        """Compare the forecast with what was measured at its targets.

        Parameters
        ----------
        measured : array_like
            One value per row, in the forecast's unit.

        Returns
        -------
        Forecast
            With the columns measured, inside ("yes" or "NO"), off (of the median, signed) and
            width (of the interval), both in percent of the measured value.

        Raises
        ------
        InputError
            A value is missing or not a finite number, or there is not one per row.
        """
        try:
            measured = np.asarray(measured, float)
        except (TypeError, ValueError):
            raise InputError(
                "measured has values that are not numbers; give one number for each row"
            ) from None
        if not np.isfinite(measured).all():
            raise InputError(
                "measured has values that are missing or not finite; give one number for each row,"
                " or leave those targets out"
            )
        if measured.shape != (len(self),):
            raise InputError(
                f"measured has {plural(measured.size, 'value')} and the forecast"
                f" {plural(len(self), 'row')}; give one for each"
            )
        inside = np.where((self["lower"] <= measured) & (measured <= self["upper"]), "yes", "NO")
        return self.assign(
            measured=measured,
            inside=inside,
            off=100 * (self["median"] / measured - 1),
            width=100 * (self["upper"] - self["lower"]) / measured,
        )

    def _foot(self) -> str:
        """The note, what was forecast, and the diagnosis."""
        if self.diagnosis is None:
            return ""
        note = f"{self.note}.\n" if self.note else ""
        if self.prob is None or None in (self.y, self.unit, self.of, self.kind):
            return f"{note}{self.diagnosis}"  # of several forecasts that differ in them
        what = "a new run, its noise included" if self.of == "run" else "the law's curve"
        kind = "central" if self.kind == "eti" else "highest-density"
        return (
            f"{self.y} ({self.unit}) of {what}; {percent(self.prob)} {kind} interval.\n"
            f"{note}{self.diagnosis}"
        )


def as_forecast(
    table: pd.DataFrame,
    diagnosis: Diagnosis,
    *,
    prob: float,
    of: str,
    kind: str,
    y: str,
    unit: str,
    note: str,
) -> Forecast:
    """Turn a table of intervals into a Forecast with these attributes."""
    forecast = Forecast(table)
    forecast.diagnosis, forecast.note_long = diagnosis, note
    forecast.prob, forecast.of, forecast.kind = prob, of, kind
    forecast.y, forecast.unit = y, unit
    return forecast
