"""The catalogue of laws, models/README.md, made from the laws' own metadata: ``python -m bayes_scaling.reporting.catalogue``."""

import argparse
import re
from pathlib import Path

from bayes_scaling import models
from bayes_scaling._core.files import whole
from bayes_scaling.law.likelihoods.drift import likelihood
from bayes_scaling.reporting.catalogue_entries import ENTRIES

PLACE = Path(models.__file__).parent / "README.md"


HEAD = """# The laws

`python -m bayes_scaling.reporting.catalogue` generates this file from the laws' metadata; edit the law, not this file.
A parameter is *sampled as* a quantity on which a prior can be stated; the published form follows from it and is reported.
*checked* states how published values were compared with their source: recomputed (from public data), authors' code (read
there), paper (read there), third-party notes (by readers of the paper), illustration (no value of the source is verified).
"""


TAIL = """## Every entry of the catalogue

L are the laws of the surveyed papers, X further ones that a reader may look for.
"""


def plain(text):
    """Text on one line, with letters that markdown reads as its own shown as they stand; `code` is left alone."""
    return re.sub(r"(`[^`]*`)|([*<])", lambda m: m[1] or "\\" + m[2], " ".join(str(text).split()))


def cell(value):
    """A value as the text of one table cell."""
    return (f"{value:.6g}" if isinstance(value, float) else plain(value)).replace("|", r"\|")


def rows(header, lines):
    """A markdown table."""
    return (
        "\n".join(
            "| " + " | ".join(map(cell, line)) + " |"
            for line in (header, ["---"] * len(header), *lines)
        )
        + "\n"
    )


def link(arxiv):
    """An arXiv number as a link."""
    return f"[arXiv {arxiv}](https://arxiv.org/abs/{arxiv})"


def page(law):
    """The section of one law."""
    inputs = "\n".join(f"- `{name}`: {plain(unit)}" for name, unit in law.inputs.items())
    parameters = [
        (f"`{q.name}`", q.unit, q.meaning, f"`{q.sampled}`" + ("" if q.sampled_meaning == q.meaning else f": {q.sampled_meaning}"), q.prior, q.reason)
        for q in law.sites
    ]  # fmt: skip
    published = [
        (setting, *(float(p.values[name]) for name in law.names), p.checked, p.source, p.note)
        for setting, p in law.published.items()
    ]
    return "\n".join(
        [
            f"## {law.name}\n\n{plain(law.title)}.\n\n    {law.formula}\n\n```math\n{law.latex}\n```\n",
            f"Inputs:\n{inputs}\n\nOutcome: `{law.outcome}`, {plain(law.unit)}. Noise: {plain(likelihood(law))}.\n",
            rows(("parameter", "unit", "meaning", "sampled as", "prior", "reason"), parameters),
            rows(
                ("setting", *(f"`{name}`" for name in law.names), "checked", "source", "note"),
                published,
            ),
            f"- Applies to: {plain(law.applies)}.\n- Known failure: {plain(law.fails)}.\n- Source: {plain(law.citation)}, {link(law.arxiv)}.\n",
        ]
    )


def readme(laws, entries=ENTRIES):
    """The whole page: an index, a section a law, and what became of every entry."""
    name = lambda law: f"[`{law}`](#{law.lower()})" if law in laws else f"`{law}`"
    index = [
        (
            name(law.name),
            f"`{law.formula}`",
            ", ".join(law.inputs),
            f"{law.outcome}, {law.unit}",
            link(law.arxiv),
        )
        for law in laws.values()
    ]
    fate = [
        (entry, paper, ", ".join(map(name, of)) or "none", remark)
        for entry, (paper, of, remark) in entries.items()
    ]
    parts = [
        HEAD,
        rows(("law", "formula", "inputs", "outcome", "source"), index),
        *map(page, laws.values()),
        TAIL,
        rows(("entry", "paper", "law", "remark"), fate),
    ]
    return "\n".join(parts)


def main(arguments=None):
    """Write the page."""
    argparse.ArgumentParser(
        prog="python -m bayes_scaling.reporting.catalogue",
        description="Make models/README.md from the laws' metadata.",
    ).parse_args(arguments)
    whole(PLACE, lambda part: Path(part).write_text(readme(models.LAWS), encoding="utf-8"))


if __name__ == "__main__":
    main()
