"""A report as one HTML file: style, figures and script inside, no access to the network.

Names come from the data, so the template escapes every text. The one script is the package's own,
and the file's content-security policy names it by its hash.
"""

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from bayes_scaling.reporting.blocks import Block, Content, Explore
from bayes_scaling.reporting.pictures import typeset

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

_LONG_WORD = 24  # characters from which a word may have to be broken inside a cell


def html(content: Content) -> str:
    """Return the report as HTML."""
    blocks = [*content.top, *(block for one in content.sections for block in one.blocks)]
    has_panel = any(isinstance(block, Explore) for block in blocks)
    return _template().render(content=content, script=_script() if has_panel else None)


@cache
def _script() -> dict[str, str]:
    """Return the script of the panel, and its hash as a content-security policy has it."""
    source = resources.files("bayes_scaling.reporting").joinpath("explore.js")
    text = source.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return {"text": text, "hash": f"sha256-{digest}"}


def _embedded(block: Explore) -> "Markup":
    """Return the data of a panel as JSON that no text in it can end."""
    from markupsafe import Markup

    return Markup(json.dumps(block.data(), separators=(",", ":")).replace("<", "\\u003c"))


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "linked": _linked,
        "cell_class": _cell_class,
        "typeset": typeset,
        "kind": _kind,
        "embedded": _embedded,
    }
    source = resources.files("bayes_scaling.reporting").joinpath("page.html")
    return environment.from_string(source.read_text(encoding="utf-8"))


def _linked(text: object) -> "Markup":
    """Escape a text and link its arXiv numbers."""
    from markupsafe import Markup, escape

    link = r'<a href="https://arxiv.org/abs/\1">arXiv \1</a>'
    return Markup(re.sub(r"arXiv (\d{4}\.\d{4,5})", link, str(escape(text))))


def _cell_class(text: object) -> "Markup | str":
    """Return the class of a table cell: an interval stays on one line, a long word may break."""
    from markupsafe import Markup

    if re.fullmatch(r"\S{1,11} to \S{1,11}", str(text)):
        return Markup(' class="pair"')
    longest = max(map(len, str(text).split()), default=0)
    return Markup(' class="long"') if longest > _LONG_WORD else ""


def _kind(block: Block) -> str:
    """Return the name of a block's class."""
    return type(block).__name__
