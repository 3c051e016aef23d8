"""Tables of target runs: invalid ones are refused, scalars, lists and tables are accepted."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs
from bayes_scaling.runs.targets import as_targets


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ["targets need values"]),
        ({"N": 7e9, "D": 1.4e11, "C": 1e22}, ["C is 1e+22 but 6 N D is 5.88e+21"]),
        ({"N": [1e9, 2e9], "D": [1e10, 2e10, 3e10]}, ["N has 2 values", "one or 3"]),
        ({"N": [], "D": []}, ["no rows"]),
        ({"N": [], "D": 1e10}, ["N has 0 values"]),
        ({"N": -1e9, "D": 1e10}, ["row 0: N is -1e+09", "positive"]),
        ({"N": [1e9, np.nan], "D": 1e10}, ["row 1: N is nan"]),
        ({"N": 0, "D": 1e10}, ["N is 0"]),
        ({"N": 1e9, "D": [1e10, np.inf]}, ["row 1: D is inf"]),
        ({"N": "7Q", "D": 1e10}, ["N is '7Q'"]),
        ({"N": "7B tokens", "D": 1e10}, ["N is '7B tokens'"]),
        ({"N": None, "D": 1e10}, ["N is None"]),
        ({"N": [[1e9]], "D": 1e10}, ["2 dimensions in N"]),
        ({"N": [[1e9], [1e9, 2e9]], "D": 1e10}, ["N is "]),
        ({"N": {1e9}, "D": 1e10}, ["N is "]),
        ({"N": 7e9, "D": 140}, ["column D is at most 140", "tokens as a count"]),
        ({"N": 7, "D": 1.4e11}, ["column N", "parameters as a count"]),
        ({"N": 1e9, "D": 1e10, "C": 1e15}, ["C is 1e+15 but 6 N D is 6e+19"]),
        ({"N": 1e9, "D": 1e10, "M": 0.01}, ["M is 0.01 but D / N is 10"]),
    ],
    ids=str,
)
def test_invalid_targets_are_refused(given, words):
    with refused(*words):
        bs.targets(**given)
    if given:
        with refused(*words):
            bs.targets(given)


@pytest.mark.parametrize(
    "given", [[1e9, 1e10], 7e9, "7e9", RUNS.N], ids=lambda given: type(given).__name__
)
def test_targets_of_another_type_are_refused(given):
    with refused(f"of type {type(given).__name__}", "give N and D"):
        bs.targets(given)


def test_targets_from_scalars_lists_mappings_and_tables():
    table = bs.targets(N=[1e9, 2e9], D=2e10)
    assert list(table) == ["N", "D", "C", "M"] and table.M.tolist() == [20.0, 10.0]
    pd.testing.assert_frame_equal(bs.targets({"N": [1e9, 2e9], "D": 2e10}), table)
    pd.testing.assert_frame_equal(bs.targets(pd.DataFrame({"N": [1e9, 2e9], "D": 2e10})), table)
    pd.testing.assert_frame_equal(bs.targets(N=("1e9", "2e9"), D=2e10), table)
    kept = bs.targets(pd.DataFrame({"N": [1e9], "D": [2e10], "name": ["big"]}, index=["x"]))
    assert kept.index.tolist() == ["x"] and kept.name.tolist() == ["big"]
    assert bs.targets(L=[2.5, 2.4]).L.dtype == float


@pytest.mark.parametrize("convert", [pa.Table.from_pandas, lambda table: table.to_dict("records")])
def test_targets_are_taken_from_every_kind_of_table(convert):
    table = pd.DataFrame({"N": [7e9, 1e9], "D": [1.4e11, 2e10], "corpus": ["c4", "dclm"]})
    pd.testing.assert_frame_equal(bs.targets(convert(table)), bs.targets(table), check_dtype=False)
    pd.testing.assert_frame_equal(as_targets(convert(table)), bs.targets(table), check_dtype=False)


def test_columns_are_added_to_a_table_of_targets():
    frame = pd.DataFrame({"N": [1e9, 2e9]}, index=["a", "b"])
    table = bs.targets(frame, D=[2e10, 4e10], P=2)
    assert (
        list(table["D"]) == [2e10, 4e10]
        and list(table["P"]) == [2, 2]
        and list(table.index) == ["a", "b"]
    )
    with pytest.raises(
        bs.InputError, match="targets have 2 rows, and one of D has another number of values"
    ):
        bs.targets(frame, D=[1e10, 2e10, 3e10])


def test_compute_of_targets_may_be_counted_otherwise():
    """2 N D is a forward pass: the tokens are those of 6 N D three times as large."""
    given = bs.targets(N=7e9, C=2 * 7e9 * 1.4e11, flops_per_nd=2)
    np.testing.assert_allclose(given[["D", "C"]].iloc[0], [1.4e11, 6 * 7e9 * 1.4e11])
    assert "flops_per_nd" not in given
    with refused("flops_per_nd is 0"):
        bs.targets(N=7e9, C=1e22, flops_per_nd=0)
