"""Tables of runs: bad input is refused in one sentence that names the place and the mend, good input is read as it stands."""

import warnings

import numpy as np
import pandas as pd
import pytest
from refusals import RUNS, changed, refused

import bayes_scaling as bs
from bayes_scaling._core.arguments import check_prob
from bayes_scaling.runs.sizes import derive

# values


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "",
        "1,000",
        np.nan,
        None,
        pd.NA,
        np.inf,
        -np.inf,
        -1.0,
        0,
        10**400,
        [3.0, 4.0],
        pd.Timestamp("2024-01-01"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("column", ["N", "D", "loss"])
def test_a_value_that_can_not_be_is_refused_by_row_and_column(column, value):
    with refused("row 3 (r3)", f"{column} is ", "leave the row out"):
        bs.design("chinchilla", changed(3, column, value))


@pytest.mark.parametrize("column", ["N", "D", "loss"])
@pytest.mark.parametrize("text", ["abc", "", "NaN", "-5", "0", "inf"])
def test_a_bad_cell_of_a_file_is_refused_by_row_and_column(tmp_path, column, text):
    changed(3, column, text).to_csv(tmp_path / "runs.csv", index=False)
    with refused("row 3 (r3)", f"{column} is "):
        bs.design("chinchilla", tmp_path / "runs.csv")


def test_a_row_is_named_by_its_label():
    with refused("row k: N is -1"):
        bs.load_runs(changed(2, "N", -1).drop(columns="run").set_axis(list("xyklmnopqrst"), axis=0))
    with refused("row 40 (r3): loss is 0"):
        bs.design("chinchilla", changed(3, "loss", 0).set_axis(range(10, 130, 10), axis=0))


@pytest.mark.parametrize("value", [-0.1, 0, 1, 1.2, 73.0])
def test_an_error_rate_lies_strictly_between_0_and_1(value):
    with refused("row 3 (r3)", "error is ", "strictly between 0 and 1"):
        bs.design("perplexity_to_error", changed(3, "error", value), columns={"L": "loss"})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12,000,000", "12000000"),
        ("12M", "12000000"),
        ("1.4 B", "1400000000"),
        ("1,234.5", "1234.5"),
    ],
)
def test_a_number_as_it_is_spoken_says_how_to_write_it(text, meant):
    with refused(
        f"row 3 (r3): N is '{text}'; write it without commas or letters, as {meant}, or leave the row out"
    ):
        bs.load_runs(changed(3, "N", text))


@pytest.mark.parametrize("text", ["2,5", "12MB", "1,00,000", "M"])
def test_a_number_that_may_mean_several_is_not_guessed(text):
    with refused(f"N is '{text}'; give a finite number"):
        bs.load_runs(changed(3, "N", text))


def test_percent_and_shares_at_the_ends_say_the_mend():
    for value, law, words in (
        (
            1.65,
            "perplexity_to_error",
            "fix it or leave the row out; where these are percent, divide by 100",
        ),
        (
            1.0,
            "perplexity_to_error",
            "error is 1; it must be strictly between 0 and 1: leave the row out, or fit counts of items by a binomial law (task_binomial)",
        ),
        (-0.1, "perplexity_to_error", "strictly between 0 and 1: fix it or leave the row out"),
        (0, "chinchilla", "a positive number: fix it or leave the row out"),
    ):
        y = "loss" if law == "chinchilla" else "error"
        with refused(words):
            bs.design(law, changed(3, y, value), columns={} if y == "loss" else {"L": "loss"})
    with refused("divide by 100, and where counts, by the items"):
        bs.design(
            "task_binomial",
            RUNS.assign(error=lambda t: 100 * t.error),
            "error",
            columns={"L": "loss", "items": 500, "chance": 0.9},
        )


def test_a_standard_error_is_positive():
    with refused("row 3 (r3)", "se is 0"):
        bs.design("chinchilla", RUNS.assign(se=[0.1] * 3 + [0.0] + [0.1] * 8), se="se")


