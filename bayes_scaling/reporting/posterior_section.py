"""The posterior of the published parameters, beside published values."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np

from bayes_scaling._core.formatting import format_to_width
from bayes_scaling._core.messages import join_words
from bayes_scaling.reporting.blocks import Block, Rows, Text
from bayes_scaling.reporting.pictures import closed_picture
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_fit import PooledFit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAX_ROWS = 40  # rows of a table of groups


def posterior_blocks(fit: Fit | PooledFit, name: str) -> Iterator[Block]:
    """Yield the posterior in the published parametrization, with a figure if there is one.

    Parameters
    ----------
    fit : Fit or PooledFit
        The fit.
    name : str
        Id of its table.

    Yields
    ------
    Block
    """
    yield from _groups(fit, name) if isinstance(fit, PooledFit) else _single(fit, name)


def _single(fit: Fit, name: str) -> Iterator[Block]:
    yield Rows(
        name,
        "parameters in the published form",
        ("parameter", "meaning", "median", "90% interval", "published values"),
        tuple(_line(fit, parameter) for parameter in fit.law.names),
    )
    if fit.law.published:
        from bayes_scaling import plot

        yield Text(_published_sources(fit), "note")
        yield closed_picture(cast("Figure", plot.posterior(fit, columns=2)[0].figure))


def _line(fit: Fit, name: str) -> tuple[str, ...]:
    """Return the posterior of one parameter beside published values."""
    parameter = next(one for one in fit.law.parameters if one.name == name)
    lower, median, upper = np.quantile(fit.posterior[name], [0.05, 0.5, 0.95])
    center, *ends = format_to_width([median, lower, upper], upper - lower)
    published = "; ".join(
        f"{entry.values[name]:.4g} ({setting})"
        for setting, entry in fit.law.published.items()
        if name in entry.values
    )
    unit = fit.law.rename_units(parameter.unit, fit.y)
    meaning = parameter.meaning + (f", {unit}" if unit not in ("", "1") else "")
    return name, meaning, center, " to ".join(ends), published or "none"


def _published_sources(fit: Fit) -> str:
    """State where the published values come from."""
    settings: dict[str, list[str]] = {}
    for setting, entry in fit.law.published.items():
        note = f" ({entry.note})" if entry.note else ""
        settings.setdefault(f"{entry.source}, {entry.checked}{note}", []).append(setting)
    cited = "; ".join(f"{join_words(names)}: {source}" for source, names in settings.items())
    return (
        "Published values hold for their own data and fitting method: a reference, not the true "
        f"values. {cited}."
    )


def _groups(fit: PooledFit, name: str) -> Iterator[Block]:
    """Yield the posterior of every group."""
    from bayes_scaling import plot

    table = fit.summary()
    table = table[table["parameter"].isin(fit.law.names)]
    if shared := all_shared(fit):
        table = table.drop_duplicates("parameter").assign(group="all")
    lines = []
    for _, row in table.iterrows():
        ends = [row["median"], row["lower"], row["upper"]]
        median, *interval = format_to_width(ends, row["upper"] - row["lower"])
        lines.append((row["group"], row["parameter"], median, " to ".join(interval)))
    more = f"; the first {_MAX_ROWS} of {len(lines)} rows" if len(lines) > _MAX_ROWS else ""
    yield Rows(
        name,
        f"parameters in the published form{more}",
        ("group", "parameter", "median", "90% interval"),
        tuple(lines[:_MAX_ROWS]),
    )
    if not shared and any(parameter.unit == "1" for parameter in fit.law.parameters):
        yield closed_picture(cast("Figure", plot.forest(fit)[0].figure))


def all_shared(fit: PooledFit) -> bool:
    """Whether every group has the same value of every parameter."""
    return all(fit.pool.modes[site.sampled] == "shared" for site in fit.law.sites)
