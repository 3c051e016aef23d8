"""The live line: what it shows of each call, that it is erased, and that it is silent elsewhere."""

import io
import sys
import threading
import warnings
from collections import Counter
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from fake_terminal import FakeTerminal
from many_runs import LAW, curves
from nbclient import NotebookClient

import bayes_scaling as bs
from bayes_scaling._core import progress
from bayes_scaling._core.errors import RunsWarning, warn
from bayes_scaling.inference import retry_policy

FEW = {"draws": 100, "chains": 2}


@pytest.fixture
def terminal(monkeypatch):
    """Stderr as a terminal, where the line appears at once."""
    monkeypatch.delenv("BAYES_SCALING_PROGRESS")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "DELAY", 0.0)
    fake = FakeTerminal()
    # pytest puts its own stderr back after a fixture
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=fake))
    return fake


@pytest.fixture(scope="module")
def table():
    return curves(4)


def laps(terminal, *texts):
    """Asserts that the texts were shown in this order, and that nothing is left."""
    shown = iter(terminal.shown)
    for text in texts:
        assert any(text in line for line in shown), (text, terminal.shown)
    assert terminal.last_line == "" and "\n" not in terminal.getvalue()
    for thread in threading.enumerate():
        if thread.name == progress.THREAD:
            thread.join(60)
            assert not thread.is_alive()


def test_a_fit_names_the_reason_of_each_attempt(terminal, small, loss_fit, capsys):
    again = bs.fit("over_training", small, y="loss_c4")
    laps(terminal, "over_training: searching for modes", "warm-up and drawing", "attempt 2 because")
    assert loss_fit.engine["attempts"] == again.engine["attempts"] > 1
    reasons = [line.partition("because ")[2] for line in terminal.shown if "because" in line]
    assert len(reasons) == again.engine["attempts"] - 1
    assert all(r.startswith(("chains disagree", "of ", "few draws", "E-BFMI")) for r in reasons)
    assert capsys.readouterr().out == ""
    # the draws are those of a fit without a line, to the bit
    for name, draws in loss_fit.posterior.items():
        np.testing.assert_array_equal(again.posterior[name], draws)


def test_every_call_shows_what_it_is_at(terminal, table, monkeypatch):
    one = table[table["curve"] == "c0"]
    bs.fit_many(LAW, table, by="curve", **FEW)
    laps(terminal, "power_law_floor: 0 of 4 fits", "warm-up and drawing", "4 of 4 fits")
    terminal.truncate(terminal.seek(0))
    bs.backtest(LAW, table, group="curve", cutoffs=2, **FEW)
    laps(terminal, "backtest: power_law_floor: 0 of 8 fits", "backtest: forecasts of held-out runs")
    terminal.truncate(terminal.seek(0))
    bs.calibrate(LAW, one, sims=20, **FEW)
    laps(terminal, "calibration: simulating", "calibration: power_law_floor: 20 of 20 fits")
    terminal.truncate(terminal.seek(0))
    alone = bs.fit(LAW, one, **FEW, progress=False)
    assert terminal.getvalue() == ""
    bs.average({"a": alone, "b": alone}, shares=(0.5,), draws=100)
    laps(
        terminal,
        "average: backtest: law 1 of 2: power_law_floor: 0 of 1 fit",
        "average: backtest: law 2 of 2: power_law_floor: 0 of 1 fit",
    )


def test_fits_of_groups_are_shown(terminal, table):
    for law, rest in ((LAW, "of 4 groups: searching for the mode"), ("auto", "of 4 groups: ")):
        terminal.truncate(terminal.seek(0))
        cutoff = float(table["C"].median())
        bs.decision_backtest(table, "loss", "curve", cutoff, law=law, **FEW)
        laps(terminal, "decision backtest: cutoff 1 of 1", rest, "warm-up and drawing")


def test_off_a_display_nothing_is_written(monkeypatch, table, terminal):
    for stream in (io.StringIO(), None):
        monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=stream))
        bs.fit(LAW, table.head(12), **FEW)
        assert stream is None or stream.getvalue() == ""
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=terminal))
    bs.backtest(LAW, table, group="curve", cutoffs=2, progress=False, **FEW)
    monkeypatch.setenv("TERM", "dumb")
    bs.fit(LAW, table.head(12), **FEW)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("BAYES_SCALING_PROGRESS", "off")
    bs.fit(LAW, table.head(12), **FEW)
    assert terminal.getvalue() == ""


