"""Forecasts: from draws of a posterior to intervals for runs that were not trained."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_kind, check_prob
from bayes_scaling.inference.target_inputs import check_inputs, inputs_at
from bayes_scaling.law.law import Law
from bayes_scaling.results._plotting import plot_figure, show_panel
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecast_table import Forecast, as_forecast
from bayes_scaling.results.intervals import interval
from bayes_scaling.results.run_checks import embedding_cautions
from bayes_scaling.results.target_checks import domain_cautions, ratio_cautions
from bayes_scaling.results.target_reach import reach_of_targets
from bayes_scaling.results.verdict import Verdict
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import HasTargets, as_targets

Targets = pd.DataFrame | dict[str, Any] | HasTargets


class Forecaster:
    """A posterior that forecasts: a fit, a chain of two, an average.

    Subclasses have ``draws``, ``diagnosis`` and the attributes below.
    """

    law: Law
    diagnosis: Diagnosis
    training: pd.DataFrame
    title: str
    outcome_name: str
    unit: str
    largest: float  # training compute, FLOPs
    input_names: tuple[str, ...]

    def draws(self, to: Targets, of: str = "run", seed: int = 0) -> np.ndarray:
        """Draws (draws, targets) of the outcome: see ``Fit.draws``."""
        raise NotImplementedError

    def forecast(
        self, to: Targets, prob: float = 0.9, of: str = "run", kind: str = "eti", seed: int = 0
    ) -> Forecast:
        """Forecast the outcome of targets, with credible intervals.

        Parameters
        ----------
        to : pandas.DataFrame or dict
            Targets, from ``bayes_scaling.targets`` or with two of N, D, C, M (or the law's inputs).
        prob : float
            Probability inside the interval, in (0, 1).
        of : {"run", "mean"}
            "run": a new training run, with run-to-run noise, the law's discrepancy and its drift
            beyond the training runs; "mean": the law's own curve.
        kind : {"eti", "hdi"}
            Central interval, or interval of highest density.
        seed : int
            Seed of the noise of new runs.

        Returns
        -------
        Forecast
            A DataFrame: N, D, C, M, mean, median, sd, lower, upper, extrapolation (target compute
            over the largest training compute; NaN where there is no compute). With Student-t noise
            on the log of the outcome the mean of a new run has heavy tails: quote the median and
            the interval.

        Raises
        ------
        InputError
            Bad targets, ``prob``, ``of``, ``kind`` or ``seed``.

        Warns
        -----
        FitWarning
            A verdict on the fit is bad.
        """
        to = as_targets(to)
        forecast = as_forecast(
            self.intervals(to, prob, of, kind, seed),
            self.diagnosis + self.check_targets(to),
            prob=prob,
            of=of,
            kind=kind,
            y=self.outcome_name,
            unit=self.unit,
            note=". ".join(filter(None, (self.chosen, self.drift_note(to) if of == "run" else ""))),
        )
        self.diagnosis.warn("a forecast")
        return forecast

    def intervals(
        self, to: pd.DataFrame, prob: float, of: str, kind: str, seed: int
    ) -> pd.DataFrame:
        """Compute the columns of ``forecast`` without a diagnosis.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets, from ``bayes_scaling.targets``.
        prob : float
            As in ``forecast``.
        of : {"run", "mean"}
            As in ``forecast``.
        kind : {"eti", "hdi"}
            As in ``forecast``.
        seed : int
            As in ``forecast``.

        Returns
        -------
        pandas.DataFrame
            One row per target, with the targets' index.

        Raises
        ------
        InputError
            As ``forecast``.
        """
        prob = check_prob(prob)
        check_kind(kind)
        draws = self.draws(to, of=of, seed=seed)
        lower, upper = interval(draws, prob, kind)
        shown = [name for name in to.columns if name in SIZES or name in self.input_names]
        table = pd.DataFrame({name: to[name] for name in shown}, index=to.index)
        return table.assign(
            mean=draws.mean(axis=0),
            median=np.median(draws, axis=0),
            sd=draws.std(axis=0, ddof=1),
            lower=lower,
            upper=upper,
            extrapolation=to["C"] / self.largest if "C" in to.columns else np.nan,
        )

    @property
    def chosen(self) -> str:
        """Why the law was chosen, where ``law="auto"`` chose it; else empty."""
        reasons = [
            f"Law: {fit.law.name}, chosen because {fit.law.chosen}"
            for _, fit in self.component_fits()
            if fit.law.chosen
        ]
        return ". ".join(dict.fromkeys(reasons))

    def drift_note(self, to: Targets) -> str:
        """Describe the drift, as ``Fit.drift_note``; "" where nothing drifts."""
        return ""

    def check_targets(self, to: pd.DataFrame) -> Diagnosis:
        """Check whether the law can describe targets.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets, from ``bayes_scaling.targets``.

        Returns
        -------
        Diagnosis
            The verdict on the reach: a caution where the law's curve leaves the domain of its
            outcome.
        """
        cautions = tuple(domain_cautions(self.law, to, self.draws(to, of="mean")))
        return Diagnosis(reach=Verdict("Reach", cautions=cautions))

    def plot(self, to: Targets | None = None, **options: Any) -> Any:
        """Plot the forecast.

        Parameters
        ----------
        to : pandas.DataFrame or dict, optional
            Targets, as in ``bayes_scaling.plot.curve``.
        **options : Any
            As in ``bayes_scaling.plot.curve``.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.
        """
        return plot_figure("curve", self, to, **options)

    def explore(self, to: Targets | None = None, seed: int = 0) -> Any:
        """Show sliders over parameters, tokens and budget with the forecast of each run.

        A notebook shows them inline, without widgets, and ``save`` writes them as one HTML file.

        Parameters
        ----------
        to : pandas.DataFrame or dict, optional
            Where to start: the first target; by default the largest training run.
        seed : int
            Seed of the draws.

        Returns
        -------
        bayes_scaling.reporting.explorer.Explorer
            The panel.

        Raises
        ------
        InputError
            Invalid targets, groups, or a law of other inputs than sizes.
        """
        return show_panel(self, to, seed)

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
    """A forecaster by the posterior of one law.

    Subclasses have ``law``, ``training``, and ``y``, the outcome's column.
    """

    y: str

    def check_targets(self, to: pd.DataFrame) -> Diagnosis:
        """Check as ``Forecaster.check_targets``, and how far targets lie beyond the runs.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets, from ``bayes_scaling.targets``.

        Returns
        -------
        Diagnosis
            The verdict on the reach.
        """
        training, kind = self.training, self.law.outcome.split("_")[0]
        far = reach_of_targets(to, training, self.group_columns, kind)
        ratios = Verdict("Reach", cautions=tuple(ratio_cautions(to, training)))
        embeddings = Verdict("Reach", cautions=tuple(embedding_cautions(self.run_table, to)))
        return sum(
            (Diagnosis(reach=verdict) for verdict in (far, ratios, embeddings)),
            super().check_targets(to),
        )

    @property
    def run_table(self) -> pd.DataFrame:
        """The table of runs with all of its columns, where it is still known."""
        return self.training

    @property
    def outcome_name(self) -> str:
        """Name of what is forecast."""
        return self.y

    @property
    def unit(self) -> str:
        """Unit of what is forecast."""
        return self.law.rename_units(self.law.unit, self.y)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The law's inputs."""
        return tuple(self.law.inputs)

    @property
    def title(self) -> str:
        """The law in one line."""
        return f"{self.law.name}: {self.law.formula}"

    def inputs(self, to: pd.DataFrame) -> dict[str, np.ndarray]:
        """Read the law's inputs from targets, as arrays.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets with the law's inputs, as from ``with_known``.

        Returns
        -------
        {str: numpy.ndarray}
            Inputs, shape (1, targets); (1, targets, pieces) of an input with several numbers.

        Raises
        ------
        InputError
            An input is missing, or a value is not a number.
        """
        check_inputs(self.law, to)
        return inputs_at(self.law, to, self.law.inputs)
