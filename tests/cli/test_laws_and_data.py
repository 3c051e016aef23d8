"""The commands laws and data, and help."""

import io
import json
import os

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs

LAWS = """
import bayes_scaling as bs

line = bs.Law(
    name='line',
    formula='y = a x',
    inputs={'x': 'steps'},
    parameters=(bs.Parameter('a', bs.Prior('Normal', (('loc', 0.0), ('scale', 1.0)))),),
    function=lambda x, a: a * x['x'],
    noise=bs.Noise('identity'),
    example={'x': (5.0, 5.0, 5.0)},
)
fixed = bs.Law(
    name='fixed',
    formula='y = a x',
    inputs=line.inputs,
    parameters=line.parameters,
    function=line.function,
    noise=line.noise,
    example=line.example,
    published={'one': bs.Published({'a': 2.0}, 'paper', 'none')},
)
"""


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


def test_a_law_is_shown_with_its_curve(run):
    """Highest and lowest mean are at the left, the ends of the design below, and runs are marks.

    A known input, such as a chance level, is that of the first run.
    """
    for name, law in bs.models.LAWS.items():
        out = run("laws", name)[1]
        setting = next(iter(law.published))
        title = f"{law.outcome} ({law.unit}) at the published values of {setting},"
        curve = out[out.index(title) :].splitlines()
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
    (tmp_path / "mine.py").write_text(LAWS)
    assert "at the published values" not in run("laws", "mine.py:line")[1]
    code, out, _ = run("laws", "mine.py:fixed")
    assert code == 0 and "10 |" in out and "x: steps" in out  # a design of one point is one mark


def test_a_law_file_is_run_once_until_it_is_changed(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text(
        "print('run')\n"
        "from bayes_scaling.models import LAWS\n"
        "mine = LAWS['chinchilla'].with_priors()\n"
    )
    first = bs.find_law(f"{path}:mine")
    assert bs.find_law(f"{tmp_path}/./mine.py:mine") is first and capsys.readouterr().out == "run\n"
    os.utime(path, (1, 1))
    assert bs.find_law(f"{path}:mine") is not first and capsys.readouterr().out == "run\n"
    with pytest.raises(bs.InputError, match="holds no Law 'mime' .did you mean mine"):
        bs.find_law(f"{path}:mime")


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
    "command",
    [[], ["forecast"], ["fit"], ["check"], ["backtest"], ["laws"], ["data"]],
    ids=lambda given: " ".join(given) or "none",
)
def test_every_command_has_help(run, command):
    code, out, err = run(*command, "--help")
    assert (code, err) == (0, "") and out.startswith("usage: bayes-scaling")
