"""Rows that are checkpoints: the last of each run by default, with a notice."""

import warnings

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
        pd.concat([RUNS, RUNS.assign(loss=RUNS.loss + 0.01)]),  # each run again
        RUNS.assign(model=np.repeat(["a", "b", "c", "d"], 3)).sort_values("N"),
        RUNS.assign(run=[f"r-step{i}" for i in range(12)]),  # of other sizes
    ],
    ids=["runs", "sizes", "seeds", "again", "models", "steps in names"],
)
def test_rows_that_are_runs_stay(table):
    assert len(bs.load_runs(table)) == len(table)


def named(name):
    return TABLE.rename(columns={"run": name})


@pytest.mark.parametrize(
    "table",
    [
        named("experiment"),
        named("Run"),
        named("id").assign(id=TABLE.run.str[1:].astype(int)),
        TABLE.assign(run=TABLE.run + "-step" + TABLE.step.astype(str)),
        TABLE.assign(run=TABLE.run + "/checkpoint-" + (1000 * TABLE.step).astype(str)),
        pd.concat([TABLE, TABLE.iloc[3:6].assign(loss=9.0)], ignore_index=True),  # resumed
        TABLE.assign(N=TABLE.N * (1 + 1e-4 * (TABLE.step % 2))),
        TABLE.drop(columns=["D", "step"]).assign(**{"Wall Time": TABLE.step}),
        TABLE.drop(columns="step").rename(columns={"run": "model"}),
    ],
    ids=["experiment", "Run", "id", "step", "checkpoint", "resumed", "N", "time", "model"],
)
def test_checkpoints_of_any_shape_are_found(table):
    with pytest.warns(bs.RunsWarning, match="checkpoints of 5 runs"):
        assert len(bs.load_runs(table)) == 5


def test_two_rows_of_one_run_are_checkpoints():
    with pytest.warns(bs.RunsWarning, match="10 checkpoints of 5 runs"):
        assert len(bs.load_runs(TABLE[TABLE.step % 20 == 0])) == 5


@pytest.mark.parametrize("columns", [["run"], ["run", "step"]])
def test_checkpoints_without_names_are_a_doubt(columns):
    with pytest.warns(bs.RunsWarning, match=r"40 rows have N = 1e\+07 and evenly spaced D"):
        assert len(bs.load_runs(TABLE.drop(columns=columns))) == 200


def test_cooled_down_checkpoints_are_the_ends_of_a_run():
    """Two cooldowns of r0, one of r1; r2 never cools down, and r3 only warms up."""
    step = np.arange(1, 41)
    constant = np.full(40, 1e-3)
    twice = np.where((step > 15) & (step <= 20), 1e-3 * (20 - step) / 5, constant)
    rates = {
        "r0": np.where(step > 35, 1e-3 * (40 - step) / 5, twice),
        "r1": 1e-3 * (0.55 + 0.45 * np.cos(np.pi * step / 40)),
        "r2": constant,
        "r3": 1e-3 * step / 40,
    }
    table = TABLE[TABLE.run != "r4"].assign(lr=np.concatenate(list(rates.values())))
    with pytest.warns(bs.RunsWarning, match="has come down by the column lr of each is kept"):
        runs = bs.load_runs(table)
    ends = [(run, step) for run, step in zip(runs["run"], runs["step"])]
    assert ends == [("r0", 20), ("r0", 40), ("r1", 40), ("r2", 40), ("r3", 40)]


def test_an_unknown_choice_is_refused():
    with refused("checkpoints is 'first'; use 'last' or 'all'"):
        bs.load_runs(TABLE, checkpoints="first")


@pytest.mark.parametrize("name", ["bhagia2024", "luo2025", "muennighoff2023"])
def test_bundled_tables_keep_their_rows(name):
    assert len(bs.load_runs(name)) == len(bs.load_runs(name, checkpoints="all"))


@pytest.mark.parametrize("name", ["run", "model", None])
def test_a_size_that_is_no_number_is_refused_among_checkpoints(name):
    table = TABLE.astype({"N": object})
    table = table.rename(columns={"run": name}) if name else table.drop(columns="run")
    table.loc[7, "N"] = "6.9.1"
    with warnings.catch_warnings(), refused("row 7", "N is '6.9.1'"):
        warnings.simplefilter("ignore", bs.RunsWarning)
        bs.load_runs(table)
