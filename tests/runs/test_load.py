"""Tables of runs as loaded: what is refused, what is warned of, what is added."""

import warnings

import numpy as np
import pandas as pd
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs
from bayes_scaling.runs.sizes import derive_sizes


def test_a_bundled_table_of_tasks_holds_no_runs():
    with refused(
        "gadre2024_tasks is a bundled table of tasks and holds no runs; give one of ",
        ", gadre2024, ",
    ):
        bs.load_runs("gadre2024_tasks")


@pytest.mark.parametrize(
    ("law", "count"), [("over_training", 4), ("chinchilla", 5), ("coupled", 6)]
)
def test_fewer_rows_than_parameters_are_refused(law, count):
    with refused(f"{count} parameters", f"{count - 1} rows"):
        bs.design(law, RUNS.iloc[:: 12 // (count - 1)].iloc[: count - 1])
    assert len(bs.design(law, RUNS.iloc[[0, 5, 10, 3, 6, 9][:count]])["z"]) == count


@pytest.mark.parametrize("law", ["chinchilla", "over_training", "coupled"])
@pytest.mark.parametrize("column", ["N", "D"])
def test_one_value_of_a_size_is_refused(law, column):
    with refused(f"every run has {column} = 1e+09", "add runs that vary it"):
        bs.design(law, RUNS.assign(**{column: 1e9}))


def test_one_value_of_tokens_per_parameter_is_warned_of():
    with pytest.warns(bs.RunsWarning, match="every run has M = 20"):
        assert len(bs.design("over_training", RUNS.assign(D=RUNS.N * 20))["z"]) == 12


def test_rows_that_appear_twice_are_warned_of_once_and_kept():
    with pytest.warns(
        bs.RunsWarning, match=r"row 12 \(r1\) appears twice in the table.*2 such rows"
    ) as caught:
        runs = bs.load_runs(pd.concat([RUNS, RUNS.iloc[1:3]], ignore_index=True))
    assert len(runs) == 14 and len(caught) == 1
    bs.load_runs(runs)
    assert len(bs.select(runs, "N > 1e7")) == 11
    with pytest.warns(bs.RunsWarning, match="14 such rows"):
        bs.load_runs(pd.concat([runs, runs.iloc[:12]]))


def test_runs_that_differ_only_in_the_seed_are_no_copies():
    assert len(bs.load_runs(pd.concat([RUNS.assign(seed=0), RUNS.assign(seed=1)]))) == 24


@pytest.mark.parametrize(
    ("column", "divisor", "words"),
    [
        ("D", 1e9, "give tokens as a count"),
        ("D", 1e6, "give tokens"),
        ("N", 1e6, "give parameters as a count"),
        ("N", 1e9, "give parameters"),
    ],
)
def test_sizes_in_millions_or_billions_are_refused(column, divisor, words):
    with refused(f"column {column} is at most", "(r", words):
        bs.load_runs(RUNS.assign(**{column: RUNS[column] / divisor}))


@pytest.mark.parametrize(
    ("column", "factor"), [("C", 1e3), ("C", 1e-3), ("C", 1e-9), ("M", 1e3), ("M", 1e-3)]
)
def test_compute_and_ratio_must_fit_the_sizes(column, factor):
    right = {"C": 6 * RUNS.N * RUNS.D, "M": RUNS.D / RUNS.N}[column]
    wrong = right.where(RUNS.run != "r7", right * factor)
    with refused("row 7 (r7)", f"{column} is ", {"C": "6 N D is", "M": "D / N is"}[column]):
        bs.load_runs(RUNS.assign(**{column: wrong}))
    remedy = {"C": r"C is 7.8 N D in every row, as in .*flops_per_nd=7.8", "M": "column M out"}
    with pytest.warns(bs.RunsWarning, match=remedy[column]):  # counted in another way: kept
        kept = bs.load_runs(RUNS.assign(**{column: right * 1.3}))[column]
    pd.testing.assert_series_equal(kept, (right * 1.3).rename(column))


def test_compute_in_petaflop_days_is_refused():
    with refused("give FLOPs as a count"):
        bs.load_runs(RUNS.assign(C=6 * RUNS.N * RUNS.D / 8.64e19))


@pytest.mark.parametrize(
    "runs",
    [RUNS.iloc[:0], pd.DataFrame(), pd.DataFrame({"N": []})],
    ids=["rowless", "bare", "columned"],
)
def test_a_table_without_rows_is_refused(runs):
    with refused("the table has no rows"):
        bs.load_runs(runs)


@pytest.mark.parametrize(
    "given",
    [None, 3, [1, 2], (None,), b"runs.csv", RUNS.N],
    ids=lambda given: type(given).__name__,
)
def test_what_is_not_a_table_is_refused(given):
    with refused(f"of type {type(given).__name__}", "give a pandas DataFrame"):
        bs.load_runs(given)


def test_the_given_table_is_left_unchanged():
    before = RUNS.copy()
    bs.load_runs(RUNS, columns={"N": "D*0.1"}, where="loss > 4")
    pd.testing.assert_frame_equal(RUNS, before)
    assert not RUNS.attrs


@pytest.mark.parametrize(
    "index",
    [
        list(range(100, 112)),
        [0] * 12,
        list("abcdefghijkl"),
        pd.Index(RUNS.N, name="N"),
        pd.MultiIndex.from_frame(RUNS[["N", "D"]]),
    ],
    ids=lambda i: type(i).__name__,
)
def test_any_index_is_accepted(index):
    runs = bs.load_runs(RUNS.set_axis(index, axis=0), where="N > 1e7")
    assert runs.run.tolist() == [f"r{i}" for i in range(12) if i % 4]
    np.testing.assert_array_equal(runs.C, 6 * runs.N * runs.D)


def test_large_integers_do_not_overflow():
    N, D = 7 * 10**11, 3 * 10**13  # 6 N D is beyond int64
    given = RUNS.assign(N=np.arange(1, 13) * N, D=np.arange(12, 0, -1) * D)
    assert given.N.dtype == np.int64
    runs = bs.load_runs(given, where="6 * N * D > 1e24")
    assert len(runs) == 12 and runs.C.iloc[0] == pytest.approx(6.0 * N * 12 * D)
    assert len(bs.select(given, "6 * N * D > 1e24")) == 12
    assert bs.design("over_training", given)["x"]["C"].min() > 1e25
    assert bs.targets(N=N, D=D).C[0] == pytest.approx(6.0 * N * D)
    assert bs.targets(N=np.array([N]), D=np.array([D])).C[0] == pytest.approx(6.0 * N * D)


@pytest.mark.parametrize("pair", ["ND", "NC", "NM", "DC", "DM", "CM"])
def test_any_two_sizes_give_the_others(pair):
    full = derive_sizes({"N": np.array([7e9]), "D": np.array([1.4e11])})
    for key, value in derive_sizes({key: full[key] for key in pair}).items():
        np.testing.assert_allclose(value, full[key], rtol=1e-12)


def test_bundled_tables_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(bs.load_runs("gadre2024")) == 104
        assert len(bs.load_runs("hoffmann2022")) == 245