def test_numbers_written_as_text_count():
    given = bs.design("chinchilla", changed(3, "N", " 8e7 "))
    np.testing.assert_array_equal(given["x"]["N"], RUNS.N)


# columns


@pytest.mark.parametrize("law", ["chinchilla", "over_training"])
@pytest.mark.parametrize("column", ["N", "D"])
def test_a_missing_size_is_named(law, column):
    with refused(f"{law} needs", "two of N, D, C, M"):
        bs.design(law, RUNS.drop(columns=column))


def test_sizes_under_other_names_are_named_as_it_says():
    runs = RUNS.rename(columns={"N": "params", "D": "tokens"})
    with refused(
        "needs the input N",
        "has run, params, tokens, loss",
        "load_runs(..., columns={'N': 'params'})",
    ):
        bs.design("chinchilla", runs)
    named = bs.design("chinchilla", bs.load_runs(runs, columns={"N": "params", "D": "tokens"}))
    np.testing.assert_array_equal(named["x"]["N"], RUNS.N)


def test_a_bundled_table_of_tasks_is_said_to_hold_no_runs():
    with refused(
        "gadre2024_tasks is a bundled table of tasks and holds no runs; give one of ",
        ", gadre2024, ",
    ):
        bs.load_runs("gadre2024_tasks")


def test_a_missing_or_misspelt_outcome_is_named():
    with refused("no column 'los'", "did you mean loss?"):
        bs.design("chinchilla", RUNS, "los")
    with refused("no column 'loss'", "loss_c4"):
        bs.design("chinchilla", RUNS.rename(columns={"loss": "loss_c4"}))
    with refused("no column 'se'"):
        bs.design("chinchilla", RUNS, se="se")


def test_a_misspelt_input_or_its_column_is_named():
    with refused("l is no input of perplexity_to_error", "did you mean L?"):
        bs.design("perplexity_to_error", RUNS, columns={"l": "loss"})
    with refused("needs the input L", "no column 'los'"):
        bs.design("perplexity_to_error", RUNS, columns={"L": "los"})


@pytest.mark.parametrize(
    ("call", "option", "meant"),
    [
        (bs.fit, "draw", "draws"),
        (bs.fit, "warm_up", "warmup"),
        (bs.calibrate, "sim", "sims"),
        (bs.backtest, "cutoff", "cutoffs"),
    ],
)
def test_a_misspelt_option_is_no_column(call, option, meant):
    with refused(f"there is no option {option} (did you mean {meant}?)"):
        call("chinchilla", RUNS, "loss", **{option: 20})
    with refused("q is no input of chinchilla"):
        call("chinchilla", RUNS, "loss", q="loss")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("chinchila", "chinchilla"),
        ("OverTraining", "over_training"),
        ("perplexity", "perplexity_to_error"),
    ],
)
def test_a_misspelt_law_says_which_was_meant(name, meant):
    with refused(
        f"there is no law '{name}' (did you mean {meant}?); bs.laws() and `bayes-scaling laws` list them all"
    ):
        bs.find_law(name)
    with refused("there is no law 'zzzz'; laws are ", ", ...: bs.laws()"):
        bs.find_law("zzzz")


def test_two_columns_of_one_name_are_refused():
    with refused("two columns 'N'"):
        bs.load_runs(RUNS.rename(columns={"error": "N"}))


def test_columns_are_renamed():
    given = RUNS.rename(columns={"N": "params", "D": "tokens"})
    runs = bs.load_runs(given, columns={"N": "params", "D": "tokens"})
    pd.testing.assert_frame_equal(
        runs[["N", "D", "C", "M"]], bs.load_runs(RUNS)[["N", "D", "C", "M"]]
    )
    with refused("no column 'parms'", "did you mean params?"):
        bs.load_runs(given, columns={"N": "parms"})


