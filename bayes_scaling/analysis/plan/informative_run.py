"""Which run to train next: how much narrower each candidate is expected to make a forecast, and that for each FLOP it takes.

Preposterior analysis (Raiffa and Schlaifer 1961) on the draws of one fit: outcomes of a candidate are simulated from the posterior predictive, the draws
are weighed by the likelihood of each, and the interval that they then give is averaged over the outcomes.
"""

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob, check_seed
from bayes_scaling._core.errors import FitWarning, InputError, warn
from bayes_scaling._core.messages import percent, shown, size
from bayes_scaling._core.table import Told
from bayes_scaling.analysis.plan.preposterior import beyond, drawn, keys_of, narrowed, weighed
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.diagnosis import LIMITS, Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets

_UNSURE = (
    0.1  # share of the outcomes whose weights can not be trusted, beyond which no figure is given
)


_EFFECTIVE = 100  # draws that the weights of half the outcomes must be worth


class NextRuns(Told):
    """Candidates, the best for its cost first, with sentences under them; ``by_target`` has each target alone."""

    _metadata = ["foot", "diagnosis", "by_target", "sentences"]


def next_run(loss, candidates, target, *, prob=0.9, of="run", outcomes=100, seed=0):
    """How much narrower each candidate run is expected to make the forecast at a target, and that for each FLOP.

    Parameters
    ----------
    loss : Fit, PooledFit or a group of it, or a Chain that begins with a Fit or a group: then the candidate's loss is measured, and the forecast
        of the error narrows.
    candidates : runs that could be trained, one at a time, as made by ``bayes_scaling.targets``; of a pooled fit with the columns of the groups, or
        once for every group.
    target : the run, or runs, whose forecast is to be narrowed, likewise.
    prob : probability of the target's interval, which is central.
    of : forecast of a new "run" or of the law's curve, "mean".
    outcomes : simulated outcomes of each candidate, at least 10.
    seed : of what is simulated.

    Returns
    -------
    NextRuns, a table with a row for each candidate: its sizes; width of the target's interval now and after, as expected once the candidate is measured,
    in the outcome's unit; shrunk, 1 - after / width, and its Monte-Carlo error; per_flop, shrunk over the candidate's compute, 1/FLOPs (NaN without one);
    sd_log and sd_log_after, sd of the outcome's log (NaN where it may be negative); unsure, the share of outcomes with a Pareto k above 0.7; effective,
    the draws that the weights are worth; how: "weights", or "not obtained" where more than a tenth is unsure or fewer than 100 draws are left. Of
    several targets width, after and shrunk are geometric means over them, and ``by_target`` has each. Rows are in the order of what is left of per_flop (of
    shrunk, without compute) once shrunk is less by twice its error.

    Raises
    ------
    InputError : a fit that can not be asked, candidates or targets that can not be, or a bad ``prob``, ``of``, ``outcomes`` or ``seed``.

    Warns
    -----
    FitWarning : a fit has not converged.

    Notes
    -----
    It foretells what a new fit with the candidate would say. A candidate beyond all runs may drift off the law, as any forecast may; the new fit
    takes that for the law's, and lets forecasts drift from the candidate on. Its noise is that at its own scale, without a measurement error beside it. Priors
    stay those of the runs that were fitted.
    """
    base, prob = _base(loss), check_prob(prob)
    check_of(of), check_seed(seed)
    if isinstance(outcomes, bool) or not isinstance(outcomes, int | np.integer) or outcomes < 10:
        raise InputError(f"outcomes is {outcomes!r}; give a whole number of at least 10")
    candidates, ends = _placed("candidates", candidates, base)
    target, places = _placed("target", target, base)
    now = [drawn(loss, target.iloc[[j]], of, seed) for j in range(len(target))]
    if (count := len(now[0])) < _EFFECTIVE:
        raise InputError(
            f"the fit has {count} draws, and candidates are weighed by {_EFFECTIVE} or more; give it more draws"
        )
    if not loss.diagnosis.ok:
        warn(f"a plan from draws that have not converged: {loss.diagnosis.problems[0]}", FitWarning)
    columns = [
        name
        for name in candidates
        if name in SIZES or name in base.input_names or name in _groups(base)
    ]
    rows, each, groups, of_target = [], [], keys_of(base, candidates), keys_of(base, target)
    for i in range(len(candidates)):
        weights, about = weighed(
            base, candidates.iloc[[i]], outcomes, [seed, 6]
        )  # the same chances for all of them
        known = about["unsure"] <= _UNSURE and about["effective"] >= _EFFECTIVE
        # a target's drift begins at the candidate, where that lies beyond all runs of its group
        left = [
            max(place - ends[i], 0.0) / place if place > 0 and group == groups[i] else 1.0
            for place, group in zip(places, of_target)
        ]
        told = [
            narrowed(
                now[j],
                now[j] if left[j] == 1 else drawn(loss, target.iloc[[j]], of, seed, left[j]),
                weights,
                prob,
            )
            for j in range(len(target))
        ]
        row, compute = _row(told, known), candidates["C"].iloc[i] if "C" in candidates else np.nan
        each += [
            {
                "candidate": _label(candidates, i, base),
                "target": _label(target, j, base),
                **_row(told[j : j + 1], known),
            }
            for j in range(len(target))
        ]
        rows.append(
            {name: candidates[name].iloc[i] for name in columns}
            | row
            | {
                "per_flop": row["shrunk"] / compute,
                **about,
                "how": "weights" if known else "not obtained",
            }
        )
    table = pd.DataFrame(rows, index=candidates.index)
    order = np.argsort(
        -((table["shrunk"] - 2 * table["error"]) / table.get("C", 1.0)).to_numpy(), kind="stable"
    )
    made = NextRuns(table.iloc[order])
    moved = (
        of == "run"
        and (ends[order] > 0)[made["how"] == "weights"].any()
        and base.drift_note(target) != ""
    )
    made.by_target, made.diagnosis = (
        Told(each),
        loss.diagnosis + Diagnosis(cautions=base._reach(candidates).cautions),
    )
    called = [
        f"{_label(candidates, i, base)} ({_sized(candidates[columns].iloc[i].to_dict())})"
        for i in order
    ]
    made.sentences = tuple(_sentences(made, called, target, loss, prob, of, moved))
    made.foot = "\n".join(
        [*made.sentences, str(made.diagnosis)]
        if made.diagnosis.ok
        else [str(made.diagnosis), *made.sentences]
    )
    return made


