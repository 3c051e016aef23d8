"""Bad input of every command: one sentence before anything is fitted, and exit code 2."""

import os

import pytest
from command_lines import TABLE, THEN


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["COMMAND"]),
        (["forcast"], ["invalid choice: 'forcast'"]),
        (["forecast", "--bogus"], ["unrecognized arguments: --bogus"]),
        (["fit", "--draw", "9"], ["--draw"]),
        (["laws", "chinchila"], ["did you mean chinchilla?"]),
        (["laws", ""], ["no law ''"]),
        (["laws", "none.py:mine"], ["no file none.py"]),
        (["laws", "a", "b"], ["unrecognized arguments: b"]),
        (["data", "gadre"], ["did you mean gadre2024?"]),
        (["data", ""], ["no bundled table ''", "bhagia2024_tasks, ", "tao2024"]),
        (["data", "gadre2024", "--where", "N <"], ["does not parse"]),
        (["data", "gadre2024", "--where", ""], ["does not parse"]),
        (["data", "--where", "N > 1"], ["--where needs a table"]),
        (["fit"], ["--runs is missing", "gadre2024"]),
        (["check", "--runs", ""], ["--runs is missing"]),
        (["fit", "--runs", "none.csv"], ["no file or bundled table 'none.csv'"]),
        (["fit", "--runs", "."], ["is a folder"]),
        (["fit", "--runs", "gadre2024"], ["no column 'loss'", "did you mean loss_c4?"]),
        (["laws", "--format", "xml"], ["invalid choice: 'xml'"]),
    ],
    ids=lambda given: " ".join(given),
)
def test_an_invalid_command_is_refused(refused, arguments, words):
    refused(arguments, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prob", "0"], ["prob is 0.0"]),
        (["--prob", "1"], ["prob is 1.0"]),
        (["--prob", "-0.5"], ["prob is -0.5"]),
        (["--prob", "90"], ["prob is 90.0", "such as 0.9"]),
        (["--prob", "nan"], ["prob is nan"]),
        (["--prob", "high"], ["'high' is no number"]),
        (["--N", "-1e9"], ["--N: '-1e9' is no positive number"]),
        (["--N", "1e9", "nan"], ["--N: 'nan' is no positive number"]),
        (["--N", "0"], ["--N: '0' is no positive"]),
        (["--N", "7Q"], ["'7Q' is no number", "7e9"]),
        (["--D", "7B params"], ["'7B params' is no number"]),
        (["--N"], ["--N: expected at least one"]),
        (["--N", "1e9", "2e9", "--D", "1e10", "2e10", "3e10"], ["N has 2 values"]),
        (["--D", "140"], ["column D is at most 140", "tokens as a count"]),
        (["--C", "1e12"], ["C is 1e+12 but 6 N D is"]),
        (["--law", "chinchila"], ["did you mean chinchilla?"]),
        (["--law", ""], ["no law ''"]),
        (["--law", "none.py:mine"], ["no file none.py"]),
        (["--y", "los"], ["did you mean loss?"]),
        (["--y", ""], ["no column ''"]),
        (["--where", "n > 1e7"], ["did you mean N?"]),
        (["--where", ""], ["does not parse"]),
        (["--train", ""], ["does not parse"]),
        (["--train", "N > 1e12"], ["matches none of the 12 runs"]),
        (["--train", "N > 5e7"], ["5 parameters", "3 rows"]),
        (["--where", "@x > 1"], ["does not parse"]),
        (["--where", "__import__('os').mkdir('made')"], ["holds a Call"]),
        (["--train", "N.values"], ["holds a Attribute"]),
        (["--column", "N"], ["--column is 'N'", "NAME=COLUMN"]),
        (["--column", "N="], ["--column is 'N='"]),
        (["--column", "=N"], ["--column is '=N'"]),
        (["--column", "N=parms"], ["no column 'parms'"]),
        (["--column", "y=loss"], ["y is no input of chinchilla"]),
        (["--column", "draws=loss"], ["draws is no input"]),
        (["--column", "N=error"], ["column N is at most 0.8"]),
        (["--se", "sd"], ["no column 'sd'"]),
        (["--draws", "0"], ["draws is 0"]),
        (["--draws", "3.5"], ["invalid int value: '3.5'"]),
        (["--warmup", "1"], ["warmup is 1"]),
        (["--chains", "0"], ["chains is 0"]),
        (["--seed", "-1"], ["seed is -1"]),
        (["--then", "perplexity_to_error"], ["--then needs --then-y"]),
        (["--then", "perplexity", "--then-y", "error"], ["did you mean perplexity_to_error?"]),
        (["--then", "", "--then-y", "error"], ["no law ''"]),
        (["--then", "coupled", "--then-y", "error"], ["coupled has the inputs N, D", "takes one"]),
        (
            ["--then", "perplexity_to_error", "--then-y", "eror"],
            ["no column 'eror'", "did you mean error?"],
        ),
        (["--then", "perplexity_to_error", "--then-y", "loss"], ["y is loss, an input of the law"]),
        (
            ["--then", "perplexity_to_error", "--then-y", "error", "--then-train", "N < 1"],
            ["matches none"],
        ),
        (["--then-y", "error"], ["--then-y needs --then"]),
        (["--then-train", "N < 1"], ["--then-train needs --then"]),
        (["--then-save", "x.nc"], ["--then-save needs --then"]),
        (
            [*THEN, "--save", "x.nc", "--then-save", "./x.nc"],
            ["--save and --then-save both name x.nc"],
        ),
        (["--figure", "a.gif"], ["ends in .gif", ".png, .pdf or .svg"]),
        (["--figure", "a"], ["ends in nothing"]),
        (["--figure", "none/a.png"], ["--figure: there is no folder", "none; make it"]),
        (["--figure", ""], ["--figure: ''"]),
        (["--output", "none/a.json"], ["--output: there is no folder"]),
        (["--output", "runs.csv/a.json"], ["--output: there is no folder", "runs.csv"]),
        (["--output", "."], ["'.' cannot be written"]),
        (["--output", ""], ["'' cannot be written"]),
        (["--save", "none/a.nc"], ["--save: there is no folder"]),
        (["--save", "runs.csv/a.nc"], ["--save: there is no folder"]),
        (["--save", "/"], ["'/' cannot be written"]),
        (["--output", "pipe"], ["'pipe' cannot be written"]),
        (["--targets", "runs.csv"], ["--targets or --N, not both"]),
        (["--at", "L=low"], ["--at is 'L=low'", "NAME=VALUE"]),
        (["--at", "L"], ["--at is 'L'"]),
        (["--at", "L=nan"], ["--at is 'L=nan'"]),
        (["--at", "N=1e9"], ["N has been given"]),
        (["--fit", "fit.nc"], ["--runs would be ignored"]),
        (["--kind", "mode"], ["invalid choice: 'mode'"]),
        (["--of", "me"], ["invalid choice: 'me'"]),
        (["--bad\nname"], ["unrecognized arguments"]),
        (["--y", "a\nb"], ["no column"]),
        (["--y", "x" * 5000], ["no column"]),
    ],
    ids=lambda given: " ".join(given)[:60],
)
def test_an_invalid_option_is_refused_before_fitting(refused, table, tmp_path, arguments, words):
    os.mkfifo(tmp_path / "pipe")
    refused(["forecast", *table, *arguments], *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["nothing to predict", "--N 7e9 --D 140e9"]),
        (["--N", "1e9"], ["N alone", "two of N, D, C, M"]),
        (["--D", "1e9"], ["D alone"]),
        (["--targets", "none.csv"], ["no file or bundled table 'none.csv'"]),
        (["--targets", "empty.csv"], ["empty.csv is empty"]),
        (["--targets", "head.csv"], ["head.csv has no rows"]),
        (["--targets", "one.csv"], ["N alone"]),
        (["--targets", "bad.csv"], ["row 1: D is 'many'"]),
        (["--targets", ""], ["no file or bundled table ''"]),
        (["--at", "L=2.4", "--targets", "one.csv"], ["--targets or --at, not both"]),
        (["--at", "L=2.4"], ["L alone"]),
    ],
    ids=lambda given: " ".join(given),
)
def test_invalid_targets_are_refused(refused, table, tmp_path, arguments, words):
    for name, content in (
        ("empty", ""),
        ("head", "N,D\n"),
        ("one", "N\n1e9\n"),
        ("bad", "N,D\n1e9,1e10\n1e9,many\n"),
    ):
        (tmp_path / f"{name}.csv").write_text(content)
    refused(["forecast", *table[:4], *arguments], *words)


