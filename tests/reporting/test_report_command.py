"""``bayes-scaling report``: the same report, in the format that the file's name stands for."""

import re
import shlex
from importlib import import_module

import pytest
from simulated_backtest import simulated_backtest as simulated
from webpage import Reader

from bayes_scaling.cli.commands import report as report_command
from bayes_scaling.cli.main import main
from bayes_scaling.cli.parser import parser


@pytest.mark.parametrize(
    "typed, says",
    [
        (["--output", "r.pdf"], "ends in .pdf; give a .html or .md file"),
        (
            ["--output", "r.md", "--format", "html"],
            "--output r.md, which is for markdown; leave --format out",
        ),
    ],
)
def test_the_commands_file_has_the_reports_format(tmp_path, monkeypatch, capsys, typed, says):
    monkeypatch.chdir(tmp_path)
    assert (
        main(
            ["report", "--runs", "gadre2024", "--y", "loss_c4", "--N", "7e9", "--D", "1e11", *typed]
        )
        == 2
    )
    assert says in capsys.readouterr()[1] and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "typed, kind",
    [
        ([], "html"),
        (["--format", "markdown"], "markdown"),
        (["--output", "r.md"], "markdown"),
        (["--output", "r.html"], "html"),
    ],
)
def test_the_commands_format_is_that_of_its_file(typed, kind):
    options = parser().parse_args(["report", *typed])
    report_command.check(options)
    assert options.format == kind


def test_command_writes_the_same_report(loss_report, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [
        "report",
        "--runs",
        "gadre2024",
        "--where",
        "dataset == 'redpajama'",
        "--train",
        "N < 5e8",
        "--y",
        "loss_c4",
        "--N",
        "1439795200",
        "6889410560",
        "--D",
        "921468928000",
        "137788211200",
        "--measured",
        "2.502",
        "2.425",
        "--law",
        "over_training",
    ]
    assert main([*words, "--output", "page.html"]) == 0
    page = Reader((tmp_path / "page.html").read_text())
    assert page.tables["forecast"] == Reader(loss_report.html).tables["forecast"]
    assert (
        "72 rows of the table were left out, because only rows with (dataset == 'redpajama') and "
        "(N < 5e8) were selected" in page.text
    )
    command = re.search(r"To reproduce this report: (bayes-scaling .*?) To cite", page.text)[1]
    assert shlex.split(command)[1:] == [*words, "--output", "page.html"]
    assert "@misc{gadre2024overtraining" in page.text
    asked = []
    monkeypatch.setattr(
        import_module("bayes_scaling.validation.backtest"),
        "backtest",
        lambda laws, runs, y, **options: (
            asked.append(([law.name for law in laws], len(runs), y, options["by"])) or simulated()
        ),
    )
    assert main([*words, "--format", "markdown", "--backtest", "--beside", "chinchilla"]) == 0
    out, err = capsys.readouterr()
    assert (
        out.startswith("# Forecast of loss")
        and err == ""
        and asked == [(["over_training"], 32, "loss_c4", "C")]
    )
    assert (
        "over_training, fitted to smaller runs of dataset c4 and refinedweb, predicting larger ones"
        in out
        and "| chinchilla | " in out[out.index("### Other laws and data") :]
    )
    assert main([*words, "--beside", "over_training"]) == 2
    assert "--beside names over_training, the report's own law" in capsys.readouterr()[1]
    (tmp_path / "fit.nc").touch()
    assert main(["report", "--fit", "fit.nc", "--N", "7e9", "--D", "1e11", "--backtest"]) == 2
    assert "--backtest fits the runs again" in capsys.readouterr()[1]