def test_columns_are_swapped_at_once():
    given = RUNS.rename(columns={"N": "D", "D": "N"})
    runs = bs.load_runs(given, columns={"N": "D", "D": "N"})
    pd.testing.assert_frame_equal(runs[["N", "D"]], RUNS[["N", "D"]])


@pytest.mark.parametrize(
    "name", ["the loss", "损失 é", "loss[c4]", "a" * 500, "loss\nof c4", "`", "class", "2x"]
)
def test_an_outcome_may_have_any_name(name):
    given = RUNS.rename(columns={"loss": name})
    np.testing.assert_array_equal(bs.design("chinchilla", given, name)["z"], np.log(RUNS.loss))


# the table as a whole


@pytest.mark.parametrize(
    ("law", "least"), [("over_training", 4), ("chinchilla", 5), ("coupled", 6)]
)
def test_fewer_rows_than_parameters_are_refused(law, least):
    with refused(f"{least} parameters", f"{least - 1} rows"):
        bs.design(law, RUNS.iloc[:: 12 // (least - 1)].iloc[: least - 1])
    assert len(bs.design(law, RUNS.iloc[[0, 5, 10, 3, 6, 9][:least]])["z"]) == least


@pytest.mark.parametrize("law", ["chinchilla", "over_training", "coupled"])
@pytest.mark.parametrize("column", ["N", "D"])
def test_one_value_of_a_size_is_refused(law, column):
    with refused(f"every run has {column} = 1e+09", "add runs that vary it"):
        bs.design(law, RUNS.assign(**{column: 1e9}))


def test_one_value_of_tokens_per_parameter_is_warned_of():
    with pytest.warns(bs.RunsWarning, match="every run has M = 20"):
        assert len(bs.design("over_training", RUNS.assign(D=RUNS.N * 20))["z"]) == 12


def test_rows_that_stand_twice_are_warned_of_once_and_kept():
    with pytest.warns(
        bs.RunsWarning, match=r"row 12 \(r1\) stands twice in the table.*2 such rows"
    ) as told:
        runs = bs.load_runs(pd.concat([RUNS, RUNS.iloc[1:3]], ignore_index=True))
    assert len(runs) == 14 and len(told) == 1
    bs.load_runs(runs)
    assert len(bs.select(runs, "N > 1e7")) == 11
    with pytest.warns(bs.RunsWarning, match="14 such rows"):
        bs.load_runs(pd.concat([runs, runs.iloc[:12]]))


def test_runs_that_differ_in_a_seed_alone_are_no_copies():
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
    with pytest.warns(
        bs.RunsWarning, match=f"leave the column {column} out"
    ):  # a count of another kind is kept, and spoken of
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
    [None, 3, [1, 2], {"N": [1e9]}, b"runs.csv", RUNS.N],
    ids=lambda given: type(given).__name__,
)
def test_what_is_no_table_is_refused(given):
    with refused(f"of type {type(given).__name__}", "give a DataFrame"):
        bs.load_runs(given)


def test_the_given_table_is_left_as_it_was():
    before = RUNS.copy()
    bs.load_runs(RUNS, columns={"N": "D"}, where="loss > 4")
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
def test_any_index_is_taken(index):
    runs = bs.load_runs(RUNS.set_axis(index, axis=0), where="N > 1e7")
    assert runs.run.tolist() == [f"r{i}" for i in range(12) if i % 4]
    np.testing.assert_array_equal(runs.C, 6 * runs.N * runs.D)


def test_large_whole_numbers_do_not_overflow():
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
    full = derive({"N": np.array([7e9]), "D": np.array([1.4e11])})
    for key, value in derive({key: full[key] for key in pair}).items():
        np.testing.assert_allclose(value, full[key], rtol=1e-12)


# targets


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ["targets need values"]), ({"N": 7e9, "D": 1.4e11, "C": 1e22}, ["C is 1e+22 but 6 N D is 5.88e+21"]),
        ({"N": [1e9, 2e9], "D": [1e10, 2e10, 3e10]}, ["N has 2 values", "one or 3"]), ({"N": [], "D": []}, ["no rows"]), ({"N": [], "D": 1e10}, ["N has 0 values"]),
        ({"N": -1e9, "D": 1e10}, ["row 0: N is -1e+09", "positive"]), ({"N": [1e9, np.nan], "D": 1e10}, ["row 1: N is nan"]), ({"N": 0, "D": 1e10}, ["N is 0"]),
        ({"N": 1e9, "D": [1e10, np.inf]}, ["row 1: D is inf"]), ({"N": "7B", "D": 1e10}, ["N is '7B'"]), ({"N": None, "D": 1e10}, ["N is None"]),
        ({"N": [[1e9]], "D": 1e10}, ["2 dimensions in N"]), ({"N": [[1e9], [1e9, 2e9]], "D": 1e10}, ["N is "]), ({"N": {1e9}, "D": 1e10}, ["N is "]),
        ({"N": 7e9, "D": 140}, ["column D is at most 140", "tokens as a count"]), ({"N": 7, "D": 1.4e11}, ["column N", "parameters as a count"]),
        ({"N": 1e9, "D": 1e10, "C": 1e15}, ["C is 1e+15 but 6 N D is 6e+19"]), ({"N": 1e9, "D": 1e10, "M": 0.01}, ["M is 0.01 but D / N is 10"]),
    ],
    ids=str,
)  # fmt: skip
def test_targets_that_can_not_be_are_refused(given, words):
    with refused(*words):
        bs.targets(**given)
    if given:
        with refused(*words):
            bs.targets(given)


