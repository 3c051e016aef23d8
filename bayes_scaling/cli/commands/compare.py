"""``bayes-scaling compare``: groups of one pooled fit, compared with one another."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.cli.formats import as_csv, as_json
from bayes_scaling.cli.law_options import read_laws
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import exit_code, save_figure, write_answer
from bayes_scaling.cli.run_options import read_runs, sampling_options, select_rows
from bayes_scaling.cli.target_options import read_targets
from bayes_scaling.runs.reshape import to_long

TABLES = ("decision", "best", "forecasts", "crossovers", "multipliers", "parameters")
_EXAMPLES = {"pool": "eta=shared", "rope": "eta=0.02"}


def compare(options: Namespace, log: Log) -> int:
    """Fit the groups together and compare them; returns the exit code."""
    from bayes_scaling._core.arguments import check_prob
    from bayes_scaling.analysis.compare import compare as compare_groups

    to = read_targets(options)
    check_prob(options.prob)
    pooled = _load_pooled(options) if options.fit else _fit_pooled(options, to)
    request = {
        "reference": _reference(pooled.table, pooled.pool.by, options),
        "across": options.across,
        "within": options.within,
        "prob": options.prob,
        "rope": _named_values(options.rope, "rope", _fraction),
        "better": options.better,
        "of": options.of,
    }
    if options.save:
        pooled.save(options.save)
    comparison = compare_groups(pooled, at=to, **request)
    if options.figure:
        _save_figure(options, pooled)
    write_answer(options, _answer(options, comparison, pooled.law.name))
    return exit_code(comparison.diagnosis, options, log)


def _load_pooled(options: Namespace) -> Any:
    """The pooled fit of --fit."""
    from bayes_scaling.results.load import load
    from bayes_scaling.results.pooled_fit import PooledFit

    fitted = load(options.fit)
    if not isinstance(fitted, PooledFit):
        raise InputError(
            f"--fit: {options.fit} is not a fit of groups; save one by compare --save, or by"
            " fit(..., group=...).save"
        )
    return fitted


def _fit_pooled(options: Namespace, to: pd.DataFrame) -> Any:
    """The pooled fit of --runs; options are checked before the law is fitted."""
    from bayes_scaling.inference.target_inputs import check_inputs
    from bayes_scaling.results.fitting import fit

    if not options.group:
        raise InputError("--group is missing; name the column that identifies the groups")
    (law,) = read_laws(options)
    check_inputs(law, to)
    runs, columns = read_runs(options)
    train, y, group = _training_table(options, select_rows(runs, options.train))
    _reference(train, group, options)
    _named_values(options.rope, "rope", _fraction)
    return fit(
        law,
        train,
        y=y,
        group=group if len(group) > 1 else group[0],
        pool=_named_values(options.pool, "pool", str),
        se=options.se,
        **sampling_options(options),
        **columns,
    )


def _training_table(
    options: Namespace, runs: pd.DataFrame
) -> tuple[pd.DataFrame, str | None, list[str]]:
    """The runs to fit, the column of the outcome, and the columns of groups.

    Several outcomes become a second, crossed column of groups.
    """
    outcomes = options.y or ()
    if len(outcomes) > 1:
        runs = to_long(runs, outcomes, name="set", y="outcome")
        return runs, "outcome", [*options.group, "set"]
    return runs, outcomes[0] if outcomes else None, list(options.group)


def _answer(options: Namespace, comparison: Any, law: str) -> str:
    """The answer in the format of --format."""
    tables = {name: pd.DataFrame(vars(comparison)[name]) for name in TABLES}
    if options.format == "json":
        return as_json(
            {
                **tables,
                "sentences": comparison.sentences,
                "prob": options.prob,
                "of": comparison.of,
                "law": law,
                "diagnosis": comparison.diagnosis.verdict(),
            }
        )
    if options.format == "csv":
        return as_csv(tables, {name: comparison.diagnosis for name in tables})
    return f"{comparison}\n"


def _named_values(
    pairs: Sequence[str], option: str, read: Callable[[str], Any]
) -> dict[str, Any] | None:
    """Read {name: value} from NAME=VALUE; None where there is none."""
    values = {}
    for text in pairs:
        name, mark, value = text.partition("=")
        if not (name and mark and value):
            example = _EXAMPLES[option]
            raise InputError(f"--{option} is {text!r}; write NAME=VALUE, such as {example}")
        values[name] = read(value)
    return values or None


def _fraction(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        message = f"--rope has {text!r}; give a fraction, such as eta=0.02"
        raise InputError(message) from None


def _reference(train: pd.DataFrame, group: Sequence[str], options: Namespace) -> object:
    """The reference as the table has it, which may be a number."""
    across = group[0] if options.across is None else options.across
    if across not in group:
        raise InputError(
            f"--across is {across}{did_you_mean(across, group)}; "
            f"the groups are identified by {', '.join(group)}"
        )
    if options.reference is None or across not in train.columns:
        return None
    for value in train[across].unique():
        if str(value) == options.reference:
            return value
    names = train[across].astype(str).unique()
    raise InputError(
        f"--reference: no run has {across} = {options.reference}"
        f"{did_you_mean(options.reference, names)}; there are {shorten_list(names)}"
    )


def _save_figure(options: Namespace, pooled: Any) -> None:
    def draw() -> Any:
        from bayes_scaling import plot

        return plot.forest(pooled, across=options.across, prob=options.prob)[0].figure

    save_figure(options.figure, draw)
