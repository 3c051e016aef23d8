"""Forecasts: from draws of a posterior to intervals for runs that were not trained."""

import numpy as np
import pandas as pd

from bayes_scaling.cards import card
from bayes_scaling.diagnose import Diagnosis, check_prob, together
from bayes_scaling.runs import SIZES, InputError, numbers, targets, vector
from bayes_scaling.slips import check_sign
from bayes_scaling.table import Table
from bayes_scaling.words import percent, several, untyped, warn

_FAR = 4  # times beyond the tokens per parameter of all runs from which a forecast says so


class FitWarning(UserWarning):
    """An answer was made from a fit whose draws should not be trusted."""


class Forecast(Table):
    """A table of forecasts that carries how far it can be trusted: one row a target.

    ``diagnosis``, ``prob``, ``of``, ``kind``, ``y``, ``unit`` and ``note`` (what was added beyond the data, and whence) are
    attributes; printing the table prints them too.
    """

    _metadata = ["diagnosis", "prob", "of", "y", "unit", "kind", "note"]

    def __finalize__(self, other, method=None, **options):
        """As pandas has it; tables that were put together (concat, merge, join) carry the diagnoses of all, and what they agree on."""
        made = super().__finalize__(other, method, **options)
        parts = [part for part in getattr(other, "input_objs", ()) if getattr(part, "diagnosis", None) is not None]
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
            raise InputError("measured has values that are no numbers; give one number for each row") from None
        if not np.isfinite(measured).all():
            raise InputError("measured has values that are missing or not finite; give one number for each row, or leave those targets out")
        if measured.shape != (len(self),):
            raise InputError(f"measured has {several(measured.size, 'value')} and the forecast {several(len(self), 'row')}; give one for each")
        inside = np.where((self["lower"] <= measured) & (measured <= self["upper"]), "yes", "NO")
        return self.assign(measured=measured, inside=inside, off=100 * (self["median"] / measured - 1), width=100 * (self["upper"] - self["lower"]) / measured)

    def _foot(self):
        diagnosis = getattr(self, "diagnosis", None)
        if diagnosis is None:
            return ""
        note = f"{self.note}.\n" if self.note else ""
        if None in (self.y, self.unit, self.prob, self.of, self.kind):  # of several forecasts that differ in them
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
    return np.concatenate([np.take_along_axis(ordered, first, 0), np.take_along_axis(ordered, first + inside - 1, 0)])


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
        made.diagnosis, made.prob, made.of, made.y, made.unit, made.kind = diagnosis, prob, of, self.outcome_name, self.unit, kind
        made.note = self.drift_note(to) if of == "run" else ""
        if not self.diagnosis.ok:
            warn(f"forecast from draws that have not converged: {self.diagnosis.problems[0]}", FitWarning)
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
        table = pd.DataFrame({key: to[key] for key in to.columns if key in SIZES or key in self.input_names}, index=to.index)
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
        return Diagnosis(cautions=(f"target {to.index[worst]}: in {f'{outside[worst]:.0%}' if outside[worst] >= 0.01 else 'less than 1%'} of the draws the law's curve is no possible {self.law.outcome}: {self.law.name} does not reach this far",))

    def plot(self, to=None, **options):
        """Figure of the answer: targets, options, Axes and errors as in ``bayes_scaling.plot.curve``."""
        from bayes_scaling import plot

        return plot.curve(self, to, **options)


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


def inputs_at(law, to, names):
    """{input: (1, targets)} of those inputs of a law, what it knows of every run left out or not; (1, targets, pieces) of a vector."""
    x = {name: (vector if name in law.vectors else numbers)(to, name)[None] for name in names}
    check_sign(law, to, x, target=True)
    return x


def as_targets(to):
    """A frame of targets from a frame, a mapping or what ``targets`` made."""
    if isinstance(to, pd.DataFrame):
        return targets(to)
    if isinstance(to := getattr(to, "targets", to), pd.DataFrame):  # what a plan says to train
        return to
    if not isinstance(to, dict):
        raise InputError(f"targets are {repr(to)[:80]}; give bayes_scaling.targets(N=[7e9], D=[140e9]) or a DataFrame")
    return targets(**to)


def check_inputs(law, to):
    """Refuse targets that lack an input of the law."""
    for name in law.inputs:
        if (f"{name}_0" if name in law.vectors else name) not in to.columns:
            has = f"have {to.columns[0]} alone" if len(to.columns) == 1 else f"have no {name}"
            raise InputError(f"the targets {has}; {law.name} needs {', '.join(law.inputs)}" + (": give two of N, D, C, M, such as N and D" if name in SIZES else ""))


