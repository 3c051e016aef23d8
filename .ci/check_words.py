"""Words that text for readers avoids, found with their places.

Text for readers is every string and docstring of the package, every Markdown file, the sources of
notebooks, the report's template, and ``data/sources.toml``. The words are in ``words/phrases.txt``,
lines that keep one with its reason in ``words/exceptions.toml``.
"""

import io
import json
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

PHRASES = Path(__file__).parent / "words" / "phrases.txt"
IN_STRING = {
    tokenize.STRING,
    tokenize.FSTRING_START,
    tokenize.FSTRING_MIDDLE,
    tokenize.NL,
    tokenize.COMMENT,
}
Line = tuple[int, str]  # its number in the file, its text


def phrases() -> list[tuple[re.Pattern[str], str]]:
    """Read what to look for, and what to write in its place."""
    lines = PHRASES.read_text("utf-8").splitlines()
    pairs = [line.split(" -> ") for line in lines if line and not line.startswith("#")]
    return [
        (re.compile(rf"\b(?:{pattern.replace(' ', r'\s+')})\b", re.IGNORECASE), instead)
        for pattern, instead in pairs
    ]


def python_texts(source: str) -> Iterator[list[Line]]:
    """Strings of a program; adjacent literals are one text, expressions in f-strings none."""
    text: list[Line] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in IN_STRING:
            if text:
                yield text
                text = []
        elif token.type in (tokenize.STRING, tokenize.FSTRING_MIDDLE):
            plain = re.sub(r"\\[nrt]", "  ", token.string)
            if token.type == tokenize.STRING:
                plain = re.sub(r"^[a-zA-Z]*(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$", "", plain)
            text += enumerate(plain.split("\n"), token.start[0])


def notebook_texts(source: str) -> Iterator[list[Line]]:
    """Cells of a notebook, Markdown and code, without outputs; a line is one of the file."""
    numbered, at = source.splitlines(), 0
    for cell in json.loads(source)["cells"]:
        text: list[Line] = []
        for line in cell["source"]:
            written = json.dumps(line, ensure_ascii=False)
            at = next(i for i in range(at, len(numbered)) if written in numbered[i]) + 1
            text.append((at, line.rstrip("\n")))
        yield text


def template_texts(source: str) -> Iterator[list[Line]]:
    """The words of an HTML template, without style, tags and expressions."""
    code = r"<style.*?</style>|<script.*?</script>|<[^>]*>|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
    plain = re.sub(code, lambda found: "\n" * found[0].count("\n"), source, flags=re.DOTALL)
    yield list(enumerate(plain.splitlines(), 1))


def plain_texts(source: str) -> Iterator[list[Line]]:
    """All of a text file."""
    yield list(enumerate(source.splitlines(), 1))


READERS = {".py": python_texts, ".ipynb": notebook_texts, ".html": template_texts}


def files(root: Path) -> list[Path]:
    """Every file that has text for readers."""
    patterns = (
        "*.md",
        "docs/**/*.md",
        "bayes_scaling/**/*.py",
        "bayes_scaling/**/*.html",
        "models/*.py",
        "models/*.md",
        "data/sources.toml",
        "notebooks/*.ipynb",
    )
    return [path for pattern in patterns for path in sorted(root.glob(pattern))]


def matches(path: Path) -> Iterator[tuple[int, str, str]]:
    """Each word of a file that should be another: line number, word, what to write."""
    read = READERS.get(path.suffix, plain_texts)
    for lines in read(path.read_text("utf-8")):
        text = "\n".join(line for _, line in lines)
        for pattern, instead in WANTED:
            for found in pattern.finditer(text):
                number = lines[text.count("\n", 0, found.start())][0]
                yield number, " ".join(found[0].split()), instead


def main(root: Path) -> int:
    """Print every such word without an exception, and every exception without such a word."""
    kept_lines = root / ".ci/words/exceptions.toml"
    text = kept_lines.read_text("utf-8") if kept_lines.exists() else ""
    exceptions = tomllib.loads(text).get("exception", [])
    unused, problems = list(exceptions), []
    for path in files(root):
        name, source = path.relative_to(root).as_posix(), path.read_text("utf-8").splitlines()
        for number, word, instead in sorted(matches(path)):
            line = source[number - 1]
            kept = [one for one in exceptions if one["file"] == name and one["text"] in line]
            unused = [one for one in unused if one not in kept]
            if not kept:
                problems.append(f"{name}:{number}: {word!r}: write {instead}")
    problems += [f"{one['file']}: no line needs the exception {one['text']!r}" for one in unused]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


WANTED = phrases()

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]))
