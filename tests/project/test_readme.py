"""Every code block of the README runs, and it stays short."""

import ast
import inspect
import re
import shlex
import shutil
from operator import attrgetter
from pathlib import Path

import pytest
from doc_blocks import blocks, run

import bayes_scaling as bs
from bayes_scaling.cli.main import main
from bayes_scaling.cli.parser import parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LONGEST = 120  # lines


def test_is_short():
    assert len(README.splitlines()) <= LONGEST


def test_python_blocks_run_one_after_another(tmp_path):
    shutil.copy(ROOT / "docs" / "runs.csv", tmp_path)
    (ran,) = run(README, tmp_path)
    assert "Sampling: " in ran.printed and "2 rows" not in ran.printed
    assert len(ran.figures) == 1
    assert "is predicted to be" in (tmp_path / "report.html").read_text()


def test_the_rows_shown_are_those_of_the_table():
    (rows,) = blocks(README, "csv")
    assert (ROOT / "docs" / "runs.csv").read_text().startswith(rows)
    assert len(rows.splitlines()) == 4


def test_what_the_python_blocks_call_takes_what_it_is_given():
    calls = [
        node
        for block in blocks(README, "python")
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and re.fullmatch(r"bs(\.\w+)+", ast.unparse(node.func))
    ]
    assert len(calls) == 4
    for call in calls:
        function = attrgetter(ast.unparse(call.func).removeprefix("bs."))(bs)
        inspect.signature(function).bind(
            *call.args, **{word.arg: word.value for word in call.keywords}
        )


def commands():
    for block in blocks(README, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "bayes-scaling":
                yield words[1:]


@pytest.mark.filterwarnings("ignore::bayes_scaling.RunsWarning")
@pytest.mark.parametrize("words", list(commands()), ids=lambda words: words[0])
def test_commands_run(words, tmp_path, monkeypatch, capsys):
    shutil.copy(ROOT / "docs" / "runs.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(words) == 0
    assert capsys.readouterr().out


def test_every_option_of_the_examples_is_known():
    for words in commands():
        parser().parse_args(words)


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    found = re.findall(r"^make ([\w-]+)", README, re.M) + re.findall(r"`make ([\w-]+)`", README)
    assert {"forecast", "test", "docs"} <= set(found)
    for target in found:
        assert re.search(rf"^{target}:", makefile, re.M)


def test_pictures_and_files_that_are_linked_exist():
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", README)
    assert len(pictures) == 1 and all(len(alt) > 40 for alt, _ in pictures)
    for place in re.findall(r"\]\(((?!https?://)[^)#]+)\)", README):
        assert (ROOT / place).is_file(), place
