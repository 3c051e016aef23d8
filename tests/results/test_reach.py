"""The verdict on the reach: of the runs alone, and of targets beyond them."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.results import past_coverage
from bayes_scaling.results.reach_verdict import few_run_cautions
from bayes_scaling.results.run_checks import (
    checkpoint_cautions,
    copy_cautions,
    embedding_cautions,
)
from bayes_scaling.results.target_reach import reach_of_targets

SIZES = pd.DataFrame({"N": [1e7, 1e7, 1e8, 1e8], "D": [1e9, 1e10, 1e9, 1e10]})
RUNS = SIZES.assign(C=6 * SIZES["N"] * SIZES["D"])


def reach(N, D, runs=RUNS, **columns):
    to = bs.targets(pd.DataFrame({"N": N, "D": D, **columns}))
    return reach_of_targets(to, runs, list(columns), "loss")


@pytest.mark.parametrize(
    ("N", "D", "level", "words"),
    [
        (5e7, 5e9, "good", "targets inside the runs' range"),
        (2e8, 2e10, "good", "training compute 4 times the largest"),
        (5e8, 3e10, "caution", "training compute 15 times the largest, N 5 times"),
        (1.5e9, 1e10, "caution", "N 15 times the largest"),
        (2e10, 1e10, "bad", "N 200 times the largest"),
        (1e8, 2e6, "bad", "D 500 times below the smallest"),
        (2e5, 1e9, "caution", "N 50 times below the smallest"),
        (6e9, 3e11, "bad", "N 60 times the largest and D 30 times the largest"),
    ],
)
def test_distance_is_judged_in_each_size(N, D, level, words):
    """The last is 60 and 30 times beyond: sqrt(log(60)^2 + log(30)^2) > log(100)."""
    found = reach([5e7, N], [5e9, D])
    assert found.level == level and words in found.text
    if level != "good":
        assert "target 1 lies beyond the runs" in found.text


def test_a_target_is_compared_with_the_runs_of_its_group():
    runs = pd.concat([RUNS.assign(corpus="a"), (RUNS / 100).assign(corpus="b")])
    assert reach([1e8], [1e10], runs, corpus=["a"]).level == "good"
    assert reach([1e8], [1e10], runs, corpus=["b"]).level == "bad"


def test_runs_without_sizes_are_not_judged():
    loss = pd.DataFrame({"L": [2.0]})
    assert reach_of_targets(loss, loss, (), "error").level == "not checked"


def test_measured_coverage_is_stated_where_there_is_some(monkeypatch):
    columns = {"kind": ["loss"] * 2, "low": [1, 10], "high": [10, 30], "forecasts": [50, 40]}
    table = pd.DataFrame(columns).assign(held=[44, 30])
    monkeypatch.setattr(past_coverage, "_table", lambda: table)
    assert "10 to 30 times beyond the runs contained 30 of 40 (75%)" in reach([5e8], [3e10]).text
    assert past_coverage.past_coverage("loss", 100.0) == ""
    assert past_coverage.past_coverage("error", 20.0) == ""
    monkeypatch.setattr(past_coverage, "_table", lambda: None)
    assert "bundled" not in reach([5e8], [3e10]).text


def test_copies_of_runs_get_a_caution():
    runs = RUNS.assign(loss=[3.0, 2.8, 2.7, 2.5])
    assert not list(copy_cautions(runs, ["N", "D", "loss"]))
    (text,) = copy_cautions(pd.concat([runs, runs.head(2)]), ["N", "D", "loss"])
    assert text.startswith("2 runs (row 0, row 1) repeat the sizes and the outcome of another")
    other_seed = pd.concat([runs, runs.assign(loss=runs["loss"] + 0.01)])
    assert not list(copy_cautions(other_seed, ["N", "D", "loss"]))


def test_checkpoints_of_a_run_get_a_caution_and_the_last_is_offered():
    law = bs.find_law("chinchilla")
    runs = pd.DataFrame({"run": np.repeat(["a", "b"], 4), "N": np.repeat([1e7, 1e8], 4)})
    runs["D"] = np.tile([1e9, 2e9, 3e9, 4e9], 2)
    (text,) = checkpoint_cautions(law, runs)
    assert "2 runs have several rows" in text and "groupby('run').tail(1)" in text
    last = runs.sort_values("D").groupby("run").tail(1)
    assert not list(checkpoint_cautions(law, last))
    assert not list(checkpoint_cautions(law, runs.assign(run=range(8))))
    assert not list(checkpoint_cautions(law, runs.assign(D=1e9)))  # several evaluations


def test_embeddings_that_differ_much_get_a_caution():
    runs = pd.DataFrame({"N": [1e7, 1e8], "width": [128, 512], "vocab_size": 50_000})
    (text,) = embedding_cautions(runs.assign(N=[1e7, 2e9]))
    assert "embeddings are 64% of the parameters of a run and 1.3% of those of another" in text
    assert not list(embedding_cautions(runs))  # 64% and 26%
    to = pd.DataFrame({"N": [7e9], "width": [4096], "vocab_size": [50_000]})
    assert "of a target" in next(embedding_cautions(runs, to))
    assert not list(embedding_cautions(runs, to[["N"]]))
    assert list(embedding_cautions(pd.DataFrame({"N": [1e7, 2e9], "N_non_embedding": [4e6, 2e9]})))


def test_few_runs_are_mostly_the_priors():
    """over_training has 4 parameters and its noise 2: from 7 runs there is no caution."""
    law = bs.find_law("over_training")
    assert not list(few_run_cautions(law, 7))
    (text,) = few_run_cautions(law, 6)
    assert "mostly the priors" in text and "at least 7 runs" in text


def test_no_run_past_the_valley_is_bad():
    """The optimal size is 1.3e9, and the runs end at 2e8; with larger runs all is good."""
    n = np.geomspace(2.5e7, 2e8, 12)
    rng = np.random.default_rng(0)
    for end, level in ((1.0, "bad"), (40.0, "good")):
        sizes = np.geomspace(n[0], n[-1] * end, 12)
        loss = 2.5 * np.exp(0.06 * np.log(sizes / 1.3e9) ** 2 / 2 + 0.002 * rng.standard_normal(12))
        fit = bs.fit("isoflop", pd.DataFrame({"N": sizes, "loss": loss}), y="loss", draws=500)
        assert fit.diagnosis.reach.level == level
        assert ("no run lies past the valley" in str(fit.diagnosis)) == (level == "bad")


def test_runs_that_are_all_at_chance_are_bad(error_fit):
    loss = np.linspace(4.2, 3.0, 16)
    error = 0.75 + 0.006 * np.random.default_rng(1).standard_normal(16)
    runs = pd.DataFrame({"loss": loss, "err": error})
    fit = bs.fit("perplexity_to_error", runs, y="err", L="loss", draws=500)
    assert fit.diagnosis.reach.level == "bad" and "at chance" in fit.diagnosis.reach.text
    assert "chance" not in error_fit.diagnosis.reach.text


def test_a_forecast_states_its_own_reach_everywhere(loss_fit, run, tmp_path):
    """D far too small for N: the command line says so in every format and ends with 1."""
    far = bs.targets(N=[6.9e9], D=[1.38e6])
    assert loss_fit.diagnosis.ok
    forecast = loss_fit.forecast(far)
    assert forecast.diagnosis.levels["reach"] == "bad" and "Reach: BAD" in repr(forecast)
    loss_fit.save(tmp_path / "fit.nc")
    target = ("forecast", "--fit", "fit.nc", "--N", "6.9e9", "--D", "1.38e6")
    for form, words in (("table", "Reach: BAD"), ("json", '"level": "bad"'), ("csv", ",bad,True")):
        code, out, err = run(*target, "--format", form)
        assert code == 1 and words in out and "bad reach: target 0 lies beyond" in err
