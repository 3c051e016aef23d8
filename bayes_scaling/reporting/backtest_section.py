"""What forecasts of held-out runs say of a page's targets: how they fared as far out, or how far the checks went and how far the targets are.

``names`` are what the page calls the targets, in their order.
"""

import numpy as np

from bayes_scaling._core.messages import listed, several, shown, tells
from bayes_scaling.reporting.extrapolation import reaches
from bayes_scaling.reporting.page import Items, Rows, Text
from bayes_scaling.reporting.provenance import fits_of
from bayes_scaling.reporting.robustness import given
from bayes_scaling.validation.backtest_result import Backtest
from bayes_scaling.validation.scores import clustered

_AS_FAR = 1.0001  # of two distances that are told as one


def verdict(backtest, forecaster, to, names):
    """A sentence or two for the top of the page: what such forecasts have been shown to cover at the targets' distance."""
    if not isinstance(backtest, Backtest):
        return (
            ""
            if backtest is not None
            else "Forecasts of held-out runs were not given to this page: how such intervals fare at this distance is not shown."
        )
    made, placed = _own(backtest, forecaster), _placed(backtest, forecaster, to)
    what = f"{listed(dict.fromkeys(made['law']))}, {_split(backtest)}"
    if placed is None:
        unknown = (
            ""
            if backtest.left
            else f" How far out that is beside the targets can not be told: they, or the runs of this page, have no {backtest.by}."
        )
        said = f"Checked on runs that have been trained: {what}. {_capital(_covered(backtest, made))}.{unknown}"
    else:
        said = " ".join(
            [
                f"{_head({kind for kind, *_ in placed})}: {what}.",
                *_sentences(backtest, made, placed, names),
            ]
        )
    return " ".join([*_other_outcomes(backtest, forecaster), said, *_other_laws(forecaster, made)])


def _head(kinds):
    """How far the checks went, by the kinds of distance that the targets are at."""
    if "near" in kinds:
        return f"Checked on runs that have been trained{', but not as far out as every target' if 'beyond' in kinds else ", but not at every target's distance" if 'gap' in kinds else ''}"
    if "beyond" in kinds:
        return "Not checked as far out as the targets"
    return (
        "Checked nearer and farther, not at the targets' distance"
        if "gap" in kinds
        else "Checked farther out than this page asks"
    )


def held_out(backtest, forecaster, to, names):
    """How forecasts of held-out runs fared, at the targets' distance first."""
    if not isinstance(backtest, Backtest):
        yield from given("backtest", "How forecasts of held-out runs fared", backtest, to, names)
        return
    made, placed = backtest.forecasts, _placed(backtest, forecaster, to)
    laws = list(dict.fromkeys(made["law"]))
    cuts = (
        ""
        if backtest.left
        else f" The smaller runs were those up to {_cutoffs(made, backtest.by, 6)}."
    )
    yield Text("How forecasts of held-out runs fared", "heading")
    yield Text(
        f"{listed(laws)}, {_split(backtest)}: {several(len(made), 'forecast')} of {shown(backtest.outcomes, 8)}, held against what was measured.{cuts}"
    )
    for text in _sentences(backtest, _own(backtest, forecaster), placed or [], names):
        yield Text(text)
    yield Text(
        " ".join(
            [
                *_other_outcomes(backtest, forecaster),
                *_other_laws(forecaster, made),
                f"Standard errors {backtest.dependence}.",
            ]
        )
    )
    yield Rows(
        "backtest",
        "held-out forecasts, and the share of measured values that their intervals held",
        *_shares(backtest),
    )
    if backtest.diagnosis.problems:
        yield Items(tuple(backtest.diagnosis.problems))


def _split(backtest):
    """What was fitted and what was foretold."""
    series = [
        f"{column} {listed(dict.fromkeys(backtest.forecasts[column].astype(str)))}"
        for column in backtest.series
        if column != "y"
    ]
    of = f" of {listed(series)}" if series else ""
    return (
        f"fitted to runs{of} of all values of {backtest.by} but one, foretold those of that one"
        if backtest.left
        else f"fitted to smaller runs{of}, foretold larger ones"
    )


def _own(backtest, forecaster):
    """The posterior's forecasts, of the page's own laws where those were held against the truth."""
    made, laws = backtest.forecasts, [fit.law.name for fit in fits_of(forecaster)]
    made = made[made["method"] == "posterior"]
    return made[made["law"].isin(laws)] if made["law"].isin(laws).any() else made


def _far(backtest):
    """Whether the forecasts have a distance along the column that the page's targets have one along."""
    return not backtest.left and bool(backtest.forecasts["distance"].ne("").any())


def _placed(backtest, forecaster, to):
    """[(kind, class of distance, positions of the targets, their distances, forecasts there)], or None where distances are unknown.

    The kinds: "near", where forecasts of that class reached as far; "gap", where there are none of that class but farther ones;
    "inside", no farther out than what was fitted; "beyond", farther out than any forecast.
    """
    far = reaches(forecaster, to, backtest.by) if _far(backtest) else None
    if far is None:
        return None
    made, placed = _own(backtest, forecaster), {}
    far = np.where(far <= _AS_FAR, np.minimum(far, 1.0), far)
    for i, name in enumerate(backtest.classes(far)):
        inside, beyond = far[i] <= 1, far[i] > made["extrapolation"].max() * _AS_FAR
        at = made[made["distance"] == name]
        kind = "inside" if inside else "beyond" if beyond else "near" if len(at) else "gap"
        placed.setdefault((kind, "" if kind == "beyond" else name), (at, []))[1].append(i)
    order = ("near", "gap", "inside", "beyond")
    return [
        (kind, name, where, far[where], at)
        for (kind, name), (at, where) in sorted(
            placed.items(), key=lambda part: order.index(part[0][0])
        )
    ]


