"""The verdict on the reach of a fit, before any target: what its runs can determine."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import plural
from bayes_scaling.law.law import Law
from bayes_scaling.results.fit_draws import FitDraws
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.results.run_checks import checkpoint_cautions, copy_cautions, embedding_cautions
from bayes_scaling.results.table_doubts import outcome_cautions, size_cautions
from bayes_scaling.results.verdict import Verdict

_FEW = 5  # runs from which a trend can be judged
_TREND = (0.05, 0.01)  # p-values above which an error shows no trend: bad, caution


def reach_verdict(fit: FitDraws, of_priors: Sequence[str] = ()) -> Verdict:
    """Check what a fit's runs can determine, wherever the targets lie.

    Parameters
    ----------
    fit : Fit
        The fit.
    of_priors : sequence of str
        Cautions on parameters left at their prior.

    Returns
    -------
    Verdict
        Of the number of runs, copies, checkpoints, the minimum of an isoFLOP curve, and chance.
    """
    runs = fit.run_table
    problems = [*_valley(fit), *_chance(fit.law, fit.training, fit.y, "bad")]
    cautions = [
        *few_run_cautions(fit.law, len(runs)),
        *_chance(fit.law, fit.training, fit.y, "caution"),
        *of_priors,
        *_table_cautions(fit.law, runs, fit.training, fit.y),
    ]
    return Verdict("Reach", tuple(problems), tuple(cautions), _details(fit.law, len(runs)))


def reach_of_groups(fit: PooledPosterior) -> Verdict:
    """Check what the runs of a pooled fit can determine, as ``reach_verdict``."""
    cautions = [
        *few_run_cautions(fit.law, len(fit.table)),
        *_table_cautions(fit.law, fit.table, fit.training, fit.y, fit.pool.by),
    ]
    return Verdict("Reach", (), tuple(cautions), _details(fit.law, len(fit.table)))


def _details(law: Law, count: int) -> tuple[str, ...]:
    """How many runs there are for how many parameters."""
    return (f"{plural(count, 'run')} for {plural(len(law.parameters), 'parameter')}",)


def _table_cautions(
    law: Law, runs: pd.DataFrame, training: pd.DataFrame, y: str, by: Sequence[str] = ()
) -> Iterator[str]:
    """Cautions on rows that are no independent runs, or whose N are counted differently."""
    inputs = [name for name in law.inputs if name in training and name not in law.known]
    yield from copy_cautions(training, [*by, *inputs, y])
    yield from checkpoint_cautions(law, runs)
    yield from embedding_cautions(runs)
    yield from size_cautions(runs)
    yield from outcome_cautions(law, training[y], y)


def few_run_cautions(law: Law, count: int) -> Iterator[str]:
    """Fewer runs than determine the parameters."""
    parameters, noise = len(law.parameters), len(law.noise.parameters)
    if count < parameters + noise + 1:
        yield (
            f"{plural(count, 'run')} for {plural(parameters, 'parameter')} of {law.name} and its"
            f" noise: the answer is mostly the priors; give at least {parameters + noise + 1} runs,"
            " better twice as many"
        )


def _valley(fit: FitDraws) -> Iterator[str]:
    """An isoFLOP curve without a run beyond its minimum."""
    if "N_opt" not in fit.posterior or "N" not in fit.training:
        return
    sizes, best = fit.training["N"].to_numpy(float), fit.posterior["N_opt"].ravel()
    for outside, side, end in (
        (best > sizes.max(), "above", sizes.max()),
        (best < sizes.min(), "below", sizes.min()),
    ):
        if outside.mean() > 0.05:
            edge = "largest" if side == "above" else "smallest"
            yield (
                f"no run lies past the valley: the optimal size is {side} the {edge} run"
                f" (N = {end:.3g}) with probability {outside.mean():.0%}, so that its place is the"
                f" prior's; add runs {side} N = {np.median(best):.2g}"
            )


def _chance(law: Law, training: pd.DataFrame, y: str, level: str) -> Iterator[str]:
    """Errors that do not fall with the loss: all runs may be at chance."""
    if not law.along_loss or not law.outcome.startswith("error") or len(training) < _FEW:
        return
    from scipy.stats import spearmanr

    loss, error = training["L"].to_numpy(float), training[y].to_numpy(float)
    if not (np.ptp(loss) > 0 and np.ptp(error) > 0):
        return
    found: Any = spearmanr(loss, error, alternative="greater")
    p = float(found.pvalue)
    if p > _TREND[level != "bad"] and (level == "bad" or p <= _TREND[0]):
        yield (
            f"{y} does not fall with the loss in these runs (rank correlation, p = {p:.2g}): they"
            " may all be at chance, and what a lower loss would bring is the prior's alone; add"
            " runs that have left chance"
        )