def _base(loss):
    """The fit that candidates are added to, refused where its draws can not be weighed."""
    base = loss.first if isinstance(loss, Chain) else loss
    if hasattr(base, "weights"):
        raise InputError(
            "an average weighs its laws anew with every run, and no draw tells how; ask next_run of each of its fits"
        )
    if not isinstance(base, Fit | PooledFit | Group):
        takes = "a Fit, a pooled fit or a group of it, or a chain that begins with one"
        raise InputError(
            f"next_run takes a fit first ({takes}), then candidates and the target; it was given a {type(base).__name__} first"
        )
    if base.law.noise.smooth:
        raise InputError(
            "with a smooth discrepancy runs tell of one another, and no run can be weighed alone; fit without smooth"
        )
    return base


def _placed(what, runs, base):
    """Runs as targets, of a pooled fit once for every group where they name none, and how far each lies beyond the fitted ones."""
    try:
        runs = base.of_every_group(runs) if isinstance(base, PooledFit) else as_targets(runs)
        return runs, beyond(base, runs)
    except InputError as error:
        raise InputError(f"{what}: {error}") from None


def _groups(base):
    """Columns that tell groups apart, where runs of several are asked about."""
    return base.pool.by if isinstance(base, PooledFit) else ()


def _label(runs, i, base):
    """What a run is called: its label, and its group."""
    return " / ".join(map(str, (runs.index[i], *(runs[name].iloc[i] for name in _groups(base)))))