def _sentences(backtest, made, placed, names):
    """What was checked at the targets' distances, a sentence for each."""
    by, farthest = backtest.by, made["extrapolation"].max()
    for kind, name, where, far, at in placed:
        who, one = (
            listed([names[i] for i in where]) if len(where) <= 3 else several(len(where), "target"),
            len(where) == 1,
        )
        if kind == "near":
            yield f"As far out as {who} ({name} the largest {by} that was fitted; the checks {_range(at, by)}): {_covered(backtest, at)}."
        elif kind == "gap":
            yield f"No forecast was as far out as {who} ({name} the largest {by} that was fitted); others were nearer, or farther, up to {farthest:.3g} times."
        elif kind == "inside":
            held = (
                f": {_covered(backtest, at)}"
                if len(at)
                else f"; every forecast that was checked was of a run beyond, and of those {_covered(backtest, made)}"
            )
            yield f"{_capital(who)} {'lies' if one else 'lie'} no farther out in {by} than the runs that were fitted{held}."
        else:
            times = (
                f"{far.min():.3g}"
                if one or f"{far.min():.3g}" == f"{far.max():.3g}"
                else f"{far.min():.3g} to {far.max():.3g}"
            )
            last = made[made["distance"] == made.loc[made["extrapolation"].idxmax(), "distance"]]
            yield f"{_capital(who)} {'is' if one else 'are'} farther out than any forecast that was checked: {times} times the largest {by} that was fitted, where the checks went to {farthest:.3g} times. Of the farthest of them ({last['distance'].iloc[0]}) {_covered(backtest, last)}."


def _range(part, by):
    """How far out some forecasts were, and from which cutoffs."""
    ends = [f"{part['extrapolation'].min():.3g}", f"{part['extrapolation'].max():.3g}"]
    return f"at {' to '.join(dict.fromkeys(ends))} times, fitted up to {_cutoffs(part, by, 3)}"


def _cutoffs(part, by, most):
    """The cutoffs that some forecasts were fitted up to, the first ``most`` of them by name."""
    origins = [f"{origin:.3g}" for origin in sorted(part["origin"].unique())]
    return f"{by} = {listed(origins[:most], 'or')}{' or others' if len(origins) > most else ''}"


def _other_outcomes(backtest, forecaster):
    """That the page's own outcome is not among the forecasts."""
    if forecaster.outcome_name not in backtest.outcomes:
        yield f"How {forecaster.outcome_name} is foretold was not checked: what was held against forecasts is {shown(backtest.outcomes, 8)}."


def _other_laws(forecaster, made):
    """That the page's own laws are not among those that foretold."""
    laws = [fit.law.name for fit in fits_of(forecaster)]
    if not set(laws) & set(made["law"]):
        yield f"None of these forecasts is by {listed(dict.fromkeys(laws), 'or')}, which this page rests on."


def _covered(backtest, part):
    """What intervals held, and whether that is less than they promise by more than two standard errors."""
    runs = len(
        part[[*(column for column in backtest.series if column != "y"), "run"]].drop_duplicates()
    )
    clusters = part.groupby(backtest.clusters, sort=False, dropna=False).ngroup()
    share, error = clustered(part["in_90"], clusters)
    short = share < 0.9 - 2 * np.fmax(
        error, np.sqrt(0.9 * 0.1 / len(part))
    )  # the error of few that all missed is no guide
    return f"90% intervals held {int(part['in_90'].sum())} of {several(len(part), 'measured value')} of {several(runs, 'run')} ({share:.0%}), 50% intervals {part['in_50'].mean():.0%}{': fewer than they promise, take such intervals for too narrow' if short else ''}"


def _capital(text):
    return text[:1].upper() + text[1:]


def _shares(backtest):
    """Header and lines of the table of coverage: by distance, and by law and method where there are several."""
    by = ["distance"] * _far(backtest) + [
        name for name in ("law", "method") if backtest.forecasts[name].nunique() > 1
    ]
    percent = backtest.scale.startswith("%")
    header = [
        {"distance": f"{backtest.by} over the largest fitted"}.get(name, name)
        for name in by or ["law"]
    ]
    header += [
        "forecasts",
        f"median error{'' if percent else f', {backtest.scale}'}",
        *(f"{p}% held" for p in (50, 80, 90, 95)),
        "standard error of the 90%",
    ]
    lines = []
    for _, row in backtest.summary(by or ["law"]).iterrows():
        shares = [f"{row[f'in_{p}']:.0%}" for p in (50, 80, 90, 95)]
        lines.append(
            (
                *(str(row[name]) for name in by or ["law"]),
                str(row["forecasts"]),
                f"{row['error']:.3g}{'%' if percent else ''}",
                *shares,
                f"{row['in_90_se']:.0%}" if tells(row["in_90"], row["in_90_se"]) else "-",
            )
        )
    return tuple(header), tuple(lines)
