r"""How far a law drifts off beyond its data: learned from held-out forecasts of other curves or runs, never from the target.

Beyond the largest training run the truth leaves the law's forecast by a straight line in log scale of random slope, on the
link's scale: the predictive variance is that of the posterior plus :math:`(\gamma \log(s / s_{max}))^2`. The training runs
can not teach gamma; runs held out of other tables can.

``LEARNED`` has the defaults of ``Noise(drift=None)`` in laws of a loss along compute, ``SOURCES`` what each was learned from, by the coupled law.
``tests/bench/drift.py`` prints what several sources give, each alone and all but each.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes_scaling.runs import InputError, load_runs
from bayes_scaling.scores import log_score

LEARNED = {"log": 0.0047, "logit": 0.0, "identity": 0.0}
SOURCES = {"log": ("porian2024", "hoffmann2022", "muennighoff2023", "bhagia2024")}


def told(noise):
    """The drift of a likelihood in words: its size, and what it was learned from."""
    noise = getattr(noise, "noise", noise)  # that of a censored one
    whence = f"learned from held-out losses along the compute of {', '.join(SOURCES[noise.link])}" if noise.drift == LEARNED[noise.link] else "as given"
    return f"sd {noise.drift:.3g} * log(scale / largest scale) on the {noise.link} of the outcome, {whence}; Noise(drift=0) leaves it out"


@dataclass(frozen=True, eq=False)
class Drift:
    """What held-out forecasts say of the drift; ``one + other`` is what both say together.

    Parameters
    ----------
    scores : {source: mean log density of held-out outcomes at each gamma of ``grid``}.
    counts : {source: (series, held-out outcomes)}.
    skipped : {series: why nothing was held out of it}.
    """

    scores: dict
    counts: dict
    skipped: dict
    grid = np.r_[0.0, np.geomspace(2e-4, 0.3, 80)]

    @cached_property
    def score(self):
        """Mean log density of a held-out outcome at each gamma; every source counts once, however many series it has."""
        return np.mean(list(self.scores.values()), axis=0)

    @property
    def gamma(self):
        """The best of the grid."""
        return float(self.grid[self.score.argmax()])

    def gain(self, gamma):
        """What a drift adds to the log density of a held-out outcome."""
        return float(np.interp(gamma, self.grid, self.score) - self.score[0])

    def __add__(self, other):
        return Drift(self.scores | other.scores, self.counts | other.counts, self.skipped | other.skipped)

    def __repr__(self):
        series, outcomes = np.sum(list(self.counts.values()), axis=0)
        return f"<Drift of sd {self.gamma:.3g} from {outcomes} held-out outcomes of {series} series of {', '.join(self.counts)}: {self.gain(self.gamma):+.3f} in log density>"


def learn_drift(law, runs, y=None, *, by, cuts=(0.1, 0.3), source="these runs", noise=None, priors=None, draws=500, seed=0, **columns):
    """gamma from leave-future-out forecasts: each series is fitted up to a share of its largest scale, and the rest foretold.

    Parameters
    ----------
    law, runs, y, priors, noise, draws, seed, **columns : as in ``fit_many``; the noise's own drift plays no part.
    by : column, or list of columns, that tells the series apart; neither may be the target's.
    cuts : shares of a series' largest scale up to which runs are fitted, one fit each.
    source : what the runs are called, where several Drifts are added.

    Returns
    -------
    Drift ; give its ``gamma`` as ``Noise(drift=gamma)``.

    Raises
    ------
    InputError : the law has no scale or its likelihood no link, or no series has enough runs below a cut.
    """
    import pandas as pd

    from bayes_scaling.design import conditioned
    from bayes_scaling.fit import adapted, read
    from bayes_scaling.many import fit_many
    from bayes_scaling.noise import Noise

    law = adapted(law, noise, priors)
    if law.scale is None or not isinstance(law.noise, Noise):
        raise InputError(f"{law.name} has {'no scale' if law.scale is None else f'the likelihood {law.noise}'}: there is nothing for a drift to go along; give a law with a scale and a Noise")
    if not all(0 < cut < 1 for cut in cuts):
        raise InputError(f"cuts are {cuts!r}; give shares of the largest scale, between 0 and 1")
    table, columns = read(load_runs(runs), columns)
    y, by = law.outcome if y is None else y, [by] if isinstance(by, str) else list(by)
    train, held, skipped = [], {}, {}
    for series, part in table.groupby(by, sort=False):
        series = tuple(value.item() if hasattr(value, "item") else value for value in series)
        try:
            data = conditioned(law, part, y, None, columns)
        except InputError as error:
            skipped[series] = str(error)
            continue
        for cut in cuts:
            below = data["u"] >= np.log(1 / cut)
            if below.sum() < len(law.sites) + 1 or below.all():
                skipped[*series, cut] = f"{below.sum()} of {len(part)} runs lie below {cut:g} of the largest scale"
                continue
            train.append(part[below].assign(cut=cut))
            held[*series, cut] = {name: values[~below] for name, values in data["x"].items()}, data["z"][~below]
    if not held:
        raise InputError(f"no series can be held out: {next(iter(skipped.values()))}; give longer series, or other cuts")
    fits = fit_many(law, pd.concat(train), y, by=[*by, "cut"], draws=draws, seed=seed, on_error="skip", **columns)
    scores = {}
    for group in fits:
        scores.setdefault(group[:-1], []).append(_log_densities(fits[group], *held[group]))
    series = [np.concatenate(parts, axis=1) for parts in scores.values()]
    score = np.mean([logs.mean(axis=1) for logs in series], axis=0)  # outcomes of a series miss together: it counts once
    return Drift({source: score}, {source: (len(series), sum(logs.shape[1] for logs in series))}, skipped | fits.skipped)


def _log_densities(fit, x, z):
    """Log density of held-out outcomes z, on the link's scale, at each gamma of the grid: (grid, outcomes)."""
    centre, sd, u = fit.scatter_at({name: values[None] for name, values in x.items()})
    beyond, made = np.maximum(-u, 0.0), []
    for gamma in Drift.grid:
        total = np.hypot(sd, gamma * beyond)
        log = -0.5 * ((z - centre) / total) ** 2 - np.log(total) - 0.5 * np.log(2 * np.pi)
        made.append(log_score(log))
    return np.stack(made)
