"""The command ``bayes-scaling compare``: one pooled fit, and its groups against one another."""

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant, shown
from bayes_scaling.cli.options import _asked, _kept, _progress, _table, asked_targets, laws_of
from bayes_scaling.cli.output import _csv, _json, _put, _verdict, drawn
from bayes_scaling.runs.reshape import to_long

TABLES = ("best", "forecasts", "crossovers", "multipliers", "parameters")


def compare(options, say):
    """Fit the groups together, compare them, answer; returns the exit code."""
    from bayes_scaling._core.arguments import check_prob
    from bayes_scaling.analysis.compare import compare as compared
    from bayes_scaling.inference.design import check_inputs
    from bayes_scaling.results.fitting import fit

    to, (law,) = asked_targets(options), laws_of(options)
    check_inputs(law, to), check_prob(options.prob)
    runs, columns = _table(options)
    train, y, group = (
        _kept(runs, options.train),
        options.y[0] if options.y else None,
        list(options.group),
    )
    if len(options.y or ()) > 1:  # several outcomes: a second, crossed column of groups
        train, y, group = (
            to_long(train, options.y, name="set", y="outcome"),
            "outcome",
            [*group, "set"],
        )
    asked = {
        "reference": _reference(train, group, options),
        "across": options.across,
        "within": options.within,
        "prob": options.prob,
        "rope": _named(options.rope, "rope", _share),
        "better": options.better,
    }
    _progress(say, f"fitting {law.name} to {len(train)} runs by {', '.join(group)}")
    made = fit(
        law,
        train,
        y=y,
        group=group if len(group) > 1 else group[0],
        pool=_named(options.pool, "pool", str),
        se=options.se,
        **_asked(options),
        **columns,
    )
    answer = compared(made, at=to, **asked)
    if options.figure:
        _figure(options, made)
    tables = {name: pd.DataFrame(getattr(answer, name)) for name in TABLES}
    if options.format == "json":
        _put(
            options,
            _json(
                {
                    **tables,
                    "sentences": answer.sentences,
                    "prob": options.prob,
                    "law": law.name,
                    "diagnosis": answer.diagnosis.verdict(),
                }
            ),
        )
    elif options.format == "csv":
        _put(options, _csv(tables, dict.fromkeys(tables, answer.diagnosis)))
    else:
        _put(options, f"{answer}\n")
    return _verdict(answer.diagnosis, options, say)


def _named(pairs, what, kind):
    """{name: value} from NAME=VALUE, or None."""
    made = {}
    for text in pairs:
        name, mark, value = text.partition("=")
        if not (name and mark and value):
            raise InputError(
                f"--{what} is {text!r}; write NAME=VALUE, such as {'eta=shared' if what == 'pool' else 'eta=0.02'}"
            )
        made[name] = kind(value)
    return made or None


def _share(text):
    try:
        return float(text)
    except ValueError:
        raise InputError(f"--rope has {text!r}; give a share, such as eta=0.02") from None


def _reference(train, group, options):
    """The reference as the table has it: a group that is a number is typed as text."""
    across = group[0] if options.across is None else options.across
    if across not in group:
        raise InputError(
            f"--across is {across}{meant(across, group)}; the groups are told apart by {', '.join(group)}"
        )
    if options.reference is None or across not in train.columns:
        return None
    for value in train[across].unique():
        if str(value) == options.reference:
            return value
    raise InputError(
        f"--reference: no run has {across} = {options.reference}{meant(options.reference, train[across].astype(str).unique())}; there are {shown(train[across].astype(str).unique())}"
    )


def _figure(options, made):
    from bayes_scaling import plot

    drawn(
        options.figure,
        lambda: plot.forest(made, across=options.across, prob=options.prob)[0].figure,
    )
