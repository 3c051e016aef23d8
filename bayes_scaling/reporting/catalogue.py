"""The catalogue of laws, models/README.md, written from the laws' own metadata.

Run ``python -m bayes_scaling.reporting.catalogue`` to write it again.
"""

import argparse
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bayes_scaling import models
from bayes_scaling._core.files import write_atomically
from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.reporting.catalogue_entries import ENTRIES, Entries, complete_entries
from bayes_scaling.reporting.catalogue_scale import scale_text

PATH = Path(models.__file__).parent / "README.md"
_COMMAND = "python -m bayes_scaling.reporting.catalogue"
_HEAD = f"""# The laws

`{_COMMAND}` writes this file from the laws' metadata; change the law, not this file.
A parameter is *sampled as* a quantity that a prior can be stated on; the published form follows
from it and is what summaries report. *checked* is how published values were compared with their
source: recomputed (from public data), authors' code (read there), paper (read there), third-party
notes (by readers of the paper), illustration (invented; no value of the source is verified).

The *mean training run*, at which a term is sampled, has the geometric mean of each input over the
training runs, and the arithmetic mean of an input that is 0 or negative in some run. *Scale* is
the size of a run. It sets the noise of a law whose noise may vary: sigma \\* exp(kappa \\*
max(u, 0)) with u = log(largest training scale / scale of the run). The clamp at 0 keeps the noise
at sigma beyond the largest training run: it is never extrapolated. Scale also places the run for
the drift of a law that has neither N and D nor the loss as inputs.
"""
_TAIL = """## Every entry of the catalogue

L are the laws that the surveyed papers state, X further ones that readers may expect.
"""


def plain(text: object) -> str:
    """Return text on one line, its Markdown escaped; `code` stays as it is.

    Parameters
    ----------
    text : object
        What is written.

    Returns
    -------
    str
    """
    code_or_letter = r"(`[^`]*`)|([*<])"
    return re.sub(code_or_letter, lambda m: m[1] or "\\" + m[2], " ".join(str(text).split()))


def cell(value: object) -> str:
    """Return a value as the text of one table cell.

    Parameters
    ----------
    value : object
        A float has six digits.

    Returns
    -------
    str
    """
    return (f"{value:.6g}" if isinstance(value, float) else plain(value)).replace("|", r"\|")


def law_section(law: Law) -> str:
    """Return the section of one law.

    Parameters
    ----------
    law : Law
        With its metadata.

    Returns
    -------
    str
    """
    inputs = "\n".join(f"- `{name}`: {plain(unit)}" for name, unit in law.inputs.items())
    names = [f"`{name}`" for name in law.names]
    published = [
        (setting, *_values(law, entry), entry.checked, entry.source, entry.note)
        for setting, entry in law.published.items()
    ]
    return "\n".join(
        [
            f"## {law.name}\n\n{plain(law.title)}.\n",
            f"    {law.formula}\n\n```math\n{law.latex}\n```\n",
            f"Inputs:\n{inputs}\n",
            f"Outcome: `{law.outcome}`, {plain(law.unit)}. Noise: {plain(str(law.noise))}. "
            f"Scale: {scale_text(law)}.\n",
            _table(
                ("parameter", "unit", "meaning", "sampled as", "prior", "reason"),
                map(_parameter, law.sites),
            ),
            _table(("setting", *names, "checked", "source", "note"), published),
            f"- Applies to: {plain(law.applies)}.\n- Known failure: {plain(law.fails)}.\n"
            f"- Source: {plain(law.citation)}, {_link(law.arxiv)}.\n",
        ]
    )


def _values(law: Law, entry: Published) -> list[float]:
    """Return published values in the order of the law's parameters."""
    return [float(entry.values[name]) for name in law.names]


def _parameter(parameter: Parameter) -> tuple[object, ...]:
    """Return one row of the table of parameters."""
    same = parameter.sampled_meaning == parameter.meaning
    sampled = f"`{parameter.sampled}`{'' if same else f': {parameter.sampled_meaning}'}"
    start = f"`{parameter.name}`", parameter.unit, parameter.meaning
    return (*start, sampled, parameter.prior, parameter.reason)


def readme(laws: Mapping[str, Law], entries: Entries = ENTRIES) -> str:
    """Return the file: an index, a section per law, and the fate of every entry.

    Parameters
    ----------
    laws : dict
        {name: Law}.
    entries : dict
        As in ``catalogue_entries``; laws that they do not name follow them.

    Returns
    -------
    str
    """
    index = [
        (
            _name(law.name, laws),
            f"`{law.formula}`",
            ", ".join(law.inputs),
            f"{law.outcome}, {law.unit}",
            _link(law.arxiv),
        )
        for law in laws.values()
    ]
    fate = [
        (entry, paper, ", ".join(_name(name, laws) for name in names) or "none", remark)
        for entry, (paper, names, remark) in complete_entries(laws, entries).items()
    ]
    return "\n".join(
        [
            _HEAD,
            _table(("law", "formula", "inputs", "outcome", "source"), index),
            *map(law_section, laws.values()),
            _TAIL,
            _table(("entry", "paper", "law", "remark"), fate),
        ]
    )


def _name(name: str, laws: Mapping[str, Law]) -> str:
    """Return a law's name, linked to its section if it has one."""
    return f"[`{name}`](#{name.lower()})" if name in laws else f"`{name}`"


def _link(arxiv: str) -> str:
    """Return an arXiv number as a link."""
    return f"[arXiv {arxiv}](https://arxiv.org/abs/{arxiv})"


def _table(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    rows = (header, ["---"] * len(header), *lines)
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in rows) + "\n"


def _write(path: str) -> None:
    Path(path).write_text(readme(models.LAWS), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write models/README.md.

    Parameters
    ----------
    arguments : list of str, optional
        Of the command line.
    """
    description = "Write models/README.md from the laws' metadata."
    argparse.ArgumentParser(prog=_COMMAND, description=description).parse_args(arguments)
    write_atomically(PATH, _write)


if __name__ == "__main__":
    main()
