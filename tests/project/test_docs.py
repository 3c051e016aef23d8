"""Every block of code in the documentation runs, and what it refers to exists."""

import ast
import inspect
import re
import shlex
import shutil
import tomllib
from operator import attrgetter
from pathlib import Path

import pytest
from doc_blocks import blocks, run, wrap

import bayes_scaling as bs
from bayes_scaling.cli.main import main
from bayes_scaling.cli.parser import parser

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(DOCS.rglob("*.md"))
}
PROGRAMS = [name for name, text in PAGES.items() if blocks(text, "python")]


def commands(text):
    for block in blocks(text, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "bayes-scaling":
                yield words[1:]


COMMANDS = [(name, words) for name, text in PAGES.items() for words in commands(text)]


def test_a_block_is_run_and_its_output_and_notices_are_kept(tmp_path):
    first, second = "x = 3\nprint(x)\n", "import warnings\nwarnings.warn(str(x))\n"
    text = f"```python\n{first}```\nand\n```python\n{second}```\n"
    assert [(ran.code, ran.printed) for ran in run(text, tmp_path)] == [
        (first, "3"),
        (second, "UserWarning: 3"),
    ]
    assert wrap("one  two " * 20) == "one  two " * 20  # a table
    assert max(map(len, wrap("words " * 40).splitlines())) <= 88


def test_a_program_that_fails_is_found(tmp_path):
    with pytest.raises(NameError):
        list(run("```python\nnothing\n```\n", tmp_path))


def test_programs_ask_to_be_run():
    assert len(PROGRAMS) > 8
    for name in PROGRAMS:
        assert PAGES[name].startswith("---\nrun: true\n---\n"), f"{name} would show no output"


@pytest.mark.long
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings("ignore")
def test_programs_run(name, tmp_path):
    shutil.copy(DOCS / "runs.csv", tmp_path)
    ran = list(run(PAGES[name], tmp_path))
    assert len(ran) == len(blocks(PAGES[name], "python"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_the_programs_call_takes_what_it_is_given(name):
    calls = [
        node
        for block in blocks(PAGES[name], "python")
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and re.fullmatch(r"bs(\.\w+)+", ast.unparse(node.func))
    ]
    for call in calls:
        function = attrgetter(ast.unparse(call.func).removeprefix("bs."))(bs)
        inspect.signature(function).bind(
            *call.args, **{word.arg: word.value for word in call.keywords}
        )


def test_every_option_of_the_commands_is_known():
    assert len(COMMANDS) > 8
    for _, words in COMMANDS:
        parser().parse_args(words)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "words", [words for _, words in COMMANDS], ids=[f"{n}-{w[0]}" for n, w in COMMANDS]
)
def test_commands_run(words, tmp_path, monkeypatch, capsys):
    shutil.copy(DOCS / "runs.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(words) in (0, 1)  # 1: answered, and a verdict is bad
    assert capsys.readouterr().out or "--output" in words


def test_other_files_in_blocks_are_valid():
    first = (DOCS / "runs.csv").read_text().splitlines()[:4]
    for text in PAGES.values():
        for block in blocks(text, "toml"):
            assert tomllib.loads(block)
        for block in blocks(text, "csv"):
            assert block.splitlines() == first
        assert set(re.findall(r"^```(\w+)", text, re.M)) <= {"python", "sh", "csv", "toml"}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    built = {"laws.md", "api"}  # written by the build
    for place in re.findall(r"\]\(((?!https?://)[^)#]+)", PAGES[name]):
        target = (DOCS / name).parent / place
        assert target.is_file() or Path(place).parts[-1] in built or "api" in target.parts, place
    assert "http" not in PAGES[name].replace("https://arxiv.org", "")


def test_every_page_is_in_the_navigation():
    listed = re.findall(r"[\w/-]+\.md", (ROOT / ".ci/docs/mkdocs.yml").read_text())
    assert sorted(one for one in listed if one in PAGES) == sorted(PAGES)


def test_every_public_function_has_its_place_in_the_reference():
    from doc_pages import places

    listed = {path.split(".")[-1] for paths in places().values() for path in paths}
    assert set(bs._PUBLIC) <= listed
    assert {"curve", "ridge", "valley", "compute_optimal", "next_run"} <= listed
