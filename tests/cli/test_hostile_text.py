"""Names from files in answers and messages: no terminal obeys them, no spreadsheet runs them."""

import csv
import io

import pandas as pd
import pytest
from command_lines import TABLE
from refusals import RUNS

import bayes_scaling as bs
from bayes_scaling._core.errors import printable
from bayes_scaling.cli.formats import as_text, csv_text
from bayes_scaling.cli.log import once_on_stderr

FORMULAS = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
PLAIN = ["r1", "-0.5", "+3e8", "a=b", ""]


def test_cells_that_a_spreadsheet_would_run_get_an_apostrophe():
    table = pd.DataFrame({"label": [*FORMULAS, *PLAIN], "=cmd": -1.5})
    rows = list(csv.DictReader(io.StringIO(csv_text(table), newline="")))
    assert [row["label"] for row in rows] == [*(f"'{text}" for text in FORMULAS), *PLAIN]
    assert {row["'=cmd"] for row in rows} == {"-1.5"}


def test_control_characters_are_written_out(capsys):
    name = "a\x1b[31m\x07\u202eb"
    assert printable(name) == r"a\x1b[31m\x07\u202eb"
    text = as_text(pd.DataFrame({name: [name]}), name)
    assert "\x1b" not in text and "\x07" not in text and r"\x1b[31m" in text
    once_on_stderr("bayes-scaling")(name)
    assert capsys.readouterr().err == "bayes-scaling: a\\x1b[31m\\x07\\u202eb\n"


def test_control_characters_of_a_name_are_written_out_in_errors_and_warnings():
    runs = RUNS.assign(run="a\x1b[2J\nb")
    with pytest.raises(bs.InputError, match=r"row 3 \(a\\x1b\[2J\\nb\): N is -1"):
        bs.load_runs(runs.assign(N=runs.N.where(runs.index != 3, -1)))
    with pytest.warns(bs.RunsWarning, match=r"\(a\\x1b\[2J\\nb\) appears twice"):
        bs.load_runs(pd.concat([runs, runs.iloc[:1]], ignore_index=True))


def test_a_file_of_the_command_line_has_no_formulas(run, tmp_path):
    TABLE.assign(run=["=1+1", *"abcdefghijk"]).to_csv(tmp_path / "runs.csv", index=False)
    code, out, _ = run("import", "runs.csv", "--format", "csv")
    assert code == 0 and "'=1+1," in out and "\n=1+1" not in out


def test_help_states_that_a_law_file_is_run(run):
    code, out, _ = run("forecast", "--help")
    assert code == 0 and "path.py:name, which runs the file" in " ".join(out.split())