def check_seed(seed):
    """A seed, refused where no generator takes it."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise InputError(f"seed is {seed!r}; give a whole number from 0 to {2**32 - 1}")


def check_of(of):
    """What is foretold: "run" or "mean"."""
    if of not in ("run", "mean"):
        raise InputError(f"of is {of!r}; use 'run' (a new run, noise included) or 'mean' (the law's curve)")
    return of


def check_kind(kind):
    """The kind of an interval: "eti" or "hdi"."""
    if kind not in ("eti", "hdi"):
        raise InputError(f"kind is {kind!r}; use 'eti' (central) or 'hdi' (highest density)")


def link_of(law):
    """The input of a chain's second law that the first foretells: the only one that is not known."""
    links = [name for name in law.inputs if name not in law.known]
    if len(links) != 1:
        raise InputError(f"{law.name} has the inputs {', '.join(law.inputs)}; the second law of a chain takes one, the outcome of the first")
    return links[0]


class Chain(Forecaster):
    """Two laws in a row: the draws of the first are the input of the second.

    Parameters
    ----------
    first : forecaster of a loss: Fit, a group of a PooledFit, or an Average of several laws.
    second : fit of an error, Fit or a group, whose law has one input, the loss, beside those that are known, such as a chance level.

    Raises
    ------
    InputError : a part is no fit or one of several groups, or the second is of a law with another number of inputs.
    """

    def __init__(self, first, second):
        for part, fits in ((first, isinstance(first, Forecaster)), (second, hasattr(second, "draws_at"))):
            if not fits:
                raise InputError(f"a chain takes two fits, the second of one law; {type(part).__name__} is none")
            if hasattr(part, "pool"):
                raise InputError(f"a chain is of one group, and this is a fit of {len(part.groups)}; give one, such as fit.group({part.groups[0]!r})")
        self.first, self.second, self.link = first, second, link_of(second.law)
        self.outcome_name, self.unit, self.largest, self.input_names = second.outcome_name, second.unit, first.largest, first.input_names

    @property
    def training(self):
        """The runs of the second fit."""
        return self.second.training

    def _reach(self, to):
        """That of the first law's forecast too."""
        return self.first._reach(to) + super()._reach(to)

    def drift_note(self, to):
        """Of both laws' drifts, where a target lies beyond their runs: as ``Fit.drift_note``."""
        to = as_targets(to)
        notes = [self.first.drift_note(to)]
        if self.second.law.noise.drift:
            with untyped("drift"):  # at the command line --drift is of the first law alone
                notes.append(self.second.drift_note(to.assign(**{self.link: np.median(self.first.draws(to, of="mean"), axis=0)})))
        return ". ".join(filter(None, notes))

    @property
    def title(self):
        """Both laws in one line."""
        return f"{self._names[0]}, then {self.second.law.name}: {self.second.law.formula}"

    @property
    def _names(self):
        """What both parts are called: a law by its name, several by their title."""
        return [part.law.name if isinstance(part, LawForecaster) else part.title for part in (self.first, self.second)]

    @property
    def law(self):
        """The second law: that of the outcome."""
        return self.second.law

    @property
    def diagnosis(self):
        """Both fits' diagnoses, and a caution where the link's column differs from the first law's outcome."""
        both = self.first.diagnosis.named(f"{self._names[0]} of {self.first.outcome_name}") + self.second.diagnosis.named(f"{self.second.law.name} of {self.second.outcome_name}")
        return both + self.linked

    @property
    def linked(self):
        """A Diagnosis with a caution where the link's column differs from the first law's outcome."""
        column = self.second.columns.get(self.link, self.link)
        other = column not in (self.first.outcome_name, self.link)
        return Diagnosis(cautions=(f"the second law was fitted on {column}, the first foretells {self.first.outcome_name}",) if other else ())

    def draws(self, to, of="run", seed=0):
        """Draws of the second outcome, the uncertainty of both laws in them: as ``Fit.draws``, the targets with the inputs of the first
        law and what the second must know, such as a chance level."""
        to = as_targets(to)
        first = self.first.draws(to, of=of, seed=seed)
        # the posteriors are independent: any pairing of their draws is one of the joint posterior
        to = self.second.with_known(to)
        check_inputs(self.second.law, to.assign(**{self.link: 0.0}))
        x = {self.link: first} | {name: numbers(to, name)[None] for name in self.second.law.known}
        rows = {name: numbers(to, name) for name in self.second.law.noise.reads if name in to.columns}
        return self.second.draws_at(x, of=of, seed=(seed + 1) % 2**32, paired=True, rows=rows)

    def __repr__(self):
        return f"<Chain {self._names[0]} of {self.first.outcome_name} -> {self.second.law.name} of {self.second.outcome_name}>"

    def _repr_html_(self):
        fits = (self.first, self.second)
        table = Table({"law": self._names, "formula": [fit.title.partition(": ")[2] for fit in fits], "of": [fit.outcome_name for fit in fits], "runs": [len(fit.training) for fit in fits]})
        return card(f"{self.second.outcome_name} by way of {self.first.outcome_name}", table._repr_html_(), self.diagnosis)


def chain(first, second):
    """A loss fit and an error fit as one forecaster.

    Parameters
    ----------
    first, second : as for ``Chain``.

    Returns
    -------
    Chain

    Raises
    ------
    InputError : as ``Chain``.
    """
    return Chain(first, second)
