"""Columns under other names: factors, logarithms, conventions of FLOPs, proposals, files."""

import json

import numpy as np
import pandas as pd
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs
from bayes_scaling.runs.mapping_file import read_mapping, write_mapping
from bayes_scaling.runs.proposal import propose_columns

GFLOPS = RUNS.assign(total_gflops=6e-9 * RUNS.N * RUNS.D).rename(columns={"N": "params"})


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("C", "total_gflops*1e9", 6 * RUNS.N * RUNS.D),
        ("C", "total_gflops * 1000000000", 6 * RUNS.N * RUNS.D),
        ("D", "D/1", RUNS.D),
        ("loss", "log(ppl)", RUNS.loss),
        ("error", "1 - acc", RUNS.error),
        ("N", "125m", np.full(12, 1.25e8)),
        ("items", 500, np.full(12, 500)),
    ],
)
def test_a_source_may_compute_with_a_column(name, source, expected):
    table = GFLOPS.assign(ppl=np.exp(RUNS.loss), acc=1 - RUNS.error)
    loaded = bs.load_runs(table, columns={"N": "params", name: source})
    np.testing.assert_allclose(loaded[name], expected)


def test_a_column_whose_name_is_an_expression_comes_first():
    table = RUNS.rename(columns={"loss": "train/2"})
    np.testing.assert_array_equal(bs.load_runs(table, columns={"loss": "train/2"}).loss, RUNS.loss)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"N": "parms"}, ["no column 'parms'", "did you mean params?"]),
        ({"C": "gflops*1e9"}, ["no column 'gflops'", "did you mean total_gflops?"]),
        ({"N": "params", "D": "params"}, ["N and D are both the column 'params'"]),
        ({"N": ["params"]}, ["columns['N'] is ['params']", "as text"]),
        ({"N": True}, ["columns['N'] is True"]),
        (["params"], ["columns is ['params']", "{'N': 'params', 'D': 'tokens'}"]),
        ("params.json", ["columns is 'params.json'", "no such file"]),
        ({"loss": "log(error_rate)"}, ["no column 'error_rate'"]),
        ({"L": "log(run)"}, ["row 0 (r0): run is 'r0'"]),
    ],
)
def test_an_invalid_mapping_is_refused(columns, words):
    with refused(*words):
        bs.load_runs(GFLOPS, columns=columns)


def test_flops_of_another_convention_are_brought_to_six_n_d():
    table = RUNS[["run", "N", "loss"]].assign(C=1.35 * 6 * RUNS.N * RUNS.D)
    loaded = bs.load_runs(table, flops_per_nd=1.35 * 6)
    np.testing.assert_allclose(loaded["D"], RUNS.D)
    np.testing.assert_allclose(loaded["C"], 6 * RUNS.N * RUNS.D)


def test_the_convention_that_gives_tokens_is_named():
    table = RUNS[["run", "N", "loss"]].assign(C=6 * RUNS.N * RUNS.D)
    with pytest.warns(bs.RunsWarning, match="D follows from the column C by C = 6 N D.*flops_per"):
        bs.load_runs(table)


@pytest.mark.parametrize("value", [0, -6, "6", True, float("nan"), 1e9])
def test_an_invalid_convention_is_refused(value):
    with refused("flops_per_nd is", "such as 6 or 2"):
        bs.load_runs(RUNS, flops_per_nd=value)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        ({"N": "params", "D": "tokens_seen"}, {"N": "params", "D": "tokens_seen"}),
        (
            {"N": "num_parameters", "D": "num_input_tokens_seen"},
            {"N": "num_parameters", "D": "num_input_tokens_seen"},
        ),
        (
            {"N": "parameter_count", "D": "throughput/total_tokens"},
            {"N": "parameter_count", "D": "throughput/total_tokens"},
        ),
        (
            {"N": "Params (M)", "D": "Tokens (B)"},
            {"N": "Params (M)*1e+06", "D": "Tokens (B)*1e+09"},
        ),
        (
            {"N": "config.n_params", "D": "trainTokens"},
            {"N": "config.n_params", "D": "trainTokens"},
        ),
        ({"N": "config.N", "D": "summary/D"}, {"N": "config.N", "D": "summary/D"}),
    ],
)
def test_common_names_are_proposed_with_their_units(names, columns):
    scales = {"N": 1e6 if "M" in names["N"] else 1, "D": 1e9 if "B" in names["D"] else 1}
    table = RUNS.assign(N=RUNS.N / scales["N"], D=RUNS.D / scales["D"]).rename(columns=names)
    with pytest.warns(bs.RunsWarning, match="proposed from the names of columns") as caught:
        loaded = bs.load_runs(table, columns="propose")
    assert str(columns) in str(caught[0].message)
    np.testing.assert_allclose(loaded[["N", "D"]], RUNS[["N", "D"]])