def _sized(run):
    """A candidate by its size, and what it takes where that does not say it."""
    return f"{size(run)}, {run['C']:.2g} FLOPs" if {"N", "D", "C"} <= run.keys() else size(run)


def _row(told, known):
    """One row from what was found at each of some targets, joined by geometric means; without figures where they are not known."""
    row = {"width": float(np.exp(np.mean([np.log(one["width"]) for one in told])))} | dict.fromkeys(
        ("after", "shrunk", "error"), np.nan
    )
    row |= {"sd_log": float(np.mean([one["sd_log"] for one in told])), "sd_log_after": np.nan}
    if not known:
        return row
    ratio, blocks = (
        np.exp(np.mean([np.log(one[name]) for one in told], axis=0)) for name in ("ratio", "blocks")
    )
    error = np.hypot(
        ratio.std(ddof=1) / np.sqrt(len(ratio)),
        blocks.mean(axis=1).std(ddof=1) / np.sqrt(len(blocks)),
    )
    return row | {
        "after": row["width"] * float(ratio.mean()),
        "shrunk": float(1 - ratio.mean()),
        "error": float(error),
        "sd_log_after": float(np.mean([one["sd_log_after"] for one in told])),
    }


def _sentences(table, called, target, loss, prob, of, moved):
    """The best candidate, and what is to be known of the others; ``called`` are the candidates in the order of the rows."""
    where = (
        f"at {size(target.iloc[0].to_dict())}"
        if len(target) == 1
        else f"at {len(target)} targets, by the geometric mean,"
    )
    what = f"the {percent(prob)} interval of {loss.outcome_name} {'of a new run' if of == 'run' else 'of the curve'} {where}"
    known, costed = (table["how"] == "weights").to_numpy(), "C" in table
    tells = np.flatnonzero((table["shrunk"] > 2 * table["error"]).to_numpy())
    gain = lambda i: (
        f"{table['shrunk'].iloc[i]:.1%} narrower, Monte-Carlo error {table['error'].iloc[i]:.1%}"
    )
    if len(tells):
        first, most = tells[0], tells[table["shrunk"].to_numpy()[tells].argmax()]
        yield f"Best{' for its cost' if costed else ''}: candidate {called[first]}. Once it is measured {what} is expected to be {gain(first)}{_rate(table.iloc[first]) if costed else ''}."
        low, high = (
            ((table["shrunk"] + 2 * sign * table["error"]) / table["C"]).to_numpy()
            if costed
            else None
            for sign in (-1, 1)
        )
        if costed and (
            near := [called[i] for i in np.flatnonzero(high > low[first]) if i != first]
        ):
            yield f"For each FLOP {'candidate' if len(near) == 1 else 'candidates'} {shown(near, 3)} may tell as much: the Monte-Carlo error does not tell them apart."
        if costed and most != first:
            yield f"Best whatever it costs: candidate {called[most]}, {gain(most)}{_rate(table.iloc[most])}."
    elif known.any():
        yield f"No candidate is expected to narrow {what} by more than twice the Monte-Carlo error, {table['error'].max():.1%} at most."
    if not known.all():
        lost = [called[i] for i in np.flatnonzero(~known)]
        why = f"the draws of this fit can not be weighed by what would be measured (Pareto k above {LIMITS['pareto_k']}, or too few draws left)"
        yield f"Not obtained for {'candidate' if len(lost) == 1 else 'candidates'} {shown(lost, 3)}: {why}; give the fit more draws or ask for nearer candidates, and if those tell nothing only a real run will."
    if moved and known.any():
        yield "Part of it is the drift off the law, which would begin at the candidate where that is larger than every run."


def _rate(row):
    """What a candidate tells for its cost, in words."""
    unit = 10.0 ** np.floor(np.log10(row["C"]))
    return f" ({100 * row['per_flop'] * unit:.2g}% for each {unit:.0e} FLOPs)".replace("e+", "e")