@pytest.mark.parametrize(
    "given", [[1e9, 1e10], 7e9, "7e9", RUNS.N], ids=lambda given: type(given).__name__
)
def test_targets_of_another_kind_are_refused(given):
    with refused(f"of type {type(given).__name__}", "give N and D"):
        bs.targets(given)


def test_targets_are_made_of_scalars_lists_mappings_and_frames():
    made = bs.targets(N=[1e9, 2e9], D=2e10)
    assert list(made) == ["N", "D", "C", "M"] and made.M.tolist() == [20.0, 10.0]
    pd.testing.assert_frame_equal(bs.targets({"N": [1e9, 2e9], "D": 2e10}), made)
    pd.testing.assert_frame_equal(bs.targets(pd.DataFrame({"N": [1e9, 2e9], "D": 2e10})), made)
    pd.testing.assert_frame_equal(bs.targets(N=("1e9", "2e9"), D=2e10), made)
    kept = bs.targets(pd.DataFrame({"N": [1e9], "D": [2e10], "name": ["big"]}, index=["x"]))
    assert kept.index.tolist() == ["x"] and kept.name.tolist() == ["big"]
    assert bs.targets(L=[2.5, 2.4]).L.dtype == float


def test_columns_are_added_to_a_frame_of_targets():
    frame = pd.DataFrame({"N": [1e9, 2e9]}, index=["a", "b"])
    made = bs.targets(frame, D=[2e10, 4e10], P=2)
    assert (
        list(made["D"]) == [2e10, 4e10]
        and list(made["P"]) == [2, 2]
        and list(made.index) == ["a", "b"]
    )
    with pytest.raises(
        bs.InputError, match="targets have 2 rows, and one of D has another number of values"
    ):
        bs.targets(frame, D=[1e10, 2e10, 3e10])


@pytest.mark.parametrize(
    "prob", [0, 1, -0.5, 90, np.nan, np.inf, "0.9", None, [0.9], np.array([0.5, 0.9])], ids=str
)
def test_a_probability_lies_strictly_between_0_and_1(prob):
    with refused("prob is ", "between 0 and 1"):
        check_prob(prob)


def test_reading_and_checking_warn_of_nothing_else():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(bs.load_runs("gadre2024")) == 104
        assert len(bs.load_runs("hoffmann2022")) == 245