@pytest.mark.parametrize(
    ("column", "factor"),
    [("total_gflops", 1e9), ("train_flops", 1), ("tflops", 1e12), ("pf_days", 8.64e19)],
)
def test_compute_is_proposed_in_the_unit_of_its_name(column, factor):
    table = RUNS[["run", "N", "loss"]].assign(**{column: 6 * RUNS.N * RUNS.D / factor})
    with pytest.warns(bs.RunsWarning, match="C is"):
        loaded = bs.load_runs(table, columns="propose", flops_per_nd=6)
    np.testing.assert_allclose(loaded["D"], RUNS.D)


@pytest.mark.parametrize(
    ("names", "source"),
    [
        (["train/loss", "eval/loss"], "eval/loss"),
        (["train_loss"], "train_loss"),
        (["validation_loss", "loss_scale"], "validation_loss"),
        (["val/ppl"], "log(val/ppl)"),
        (["metrics.loss"], "metrics.loss"),
        (["train_loss", "val_loss", "test_loss"], None),
        (["eval/a/loss", "eval/b/loss"], None),  # which one is meant, nobody knows
    ],
)
def test_the_loss_that_is_proposed(names, source):
    values = {name: np.exp(RUNS.loss) if "ppl" in name else RUNS.loss for name in names}
    table = RUNS[["run", "N", "D"]].assign(**values)
    if source is None:
        assert "loss" not in bs.load_runs(table, columns="propose")
        return
    with pytest.warns(bs.RunsWarning) as caught:
        loaded = bs.load_runs(table, columns="propose")
    assert f"loss is {source};" in str(caught[0].message)
    np.testing.assert_allclose(loaded["loss"], RUNS.loss)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            RUNS.rename(columns={"N": "params"}).assign(total_params=RUNS.N * 2),
            ["N may be params or total_params; name one", "columns={'N': 'params'}"],
        ),
        (
            RUNS.assign(N=RUNS.N / 1e6).rename(columns={"N": "params"}),
            ["params is at most 80", "state its unit", "'params*1e6'"],
        ),
    ],
)
def test_what_names_do_not_state_is_asked(table, words):
    with refused("the table: ", *words):
        bs.load_runs(table, columns="propose")


def test_a_rate_under_the_name_of_a_total_is_no_compute():
    table = RUNS.assign(tflops=312.0)
    assert "C is" not in str(propose_columns(table))


def test_rates_are_no_totals():
    table = RUNS.assign(gflops_per_second=1e5, tokens_per_second=1e6, mfu=40.0)
    assert "tokens_per_second" in bs.load_runs(table, columns="propose")


def test_a_table_with_the_names_of_this_package_needs_no_proposal():
    pd.testing.assert_frame_equal(bs.load_runs(RUNS, columns="propose"), bs.load_runs(RUNS))


def test_a_mapping_on_disk_is_the_mapping(tmp_path):
    path = tmp_path / "mapping.json"
    write_mapping(path, {"N": "params", "C": "total_gflops*1e9"})
    assert read_mapping(path) == {"N": "params", "C": "total_gflops*1e9"}
    loaded = bs.load_runs(GFLOPS.drop(columns="D"), columns=str(path), flops_per_nd=6)
    np.testing.assert_allclose(loaded["D"], RUNS.D)


@pytest.mark.parametrize("content", ["", "[]", '{"columns": 3}', '{"columns": {"N": [1]}}', "{"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    path = tmp_path / "mapping.json"
    path.write_text(content)
    with refused(str(path), "is no mapping of columns", json.dumps("columns")):
        bs.load_runs(GFLOPS, columns=str(path))
