"""Which run moves an answer, and by how much: each run left out in turn, mostly without a new fit.

Leaving run i out turns the posterior by weights 1 / p(y_i | theta), smoothed by a Pareto tail (PSIS-LOO, Vehtari et al. 2017,
arXiv 1507.04544). Where the tail's k is above 0.7 the weights can not be trusted, and the law is fitted again without the run.
"""

from dataclasses import replace

import numpy as np

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shown
from bayes_scaling._core.table import Told
from bayes_scaling.inference.batch import ROOM, draws_of, run, stacked
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.psis import smoothed, weighted_quantiles
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.results.datatree import Sampled, posterior
from bayes_scaling.results.diagnosis import LIMITS, Diagnosis, convergence
from bayes_scaling.results.fit_design import data_of
from bayes_scaling.runs.targets import as_targets
from bayes_scaling.validation.sensitivity import check_fit


def influence(fit, to=None, *, prob=0.9, of="run", refits=10, seed=0):
    """How far forecasts, or the parameters, would move without each single run.

    Parameters
    ----------
    fit : Fit.
    to : targets; the law's published parameters are asked about where left out.
    prob : probability of the intervals whose widths are compared.
    of : forecasts of a new "run" or of the law's curve, "mean".
    refits : runs at most that are left out by a new fit, where weights can not be trusted.
    seed : of the noise of new runs, and of new fits.

    Returns
    -------
    Table, one row a run and target, the greatest move first: run, target, without (median without the run), shift (of the median, in
    percent of it), shift_sd (the same in posterior sds), width (of the interval, over that with the run), pareto_k, and how it is known:
    "weights", "refit", or "weights, unsure" where k is too high and no fit was made again.

    Raises
    ------
    InputError : no fit of one law, one with a smooth discrepancy or of too many runs to keep the likelihood of each; bad targets,
        ``prob``, ``of``, ``refits`` or ``seed``.

    Notes
    -----
    The priors stay those of all runs: a floor stated as a share of the least outcome keeps that outcome. Forecasts without the run of
    largest scale drift from the next largest on.
    """
    check_fit(fit)
    if fit.law.noise.smooth:
        raise InputError(
            "with a smooth discrepancy runs tell of one another, and no run can be weighed alone; fit without smooth"
        )
    check_seed(seed)
    if isinstance(refits, bool) or not isinstance(refits, int | np.integer) or refits < 0:
        raise InputError(f"refits is {refits!r}; give a whole number")
    prob, to = check_prob(prob), None if to is None else as_targets(to)
    shares = [0.5, (1 - prob) / 2, (1 + prob) / 2]
    names = list(fit.law.names) if to is None else [str(label) for label in to.index]

    def asked(fit):
        return (
            np.stack(list(fit.flat(*names).values()), axis=-1)
            if to is None
            else fit.draws(to, of=of, seed=seed)
        )

    def without(draws, i):
        """Draws of forecasts, as if run ``i`` had not told where the data end."""
        return _drifted(fit, to, draws, i, seed) if to is not None and of == "run" else draws

    draws, runs = asked(fit), fit.parts.runs
    likelihood = fit.parts.log_likelihood.reshape(len(draws), -1)
    weights, k = smoothed(-likelihood)
    moved = np.stack(
        [weighted_quantiles(without(draws, i), weights[:, i], shares) for i in range(len(runs))]
    )  # (runs, shares, targets)
    bad = [int(i) for i in np.argsort(-k) if k[i] > LIMITS["pareto_k"]]
    how, diagnosis = np.full(len(runs), "weights", object), fit.diagnosis
    how[bad] = "weights, unsure"
    for i, (again, problems) in _refitted(fit, bad[:refits], seed).items():
        moved[i], how[i] = np.quantile(without(asked(again), i), shares, axis=0), "refit"
        diagnosis += Diagnosis(tuple(f"without {runs[i]}: {text}" for text in problems))
    whole, sd = np.quantile(draws, shares, axis=0), draws.std(axis=0, ddof=1)
    shift = moved[:, 0] - whole[0]
    table = Told(
        {
            "run": np.repeat(runs, len(names)), "target" if to is not None else "parameter": names * len(runs), "without": moved[:, 0].ravel(),
            "shift": (100 * shift / np.abs(whole[0])).ravel(), "shift_sd": (shift / sd).ravel(), "width": ((moved[:, 2] - moved[:, 1]) / (whole[2] - whole[1])).ravel(),
            "pareto_k": np.repeat(k, len(names)), "how": np.repeat(how, len(names)),
        }
    )  # fmt: skip
    table = table.iloc[np.argsort(-table["shift_sd"].abs().to_numpy(), kind="stable")].reset_index(
        drop=True
    )
    table.foot = _sentences(table, diagnosis, len(runs))
    return table


