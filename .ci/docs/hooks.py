"""What the build of the site adds to ``docs/``: output, figures, the reference and the laws."""

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).parent))  # MkDocs runs this file by its path
import doc_blocks
import doc_pages

WORK = Path(tempfile.mkdtemp(prefix="docs-"))
OUTSIDE = re.compile(r"""(<(?:script|img|link|iframe)\b[^>]*?(?:src|href)=["']?https?:[^>]*>)""")


def on_startup(**_: Any) -> None:
    """Prepare how programs are run."""
    doc_blocks.prepare()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are written from the package."""
    for name, text in doc_pages.pages().items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Run the programs of a page that asks for it, and put what they make under them."""
    if not page.meta.get("run"):
        return markdown
    shutil.copy(Path(config.docs_dir) / "runs.csv", WORK)
    stem = page.file.src_uri.removesuffix(".md").replace("/", "-")
    up = "../" * page.file.src_uri.count("/")
    for number, ran in enumerate(doc_blocks.run(markdown, WORK), 1):
        block = f"```python\n{ran.code}```"
        shown = [block]
        if ran.printed:
            shown.append(f'```text title="Output"\n{doc_blocks.wrap(ran.printed)}\n```')
        for i, figure in enumerate(ran.figures):
            place = f"images/{stem}-{number}-{i}.svg"
            files.append(File.generated(config, place, content=doc_pages.svg(figure)))
            shown.append(f"![{doc_pages.alternative(figure, ran.code)}]({up}{place})")
        markdown = markdown.replace(block, "\n\n".join(shown), 1)
    return markdown


def on_post_build(config: MkDocsConfig) -> None:
    """Refuse a site that would load anything from outside."""
    for path in Path(config.site_dir).rglob("*.html"):
        if found := OUTSIDE.search(path.read_text(encoding="utf-8")):
            raise PluginError(f"{path.name} loads from outside: {found[1]}")


def on_shutdown(**_: Any) -> None:
    """Remove what the programs wrote."""
    shutil.rmtree(WORK, ignore_errors=True)
