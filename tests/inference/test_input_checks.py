"""Input errors in a table: refused where certain, warned of where likely."""

import importlib

import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
from simulate import simulate

import bayes_scaling as bs
from bayes_scaling.models import LAWS


def runs(name):
    return simulate(LAWS[name], 0, sigma=0.01)


@pytest.mark.parametrize(
    ("name", "column", "value", "says"),
    [
        ("precision_train", "P_w", 0.0, "P_w is 0, and precision_train takes P_w above 0"),
        ("precision_train", "P_w", -4.0, "P_w is -4"),
        ("diloco", "R", 0.0, "takes R above 0"),
        ("transfer", "D_F", 0.0, "takes D_F above 0"),
        ("data_constrained", "U", -1.0, "U is -1"),
        ("perplexity_to_error", "L", -1.0, "L is -1"),
        ("mixing_law", "w_web", -1.0, "takes w_web from 0"),
        ("moe_sparsity", "S", -1.0, "takes S from 0"),
    ],
)
def test_inputs_that_a_law_does_not_take_are_refused_by_row(name, column, value, says):
    table = runs(name)
    table.loc[3, column] = value
    with pytest.raises(
        bs.InputError, match=rf"row 3 \(run 3\): .*{says}.*; fix it or leave the row out"
    ):
        bs.design(name, table)


def line(**more):
    return bs.Law(
        name="line",
        formula="L = E + A / (1 + x)",
        inputs={"x": "steps"},
        function=lambda x, E, A: E + A / (1 + x["x"]),
        parameters=(bs.floor("E"), bs.amplitude("A", lambda x, p: 1 / (1 + x["x"]))),
        **more,
    )


def test_a_law_of_ones_own_takes_zero_where_its_example_holds_it():
    table = pd.DataFrame({"x": np.arange(8.0), "loss": 2 + 1 / (1 + np.arange(8.0))})
    with pytest.raises(
        bs.InputError,
        match=r"row 0: x is 0, and line takes x above 0; .*give the law an example that holds it, "
        r"example=\{'x': \(0.0, 1.0\)\}",
    ):
        bs.design(line(), table)
    assert bs.design(line(example={"x": (0.0, 1.0)}), table)["x"]["x"][0] == 0
    with pytest.raises(bs.InputError, match="x is -1, and line takes x from 0"):
        bs.design(line(example={"x": (0.0, 1.0)}), table.assign(x=table["x"] - 1))
    assert (
        bs.design(line(example={"x": (-1.0, 1.0)}), table.assign(x=table["x"] - 1))["x"]["x"][0]
        == -1
    )


def test_a_law_that_bears_zero_takes_it():
    """Dense models have no idle experts: S = 0."""
    data = bs.design("moe_sparsity", runs("moe_sparsity"))
    assert data["x"]["S"].min() == 0


def test_targets_that_a_law_does_not_take_are_refused():
    fit = bs.fit("parallel_scaling", runs("parallel_scaling"))
    to = {"N": [1e9, 1e9], "P": [2.0, 0.0]}
    for ask in (
        fit.forecast,
        lambda to: fit.forecast(to, of="mean"),
        fit.plot,
        lambda to: bs.compare({"a": fit, "b": fit}, at=to),
    ):
        with pytest.raises(
            bs.InputError,
            match="target 1: P is 0, and parallel_scaling takes P above 0; give another",
        ):
            ask(to)


def test_tokens_per_parameter_far_from_all_runs_are_a_caution(loss_fit):
    """The runs have M from 5 to 640, a swapped target 0.01, at a compute within their range."""
    told = loss_fit.forecast(bs.targets(N=1e11, D=1e9))
    assert any(
        "its M = 0.01 tokens per parameter is 500 times below those of all runs (5 to 640)" in text
        for text in told.diagnosis.cautions
    )
    assert not any(
        "tokens per parameter" in text
        for text in loss_fit.forecast(bs.targets(N=1e9, D=1e12)).diagnosis.cautions
    )


def test_swapped_sizes_are_warned_of(small):
    swapped = small.drop(columns=["C", "M"]).rename(columns={"N": "D", "D": "N"})
    with pytest.warns(bs.RunsWarning, match="are N and D swapped"):
        bs.design("chinchilla", swapped, y="loss_c4")


@pytest.mark.parametrize(
    ("law", "columns"), [("over_training", {}), ("perplexity_to_error", {"L": "loss_c4"})]
)
def test_an_accuracy_taken_for_a_loss_is_warned_of(small, law, columns):
    with pytest.warns(
        bs.RunsWarning,
        match="acc rises with the size of the runs, and the .* falls: is it an accuracy",
    ):
        bs.design(law, small.assign(acc=1 - small["error_17"]), y="acc", columns=columns)


@pytest.mark.parametrize(
    "name", ["gadre2024", "hoffmann2022", "porian2024", "muennighoff2023", "bhagia2024"]
)
def test_tables_that_are_right_are_not_warned_of(name):
    table = bs.load_runs(name)
    y = next(c for c in table.columns if c.startswith("loss") and not c.endswith("_se"))
    bs.design("chinchilla", table[table[y].notna()], y=y)


