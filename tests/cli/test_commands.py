"""The command line: the answer alone on stdout, one sentence on stderr where it can not be given, and the exit code."""

import importlib
import io
import json
import os
import re
import sys

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.cli import options as commands
from bayes_scaling.results import fitting
from bayes_scaling.results.diagnosis import Diagnosis

fit_module = importlib.import_module("bayes_scaling.results.fit")
SMALL = ["--runs", "gadre2024", "--where", "dataset == 'redpajama' and N < 5e8", "--y", "loss_c4"]
TARGETS = ["--N", "1439795200", "6889410560", "--D", "921468928000", "137788211200"]
THEN = ["--then", "perplexity_to_error", "--then-y", "error_17"]
TABLE = pd.DataFrame(
    {
        "N": [1e7, 2e7, 4e7, 8e7] * 3,
        "D": np.repeat([2e8, 1e9, 5e9], 4),
        "loss": [4.5, 4.2, 4.0, 3.8, 4.1, 3.8, 3.6, 3.4, 3.9, 3.6, 3.3, 3.1],
        "error": np.linspace(0.8, 0.69, 12),
    }
)


@pytest.fixture
def table(tmp_path):
    TABLE.to_csv(tmp_path / "runs.csv", index=False)
    return ["--runs", "runs.csv", "--law", "chinchilla", "--N", "1e9", "--D", "1e10"]


@pytest.fixture
def unsound(monkeypatch):
    monkeypatch.setattr(
        fit_module,
        "diagnose",
        lambda fit: Diagnosis(
            problems=("R-hat is 1.5: raise draws",), numbers={"rhat": 1.5, "pareto_k": np.inf}
        ),
    )


