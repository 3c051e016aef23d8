"""``bayes-scaling report``: the page that the command line's options ask for."""

import shlex

from bayes_scaling.report import report
from bayes_scaling.runs import SIZES, load_runs


def page(options, forecaster, to, columns):
    """Text of the page: HTML or Markdown, by ``--format``."""
    runs = None if options.runs is None else load_runs(options.runs, columns={name: column for name, column in columns.items() if name in SIZES})
    made = report(
        forecaster, to, prob=options.prob, measured=options.measured, runs=runs, source=options.runs, why=_why(options), title=options.title,
        command=f"bayes-scaling {shlex.join(map(str, options.typed))}",
    )  # fmt: skip
    return getattr(made, options.format)


def _why(options):
    """What the rows that were left out fail to satisfy."""
    queries = [query for query in (options.where, options.train) if query is not None]
    if not queries:
        return ""
    text = "only rows with " + " and ".join(f"({query})" if len(queries) > 1 else query for query in queries) + " were asked for"
    return text if options.then_train is None else f"{text}, and for the second law those with {options.then_train}"
