"""The table that a forecast returns."""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import percent, several
from bayes_scaling._core.table import Table
from bayes_scaling.results.diagnosis import together


class Forecast(Table):
    """A table of forecasts that carries how far it can be trusted: one row a target.

    ``diagnosis``, ``prob``, ``of``, ``kind``, ``y``, ``unit`` and ``note`` (what was added beyond the data, and whence) are
    attributes; printing the table prints them too.
    """

    _metadata = ["diagnosis", "prob", "of", "y", "unit", "kind", "note"]

    def __finalize__(self, other, method=None, **options):
        """As pandas has it; tables that were put together (concat, merge, join) carry the diagnoses of all, and what they agree on."""
        made = super().__finalize__(other, method, **options)
        parts = [
            part
            for part in getattr(other, "input_objs", ())
            if getattr(part, "diagnosis", None) is not None
        ]
        if parts:
            for name in self._metadata:
                values = {getattr(part, name, None) for part in parts if name != "diagnosis"}
                object.__setattr__(made, name, values.pop() if len(values) == 1 else None)
            made.diagnosis = together(part.diagnosis for part in parts)
        return made

    def against(self, measured):
        """The forecast beside what was measured at its targets: inside the interval or not, off and width in percent of it.

        Parameters
        ----------
        measured : one value for each row, in the forecast's unit.

        Returns
        -------
        Forecast with the columns measured, inside ("yes" or "NO"), off (of the median, signed) and width (of the interval).

        Raises
        ------
        InputError : a value is missing or no finite number, or there is not one for each row.
        """
        try:
            measured = np.asarray(measured, float)
        except (TypeError, ValueError):
            raise InputError(
                "measured has values that are no numbers; give one number for each row"
            ) from None
        if not np.isfinite(measured).all():
            raise InputError(
                "measured has values that are missing or not finite; give one number for each row, or leave those targets out"
            )
        if measured.shape != (len(self),):
            raise InputError(
                f"measured has {several(measured.size, 'value')} and the forecast {several(len(self), 'row')}; give one for each"
            )
        inside = np.where((self["lower"] <= measured) & (measured <= self["upper"]), "yes", "NO")
        return self.assign(
            measured=measured,
            inside=inside,
            off=100 * (self["median"] / measured - 1),
            width=100 * (self["upper"] - self["lower"]) / measured,
        )

    def _foot(self):
        diagnosis = getattr(self, "diagnosis", None)
        if diagnosis is None:
            return ""
        note = f"{self.note}.\n" if self.note else ""
        if None in (
            self.y,
            self.unit,
            self.prob,
            self.of,
            self.kind,
        ):  # of several forecasts that differ in them
            return f"{note}{diagnosis}"
        what = "a new run, its noise included" if self.of == "run" else "the law's curve"
        return f"{self.y} ({self.unit}) of {what}; {percent(self.prob)} {'central' if self.kind == 'eti' else 'highest-density'} interval.\n{note}{diagnosis}"


def interval(draws, prob, kind="eti"):
    """Lower and upper ends of an interval over the first axis: central ("eti") or of highest density ("hdi")."""
    if kind == "eti":
        return np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
    ordered = np.sort(draws, axis=0)
    inside = int(np.ceil(prob * len(ordered)))
    widths = ordered[inside - 1 :] - ordered[: len(ordered) - inside + 1]
    first = widths.argmin(axis=0)[None]
    return np.concatenate(
        [np.take_along_axis(ordered, first, 0), np.take_along_axis(ordered, first + inside - 1, 0)]
    )
