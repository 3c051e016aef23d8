"""The check of words in text for readers finds what is planted, at its line, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "check_words.py"
NOTEBOOK = """{
 "cells": [
  {"cell_type": "markdown", "source": [
    "# Forecasts\\n",
    "They can not fail."
   ]},
  {"cell_type": "code", "outputs": ["the whole truth"], "source": ["fit()"]}
 ]
}
"""


def found(root):
    """What the script prints of a folder, and its exit status."""
    ran = subprocess.run(
        [sys.executable, SCRIPT, root], capture_output=True, text=True, encoding="utf-8"
    )
    assert not ran.stderr
    return ran.stdout, ran.returncode


@pytest.mark.parametrize(
    "name, text, place",
    [
        ("README.md", "A fit\nthat can\nnot fail.\n", "README.md:2: 'can not'"),
        ("models/power.py", '"""Power.\n\nThe whole law.\n"""\n', "models/power.py:3: 'whole'"),
        ("models/power.py", 'x = f"{1} says"\n', "models/power.py:1: 'says'"),
        ("models/power.py", 'x = ("the "\n     "least")\n', "models/power.py:1: 'the least'"),
        ("models/power.py", 'x = "off\\ntold"\n', "models/power.py:1: 'told'"),
        ("bayes_scaling/report.html", "<p>\nIt says</p>\n", "bayes_scaling/report.html:2: 'says'"),
        ("notebooks/one.ipynb", NOTEBOOK, "notebooks/one.ipynb:5: 'can not'"),
    ],
)
def test_planted_words_are_found(tmp_path, name, text, place):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    printed, status = found(tmp_path)
    assert printed.startswith(place) and printed.count("\n") == status == 1


@pytest.mark.parametrize(
    "name, text",
    [
        ("models/power.py", "whole = told = 1  # the whole truth\n"),
        ("models/power.py", 'x = "the least squares", "we share a slope"\n'),
        ("bayes_scaling/report.html", "<style>.page {}</style><p class='page'>{{ page }}</p>\n"),
        ("tests/test_power.py", '"""The whole truth."""\n'),
    ],
)
def test_other_text_passes(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert found(tmp_path) == ("", 0)


def test_an_exception_keeps_a_line_and_is_refused_once_unused(tmp_path):
    (tmp_path / ".ci" / "words").mkdir(parents=True)
    (tmp_path / ".ci" / "words" / "exceptions.toml").write_text(
        "[[exception]]\nfile = 'README.md'\ntext = 'a market share'\nreason = 'of a market'\n"
    )
    readme = tmp_path / "README.md"
    readme.write_text("Not a market share, a share of it.\n")
    assert found(tmp_path) == ("", 0)
    readme.write_text("Not a market.\n")
    printed, status = found(tmp_path)
    assert "no line needs the exception 'a market share'" in printed and status == 1
