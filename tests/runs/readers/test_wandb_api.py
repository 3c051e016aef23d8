"""Runs of a project of Weights & Biases, by a stand-in for its library: there is no server here."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

import bayes_scaling as bs
from bayes_scaling.cli.main import main


def run(name, state="finished", loss=3.0):
    config = {"model": {"params": "124M"}, "tokens": 2.5e9, "_wandb": {"x": 1}, "layers": [1, 2]}
    summary = {"eval/loss": loss, "_runtime": 12.0, "tokens": 2.6e9}
    return SimpleNamespace(name=name, state=state, config=config, summary=summary)


@pytest.fixture
def project(monkeypatch):
    """Sets the runs, or the error, that the stand-in answers with."""

    def answer(runs):
        class Api:
            def runs(self, path):
                if isinstance(runs, Exception):
                    raise runs
                assert path == "team/project"
                return iter(runs)

        module = ModuleType("wandb")
        module.Api = Api
        monkeypatch.setitem(sys.modules, "wandb", module)

    return answer


@pytest.mark.filterwarnings("ignore:sizes with units")
def test_a_project_has_one_row_a_run(project):
    project([run("a"), run("b", loss=2.9), run("a", loss=2.8)])
    columns = {"N": "model.params", "D": "tokens", "loss": "eval/loss"}
    with pytest.warns(bs.RunsWarning):
        table = bs.load_runs("wandb:team/project", columns=columns)
    assert table["run"].tolist() == ["a", "b", "a (2)"] and table["loss"].tolist() == [3, 2.9, 2.8]
    assert (table["N"] == 124e6).all() and (table["D"] == 2.6e9).all()
    assert not {"_wandb", "_runtime", "layers"} & set(table.columns)


def test_unfinished_runs_are_named(project):
    project([run("a"), run("b", "crashed")])
    with pytest.warns(bs.RunsWarning, match="1 run did not finish"):
        bs.load_runs("wandb:team/project", columns={"loss": "eval/loss"})


@pytest.mark.parametrize(
    "source, runs, words",
    [
        ("wandb:team", [], "write wandb:ENTITY/PROJECT"),
        ("wandb:team/project", [], "has no runs"),
        ("wandb:team/project", ValueError("no project\nat all"), "ValueError: no project"),
    ],
)
def test_what_cannot_be_read_is_refused(project, source, runs, words):
    project(runs)
    with pytest.raises(bs.InputError, match=words):
        bs.load_runs(source)


def test_a_missing_library_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "wandb", None)
    ask = ["forecast", "--runs", "wandb:team/project", "--N", "1e9", "--D", "2e10"]
    assert main(ask) == 2
    error = capsys.readouterr().err
    assert "bayes-scaling[wandb]" in error and len(error.strip().splitlines()) == 1
