"""One forecast from several laws: a mixture, weighted by how each law foretold runs that were held back from it."""

from functools import cached_property

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.messages import shown
from bayes_scaling._core.table import Told
from bayes_scaling.analysis.law_weights import RULES, weigh
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.runs.targets import as_targets
from bayes_scaling.validation.backtest import backtest
from bayes_scaling.validation.backtest_result import Backtest

_COUNTS = 0.01  # weight from which a law's own diagnosis speaks for the whole


class Average(Forecaster):
    """A mixture of fits of one outcome to the same runs: see ``average``.

    Parameters
    ----------
    fits : {label: Fit}.
    weights : Table with one row a label and the column ``weight``; where they were learned, also what they were learned from.
    """

    def __init__(self, fits, weights):
        self.fits, self.weights = dict(fits), weights
        first = next(iter(self.fits.values()))
        self.outcome_name, self.unit, self.largest, self.law = (
            first.outcome_name,
            first.unit,
            first.largest,
            first.law,
        )
        self.input_names = tuple(
            dict.fromkeys(name for fit in self.fits.values() for name in fit.input_names)
        )

    @property
    def title(self):
        """The laws and their weights in one line."""
        return f"average of {', '.join(f'{label} ({weight:.0%})' for label, weight in self.weights['weight'].items())}"

    @cached_property
    def training(self):
        """The runs that were fitted, with the inputs of every law."""
        return _together(self.fits)

    @property
    def diagnosis(self):
        """The diagnoses of all fits with a weight, and what is wrong with those that the weights were learned from."""
        parts = [
            fit.diagnosis.named(label)
            for label, fit in self.fits.items()
            if self.weights.loc[label, "weight"] > 0
        ]
        whole, learned = (
            sum(parts[1:], parts[0]),
            getattr(self.weights, "diagnosis", None) or Diagnosis(),
        )
        problems = tuple(f"the weights: {text}" for text in learned.problems)
        return Diagnosis(
            whole.problems + problems, whole.cautions, whole.numbers, "Sampling of all fits"
        )

    def draws(self, to, of="run", seed=0):
        """Draws of the mixture, of each law as many as it weighs, in random order: as ``Fit.draws``."""
        check_of(of), check_seed(seed)
        to, rng = as_targets(to), np.random.default_rng([seed, 4])
        every = {
            label: fit.draws(to, of=of, seed=seed)
            for label, fit in self.fits.items()
            if self.weights.loc[label, "weight"] > 0
        }
        total = max(map(len, every.values()))
        ends = np.round(
            np.cumsum([self.weights.loc[label, "weight"] for label in every]) * total
        ).astype(int)
        counts = np.diff(ends, prepend=0)
        picked = [
            draws[np.resize(rng.permutation(len(draws)), count)]
            for draws, count in zip(every.values(), counts)
        ]
        return rng.permutation(np.concatenate(picked))

    def by_law(self, to, prob=0.9, of="run", kind="eti"):
        """What each law foretells by itself, and its weight: how far the laws agree.

        Parameters
        ----------
        to, prob, of, kind : as in ``forecast``.

        Returns
        -------
        Table : law, weight and the columns of ``forecast``, target by target.

        Raises
        ------
        InputError : bad targets, ``prob``, ``of`` or ``kind``.
        """
        prob, to = check_prob(prob), as_targets(to)
        parts = [
            fit.intervals(to, prob, of, kind, 0).assign(
                law=label, weight=self.weights.loc[label, "weight"], target=range(len(to))
            )
            for label, fit in self.fits.items()
        ]
        made = (
            pd.concat(parts)
            .sort_values("target", kind="stable")
            .drop(columns="target")
            .reset_index(drop=True)
        )
        table = Told(made[["law", "weight", *(c for c in made if c not in ("law", "weight"))]])
        table.foot, table.diagnosis = str(self.diagnosis), self.diagnosis
        return table

    def drift_note(self, to):
        """Of the laws' drift beyond the data, the longest note: as ``Fit.drift_note``."""
        return max((fit.drift_note(to) for fit in self.fits.values()), key=len)

    def _reach(self, to):
        """Cautions where a law's curve leaves the domain of its outcome."""
        cautions = [
            f"{label}: {text}"
            for label, fit in self.fits.items()
            if self.weights.loc[label, "weight"] >= _COUNTS
            for text in fit._reach(to).cautions
        ]
        return Diagnosis(cautions=tuple(cautions))

    def __repr__(self):
        return f"<Average of {self.outcome_name}>\n{self.weights!r}"

    def _repr_html_(self):
        return card(
            f"Average of {len(self.fits)} laws of {self.outcome_name}",
            self.weights._repr_html_(),
            self.diagnosis,
        )

    def component_fits(self) -> list:
        """Return the fits by label: see ``Forecaster.component_fits``."""
        return list(self.fits.items())


