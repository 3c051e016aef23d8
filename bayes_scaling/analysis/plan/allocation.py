r"""What should I train? The best split of a budget between parameters and tokens.

A budget of C FLOPs trains N parameters on D tokens and pays for the tokens that are served later,
if any (Sardana et al. 2023, arXiv 2401.00448):

.. math:: C = 6 N D + 2 N D_{serve}

Each draw of the posterior has a best N, the minimum of the law's curve along that path. One run is
to be trained, though: that with the lowest expected loss over all draws. For ``next_run`` see
``informative_run``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob, check_seed
from bayes_scaling._core.table import AnnotatedTable, Table
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.analysis.plan.forecasters import Plannable, forecasters_by_group, laws_of
from bayes_scaling.analysis.plan.group_plan import GroupPlan, plan_group
from bayes_scaling.analysis.plan.law_checks import check_other_inputs, check_sizes
from bayes_scaling.analysis.plan.split_options import WITHIN, SplitOptions, checked_budgets
from bayes_scaling.inference.input_checks import check_options
from bayes_scaling.law.law import Law
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.sizes import SIZES


def compute_optimal(
    loss: Plannable | PooledFit | Fits | Mapping[Any, Plannable],
    C: float | Sequence[float],
    *,
    serve: float = 0.0,
    prob: float = 0.9,
    tolerance: float = 0.001,
    within: Sequence[float] = WITHIN,
    better: str = "lower",
    of: str = "run",
    seed: int = 0,
    **inputs: float,
) -> Allocation:
    r"""Find the posterior of the best parameters and tokens for a budget, and the run to train.

    Each draw of the law's curve is followed along C = 6 N D + 2 N serve. For Chinchilla's law
    without serving the best is (Hoffmann et al. 2022, arXiv 2203.15556)

    .. math::

        N = G (C / 6)^{\alpha_D / (\alpha_N + \alpha_D)}, \quad
        G = (\alpha_N A / (\alpha_D B))^{1 / (\alpha_N + \alpha_D)}

    and here it is searched numerically, for all laws alike.

    Parameters
    ----------
    loss : Fit, PooledFit, Group, Fits, Average, Chain, Mean, or mapping of name to one of these
        Forecaster of a loss, or by a chain of an error, whose law reads N and D, or C and M.
    C : float or sequence of float
        Budgets in FLOPs.
    serve : float
        Tokens that the trained model will serve, which the budget pays for with 2 N FLOPs each.
    prob : float
        Probability of the central intervals, and of a run being close to the best.
    tolerance : float
        Fraction of the outcome: a run within it of a draw's own best is close to the best.
    within : (float, float)
        Smallest and largest tokens per parameter to search.
    better : str
        "lower" for losses and errors, "higher" for accuracies.
    of : {"run", "mean"}
        What the outcome of the run to train is quoted of: a new run, with run-to-run noise and
        drift, as a forecast is, or the law's curve alone.
    seed : int
        Seed of the noise of new runs.
    **inputs : float
        Other inputs of the law, one number each, such as U=1e11 unique tokens.

    Returns
    -------
    Allocation
        For each budget ``choice`` has the run with the lowest expected loss: N, D, M = D / N;
        median, lower and upper of a new run there (of the law's curve with of="mean"); curve, the
        median of the law's curve; excess, the curve's expected distance from each
        draw's own best, in the outcome's unit (NaN, as are close and the ranges, if more than 5%
        of the draws have no best inside ``within``); close, the probability that it is within
        ``tolerance``; N_least to N_most (and M_least to M_most), the runs around it that are close
        with probability ``prob``; extrapolation, 6 N D over the largest training compute; outside,
        the fraction of the draws whose best M is outside that of all runs; and none, the fraction
        without a best inside ``within``. ``best`` has median, lower and upper of each draw's own
        best N, D, M and of the curve there. Numbers that were not obtained are NaN: a budget whose
        expected loss is lowest at an end of the search, an end of an interval outside the search,
        and a range where no run is close.

    Raises
    ------
    InputError
        If a law does not read both parameters and tokens or cannot distinguish them, or budgets,
        ``serve`` or other options are invalid.

    Warns
    -----
    FitWarning
        If a fit has not converged.
    RunsWarning
        If all runs have one M, so that the best M depends on the prior alone.

    Notes
    -----
    Splits are compared by the law's curve: run-to-run noise and drift in extrapolation are taken to
    be the same for all splits of a budget. With of="run" the interval of the run to train is that
    of ``forecast`` for the plan's targets with the same seed.
    """
    parts, prob = forecasters_by_group(loss), check_prob(prob)
    check_of(of)
    check_seed(seed)
    budgets, search = checked_budgets(C, serve, tolerance, within, better)
    for _, forecaster in parts:
        check_laws(laws_of(forecaster), inputs, forecaster.law)
    diagnosis = _diagnosis_of(loss)
    diagnosis.warn("a plan")
    options = SplitOptions(float(serve), search, better, float(tolerance), inputs)
    plans = [
        plan_group(label, forecaster, budgets, options, prob, of, seed)
        for label, forecaster in parts
    ]
    return replace(_allocation(plans, parts[0][1], options, prob, diagnosis), of=of, seed=seed)


def _allocation(
    plans: Sequence[GroupPlan],
    first: Plannable,
    options: SplitOptions,
    prob: float,
    diagnosis: Diagnosis,
) -> Allocation:
    """The plans of all forecasters in one."""
    diagnosis = sum((Diagnosis(reach=plan.reach) for plan in plans), diagnosis)
    sentences = tuple(text for plan in plans for text in plan.sentences)
    choice = AnnotatedTable([row for plan in plans for row in plan.choice])
    best = AnnotatedTable([row for plan in plans for row in plan.best])
    choice.foot, best.foot = _footnote(sentences, diagnosis), _footnote((), diagnosis)
    choice.diagnosis = best.diagnosis = diagnosis
    curves = pd.concat([table for plan in plans for table in plan.curves], ignore_index=True)
    label = list(plans[0].label)
    curves = Table(curves[[*label, *(name for name in curves if name not in label)]])
    ratios = [ratio for plan in plans for ratio in plan.ratios]
    return Allocation(
        choice=choice,
        best=best,
        curves=curves,
        sentences=sentences,
        prob=prob,
        tolerance=options.tolerance,
        serve=options.serve,
        better=options.better,
        within=options.within,
        inputs={name: float(value) for name, value in options.inputs.items()},
        y=first.outcome_name,
        unit=first.unit,
        ratios=(min(ratios), max(ratios)),
        diagnosis=diagnosis,
    )


def _diagnosis_of(loss: Any) -> Diagnosis:
    """The diagnosis of one forecaster, or of all of a mapping, each named."""
    if not isinstance(loss, Mapping):
        return loss.diagnosis
    return sum((one.diagnosis.named(str(name)) for name, one in loss.items()), Diagnosis())


def check_laws(laws: Sequence[Law], inputs: Mapping[str, Any], last: Law | None = None) -> None:
    """Check that laws read both parameters and tokens, and that their other inputs are given.

    Parameters
    ----------
    laws : sequence of Law
        The laws that read a run's size.
    inputs : mapping of str to float
        Other inputs, as given to ``compute_optimal``.
    last : Law, optional
        The second law of a chain; the first of ``laws`` if left out.

    Raises
    ------
    InputError
        If a law does not read both sizes, or an input is unknown, missing or no number.
    """
    last = last or laws[0]
    check_sizes(laws)
    read = {name for law in laws for name in (*law.inputs, *law.noise.reads) if name not in SIZES}
    read |= {*last.known, *last.noise.reads}
    check_options(compute_optimal, inputs, read)
    check_other_inputs(laws, inputs, read)


def _footnote(sentences: Sequence[str], diagnosis: Diagnosis) -> str:
    """Sentences under a table, after the diagnosis if the draws have not converged."""
    lines = [*sentences, str(diagnosis)] if diagnosis.ok else [str(diagnosis), *sentences]
    return "\n".join(lines)