def test_forecast_as_json(run, loss_fit, headline):
    code, out, err = run("forecast", *SMALL, *TARGETS, "--format", "json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == ["forecast", "prob", "of", "law", "y", "note", "diagnosis"]
    assert (answer["prob"], answer["of"], answer["law"], answer["y"]) == (
        0.9,
        "run",
        "over_training",
        "loss_c4",
    )
    assert answer["diagnosis"] == {
        "ok": True,
        "problems": [],
        "cautions": list(loss_fit.diagnosis.cautions),
    }
    assert [list(row) for row in answer["forecast"]] == [
        ["N", "D", "C", "M", "mean", "median", "sd", "lower", "upper", "extrapolation"]
    ] * 2
    np.testing.assert_array_equal(pd.DataFrame(answer["forecast"]), loss_fit.forecast(headline))


def test_forecast_of_two_laws_as_json(run, loss_fit, error_fit, headline):
    code, out, err = run(
        "forecast",
        *SMALL,
        *TARGETS,
        *THEN,
        "--format",
        "json",
        "--prob",
        "0.5",
        "--of",
        "mean",
        "--kind",
        "hdi",
    )
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert (answer["prob"], answer["of"], answer["y"], answer["then_law"], answer["then_y"]) == (
        0.5,
        "mean",
        "loss_c4",
        "perplexity_to_error",
        "error_17",
    )
    assert [list(row) for row in answer["then"]] == [list(row) for row in answer["forecast"]]
    np.testing.assert_array_equal(
        pd.DataFrame(answer["then"]),
        bs.chain(loss_fit, error_fit).forecast(headline, prob=0.5, of="mean", kind="hdi"),
    )


def test_forecast_as_csv(run, loss_fit, headline):
    code, out, _ = run("forecast", *SMALL, *TARGETS, *THEN, "--format", "csv")
    rows = pd.read_csv(io.StringIO(out))
    assert (
        code == 0
        and rows.y.tolist() == ["loss_c4"] * 2 + ["error_17"] * 2
        and rows.table.tolist() == ["forecast"] * 2 + ["then"] * 2
    )
    assert rows.converged.dtype == bool and rows.converged.all()
    np.testing.assert_array_equal(
        rows.iloc[:2].drop(columns=["table", "y", "converged"]), loss_fit.forecast(headline)
    )


def test_forecast_as_a_table(run):
    code, out, err = run("forecast", *SMALL, *TARGETS, *THEN)
    assert (code, err) == (0, "")
    assert (
        "loss_c4 (nats/token) of a new run, 90% interval" in out
        and "error_17 (top-1 error)" in out
        and "is sound" in out
    )


def test_a_narrow_terminal_cuts_no_number(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    _, out, _ = run("forecast", *SMALL, *TARGETS)
    assert all(
        number in re.sub("\x1b\\[[0-9;]*m", "", out)
        for number in ("1.44e+09", "9.215e+11", "7.96e+21", "extrapolation")
    )


def test_a_second_law_may_have_runs_and_an_input_of_its_own(run):
    _, out, _ = run(
        "forecast",
        *SMALL,
        *TARGETS,
        *THEN,
        "--format",
        "json",
        "--train",
        "C < 3e20",
        "--then-train",
        "C > 0",
        "--column",
        "L=loss_openlm",
    )
    answer = json.loads(out)
    assert any(
        "fitted on loss_openlm, the first foretells loss_c4" in text
        for text in answer["diagnosis"]["cautions"]
    )
    assert answer["forecast"][0]["extrapolation"] > 7.95744e21 / 3e20


@pytest.mark.long
def test_what_is_known_of_all_runs_may_be_one_number(run, table):
    """A chance level and a number of items, to the second law as in Python; a column of that name comes first."""
    runs, fast = bs.load_runs(TABLE), {"draws": 50, "warmup": 100, "chains": 1}
    both = bs.chain(
        bs.fit("chinchilla", runs, **fast),
        bs.fit("task_binomial", runs, "error", L="loss", chance=0.1, items=500, **fast),
    )
    options = [text for name, value in fast.items() for text in (f"--{name}", value)]
    _, out, err = run(
        "forecast",
        *table,
        *options,
        "--then",
        "task_binomial",
        "--then-y",
        "error",
        "--column",
        "chance=0.1",
        "--column",
        "items=500",
        "--format",
        "json",
    )
    assert out, err
    with pytest.warns(bs.FitWarning):
        assert (
            json.loads(out)["then"][0]["median"]
            == both.forecast(bs.targets(N=1e9, D=1e10))["median"].item()
        )
    assert (
        commands._column(runs.assign(**{"500": 1}), "500") == "500"
        and commands._column(runs, "nan") == "nan"
    )


def test_both_fits_of_a_chain_are_kept(run, tmp_path):
    """Loaded and chained again they foretell the same; and what is said of drifts names both outcomes."""
    _, out, _ = run(
        "forecast",
        *SMALL,
        *TARGETS,
        *THEN,
        "--format",
        "json",
        "--save",
        "loss.nc",
        "--then-save",
        "error.nc",
    )
    answer = json.loads(out)
    both = bs.chain(bs.load(tmp_path / "loss.nc"), bs.load(tmp_path / "error.nc"))
    np.testing.assert_allclose(
        [row["median"] for row in answer["then"]],
        both.forecast(bs.targets(N=[1439795200, 6889410560], M=[640, 20]))["median"],
        rtol=1e-6,
    )
    assert all(
        f"{outcome} may drift off the law" in answer["note"] for outcome in ("loss_c4", "error_17")
    )


def test_targets_from_a_file(run, tmp_path):
    pd.DataFrame({"N": [1439795200, 6889410560], "M": [640, 20]}).to_csv(
        tmp_path / "targets.tsv", sep="\t", index=False
    )
    _, out, _ = run("forecast", *SMALL, "--targets", "targets.tsv", "--format", "json")
    assert [row["D"] for row in json.loads(out)["forecast"]] == [1439795200 * 640, 6889410560 * 20]


def test_targets_of_one_column_and_no_compute(run, tmp_path):
    (tmp_path / "targets.csv").write_text("L\n2.5\n2.4\n")
    ask = [
        "forecast",
        *SMALL[:-1],
        "error_17",
        "--law",
        "perplexity_to_error",
        "--column",
        "L=loss_c4",
        "--format",
        "json",
    ]
    code, out, _ = run(*ask, "--targets", "targets.csv")
    rows = json.loads(out)["forecast"]
    assert (
        code == 0 and [row["L"] for row in rows] == [2.5, 2.4] and rows[0]["extrapolation"] is None
    )
    assert run(*ask, "--at", "L=2.5,2.4")[:2] == (0, out)


def test_fit_in_every_format(run, loss_fit):
    expected = loss_fit.summary(0.5)
    code, out, _ = run("fit", *SMALL, "--prob", "0.5", "--format", "json")
    answer = json.loads(out)
    assert code == 0 and (
        answer["law"],
        answer["y"],
        answer["prob"],
        answer["diagnosis"]["ok"],
    ) == ("over_training", "loss_c4", 0.5, True)
    assert [row["parameter"] for row in answer["parameters"]] == list(expected.index)
    assert [row["upper"] for row in answer["parameters"]] == expected.upper.tolist()
    _, out, _ = run("fit", *SMALL, "--prob", "0.5", "--format", "csv")
    assert pd.read_csv(io.StringIO(out), index_col=0).upper.tolist() == expected.upper.tolist()
    _, out, _ = run("fit", *SMALL, "--prob", "0.5")
    assert "50% intervals" in out and "\neta " in out and "is sound" in out


def test_the_same_command_gives_the_same_bytes(run):
    assert run("forecast", *SMALL, *TARGETS, "--seed", 3) == run(
        "forecast", *SMALL, *TARGETS, "--seed", 3
    )


def test_a_saved_fit_foretells_the_same(run, tmp_path):
    direct = run("forecast", *SMALL, *TARGETS, "--format", "json", "--save", "fit.nc")
    assert run("forecast", "--fit", "fit.nc", *TARGETS, "--format", "json") == direct
    assert run("check", "--fit", "fit.nc", "--sims", 0) == run("check", *SMALL, "--sims", 0)
    assert run("fit", "--fit", "fit.nc", "--format", "csv") == run("fit", *SMALL, "--format", "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["fit.nc"]


def test_output_takes_the_answer_and_stdout_stays_empty(run, tmp_path):
    _, answer, _ = run("laws", "--format", "json")
    (tmp_path / "out.json").write_text("old")
    assert run("laws", "--format", "json", "--output", "out.json") == (0, "", "")
    assert (tmp_path / "out.json").read_text() == answer
    assert (
        run("laws", "--output", "out.json") == (0, "", "")
        and (tmp_path / "out.json").read_text() == answer
    ), "the format is what the file's ending asks for"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


@pytest.mark.parametrize(
    ("name", "head"), [("a.png", b"\x89PNG"), ("a.PDF", b"%PDF"), ("a.svg", b"<?xml")]
)
def test_a_figure_is_drawn(run, tmp_path, name, head):
    code, _, err = run(
        "forecast", *SMALL, *TARGETS, *(THEN if name == "a.png" else []), "--figure", name
    )
    assert (code, err) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(head) and len(list(tmp_path.iterdir())) == 1


def test_warnings_go_to_stderr_once_and_leave_the_answer_whole(run, tmp_path):
    runs = bs.load_runs("gadre2024", where="dataset == 'redpajama' and N < 5e8")
    pd.concat([runs.iloc[2:], runs.iloc[2:4]]).to_csv(tmp_path / "twice.csv", index=False)
    code, out, err = run(
        "forecast", "--runs", "twice.csv", "--y", "loss_c4", *TARGETS, *THEN, "--format", "json"
    )
    assert len(json.loads(out)["then"]) == 2 and code in (0, 1)
    assert err.count("appears twice") == 1 and "row 30 (rpj-" in err and "warning" in err


def test_a_warning_of_the_fit_is_said_once(run, tmp_path):
    runs = bs.load_runs("gadre2024", where="dataset == 'redpajama' and N < 5e8")[
        ["run", "N", "loss_c4"]
    ]
    runs.assign(D=runs.N * 20).to_csv(tmp_path / "ratio.csv", index=False)
    _, out, err = run(
        "check", "--runs", "ratio.csv", "--y", "loss_c4", "--sims", 0, "--format", "json"
    )
    assert "ok" in json.loads(out) and err.count("every run has M = 20") == 1


@pytest.mark.parametrize(
    ("command", "arguments"), [("forecast", TARGETS), ("fit", []), ("check", ["--sims", 0])]
)
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_an_unsound_fit_is_answered_with_code_1_and_the_reason(
    run, unsound, command, arguments, form
):
    code, out, err = run(command, *SMALL, *arguments, "--format", form)
    assert (code, err) == (
        1,
        f"bayes-scaling {command}: not converged: R-hat is 1.5: raise draws\n",
    )
    if form == "json":
        answer = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        assert answer.get("diagnosis", answer)["ok"] is False
    elif form == "table":
        assert "NOT CONVERGED" in out


def test_four_draws_are_called_unsound(run):
    code, out, err = run(
        "forecast", *SMALL, *TARGETS, "--draws", 4, "--warmup", 50, "--format", "json"
    )
    assert code == 1 and json.loads(out)["diagnosis"]["ok"] is False
    assert "not converged: the bulk ESS of" in err and "raise draws" in err


@pytest.mark.parametrize("name", ["the loss", "loss [/c4] :smile:", "损失 é", "a" * 200])
def test_a_column_of_any_name_is_an_outcome(run, tmp_path, name):
    runs = bs.load_runs("gadre2024", where="dataset == 'redpajama' and N < 5e8").rename(
        columns={"loss_c4": name}
    )
    runs[["run", "N", "D", name]].to_csv(tmp_path / "runs.csv", index=False)
    code, out, err = run(
        "forecast", "--runs", "runs.csv", "--where", f"`{name}` > 2", "--y", name, *TARGETS
    )
    assert (code, err) == (0, "") and f"{name} (nats/token)" in out


def test_laws_are_listed_and_shown(run):
    assert [row["law"] for row in json.loads(run("laws", "--format", "json")[1])] == list(
        bs.models.LAWS
    )
    assert list(pd.read_csv(io.StringIO(run("laws", "--format", "csv")[1])).law) == list(
        bs.models.LAWS
    )
    listed = run("laws")[1]
    for name, law in bs.models.LAWS.items():
        assert law.formula in listed
        code, out, err = run("laws", name)
        assert (
            (code, err) == (0, "")
            and law.formula in out
            and law.arxiv in out
            and all(q.sampled in out for q in law.sites)
        )
        about = json.loads(run("laws", name, "--format", "json")[1])
        assert about["formula"] == law.formula and [
            row["setting"] for row in about["published"]
        ] == list(law.published)
        assert len(pd.read_csv(io.StringIO(run("laws", name, "--format", "csv")[1]))) == len(
            law.sites
        )


def test_a_shown_law_has_its_curve(run):
    """Highest and lowest mean stand at the sides, the design's ends below, and every run of the design is a mark or under one; what is known of a run, as its chance level, is that of the first."""
    for name, law in bs.models.LAWS.items():
        out = run("laws", name)[1]
        curve = out[
            out.index(
                f"{law.outcome} ({law.unit}) at the published values of {next(iter(law.published))},"
            ) :
        ].splitlines()
        x = {key: np.asarray(column, float) for key, column in law.example.items()}
        x |= {key: np.full_like(x[key], x[key][0]) for key in law.known}
        mean = np.asarray(law.mean(x, **next(iter(law.published.values())).values), float)
        assert (float(curve[1].split("|")[0]), float(curve[12].split("|")[0])) == (
            float(f"{mean.max():.4g}"),
            float(f"{mean.min():.4g}"),
        )
        assert curve[13].strip() == "+" + "-" * 60 and all(len(line) <= 72 for line in curve[1:13])
        marks = sum(line.count("o") for line in curve[1:13])
        assert (
            1 <= marks <= max(mean.size, len(next(iter(law.example.values())))) and "o" in curve[12]
        )  # a flat curve lies at the bottom
        assert len(curve[14].split()) == 2
    assert "L: loss, nats/token" in run("laws", "perplexity_to_error")[1].splitlines()[-1]
    assert "scale of the run, log scale" in run("laws", "chinchilla")[1].splitlines()[-1]


def test_a_law_without_published_values_is_shown_without_a_curve(run, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import bayes_scaling as bs\n"
        "line = bs.Law(name='line', formula='y = a x', inputs={'x': 'steps'}, parameters=(bs.Parameter('a', bs.Prior('Normal', (('loc', 0.0), ('scale', 1.0)))),),\n"
        "    function=lambda x, a: a * x['x'], noise=bs.Noise('identity'), example={'x': (5.0, 5.0, 5.0)})\n"
        "fixed = bs.Law(name='fixed', formula='y = a x', inputs=line.inputs, parameters=line.parameters, function=line.function, noise=line.noise, example=line.example,\n"
        "    published={'one': bs.Published({'a': 2.0}, 'paper', 'none')})\n"
    )
    assert "at the published values" not in run("laws", "mine.py:line")[1]
    code, out, _ = run("laws", "mine.py:fixed")
    assert code == 0 and "10 |" in out and "x: steps" in out  # a design of one point is one mark


def test_a_law_file_is_run_once_until_it_is_changed(tmp_path, capsys):
    place = tmp_path / "mine.py"
    place.write_text(
        "print('run')\nfrom bayes_scaling.models import LAWS\nmine = LAWS['chinchilla'].with_priors()\n"
    )
    first = bs.find_law(f"{place}:mine")
    assert bs.find_law(f"{tmp_path}/./mine.py:mine") is first and capsys.readouterr().out == "run\n"
    os.utime(place, (1, 1))
    assert bs.find_law(f"{place}:mine") is not first and capsys.readouterr().out == "run\n"
    with pytest.raises(bs.InputError, match="holds no Law 'mime' .did you mean mine"):
        bs.find_law(f"{place}:mime")


def test_tables_are_listed_and_printed(run):
    assert [row["table"] for row in json.loads(run("data", "--format", "json")[1])] == list(
        bs.sources()
    )
    query = "dataset == 'c4' and 6 * N * D > 1e20"
    expected = bs.load_runs("gadre2024", where=query)
    _, out, _ = run("data", "gadre2024", "--where", query, "--format", "json")
    assert [row["loss_c4"] for row in json.loads(out)] == expected.loss_c4.tolist() and len(
        expected
    ) < 34
    _, out, _ = run("data", "gadre2024", "--where", query, "--format", "csv")
    assert pd.read_csv(io.StringIO(out)).N.tolist() == expected.N.tolist()
    assert "agi_eval_lsat_ar" in run("data", "gadre2024_tasks", "--where", "not in_17")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["COMMAND"]), (["forcast"], ["invalid choice: 'forcast'"]), (["forecast", "--bogus"], ["unrecognized arguments: --bogus"]), (["fit", "--draw", "9"], ["--draw"]),
        (["laws", "chinchila"], ["did you mean chinchilla?"]), (["laws", ""], ["no law ''"]), (["laws", "none.py:mine"], ["no file none.py"]),
        (["laws", "a", "b"], ["unrecognized arguments: b"]), (["data", "gadre"], ["did you mean gadre2024?"]), (["data", ""], ["no bundled table ''", "bhagia2024_tasks, ", "tao2024"]),
        (["data", "gadre2024", "--where", "N <"], ["does not parse"]), (["data", "gadre2024", "--where", ""], ["does not parse"]), (["data", "--where", "N > 1"], ["--where needs a table"]),
        (["fit"], ["--runs is missing", "gadre2024"]), (["check", "--runs", ""], ["--runs is missing"]), (["fit", "--runs", "none.csv"], ["no file or bundled table 'none.csv'"]),
        (["fit", "--runs", "."], ["is a folder"]), (["fit", "--runs", "gadre2024"], ["no column 'loss'", "did you mean loss_c4?"]), (["laws", "--format", "xml"], ["invalid choice: 'xml'"]),
    ],
    ids=lambda given: " ".join(given),
)  # fmt: skip
def test_a_command_that_can_not_be_is_refused(refused, arguments, words):
    refused(arguments, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prob", "0"], ["prob is 0.0"]), (["--prob", "1"], ["prob is 1.0"]), (["--prob", "-0.5"], ["prob is -0.5"]), (["--prob", "90"], ["prob is 90.0", "such as 0.9"]), (["--prob", "nan"], ["prob is nan"]), (["--prob", "high"], ["'high' is no number"]),
        (["--N", "-1e9"], ["row 0: N is -1e+09", "positive"]), (["--N", "1e9", "nan"], ["row 1: N is nan"]), (["--N", "0"], ["N is 0"]), (["--N", "7B"], ["'7B' is no number", "7e9"]), (["--N"], ["--N: expected at least one"]),
        (["--N", "1e9", "2e9", "--D", "1e10", "2e10", "3e10"], ["N has 2 values"]), (["--D", "140"], ["column D is at most 140", "tokens as a count"]), (["--C", "1e12"], ["C is 1e+12 but 6 N D is"]),
        (["--law", "chinchila"], ["did you mean chinchilla?"]), (["--law", ""], ["no law ''"]), (["--law", "none.py:mine"], ["no file none.py"]), (["--y", "los"], ["did you mean loss?"]), (["--y", ""], ["no column ''"]),
        (["--where", "n > 1e7"], ["did you mean N?"]), (["--where", ""], ["does not parse"]), (["--train", ""], ["does not parse"]), (["--train", "N > 1e12"], ["matches none of the 12 runs"]), (["--train", "N > 5e7"], ["5 parameters", "3 rows"]),
        (["--where", "@x > 1"], ["does not parse"]), (["--where", "__import__('os').mkdir('made')"], ["holds a Call"]), (["--train", "N.values"], ["holds a Attribute"]),
        (["--column", "N"], ["--column is 'N'", "NAME=COLUMN"]), (["--column", "N="], ["--column is 'N='"]), (["--column", "=N"], ["--column is '=N'"]), (["--column", "N=parms"], ["no column 'parms'"]),
        (["--column", "y=loss"], ["y is no input of chinchilla"]), (["--column", "draws=loss"], ["draws is no input"]), (["--column", "N=error"], ["column N is at most 0.8"]),
        (["--se", "sd"], ["no column 'sd'"]), (["--draws", "0"], ["draws is 0"]), (["--draws", "3.5"], ["invalid int value: '3.5'"]), (["--warmup", "1"], ["warmup is 1"]), (["--chains", "0"], ["chains is 0"]), (["--seed", "-1"], ["seed is -1"]),
        (["--then", "perplexity_to_error"], ["--then needs --then-y"]), (["--then", "perplexity", "--then-y", "error"], ["did you mean perplexity_to_error?"]), (["--then", "", "--then-y", "error"], ["no law ''"]),
        (["--then", "coupled", "--then-y", "error"], ["coupled has the inputs N, D", "takes one"]), (["--then", "perplexity_to_error", "--then-y", "eror"], ["no column 'eror'", "did you mean error?"]),
        (["--then", "perplexity_to_error", "--then-y", "loss"], ["y is loss, an input of the law"]), (["--then", "perplexity_to_error", "--then-y", "error", "--then-train", "N < 1"], ["matches none"]),
        (["--then-y", "error"], ["--then-y needs --then"]), (["--then-train", "N < 1"], ["--then-train needs --then"]), (["--then-save", "x.nc"], ["--then-save needs --then"]), ([*THEN, "--save", "x.nc", "--then-save", "./x.nc"], ["--save and --then-save both name x.nc"]),
        (["--figure", "a.gif"], ["ends in .gif", ".png, .pdf or .svg"]), (["--figure", "a"], ["ends in nothing"]), (["--figure", "none/a.png"], ["--figure: there is no folder", "none; make it"]), (["--figure", ""], ["--figure: ''"]),
        (["--output", "none/a.json"], ["--output: there is no folder"]), (["--output", "runs.csv/a.json"], ["--output: there is no folder", "runs.csv"]), (["--output", "."], ["'.' can not be written"]), (["--output", ""], ["'' can not be written"]),
        (["--save", "none/a.nc"], ["--save: there is no folder"]), (["--save", "runs.csv/a.nc"], ["--save: there is no folder"]), (["--save", "/"], ["'/' can not be written"]), (["--output", "pipe"], ["'pipe' can not be written"]),
        (["--targets", "runs.csv"], ["--targets or --N, not both"]), (["--at", "L=low"], ["--at is 'L=low'", "NAME=VALUE"]), (["--at", "L"], ["--at is 'L'"]), (["--at", "L=nan"], ["--at is 'L=nan'"]), (["--at", "N=1e9"], ["N has been given"]), (["--fit", "fit.nc"], ["--runs would go unheeded"]), (["--kind", "mode"], ["invalid choice: 'mode'"]), (["--of", "me"], ["invalid choice: 'me'"]),
        (["--bad\nname"], ["unrecognized arguments"]), (["--y", "a\nb"], ["no column"]), (["--y", "x" * 5000], ["no column"]),
    ],
    ids=lambda given: " ".join(given)[:60],
)  # fmt: skip
def test_an_option_that_can_not_be_is_refused_before_fitting(
    refused, table, tmp_path, arguments, words
):
    os.mkfifo(tmp_path / "pipe")
    refused(["forecast", *table, *arguments], *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["nothing to foretell", "--N 7e9 --D 140e9"]), (["--N", "1e9"], ["N alone", "two of N, D, C, M"]), (["--D", "1e9"], ["D alone"]), (["--targets", "none.csv"], ["no file or bundled table 'none.csv'"]),
        (["--targets", "empty.csv"], ["empty.csv is empty"]), (["--targets", "head.csv"], ["head.csv has no rows"]), (["--targets", "one.csv"], ["N alone"]), (["--targets", "bad.csv"], ["row 1: D is 'many'"]), (["--targets", ""], ["no file or bundled table ''"]),
        (["--at", "L=2.4", "--targets", "one.csv"], ["--targets or --at, not both"]), (["--at", "L=2.4"], ["L alone"]),
    ],
    ids=lambda given: " ".join(given),
)  # fmt: skip
def test_targets_that_can_not_be_are_refused(refused, table, tmp_path, arguments, words):
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


def test_ctrl_c_gives_130_and_leaves_nothing(run, table, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "sample", interrupt)
    code, out, err = run(
        "forecast", *table, "--save", "fit.nc", "--output", "out.json", "--figure", "a.png"
    )
    assert (code, out, err) == (
        130,
        "",
        "bayes-scaling forecast: interrupted; no answer was given\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]


@pytest.mark.parametrize("option", ["--output", "--save", "--figure"])
def test_a_full_disk_is_told_and_leaves_nothing(run, table, tmp_path, monkeypatch, option):
    def full(place, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, out, err = run(
        "forecast", *SMALL, *TARGETS, option, {"--figure": "a.png"}.get(option, "a")
    )
    assert (
        (code, out) == (2, "")
        and err.endswith(
            "cannot be written (No space left on device); name a file in a folder of your own\n"
        )
        and err.count("\n") == 1
    )
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]


@pytest.mark.parametrize(
    "command",
    [[], ["forecast"], ["fit"], ["check"], ["backtest"], ["laws"], ["data"]],
    ids=lambda given: " ".join(given) or "none",
)
def test_every_command_has_help(run, command):
    code, out, err = run(*command, "--help")
    assert (code, err) == (0, "") and out.startswith("usage: bayes-scaling")
