"""Every code block of the README runs."""

import ast
import inspect
import re
import shlex
from operator import attrgetter
from pathlib import Path

import pytest

import bayes_scaling as bs
from bayes_scaling.cli.main import main
from bayes_scaling.cli.parser import parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


@pytest.mark.parametrize("count", [1, pytest.param(None, marks=pytest.mark.long)])
def test_python_blocks_run_one_after_another(capsys, count):
    names = {}
    for block in blocks("python")[:count]:
        exec(compile(block, "README.md", "exec"), names)
    assert "Sampling" in capsys.readouterr().out


def test_what_the_python_blocks_call_takes_what_it_is_given():
    calls = [
        node
        for block in blocks("python")
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and re.fullmatch(r"bs(\.\w+)+", ast.unparse(node.func))
    ]
    assert len(calls) > 20
    for call in calls:
        function = attrgetter(ast.unparse(call.func).removeprefix("bs."))(bs)
        inspect.signature(function).bind(
            *call.args, **{word.arg: word.value for word in call.keywords}
        )


def commands():
    for block in blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "bayes-scaling":
                yield words[1:]


def marked():
    """The words of each command; all but the first are long tests, since tests/cli covers each."""
    for i, words in enumerate(commands()):
        yield pytest.param(words, id=words[0], marks=[pytest.mark.long] * (i > 0))


@pytest.mark.parametrize("words", list(marked()))
def test_commands_run(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 0
    assert capsys.readouterr().out or "--output" in words
    if "--figure" in words:
        assert (tmp_path / "forecast.png").stat().st_size > 10_000
    if "--output" in words:
        assert "is predicted to be" in (tmp_path / "report.html").read_text()


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    for block in blocks("sh"):
        for target in re.findall(r"^make ([\w-]+)", block, re.M):
            assert re.search(rf"^{target}:", makefile, re.M)


def test_laws_in_the_table_are_those_of_the_registry():
    from bayes_scaling.models import LAWS

    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| arXiv (.*?) \|$", README, re.M)
    assert len(rows) >= 4 and all(
        LAWS[name].formula == formula and LAWS[name].arxiv in arxiv for name, formula, arxiv in rows
    )


def test_every_option_of_the_examples_is_known():
    for words in commands():
        parser().parse_args(words)


def test_pictures_and_pages_that_are_linked_exist():
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", README)
    assert pictures and all(len(alt) > 40 for alt, _ in pictures)
    for place in re.findall(r"\]\(((?!https?://)[^)#]+)\)", README):
        assert (ROOT / place).is_file(), place
