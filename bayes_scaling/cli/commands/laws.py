"""`bayes-scaling laws` and `bayes-scaling data`."""

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant
from bayes_scaling.cli.options import _kept
from bayes_scaling.cli.output import _json, _put, _text
from bayes_scaling.law.likelihoods.drift import likelihood
from bayes_scaling.runs.bundled import sources


def _laws(options, say):
    from bayes_scaling.cli.ascii_plot import sketch
    from bayes_scaling.models._registry import find_law, laws

    if options.name is not None:
        law = find_law(options.name)
        table = pd.DataFrame(
            [
                {
                    "parameter": q.name,
                    "unit": q.unit,
                    "meaning": q.meaning,
                    "sampled as": q.sampled,
                    "prior": str(q.prior),
                    "reason": q.reason,
                }
                for q in law.sites
            ]
        )
        values = (
            pd.DataFrame(
                {
                    setting: {**dict(p.values), "checked": p.checked}
                    for setting, p in law.published.items()
                }
            )
            .T.rename_axis("setting")
            .reset_index()
        )
        if options.format == "json":
            about = {
                key: getattr(law, key)
                for key in (
                    "name",
                    "title",
                    "formula",
                    "latex",
                    "outcome",
                    "unit",
                    "applies",
                    "fails",
                    "citation",
                    "arxiv",
                    "bibtex",
                )
            }
            about |= {
                "inputs": dict(law.inputs),
                "noise": likelihood(law),
                "parameters": table,
                "published": values,
            }
            _put(options, _json(about))
        elif options.format == "csv":
            _put(options, table.to_csv(index=False))
        else:
            head = [
                f"{law.name}: {law.title}",
                f"  {law.formula}",
                *(f"  {name}: {unit}" for name, unit in law.inputs.items()),
                f"  outcome: {law.outcome}, {law.unit}",
            ]
            head += [
                f"  noise: {likelihood(law)}",
                f"  applies to {law.applies}",
                f"  known failure: {law.fails}",
                f"  source: {law.citation}, arXiv {law.arxiv}",
            ]
            parts = [
                "\n".join(head) + "\n",
                _text(table, "Parameters"),
                _text(values, "Published values") if len(values) else "",
                sketch(law),
            ]
            _put(options, "\n".join(part for part in parts if part))
        return 0
    table = laws()
    if options.format == "json":
        _put(options, _json(table.reset_index()))
    else:
        _put(
            options,
            table.to_csv()
            if options.format == "csv"
            else _text(table[["formula", "inputs", "outcome", "arxiv"]].reset_index(), "Laws"),
        )
    return 0


def _data(options, say):
    entries = sources()
    names = ", ".join(sorted(entries))
    if options.where is not None and options.name is None:
        raise InputError(f"--where needs a table; name one of {names}")
    if options.name is not None:
        if options.name not in entries:
            raise InputError(
                f"there is no bundled table {options.name!r}{meant(options.name, entries)}; bundled are {names}"
            )
        from importlib import resources

        table = pd.read_csv(resources.files("bayes_scaling.data").joinpath(f"{options.name}.csv"))
        table = _kept(table, options.where)
        if options.format == "json":
            _put(options, _json(table))
        else:
            _put(
                options,
                table.to_csv(index=False)
                if options.format == "csv"
                else _text(table, entries[options.name]["title"]),
            )
        return 0
    table = pd.DataFrame(
        [
            {
                "table": name,
                **{key: entry.get(key, "") for key in ("title", "citation", "arxiv", "licence")},
            }
            for name, entry in entries.items()
        ]
    )
    if options.format == "json":
        _put(options, _json(table))
    else:
        _put(
            options,
            table.to_csv(index=False)
            if options.format == "csv"
            else _text(table, "Bundled tables"),
        )
    return 0
