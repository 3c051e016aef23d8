"""Whether the runs of a fit have reached their floor."""

from collections.abc import Iterator

from bayes_scaling.results.fit_posterior import FitPosterior

_AT_FLOOR = 0.5  # posterior probability that the floor lies above the smallest outcome


def floor_cautions(fit: FitPosterior) -> Iterator[str]:
    """Yield a caution for each floor that lies at the smallest outcomes or above them.

    Far from a floor every outcome lies above it. Where runs have reached it, noise puts some of
    them below, as a single wrong outcome would.

    Parameters
    ----------
    fit : Fit
        The fit.

    Yields
    ------
    str
    """
    for q in fit.law.parameters:
        if not q.is_floor:
            continue
        above = float((fit.posterior[q.sampled] > 1).mean())
        if above >= _AT_FLOOR:
            yield (
                f"{q.name} lies at the lowest outcomes ({above:.0%} of its draws above "
                f"{fit.ref['y_min']:.4g}): the runs have reached their floor, or single low "
                "outcomes are wrong; larger runs are forecast to gain little, and the exponents "
                "rest on the smaller runs"
            )
