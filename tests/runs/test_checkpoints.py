"""Rows that are checkpoints: the last of each run by default, with a notice."""

import numpy as np
import pandas as pd
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs


def curves(runs=5, checkpoints=40, order="D"):
    """Checkpoints of several runs, each with its own luck."""
    rng = np.random.default_rng(0)
    rows = []
    for run, N in enumerate(np.geomspace(1e7, 1e9, runs)):
        luck = rng.normal(0, 0.01)
        for i in range(1, checkpoints + 1):
            D = 20 * N * i / checkpoints
            loss = (1.8 + 400 / N**0.34 + 1200 / D**0.32) * np.exp(luck)
            rows.append({"run": f"r{run}", "N": N, "D": D, "step": i, "loss": loss})
    return pd.DataFrame(rows)


TABLE = curves()
LAST = TABLE.groupby("run").tail(1)


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("mode", [None, "last"])
def test_the_last_checkpoint_of_each_run_is_kept_with_a_notice(mode, shuffled):
    table = TABLE.sample(frac=1, random_state=1) if shuffled else TABLE
    with pytest.warns(bs.RunsWarning, match="200 checkpoints of 5 runs.*the last of each is kept"):
        runs = bs.load_runs(table, checkpoints=mode)
    pd.testing.assert_frame_equal(runs[["run", "N", "D", "loss"]], LAST[["run", "N", "D", "loss"]])


def test_all_checkpoints_are_kept_where_that_is_asked():
    assert len(bs.load_runs(TABLE, checkpoints="all")) == 200


def test_a_frame_given_to_a_fit_keeps_its_rows():
    assert len(bs.design("chinchilla", TABLE)["z"]) == 200


def test_a_file_given_to_a_fit_gives_its_last_checkpoints(tmp_path):
    TABLE.to_csv(tmp_path / "log.csv", index=False)
    with pytest.warns(bs.RunsWarning, match="200 checkpoints of 5 runs"):
        assert len(bs.design("chinchilla", tmp_path / "log.csv")["z"]) == 5


def test_a_query_chooses_checkpoints_before_the_last_is_taken():
    with pytest.warns(bs.RunsWarning, match="100 checkpoints"):
        runs = bs.load_runs(TABLE, where="step <= 20")
    assert set(runs["step"]) == {20}


@pytest.mark.parametrize("name", ["run_id", "name", "model"])
def test_steps_order_checkpoints_where_tokens_are_missing(name):
    table = TABLE.drop(columns="D").rename(columns={"run": name})
    with pytest.warns(bs.RunsWarning, match="by step"):
        assert set(bs.load_runs(table)["step"]) == {40}


def test_a_value_logged_shortly_before_the_end_is_that_of_the_end():
    table = TABLE.assign(
        fresh=np.where(TABLE.step == 39, TABLE.loss, np.nan),
        stale=np.where(TABLE.step == 20, TABLE.loss, np.nan),
    )
    with pytest.warns(bs.RunsWarning, match="checkpoints"):
        runs = bs.load_runs(table)
    np.testing.assert_allclose(runs["fresh"], TABLE.loss[TABLE.step == 39])
    assert runs["stale"].isna().all()


@pytest.mark.parametrize(
    "table",
    [
        RUNS,
        RUNS.assign(run=["a", "b", "c"] * 4),  # N differs within a name
        pd.concat([RUNS.assign(seed=seed, loss=RUNS.loss + seed / 100) for seed in (0, 1)]),
        TABLE.drop(columns="run"),
    ],
    ids=["runs", "sizes", "seeds", "nameless"],
)
def test_rows_that_are_runs_stay(table):
    assert len(bs.load_runs(table)) == len(table)


def test_an_unknown_choice_is_refused():
    with refused("checkpoints is 'first'; use 'last' or 'all'"):
        bs.load_runs(TABLE, checkpoints="first")


@pytest.mark.parametrize("name", ["bhagia2024", "luo2025", "muennighoff2023"])
def test_bundled_tables_keep_their_rows(name):
    assert len(bs.load_runs(name)) == len(bs.load_runs(name, checkpoints="all"))
