"""A report as Markdown; figures are data URIs."""

import re
from collections.abc import Iterable

from bayes_scaling.reporting.blocks import (
    Block,
    Code,
    Content,
    Decision,
    Explore,
    Formula,
    Items,
    Picture,
    Rows,
)
from bayes_scaling.reporting.pictures import data_uri

_STYLES = {"warning": "> **{}**", "answer": "**{}**", "heading": "### {}"}


def markdown(content: Content) -> str:
    """Return the report as Markdown."""
    parts = [f"# {_escaped(content.title)}", *map(_block, content.top)]
    for section in content.sections:
        parts += [f"## {_escaped(section.title)}", *map(_block, section.blocks)]
    return "\n\n".join([*parts, _escaped(f"Made on {content.date}.")]) + "\n"


def _escaped(text: str) -> str:
    """Return a text that Markdown shows literally, with its arXiv numbers linked."""
    text = re.sub(r"([\\`*<>\[\]|#]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(str(text).split()))
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    return re.sub(r"arXiv (\d{4}\.\d{4,5})", r"[arXiv \1](https://arxiv.org/abs/\1)", text)


def _block(block: Block) -> str:
    """Return one block as Markdown."""
    if isinstance(block, Items):
        return "\n".join(f"- {_escaped(text)}" for text in block.texts)
    if isinstance(block, Decision):
        texts = [verdict.text for verdict in block.verdicts] + list(block.changes)
        return _block(Items(tuple(texts)))
    if isinstance(block, Explore):
        return _table(block.table)
    if isinstance(block, Rows):
        return _table(block)
    if isinstance(block, Picture):
        return f"![{_escaped(block.alt)}]({data_uri(block.png())})"
    if isinstance(block, Formula):
        return (f"$${block.latex}$$\n\n" if block.latex else "") + _escaped(block.text)
    if isinstance(block, Code):
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block.text)), default=0))
        return f"{fence}{block.language}\n{block.text}\n{fence}"
    return _STYLES.get(block.style, "{}").format(_escaped(block.text))


def _table(table: Rows) -> str:
    """Return a table with its caption."""
    return "\n".join(
        [
            f"*{_escaped(table.caption)}*\n",
            _line(map(_escaped, table.header)),
            _line(["---"] * len(table.header)),
            *(_line(map(_escaped, cells)) for cells in table.lines),
        ]
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
