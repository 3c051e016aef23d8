"""How far a page's targets lie beyond the runs that were fitted, as blocks of a page. A group's target is held against the group's own runs."""

import re

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import amount, listed, precise
from bayes_scaling.inference.design import distance
from bayes_scaling.reporting.page import Rows, Text
from bayes_scaling.reporting.provenance import fits_of
from bayes_scaling.runs.bundled import sources
from bayes_scaling.runs.sizes import SIZES

_HEADS = {
    "C": "compute C, FLOPs",
    "N": "parameters N",
    "D": "tokens D",
    "M": "tokens per parameter M",
}


def own_runs(forecaster, to):
    """The runs that each target is held against: of a pooled fit those of its group, where it has any; of a chain those of its first law."""
    first = getattr(forecaster, "first", forecaster)
    runs = first.training
    if not hasattr(first, "pool"):
        return [runs] * len(to)
    by = list(first.pool.by)
    keys = list(zip(*(to[column].tolist() for column in by)))
    own = {key: runs[(runs[by] == list(key)).all(axis=1)] for key in dict.fromkeys(keys)}
    return [own[key] if len(own[key]) else runs for key in keys]


def reaches(forecaster, to, by):
    """How many times the largest value of a column that was fitted each target has; None where targets or runs have no such numbers."""
    runs = own_runs(forecaster, to)
    if (
        by not in to
        or not pd.api.types.is_numeric_dtype(to[by])
        or any(by not in part for part in runs)
    ):
        return None
    return np.array([value / part[by].max() for value, part in zip(to[by].astype(float), runs)])


def extent(forecaster, to, names, note, source):
    """Each target beside the training runs, and what is assumed beyond them; ``note`` is the forecast's own."""
    runs = own_runs(forecaster, to)
    known = [
        name
        for name in dict.fromkeys((*SIZES, *forecaster.input_names))
        if name in to and name in runs[0]
    ]
    if known:
        lines = [
            (label, *(_beside(row[name], part[name].min(), part[name].max()) for name in known))
            for label, (_, row), part in zip(names, to.iterrows(), runs)
        ]
        whose = (
            "training runs"
            if all(part is runs[0] for part in runs)
            else "training runs of their groups"
        )
        yield Rows(
            "extrapolation",
            f"targets beside the range of the {whose}",
            ("run", *(_HEADS.get(name, name) for name in known)),
            tuple(lines),
        )
    if hasattr(forecaster, "first"):
        low, high, foretold = _link(forecaster, to)
        yield Text(
            f"The second law was fitted at {forecaster.first.outcome_name} from {low:.4g} to {high:.4g}; at the targets the law's curve foretells {listed(precise(foretold[:6], 0))}{', and more' if len(foretold) > 6 else ''}."
        )
    yield Text(
        "Beyond the training runs the answer assumes that the law keeps its form. A fit can not test that; forecasts of runs that were held out at a like distance can."
    )
    if note:
        yield Text(
            f"{note}.{_drifted(fits_of(forecaster)[0], to)}{_drifted(forecaster.second, to.assign(**{forecaster.link: foretold})) if hasattr(forecaster, 'first') else ''}"
        )
        tables = {
            name: entry
            for name, entry in sources().items()
            if re.search(rf"\b{re.escape(name)}\b", note)
        }
        if tables:
            own = (
                f" One of them, {source}, is the table of this page's own runs."
                if str(source) in tables
                else ""
            )
            yield Text(
                f"{'; '.join(f'{name}: {entry["citation"]}' for name, entry in tables.items())}.{own}",
                "note",
            )


def unseen_link(forecaster, to):
    """What a chain does not allow for: that its second law drifts beyond the range of its input; "" where it stays inside or has a drift there."""
    if not hasattr(forecaster, "first"):
        return ""
    low, high, foretold = _link(forecaster, to)
    second = forecaster.second.law
    allowed = (foretold < low) & second.along_loss & bool(getattr(second.noise, "drift", 0.0))
    beyond = foretold[((foretold < low) | (foretold > high)) & ~allowed]
    if not len(beyond):
        return ""
    return f"The law of {forecaster.outcome_name} was fitted at {forecaster.first.outcome_name} from {low:.4g} to {high:.4g} and is asked beyond, at {listed(precise(beyond[:3], 0))}{' and more' if len(beyond) > 3 else ''} (medians of the law's curve): the intervals allow nothing for a drift of it there."


def _link(forecaster, to):
    """Of a chain's link: least and greatest that the second law was fitted at, and what is foretold at the targets."""
    column = forecaster.second.training[forecaster.link]
    return column.min(), column.max(), np.median(forecaster.first.draws(to, of="mean"), axis=0)


def _drifted(fit, to):
    """How large the drift is at the farthest target."""
    noise = getattr(fit.law.noise, "noise", fit.law.noise)  # that of a censored one
    if (
        not hasattr(fit, "ref") or not noise.drift
    ):  # of groups, each with a reach of its own, or another law's
        return ""
    beyond = max(0.0, -float(distance(fit.law, fit.inputs(fit.with_known(to)), fit.ref).min()))
    if not beyond:
        return ""
    sd, far = (
        noise.drift * beyond,
        f"{beyond:.2g} nats below the lowest loss"
        if fit.law.along_loss
        else f"{np.exp(beyond):.3g} times the largest scale",
    )
    size = {"log": f"{sd:.1%} of", "identity": f"{sd:.3g} in"}.get(
        getattr(noise, "link", "logit"), f"{sd:.3g} on the logit of"
    )
    return f" At the farthest target, {far}, that is an sd of {size} {fit.outcome_name}."


def _beside(value, low, high):
    """A value beside a range."""
    value_text = amount(value)
    if not np.isfinite(high):
        return f"{value_text}, no runs to compare with"
    if value > high * 1.0001:
        return (
            f"{value_text}, {value / high:.3g} times the largest"
            if high > 0
            else f"{value_text}, above the largest ({high:.3g})"
        )
    if value < low * 0.9999:
        return (
            f"{value_text}, {value / low:.3g} of the smallest"
            if low > 0
            else f"{value_text}, below the smallest ({low:.3g})"
        )
    return f"{value_text}, inside"