def test_calls_inside_share_the_line_and_a_short_call_has_none(terminal, monkeypatch):
    with progress.live("outer") as outer:
        outer.update("1 of 2")
        with progress.live("inner"):
            progress.status("drawing")
            with progress.doing("compiling"):
                assert terminal.last_line == "outer: 1 of 2: inner: compiling"
            assert terminal.last_line == "outer: 1 of 2: inner: drawing"
            with progress.live("silent", show=False):
                progress.status("unseen")
        assert terminal.last_line == "outer: 1 of 2"
    assert terminal.last_line == "" and "unseen" not in terminal.getvalue()
    terminal.truncate(terminal.seek(0))
    monkeypatch.setattr(progress, "DELAY", 60.0)
    with progress.live("short"):
        progress.status("drawing")
    progress.status("outside of any call")
    assert terminal.getvalue() == ""


def test_an_error_and_a_warning_find_the_line_erased(terminal):
    with warnings.catch_warnings(), progress.live("outer"):
        warnings.simplefilter("always")
        seen = []
        warnings.showwarning = lambda *_: seen.append(terminal.last_line)
        warn("take care", RunsWarning)
        assert seen == [""]
        progress.status("back")
        assert terminal.last_line == "outer: back"
    with pytest.raises(KeyboardInterrupt), progress.live("outer"):
        raise KeyboardInterrupt
    assert terminal.last_line == ""


def test_a_long_line_keeps_its_end_and_has_no_control_characters(terminal):
    with progress.live("x" * 200):
        progress.status("attempt 2 because\x1b[31m chains disagree")
        assert len(terminal.last_line) == 79
        assert terminal.last_line.endswith("attempt 2 because?[31m chains disagree")


def test_a_file_gets_whole_lines_on_request(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.live("fits", show=True) as line:
        for i in range(50):
            line.update(f"{i} of 49")
    assert stream.getvalue() == "fits\nfits: 49 of 49\n"


def test_the_time_left_follows_the_pace():
    assert progress.time_left(0, 10, 5.0) == progress.time_left(10, 10, 5.0) == ""
    assert progress.time_left(2, 10, 5.0) == ", about 20 s left"
    assert [progress.duration(s) for s in (0.2, 99, 300, 9000)] == ["1 s", "99 s", "5 min", "2.5 h"]


def test_reasons_are_those_of_the_policy():
    from bayes_scaling.inference.sampling_status import why

    rest = (True, 1, 0, False, False)  # draws_vary, blocks, caution, out_of_blocks, given
    seen = Counter()
    for checks in np.ndindex(2, 2, 2):
        found = retry_policy.Assessment(*map(bool, checks), *rest)
        reason = why(found, 3)
        assert (reason == "") == isinstance(retry_policy.next_action(found), retry_policy.Stop)
        seen[reason] += 1
    assert seen == {
        "of 3 divergences": 4, "chains disagree": 2, "few draws are independent": 1, "": 1,
    }  # fmt: skip
    assert why(retry_policy.Assessment(False, True, True, *rest), 0) == "E-BFMI is low"


def test_a_notebook_shows_one_output_and_empties_it():
    code = """
import os
del os.environ["BAYES_SCALING_PROGRESS"]
from bayes_scaling._core import progress
progress.DELAY = 0.0
with progress.live("fit of a law") as line:
    line.update("drawing")
    seen = line.line.display.shown
print(type(line.line.display).__name__, seen)
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    line, printed = notebook.cells[0].outputs
    assert line.output_type == "display_data" and line.data == {}
    assert printed.text == "Notebook True\n"


def test_the_commands_line_is_erased_before_the_answer_and_quiet_leaves_it_out(
    terminal, monkeypatch, tmp_path
):
    from bayes_scaling.cli.main import main

    monkeypatch.setattr(sys, "stdout", terminal)  # one terminal has both
    table_file = tmp_path / "runs.csv"
    curves(1).to_csv(table_file, index=False)
    words = ["fit", "--runs", str(table_file), "--law", "power_law_floor", "--draws", "100"]
    assert main(words) in (0, 1)
    line, answer = terminal.getvalue().rsplit("\r", 1)
    assert "fit: power_law_floor: " in line and "\n" not in line and "alpha" in answer
    terminal.truncate(terminal.seek(0))
    main([*words, "--quiet"])
    assert "\r" not in terminal.getvalue() and terminal.getvalue().startswith(answer[:200])