def test_groups_of_nearly_one_run_are_warned_of_and_groups_of_one_run_refused(small, monkeypatch):
    """Before anything is sampled."""
    monkeypatch.setattr(
        "bayes_scaling.results.fitting.with_linearization", lambda *_: pytest.fail("sampled")
    )
    table = small.assign(seed=np.arange(len(small)) // 1.05 // 1)
    with (
        pytest.raises(pytest.fail.Exception),
        pytest.warns(
            bs.RunsWarning,
            match="seed identifies 31 groups among 32 runs, and 30 of them have one run: "
            r"is that the column of the data set\?",
        ),
    ):
        bs.fit("over_training", table, y="loss_c4", group="seed")
    for group in ("run", ["dataset", "run"]):
        with pytest.raises(
            bs.InputError,
            match="run differs between all runs: it identifies no groups; "
            "name a column that several runs share",
        ):
            bs.fit(
                "over_training",
                pd.concat([small, small.assign(dataset="b", run=small["run"] + "b")]),
                y="loss_c4",
                group=group,
            )


def test_a_backtest_checks_each_series_once(small, monkeypatch):
    """Whatever the number of laws, outcomes by their names; and what is right is not warned of."""

    def stop(*_, **__):
        raise StopIteration

    monkeypatch.setattr(
        importlib.import_module("bayes_scaling.validation.law_forecasts"), "fit_many", stop
    )
    table, laws = small.assign(acc=1 - small["error_17"]), ["over_training", "chinchilla"]
    for y in ("acc", ["loss_c4", "acc"]):
        with pytest.warns(bs.RunsWarning) as told, pytest.raises(StopIteration):
            bs.backtest(laws, table, y)
        assert [str(one.message).split(":")[0] for one in told] == [
            "acc rises with the size of the runs, and the loss of over_training falls"
        ]
    for right in (
        table,
        pd.concat(
            [
                table,
                table.head(6).assign(
                    dataset="one size",
                    C=1e19,
                    N=np.sqrt(1e19 / 120),
                    D=np.sqrt(1e19 / 120) * 20,
                    M=20.0,
                ),
            ]
        ),
    ):
        with pytest.raises(StopIteration):
            bs.backtest(laws, right, "loss_c4", group="dataset")
    swapped = small[["loss_c4"]].assign(N=small["D"] * 100, D=small["N"])
    with (
        pytest.warns(bs.RunsWarning, match="are N and D swapped") as told,
        pytest.raises(StopIteration),
    ):
        bs.backtest(laws, swapped, "loss_c4")
    assert len(told) == 1


def test_each_group_is_checked_by_itself(small, monkeypatch):
    """Two sets of rising accuracies are warned of; two of falling losses are not.

    The larger runs have the higher losses.
    """

    def stop(*_):
        raise StopIteration

    monkeypatch.setattr("bayes_scaling.results.fitting.with_linearization", stop)
    large = small.assign(N=small["N"] * 100, set="b", loss_c4=small["loss_c4"] + 3).drop(
        columns=["C", "M"]
    )
    both = pd.concat([small.assign(set="a").drop(columns=["C", "M"]), large])
    with pytest.raises(StopIteration):
        bs.fit("over_training", both, y="loss_c4", group="set")
    with pytest.warns(bs.RunsWarning, match="acc rises"), pytest.raises(StopIteration):
        bs.fit("over_training", both.assign(acc=1 - both["error_17"]), y="acc", group="set")


def test_a_table_is_warned_of_once(small):
    table = small.assign(acc=1 - small["error_17"], part=np.arange(len(small)) % 2)
    with pytest.warns(bs.RunsWarning, match="acc rises"):
        fits = bs.fit_many(
            "power_law",
            table,
            y="acc",
            by="part",
            draws=100,
            priors={"C_c_level": dist.LogNormal(0.0, 2.0)},
        )
    fits.summary(), fits[0].training


def test_warnings_point_at_the_callers_line(small):
    with pytest.warns(bs.RunsWarning) as told:
        bs.design("over_training", small.assign(acc=1 - small["error_17"]), y="acc")
    assert told[0].filename == __file__


@pytest.mark.long
def test_groups_of_a_law_with_vectors_are_forecast_saved_and_compared(tmp_path):
    law = bs.Law(
        name="weights",
        formula="L = A exp(-s sum(w))",
        inputs={"w": "weights"},
        vectors=("w",),
        function=lambda x, A, s: A * jnp.exp(-s * x["w"].sum(axis=-1)),
        parameters=(
            bs.Parameter("A", bs.Prior("LogNormal", (("loc", 1.0), ("scale", 0.5)))),
            bs.exponent("s"),
        ),
    )
    rng, parts = np.random.default_rng(0), []
    for name, s in (("one", 0.2), ("two", 0.3)):
        w = rng.uniform(0, 1, (12, 2))
        parts.append(
            pd.DataFrame(
                {
                    "data": name,
                    "w_0": w[:, 0],
                    "w_1": w[:, 1],
                    "loss": 3 * np.exp(-s * w.sum(axis=1)) * np.exp(0.01 * rng.standard_normal(12)),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    fit = bs.fit(law, table, group="data", draws=500)
    to = pd.DataFrame({"data": ["two", "one"], "w_0": [1.0, 0.0], "w_1": [0.5, 0.0]})
    made = fit.forecast(to)
    np.testing.assert_allclose(made["median"], [3 * np.exp(-0.3 * 1.5), 3], rtol=0.03)
    np.testing.assert_allclose(
        fit.group("two").forecast(to.drop(columns="data"))["median"].iloc[0],
        made["median"].iloc[0],
        rtol=0.01,
    )
    fit.save(tmp_path / "fit.nc")
    np.testing.assert_array_equal(
        bs.load(tmp_path / "fit.nc", law=law).forecast(to)["median"], made["median"]
    )
    assert fit.tree["constant_data"]["w"].dims == ("run", "w_piece")
    assert bs.compare(fit, at=to.drop(columns="data").head(1)).best["p_best"].tolist() == [0.0, 1.0]


def test_outcomes_in_text_are_numbers():
    """As JSON and MLflow write them."""
    table = runs("over_training")
    text, number = (
        bs.design("over_training", given, y="loss")
        for given in (table.assign(loss=table["loss"].map(repr)), table)
    )
    np.testing.assert_array_equal(text["z"], number["z"])
