r"""How far a law drifts off beyond its data: learned from held-out forecasts of other curves or runs, never from the target.

Beyond the largest training run the truth leaves the law's forecast by a straight line in log scale of random slope, on the
link's scale: the predictive variance is that of the posterior plus :math:`(\gamma \log(s / s_{max}))^2`. The training runs
can not teach gamma; runs held out of other tables can.

``LEARNED`` has the defaults of ``Noise(drift=None)``: under "log" that of a loss along compute, under "logit" that of an error along the loss, each the one
to be expected (``Drift.expected``) by its ``SOURCES``, learned with the coupled law and with ``perplexity_to_error``.
``tests/bench/drift.py`` prints what several sources give, each alone and all but each.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.load import load_runs
from bayes_scaling.validation.scores import log_score


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

    @cached_property
    def expected(self):
        """Mean of gamma given what was held out: a source counts as one outcome, log gamma is uniform over the grid.

        Of several sources the best may be 0, for one among them that is cleaner than the rest, though they leave open much that is not.
        """
        weight = np.exp(len(self.scores) * (self.score[1:] - self.score.max()))
        return float(weight @ self.grid[1:] / weight.sum())

    def gain(self, gamma):
        """What a drift adds to the log density of a held-out outcome.

        Parameters
        ----------
        gamma : sd of the drift for each unit of log scale, from 0 to 0.3: between points of ``grid`` in a line.

        Returns
        -------
        float, nats for each outcome
        """
        return float(np.interp(gamma, self.grid, self.score) - self.score[0])

    def __add__(self, other):
        return Drift(
            self.scores | other.scores, self.counts | other.counts, self.skipped | other.skipped
        )

    def __repr__(self):
        series, outcomes = np.sum(list(self.counts.values()), axis=0)
        return f"<Drift of sd {self.gamma:.3g} (expected: {self.expected:.3g}) from {outcomes} held-out outcomes of {series} series of {', '.join(self.counts)}: {self.gain(self.gamma):+.3f} in log density>"


def learn_drift(
    law,
    runs,
    y=None,
    *,
    by,
    cuts=(0.1, 0.3),
    source="these runs",
    noise=None,
    priors=None,
    draws=500,
    seed=0,
    **columns,
):
    """gamma from leave-future-out forecasts: each series is fitted up to a share of its largest scale, and the rest foretold.

    Parameters
    ----------
    law, runs, y, priors, noise, draws, seed, **columns : as in ``fit_many``; the noise's own drift plays no part.
    by : column, or list of columns, that tells the series apart; neither may be the target's.
    cuts : shares of a series' largest scale up to which runs are fitted, one fit each; of a law along the loss, whose scale is exp(-L), such as
        (0.67, 0.8), 0.4 and 0.2 nats above the lowest loss.
    source : what the runs are called, where several Drifts are added.

    Returns
    -------
    Drift ; give its ``expected``, or the best, ``gamma``, as ``Noise(drift=...)``.

    Raises
    ------
    InputError : the law has no scale or its likelihood is no Noise, a cut is no share, or no series has enough runs below a cut.
    """
    import pandas as pd

    from bayes_scaling.inference.design import conditioned
    from bayes_scaling.law.likelihoods.noise import Noise
    from bayes_scaling.results.fit_many import fit_many
    from bayes_scaling.results.fitting import adapted, read

    law = adapted(law, noise, priors)
    if law.scale is None or not isinstance(law.noise, Noise):
        raise InputError(
            f"{law.name} has {'no scale' if law.scale is None else f'the likelihood {law.noise}'}: there is nothing for a drift to go along; give a law with a scale and a Noise"
        )
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
                skipped[*series, cut] = (
                    f"{below.sum()} of {len(part)} runs lie below {cut:g} of the largest scale"
                )
                continue
            train.append(part[below].assign(cut=cut))
            held[*series, cut] = (
                {name: values[~below] for name, values in data["x"].items()},
                data["z"][~below],
            )
    if not held:
        raise InputError(
            f"no series can be held out: {next(iter(skipped.values()))}; give longer series, or other cuts"
        )
    fits = fit_many(
        law,
        pd.concat(train),
        y,
        by=[*by, "cut"],
        draws=draws,
        seed=seed,
        on_error="skip",
        **columns,
    )
    scores = {}
    for group in fits:
        scores.setdefault(group[:-1], []).append(_log_densities(fits[group], *held[group]))
    series = [np.concatenate(parts, axis=1) for parts in scores.values()]
    score = np.mean(
        [logs.mean(axis=1) for logs in series], axis=0
    )  # outcomes of a series miss together: it counts once
    return Drift(
        {source: score},
        {source: (len(series), sum(logs.shape[1] for logs in series))},
        skipped | fits.skipped,
    )


def drift_by(fit, held, column):
    """sd of the drift in each level of a column that tells groups apart, as in each validation set: some lie further from the corpus, and drift more.

    Each level's log gamma is Normal about a common one, both they and their spread learned: levels of which little is held out
    are near the others. Outcomes of one group miss together: they count as the root of their number.

    Parameters
    ----------
    fit : PooledFit of smaller runs.
    held : larger runs, with the columns of the groups and the outcome; none may be a target's.
    column : one of the fit's columns of groups.

    Returns
    -------
    {level: sd}, for ``PooledFit.with_drift``.

    Raises
    ------
    InputError : no such column, or a law without a scale or a Noise.
    """
    from bayes_scaling.law.likelihoods.noise import Noise
    from bayes_scaling.runs.columns import numbers
    from bayes_scaling.runs.targets import as_targets

    if column not in fit.pool.by or fit.law.scale is None or not isinstance(fit.law.noise, Noise):
        raise InputError(
            f"column is {column!r} and the law {fit.law.name} with {fit.law.noise}; name one of {', '.join(fit.pool.by)}, of a law with a scale and a Noise"
        )
    scores, to = {}, as_targets(held)
    for key, part in to.groupby(list(fit.pool.by), sort=False):
        logs = _log_densities(
            fit.group(key if len(fit.pool.by) > 1 else key[0]),
            {name: numbers(part, name) for name in fit.law.inputs},
            fit.law.noise.forward(held.loc[part.index, fit.y].to_numpy(float)),
        )
        level = key[fit.pool.by.index(column)]
        scores[level] = scores.get(level, 0.0) + logs.mean(axis=1)[1:] * np.sqrt(logs.shape[1])
    return dict(zip(scores, _pooled(np.stack(list(scores.values())))))


def _pooled(scores):
    """Mean of gamma in each level, its log Normal about a common middle, from log densities (levels, grid without 0)."""
    place = np.log(Drift.grid[1:])
    middle, spread = place[::2, None, None], np.array([0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4])[:, None]
    prior = np.exp(-0.5 * ((place - middle) / spread) ** 2)
    prior /= prior.sum(axis=-1, keepdims=True)
    density = np.exp(scores - scores.max(axis=1, keepdims=True))
    each = prior @ density.T  # (middle, spread, levels)
    weight = np.log(each).sum(axis=-1) - 0.5 * spread[:, 0] ** 2
    weight = np.exp(weight - weight.max())
    return np.einsum(
        "ms,msl->l", weight / weight.sum(), (prior * Drift.grid[1:]) @ density.T / each
    ).tolist()


def _log_densities(fit, x, z):
    """Log density of held-out outcomes z, on the link's scale, at each gamma of the grid: (grid, outcomes)."""
    centre, sd, u = fit.scatter_at({name: values[None] for name, values in x.items()})
    beyond, made = np.maximum(-u, 0.0), []
    for gamma in Drift.grid:
        total = np.hypot(sd, gamma * beyond)
        log = -0.5 * ((z - centre) / total) ** 2 - np.log(total) - 0.5 * np.log(2 * np.pi)
        made.append(log_score(log))
    return np.stack(made)
