"""``bayes-scaling data``: the list of bundled tables, or one table."""

from argparse import Namespace
from importlib import resources

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean
from bayes_scaling.cli.formats import as_json, as_text, csv_text
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import write_answer
from bayes_scaling.cli.run_options import select_rows
from bayes_scaling.runs.bundled import sources

_COLUMNS = ("title", "citation", "arxiv", "licence")


def data(options: Namespace, log: Log) -> int:
    """Write the list of bundled tables, or one table; returns the exit code."""
    entries, name = sources(), options.name
    names = ", ".join(sorted(entries))
    if options.where is not None and name is None:
        raise InputError(f"--where needs a table; name one of {names}")
    if name is None:
        rows = [
            {"table": table, **{key: entry.get(key, "") for key in _COLUMNS}}
            for table, entry in entries.items()
        ]
        table, title = pd.DataFrame(rows), "Bundled tables"
    elif name not in entries:
        raise InputError(
            f"there is no bundled table {name!r}{did_you_mean(name, entries)}; bundled are {names}"
        )
    else:
        table, title = _bundled_table(name, options.where), entries[name]["title"]
    if options.format == "json":
        text = as_json(table)
    else:
        text = csv_text(table) if options.format == "csv" else as_text(table, title)
    write_answer(options, text)
    return 0


def _bundled_table(name: str, query: str | None) -> pd.DataFrame:
    """The table as it is in its file, without what is derived on loading."""
    with resources.files("bayes_scaling.data").joinpath(f"{name}.csv").open("rb") as file:
        return select_rows(pd.read_csv(file), query)