@pytest.mark.parametrize(
    "arguments",
    [
        ["none.nc"],
        ["runs.csv"],
        ["."],
        [""],
        ["empty.nc"],
        ["runs.csv", "--then", "perplexity_to_error", "--then-y", "error"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("command", ["forecast", "check"])
def test_a_file_that_is_no_fit_is_refused(refused, table, tmp_path, command, arguments):
    (tmp_path / "empty.nc").write_bytes(b"")
    if command == "check" and len(arguments) > 1:
        arguments = arguments[:1]
    refused(
        [
            command,
            "--fit",
            *arguments,
            *(["--N", "1e9", "--D", "1e10"] if command == "forecast" else []),
        ],
        "--then needs runs" if len(arguments) > 1 else arguments[0],
    )


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("N", "", ["row 3", "N is nan"]),
        ("D", "-1e9", ["row 3", "D is -1e+09"]),
        ("loss", "high", ["row 3", "loss is 'high'"]),
        ("loss", "0", ["row 3", "loss is 0"]),
    ],
)
@pytest.mark.parametrize("command", ["forecast", "fit", "check"])
def test_a_bad_cell_is_refused_by_row_and_column(refused, tmp_path, command, column, value, words):
    runs = TABLE.astype({column: object})
    runs.loc[3, column] = value
    runs.to_csv(tmp_path / "runs.csv", index=False)
    refused(
        [
            command,
            "--runs",
            "runs.csv",
            "--law",
            "chinchilla",
            *(["--N", "1e9", "--D", "1e10"] if command == "forecast" else []),
        ],
        *words,
    )


def test_a_bad_prob_of_fit_is_refused_before_fitting(refused, table):
    refused(["fit", *table[:4], "--prob", "2"], "prob is 2.0")
