"""Forecasts: from draws of a posterior to intervals for runs that were not trained."""

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_kind, check_prob
from bayes_scaling._core.errors import FitWarning, warn
from bayes_scaling.inference.design import check_inputs, inputs_at
from bayes_scaling.results._plotting import draw
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecast_table import Forecast, interval
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets

_FAR = 4  # times beyond the tokens per parameter of all runs from which a forecast says so


class Forecaster:
    """What foretells: a fit, a chain of two, an average. Subclasses have draws(), diagnosis, outcome_name and unit."""

    def forecast(self, to, prob=0.9, of="run", kind="eti", seed=0):
        """Forecasts with credible intervals.

        Parameters
        ----------
        to : targets, as made by ``bayes_scaling.targets`` or a DataFrame with two of N, D, C, M (or the law's inputs).
        prob : probability inside the interval, in (0, 1).
        of : "run": a new training run, with run-to-run noise, the law's discrepancy and its drift beyond the data; "mean":
            the law's own curve.
        kind : "eti", central, or "hdi", of highest density.
        seed : of the noise of new runs.

        Returns
        -------
        Forecast (a DataFrame): N, D, C, M, mean, median, sd, lower, upper, extrapolation
        (target compute over the largest training compute; NaN where there is no compute). With Student-t noise
        on the log of the outcome the mean of a new run has heavy tails: quote the median and the interval.

        Raises
        ------
        InputError : bad targets, ``prob``, ``of``, ``kind`` or ``seed``.

        Warns
        -----
        FitWarning : the fit has not converged.
        """
        to = as_targets(to)
        made = Forecast(self.intervals(to, prob, of, kind, seed))
        diagnosis = self.diagnosis + self._reach(to)
        made.diagnosis, made.prob, made.of, made.y, made.unit, made.kind = (
            diagnosis,
            prob,
            of,
            self.outcome_name,
            self.unit,
            kind,
        )
        made.note = self.drift_note(to) if of == "run" else ""
        if not self.diagnosis.ok:
            warn(
                f"forecast from draws that have not converged: {self.diagnosis.problems[0]}",
                FitWarning,
            )
        return made

    def intervals(self, to, prob, of, kind, seed):
        """The columns of ``forecast`` as a plain DataFrame, with no word on how far they can be trusted.

        Parameters
        ----------
        to : DataFrame of targets, as ``bayes_scaling.targets`` makes it.
        prob, of, kind, seed : as in ``forecast``.

        Returns
        -------
        DataFrame, one row a target, its index that of ``to``

        Raises
        ------
        InputError : as ``forecast``.
        """
        prob = check_prob(prob)
        check_kind(kind)
        draws = self.draws(to, of=of, seed=seed)
        lower, upper = interval(draws, prob, kind)
        table = pd.DataFrame(
            {key: to[key] for key in to.columns if key in SIZES or key in self.input_names},
            index=to.index,
        )
        return table.assign(
            mean=draws.mean(axis=0), median=np.median(draws, axis=0), sd=draws.std(axis=0, ddof=1), lower=lower, upper=upper,
            extrapolation=to["C"] / self.largest if "C" in to.columns else np.nan,
        )  # fmt: skip

    def drift_note(self, to):
        """As ``Fit.drift_note``; "" where nothing drifts."""
        return ""

    def _reach(self, to):
        """A caution where the law's curve leaves the domain of its outcome, as an error below 0."""
        outside = self.law.noise.outside(self.draws(to, of="mean")).mean(axis=0)
        if not outside.any():
            return Diagnosis()
        worst = int(outside.argmax())
        return Diagnosis(
            cautions=(
                f"target {to.index[worst]}: in {f'{outside[worst]:.0%}' if outside[worst] >= 0.01 else 'less than 1%'} of the draws the law's curve is no possible {self.law.outcome}: {self.law.name} does not reach this far",
            )
        )

    def plot(self, to=None, **options):
        """Figure of the answer: targets, options, Axes and errors as in ``bayes_scaling.plot.curve``."""
        return draw("curve", self, to, **options)

    @property
    def stages(self) -> tuple:
        """Forecasters of the successive outcomes; the last one is the forecaster itself."""
        return (self,)

    @property
    def group_columns(self) -> tuple[str, ...]:
        """Columns that identify a target's group; empty if targets need none."""
        return ()

    def component_fits(self) -> list:
        """Return (label, fit) of every fit behind the forecast, in the order of use."""
        return [(self.outcome_name, self)]


class LawForecaster(Forecaster):
    """A forecaster by the posterior of one law. Subclasses have ``law``, and ``y``, the outcome's column."""

    def _reach(self, to):
        """Also where a target's tokens per parameter are far from those of all runs, which ``extrapolation`` does not tell."""
        found = super()._reach(to)
        if "M" not in to.columns or "M" not in self.training.columns:
            return found
        M, low, high = to["M"].to_numpy(float), self.training["M"].min(), self.training["M"].max()
        off = np.maximum(low / M, M / high)
        if not off.max() >= _FAR:  # nor where a group has no runs
            return found
        at = int(off.argmax())
        text = f"target {to.index[at]}: its M = {M[at]:.3g} tokens per parameter is {off[at]:.3g} times {'above' if M[at] > high else 'below'} those of all runs ({low:.3g} to {high:.3g}): what M does there is the law's word alone"
        return found + Diagnosis(cautions=(text,))

    @property
    def outcome_name(self):
        """Name of what is foretold."""
        return self.y

    @property
    def unit(self):
        """Unit of what is foretold."""
        return self.law.worded(self.law.unit, self.y)

    @property
    def input_names(self):
        """The law's inputs."""
        return tuple(self.law.inputs)

    @property
    def title(self):
        """The law in one line."""
        return f"{self.law.name}: {self.law.formula}"

    def inputs(self, to):
        """The law's inputs at targets, as arrays.

        Parameters
        ----------
        to : DataFrame with the law's inputs, as ``with_known`` gives it.

        Returns
        -------
        {input: (1, targets)}; (1, targets, pieces) of an input with several numbers a run.

        Raises
        ------
        InputError : an input is missing, or a value is no number.
        """
        check_inputs(self.law, to)
        return inputs_at(self.law, to, self.law.inputs)
