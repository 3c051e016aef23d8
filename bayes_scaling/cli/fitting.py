"""Fits of the laws that a command's options name."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.cli.law_options import inputs_of, read_laws, read_weights
from bayes_scaling.cli.run_options import Columns, read_runs, sampling_options, select_rows
from bayes_scaling.law.law import Law
from bayes_scaling.models._registry import find_law


@dataclass(frozen=True)
class _FitRequest:
    """A law to fit, and to what."""

    law: Law
    runs: pd.DataFrame
    y: str | None
    se: str | None
    columns: Columns


def fit_laws(options: Namespace) -> tuple[Any, Any]:
    """The fit of --law, or the average of several, and the fit of --then or None.

    All tables are checked before the first law is fitted.
    """
    from bayes_scaling.inference.design import design
    from bayes_scaling.results.fitting import fit

    if options.fit is not None:
        return _load_fit(options), None
    runs, columns = read_runs(options)
    laws, then = read_laws(options), vars(options).get("then")
    second = None if then is None else find_law(then)
    _check_outcomes(options, laws)
    weights = read_weights(options, laws)
    requests = _fit_requests(options, laws, second, runs, columns)
    for one in requests:
        design(one.law, one.runs, one.y, se=one.se, columns=one.columns)
    fits, sampling = [], sampling_options(options)
    for one in requests:
        fits.append(fit(one.law, one.runs, y=one.y, se=one.se, **sampling, **one.columns))
    if len(laws) == 1:
        return fits[0], None if second is None else fits[-1]
    first = _average(fits[: len(laws)], weights, sampling)
    return first, None if second is None else fits[-1]


def _load_fit(options: Namespace) -> Any:
    """Load the fit of --fit; a law that is defined in a file comes from --law."""
    from bayes_scaling.results.load import load

    law = find_law(options.law[0]) if ".py:" in options.law[0] else None
    return load(options.fit, law=law)


def _check_outcomes(options: Namespace, laws: Sequence[Law]) -> None:
    """Refuse laws of several outcomes without the column of one."""
    outcomes = {law.outcome for law in laws}
    if options.y is None and len(outcomes) > 1:
        raise InputError(
            f"--law names laws of {shorten_list(sorted(outcomes))}, and --y is missing; "
            "give the column of the outcome"
        )


def _fit_requests(
    options: Namespace,
    laws: Sequence[Law],
    second: Law | None,
    runs: pd.DataFrame,
    columns: Columns,
) -> list[_FitRequest]:
    """What to fit, each law with the columns that it reads."""
    every = [*laws, *([] if second is None else [second])]
    known = set().union(*map(inputs_of, every))
    train = select_rows(runs, options.train)
    requests = []
    for law in laws:
        # a column that no law reads is refused by the first fit
        own = {
            name: column
            for name, column in columns.items()
            if name in inputs_of(law) or name not in known
        }
        requests.append(_FitRequest(law, train, options.y, options.se, own))
    if second is not None:
        requests.append(_second_request(options, laws[0], second, runs, train, columns))
    return requests


def _second_request(
    options: Namespace,
    first: Law,
    second: Law,
    runs: pd.DataFrame,
    train: pd.DataFrame,
    columns: Columns,
) -> _FitRequest:
    """The fit of --then, whose input is the outcome of the first law."""
    from bayes_scaling.results.chain import link_input

    own: Columns = {link_input(second): first.outcome if options.y is None else options.y}
    own |= {name: columns[name] for name in inputs_of(second) if name in columns}
    query = options.then_train
    rows = train if query is None else select_rows(runs, query)
    return _FitRequest(second, rows, options.then_y, None, own)


def _average(fits: list[Any], weights: Any, sampling: dict[str, Any]) -> Any:
    """The average of several laws."""
    from bayes_scaling.analysis.average import average

    try:
        return average(fits, weights=weights, **sampling)
    except InputError as error:
        raise InputError(
            f"the laws of --law cannot be weighted: {error}; or give one law"
        ) from None
