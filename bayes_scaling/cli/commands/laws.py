"""``bayes-scaling laws``: the list of laws, or one law."""

from argparse import Namespace

import pandas as pd

from bayes_scaling.cli.ascii_plot import plot_law
from bayes_scaling.cli.formats import as_json, as_text
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import write_answer
from bayes_scaling.law.law import Law
from bayes_scaling.models._registry import find_law
from bayes_scaling.models._registry import laws as all_laws


def laws(options: Namespace, log: Log) -> int:
    """Write the list of laws, or one law; returns the exit code."""
    if options.name is None:
        text = _list(options.format)
    else:
        text = _show(find_law(options.name), options.format)
    write_answer(options, text)
    return 0


def _list(kind: str) -> str:
    table = all_laws()
    if kind == "json":
        return as_json(table.reset_index())
    if kind == "csv":
        return table.to_csv()
    return as_text(table[["formula", "inputs", "outcome", "arxiv"]].reset_index(), "Laws")


def _show(law: Law, kind: str) -> str:
    parameters = _parameters(law)
    if kind == "csv":
        return parameters.to_csv(index=False)
    published = _published(law)
    if kind == "json":
        return as_json(_as_dict(law, parameters, published))
    parts = [
        _heading(law),
        as_text(parameters, "Parameters"),
        as_text(published, "Published values") if len(published) else "",
        plot_law(law),
    ]
    return "\n".join(part for part in parts if part)


def _parameters(law: Law) -> pd.DataFrame:
    return pd.DataFrame(
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


def _published(law: Law) -> pd.DataFrame:
    """One row for each published setting."""
    columns = {
        setting: {**dict(published.values), "checked": published.checked}
        for setting, published in law.published.items()
    }
    return pd.DataFrame(columns).T.rename_axis("setting").reset_index()


def _as_dict(law: Law, parameters: pd.DataFrame, published: pd.DataFrame) -> dict[str, object]:
    return {
        "name": law.name,
        "title": law.title,
        "formula": law.formula,
        "latex": law.latex,
        "outcome": law.outcome,
        "unit": law.unit,
        "applies": law.applies,
        "fails": law.fails,
        "citation": law.citation,
        "arxiv": law.arxiv,
        "bibtex": law.bibtex,
        "inputs": dict(law.inputs),
        "noise": str(law.noise),
        "parameters": parameters,
        "published": published,
    }


def _heading(law: Law) -> str:
    lines = [
        f"{law.name}: {law.title}",
        f"  {law.formula}",
        *(f"  {name}: {unit}" for name, unit in law.inputs.items()),
        f"  outcome: {law.outcome}, {law.unit}",
        f"  noise: {law.noise}",
        f"  applies to {law.applies}",
        f"  known failure: {law.fails}",
        f"  source: {law.citation}, arXiv {law.arxiv}",
    ]
    return "\n".join(lines) + "\n"
