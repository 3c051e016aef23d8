"""Tables of other libraries, rows and columns, named indexes and columns of two levels."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs


@pytest.mark.parametrize(
    "convert",
    [
        lambda table: pa.Table.from_pandas(table),
        lambda table: pa.RecordBatch.from_pandas(table),
        lambda table: table.to_dict("records"),
        lambda table: tuple(table.to_dict("records")),
        lambda table: table.to_dict("list"),
        lambda table: {name: table[name].to_numpy() for name in table},
    ],
    ids=["arrow", "batch", "rows", "tuple", "columns", "arrays"],
)
def test_every_kind_of_table_gives_the_same_runs(convert):
    loaded = bs.load_runs(convert(RUNS))
    pd.testing.assert_frame_equal(loaded, bs.load_runs(RUNS), check_dtype=False)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_table_of_polars_gives_the_same_runs(lazy):
    polars = pytest.importorskip("polars")
    table = polars.DataFrame(RUNS.to_dict("list"))
    loaded = bs.load_runs(table.lazy() if lazy else table)
    pd.testing.assert_frame_equal(loaded, bs.load_runs(RUNS), check_dtype=False)


@dataclass
class DataFrame:
    """A table of a library that hands out nothing."""

    rows: int = 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (DataFrame(), ["of type DataFrame", "give a pandas DataFrame, such as table.to_pandas()"]),
        ([{"N": 1e8}, [1, 2]], ["row 1 is [1, 2]", "pandas DataFrame"]),
        ({"N": [1e8, 2e8], "D": [1e9]}, ["no table", "one value a run"]),
        ([], ["has no rows"]),
        ({}, ["has no rows"]),
    ],
)
def test_what_is_no_table_is_refused(given, words):
    with refused(*words):
        bs.load_runs(given)


@pytest.mark.parametrize("names", [["N"], ["N", "D"], ["run", "N", "D"]])
def test_named_levels_of_the_index_are_columns(names):
    loaded = bs.load_runs(RUNS.set_index(names))
    for name in ("N", "D", "loss", "C"):
        np.testing.assert_array_equal(loaded[name], bs.load_runs(RUNS)[name])


def test_means_over_seeds_keep_their_sizes():
    seeds = pd.concat([RUNS.assign(seed=0), RUNS.assign(seed=1, loss=RUNS.loss + 0.01)])
    mean = seeds.groupby(["N", "D"])[["loss"]].mean()
    np.testing.assert_allclose(bs.design("chinchilla", mean)["x"]["N"], sorted(RUNS.N))


def test_columns_of_two_levels_are_joined_by_name():
    seeds = pd.concat([RUNS, RUNS.assign(loss=RUNS.loss + 0.01)])
    table = seeds.groupby(["N", "D"], as_index=False).agg({"loss": ["mean", "std"]})
    loaded = bs.load_runs(table)
    assert {"N", "D", "loss_mean", "loss_std"} <= set(loaded.columns)
    with refused("no column 'loss'", "loss_mean, loss_std"):
        bs.design("chinchilla", table)


def test_a_large_table_takes_the_path_of_plain_columns():
    """No cell of a numeric column is treated by itself: such a call would be counted."""
    calls = []

    class Counted(float):
        def __float__(self):
            calls.append(1)
            return 1.0

    from bayes_scaling.runs.columns import numbers

    plain = pd.DataFrame({"N": np.full(1000, 1e8)})
    np.testing.assert_array_equal(numbers(plain, "N"), plain["N"])
    assert not calls
    numbers(pd.DataFrame({"N": [Counted(1e8)] * 3}, dtype=object), "N")
    assert len(calls) >= 3