def average(
    fits, *, weights="lfo", shares=(0.1, 0.2, 0.4), by=None, draws=500, warmup=200, chains=2, seed=0
):
    """One forecaster from several laws fitted to the same runs.

    Each law is fitted again to runs up to some shares of the largest scale, and weighed by the density it gave to the runs beyond
    (rules in ``bayes_scaling.analysis.law_weights``, fixed in advance). The target plays no part.

    Parameters
    ----------
    fits : {label: Fit}, or list of Fits, which are then called by their laws.
    weights : "lfo" (pseudo-BMA by leave-future-out), "stacking", "equal", {label: number}, or a Backtest of laws of these labels, such as
        of other series: then its stacking weights.
    shares : of the largest value of ``by``: the runs up to there are fitted, those beyond are held back.
    by : column along which runs are held back; where left out, compute if the runs have it, else the first law's first input.
    draws, warmup, chains, seed : of the fits made for the weights.

    Returns
    -------
    Average

    Raises
    ------
    InputError : fits of other outcomes or runs, or weights that can not be; the sentence says which.

    Examples
    --------
    >>> bs.average([bs.fit(law, small, y="loss_c4") for law in ("over_training", "coupled")]).forecast(big)  # doctest: +SKIP
    """
    fits = _labelled(fits)
    if isinstance(weights, dict):
        return Average(fits, given_weights(fits, weights))
    if isinstance(weights, Backtest):
        return Average(fits, _of_backtest(fits, weigh(weights, "stacking", seed)))
    if weights == "equal":
        return Average(fits, given_weights(fits, dict.fromkeys(fits, 1.0)))
    if weights not in RULES:
        raise InputError(
            f"weights are {weights!r}; use {', '.join(map(repr, RULES))}, 'equal', {{label: number}} or a Backtest"
        )
    table, first = _together(fits), next(iter(fits.values()))
    by = by or (
        "C"
        if "C" in table.columns
        else next(name for name in first.input_names if name not in first.law.known)
    )
    laws = {label: fit.law for label, fit in fits.items()}
    se = "se" if "se" in table.columns else None
    held = backtest(
        laws,
        table,
        y=first.y,
        by=by,
        shares=shares,
        se=se,
        draws=draws,
        warmup=warmup,
        chains=chains,
        seed=seed,
    )
    return Average(fits, _of_backtest(fits, weigh(held, weights, seed)))


def _labelled(fits):
    """{label: Fit} of one outcome, refused where they can not be mixed."""
    if not isinstance(fits, dict):
        fits = list(fits)
        labels = [fit.law.name for fit in fits if isinstance(fit, Fit)]
        if len(set(labels)) < len(labels):
            raise InputError(
                f"two fits are of {max(labels, key=labels.count)}; give {{label: fit}}"
            )
        fits = dict(zip(labels, fits)) if len(labels) == len(fits) else dict(enumerate(fits))
    for label, fit in fits.items():
        if not isinstance(fit, Fit):
            raise InputError(f"an average takes fits; {label} is {type(fit).__name__}")
    if len(fits) < 2:
        raise InputError("an average takes two fits or more; give {label: fit}")
    (name, first), *others = fits.items()
    for label, fit in others:
        if fit.y != first.y:
            raise InputError(
                f"{name} is of {first.y} and {label} of {fit.y}; an average takes fits of one outcome"
            )
        mine, its = first.training[first.y].to_numpy(), fit.training[fit.y].to_numpy()
        if mine.shape != its.shape or not np.array_equal(mine, its):
            raise InputError(
                f"{name} was fitted to {len(mine)} runs and {label} to {'other ones' if len(mine) == len(its) else len(its)}; fit all laws to the same runs"
            )
    return fits


def _together(fits):
    """The training runs with the inputs of every law, what their likelihoods read, and the outcome's standard error where there is one."""
    table = pd.DataFrame()
    for fit in fits.values():
        runs = fit.training.rename(columns={f"{name}_read": name for name in fit.law.noise.reads})
        if "se" in runs:  # known on the link's scale
            runs["se"] = runs["se"] * np.exp(
                -fit.law.noise.log_jacobian(
                    runs[fit.y].to_numpy(float),
                    {name: runs[name].to_numpy(float) for name in fit.law.noise.reads},
                )
            )
        table = table.combine_first(runs) if len(table) else runs
    return table


def given_weights(fits, weights):
    """The table of {label: number} that a user gave for fits of these labels, made to sum to one; InputError where they can not be."""
    if set(weights) != set(fits):
        raise InputError(
            f"the weights are of {shown(weights)} and the fits of {shown(fits)}; give one for each"
        )
    values = np.array([weights[label] for label in fits], float)
    if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
        raise InputError(
            f"weights are {shown(values.tolist())}; give numbers from 0 that are not all 0"
        )
    made = Told({"weight": values / values.sum()}, index=pd.Index(list(fits), name="law"))
    made.foot = "Weights as given, not learned from any run."
    return made


def _of_backtest(fits, weights):
    """Learned weights of these fits."""
    if set(weights.index) != set(fits):
        raise InputError(
            f"the weights are of {shown(weights.index)} and the fits of {shown(fits)}; back-test laws of the same labels"
        )
    made = weights.loc[list(fits)]
    made.foot, made.diagnosis = weights.foot, weights.diagnosis
    return made