def _drifted(fit, to, draws, i, seed):
    """Draws with the drift that they would have were the data to end at the largest scale but for that of run ``i``."""
    data, noise = data_of(fit), fit.law.noise
    u = data["u"][data["mask"]]
    nearer = np.delete(u, i).min() - u.min()
    if not isinstance(noise, Noise) or not noise.drift > 0 or not nearer > 0:
        return draws
    away = np.maximum(-distance(fit.law, fit.inputs(fit.with_known(to)), fit.ref), 0)
    more = noise.drift * np.sqrt(
        (away + nearer) ** 2 - away**2
    )  # only of targets beyond all runs; others are told by the run's neighbours
    normal = np.random.default_rng([fit.seed, seed, 5]).standard_normal(draws.shape)
    return noise.backward(noise.forward(draws) + np.where(away > 0, more, 0.0) * normal)


def _sentences(table, diagnosis, count):
    """Which run moves what most, and which weights can not be trusted."""
    what, top = table.columns[1], table.iloc[0]
    lines = [
        f"Of {count} runs {top['run']} moves {what} {top[what]} most: without it the median would be {abs(top['shift']):.2g}% {'lower' if top['shift'] < 0 else 'higher'} ({abs(top['shift_sd']):.2g} of its sd) and the interval {top['width']:.2g} times as wide."
    ]
    refit, unsure = (
        list(dict.fromkeys(table.loc[table["how"] == how, "run"]))
        for how in ("refit", "weights, unsure")
    )
    if refit:
        lines.append(
            f"Pareto k above {LIMITS['pareto_k']} for {shown(refit, 4)}: fitted again without {'it' if len(refit) == 1 else 'each'}."
        )
    if unsure:
        lines.append(
            f"Pareto k above {LIMITS['pareto_k']} for {shown(unsure, 4)} too: these lines are unsure; raise refits to {len(refit) + len(unsure)}."
        )
    return "\n".join(lines + ([] if diagnosis.ok else [str(diagnosis)]))


def _refitted(fit, which, seed):
    """{run: (the fit without it, what is wrong with its draws)}, all in one program."""
    data, law, made = data_of(fit), fit.law, {}
    chains, draws, warmup = (fit.engine[name] for name in ("chains", "draws", "warmup"))
    for at in range(0, len(which), ROOM):
        part = which[at : at + ROOM]
        rows = stacked(
            [{**data, "mask": data["mask"] & (np.arange(len(data["mask"])) != i)} for i in part]
        )
        ((_, result),) = run(
            law,
            [(rows, [(fit.seed + seed + i + 1) % 2**32 for i in part])],
            {"chains": chains, "draws": draws, "warmup": warmup},
        )
        for j, i in enumerate(part):
            drawn = draws_of(result, j)
            values = posterior(law, Sampled(None, fit.y, data, drawn))
            problems = convergence({q.sampled: values[q.sampled] for q in law.sites}, drawn.health)[
                1
            ]
            made[i] = replace(fit, posterior=values), problems
    return made
