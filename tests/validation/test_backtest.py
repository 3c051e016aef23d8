"""Backtests: the scores are the textbook's, the forecasts are the fits', the truth of a simulated world is covered, and trouble is told."""

import io
import warnings
from contextlib import redirect_stderr
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from crowded import crowded
from many_runs import LAW, curves
from scipy import stats
from simulate import simulate
from simulated_backtest import tried

import bayes_scaling as bs
from bayes_scaling.cli.commands.validate import _brief
from bayes_scaling.inference.sampler import run_chains
from bayes_scaling.plot.alt_text import alt
from bayes_scaling.plot.checks import coverage
from bayes_scaling.reporting.backtest_section import coverage_table
from bayes_scaling.validation import scores

FAST = {"draws": 200, "cutoffs": [1e20, 2e20]}
SCORES = ["crps", "interval_score", "log_score", "pit", "median", "lower", "upper"]


@pytest.fixture(scope="module")
def table():
    return curves(24)


@pytest.fixture(scope="module")
def tested(table):
    """Two dozen simulated series, cut at two places, foretold by the law they come from, and by both baselines."""
    return bs.backtest(
        LAW, table, group="curve", cutoffs=[5e19, 2e20], baselines=("point", "bootstrap"), refits=30
    )


# scores


@pytest.mark.parametrize("truth", [-1.3, 0.2, 4.0])
def test_crps_of_draws_is_that_of_the_normal(truth):
    """Closed form of Gneiting and Raftery 2007; the error of 4,000 draws is known."""
    draws = np.random.default_rng(0).normal(1.0, 2.0, (4000, 50))
    z = (truth - 1) / 2
    exact = 2 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    found = scores.crps(draws, np.full(50, truth))
    assert abs(found.mean() - exact) < 4 * found.std() / np.sqrt(50) + 1e-3 * exact


def test_crps_has_no_bias_with_few_draws():
    """Ten draws at a time have the mean of many; the plain formula would be 11% of the spread off."""
    rng = np.random.default_rng(1)
    few = scores.crps(rng.normal(size=(10, 20_000)), np.zeros(20_000))
    assert abs(few.mean() - (np.sqrt(2) - 1) / np.sqrt(np.pi)) < 4 * few.std() / np.sqrt(20_000)


def test_interval_score_charges_width_and_misses():
    np.testing.assert_allclose(
        scores.interval_score(
            np.array([1.0, 1.0, 1.0]), np.array([2.0, 2.0, 2.0]), np.array([1.5, 0.9, 2.2]), 0.9
        ),
        [1.0, 3.0, 5.0],
    )


def test_log_score_is_the_log_of_the_mean_density():
    log = stats.norm.logpdf(0.3, np.linspace(-1, 1, 50)[:, None], [[0.1, 1.0]])
    np.testing.assert_allclose(scores.log_score(log), np.log(np.exp(log).mean(axis=0)))
    np.testing.assert_allclose(
        scores.log_score(log - 5000), np.log(np.exp(log).mean(axis=0)) - 5000
    )
    assert scores.log_score(np.full((3, 1), -np.inf))[0] == -np.inf


def test_ties_of_counts_are_shared_out():
    """The PIT of a discrete forecast is uniform where the forecast is right."""
    rng = np.random.default_rng(2)
    pit = scores.pit(rng.binomial(5, 0.4, (4000, 3000)), rng.binomial(5, 0.4, 3000), rng)
    assert stats.kstest(pit, "uniform").pvalue > 0.001


def test_standard_errors_know_clusters():
    """Copies of the same forecasts teach nothing: the error stays; and alone it is the textbook's."""
    values = np.random.default_rng(3).normal(size=30)
    mean, error = scores.clustered(values, np.arange(30))
    np.testing.assert_allclose([mean, error], [values.mean(), values.std(ddof=1) / np.sqrt(30)])
    np.testing.assert_allclose(
        scores.clustered(np.repeat(values, 9), np.repeat(np.arange(30), 9)), [mean, error]
    )
    assert np.isnan(scores.clustered(values, np.zeros(30))[1])


# what comes out


def test_forecasts_are_those_of_single_fits(table, tested):
    """The same runs fitted alone give the same scores, within Monte-Carlo error."""
    rows = tested.forecasts.query("method == 'posterior' and curve == 'c3' and origin == 5e19")
    part = table.query("curve == 'c3'")
    fit = bs.fit(LAW, part.query("C <= 5e19"), draws=4000, seed=3)
    beyond = part.query("C > 5e19")
    draws = fit.draws(beyond[["C"]])
    assert (
        rows["run"].tolist() == [str(i) for i in beyond.index]
        and (rows["train"] == len(part) - len(beyond)).all()
    )
    np.testing.assert_allclose(rows["measured"], beyond["loss"])
    np.testing.assert_allclose(
        rows["extrapolation"], beyond["C"] / part.query("C <= 5e19")["C"].max()
    )
    np.testing.assert_allclose(rows["median"], np.median(draws, axis=0), rtol=0.01)
    np.testing.assert_allclose(
        rows["crps"],
        100 * scores.crps(draws, beyond["loss"].to_numpy()) / beyond["loss"],
        rtol=0.15,
    )
    np.testing.assert_allclose(
        rows["pit"], (draws < beyond["loss"].to_numpy()).mean(axis=0), atol=0.06
    )
    np.testing.assert_allclose(rows["error"], 100 * (rows["median"] / rows["measured"] - 1))


def test_the_log_score_is_the_density_of_what_was_measured(table, tested):
    """By numbers: a histogram of many draws of a new run has the density that the log score says."""
    rows = tested.forecasts.query("method == 'posterior' and origin == 2e20").iloc[:6]
    for _, row in rows.iterrows():
        part = table.query(f"curve == '{row['curve']}'")
        fit = bs.fit(LAW, part.query("C <= 2e20"), draws=2000, seed=1)
        draws = np.concatenate(
            [fit.draws(part.loc[[int(row["run"])], ["C"]], seed=s)[:, 0] for s in range(5)]
        )
        width = 0.004 * row["measured"]
        density = (np.abs(draws - row["measured"]) < width / 2).mean() / width
        assert abs(row["log_score"] - np.log(density)) < 0.25


def test_the_truth_of_a_simulated_world_is_covered(tested):
    """Two dozen series from the law itself: intervals hold what they should, the PIT is even, and so the checks can tell."""
    line = tested.summary().set_index("method").loc["posterior"]
    for name, prob in (("in_50", 0.5), ("in_80", 0.8), ("in_90", 0.9)):
        assert abs(line[name] - prob) < 3.5 * max(line[f"{name}_se"], 0.02), (name, line[name])
    assert line["not_converged"] == 0 and line["fits"] == 48


def test_baselines_are_near_and_overconfident(tested):
    """A point fit forgets that its parameters are uncertain: narrower than the posterior, and short of what it claims."""
    lines = tested.summary().set_index("method")
    assert (
        lines.loc["point", "width"] < lines.loc["bootstrap", "width"]
        and lines.loc["point", "width"] < 0.7 * lines.loc["posterior", "width"]
    )
    assert lines.loc["point", "in_90"] < 0.8 < lines.loc["posterior", "in_90"]
    assert lines.loc["posterior", "interval_score"] < lines.loc["point", "interval_score"]
    assert lines.loc["posterior", "log_score"] > lines.loc["point", "log_score"]
    assert abs(lines.loc["point", "bias"]) < 3


def test_the_point_fit_finds_the_least_huber_loss(table):
    """Against SciPy, from many starts, on one table."""
    from scipy.optimize import minimize

    from bayes_scaling._core.jax_config import float64
    from bayes_scaling.inference.batch import stacked
    from bayes_scaling.inference.density import Density
    from bayes_scaling.inference.design import padded
    from bayes_scaling.inference.laplace import looked_at
    from bayes_scaling.validation.baselines import DELTA, _fitted

    part = table.query("curve == 'c8'")
    data = padded(bs.design(LAW, part))
    with float64():
        import jax

        rows = stacked(
            [{**{key: data[key] for key in ("x", "ref", "priors", "mask")}, "seen": data["z"]}]
        )
        _, residuals = _fitted(
            Density(LAW),
            (
                looked_at(Density(LAW), [jax.random.key(0)], rows),
                rows,
                np.zeros((1, 0, len(data["mask"]))),
            ),
        )
    huber = lambda r: np.where(np.abs(r) < DELTA, r**2 / 2, DELTA * (np.abs(r) - DELTA / 2)).sum()
    C, z = part["C"].to_numpy() / 3e19, np.log(part["loss"].to_numpy())
    loss = lambda p: huber(z - np.log(np.exp(p[0]) + np.exp(p[1]) * C ** -np.exp(p[2])))
    best = min(
        minimize(
            loss,
            [np.log(a), np.log(b), np.log(c)],
            method="Nelder-Mead",
            options={"maxiter": 4000, "fatol": 1e-12, "xatol": 1e-7},
        ).fun
        for a in (1.3, 2)
        for b in (0.5, 1.2)
        for c in (0.1, 0.3)
    )
    assert huber(np.asarray(residuals)[0][data["mask"]]) < 1.001 * best


def test_an_impossible_law_is_found_out():
    """Losses that turn up where the law goes on down: the coverage falls and the summary shows it."""
    bent = curves(12).assign(loss=lambda t: t["loss"] * np.where(t["C"] > 1e20, 1.15, 1.0))
    line = bs.backtest(LAW, bent, group="curve", cutoffs=[1e20], draws=200).summary().iloc[0]
    assert line["in_90"] < 0.5 and line["bias"] < -5 and line["fits"] == 12


# several laws, series, outcomes


@pytest.mark.long
def test_several_laws_and_outcomes_on_the_testbed(gadre):
    runs = gadre.query("dataset in ('c4', 'redpajama')")
    made = bs.backtest(
        ["over_training", "chinchilla"],
        runs,
        ["loss_c4", "loss_openlm"],
        group="dataset",
        by="N",
        cutoffs=[5e8],
        draws=200,
    )
    assert made.series == ("dataset", "y") and set(made.forecasts["method"]) == {"posterior"}
    big = runs.query("N > 5e8")
    assert len(made.forecasts) == 2 * 2 * len(big) and made.summary()["fits"].tolist() == [4, 4]
    one = made.forecasts.query("law == 'chinchilla' and y == 'loss_openlm' and dataset == 'c4'")
    np.testing.assert_allclose(one["measured"], big.query("dataset == 'c4'")["loss_openlm"])
    by_distance, classes = (
        made.summary(["law", "distance"]),
        list(made.forecasts["distance"].cat.categories),
    )
    assert by_distance["forecasts"].sum() == len(made.forecasts)
    assert [
        classes.index(d) for d in by_distance.query("law == 'chinchilla'")["distance"]
    ] == sorted(map(classes.index, set(made.forecasts["distance"])))
    assert (
        "Standard errors, in brackets, take forecasts of one fit, all outcomes together, as dependent (2 of them): too few"
        in repr(made)
    )


@pytest.mark.long
def test_laws_are_compared_on_what_all_foretold():
    """A law that needs more runs than an early cutoff has is told of, and the other's extra forecasts are not held for it."""
    runs = curves(2).assign(W=lambda t: np.where(t["C"] < 1e20, 1.0, 2.0))
    wide = replace(
        LAW,
        name="wide",
        inputs={**LAW.inputs, "W": "1"},
        function=lambda x, **p: LAW.function(x, **p) * x["W"] ** 0,
    )
    made = bs.backtest([LAW, wide], runs, group="curve", cutoffs=[5e19, 2e20], draws=200)
    assert (
        made.skipped["law"].tolist() == ["wide"] * 2
        and made.skipped["reason"].str.startswith("every run has W = 1").all()
        and made.skipped["origin"].tolist() == [5e19] * 2
    )
    lines = made.summary().set_index("law")
    assert (
        lines["forecasts"].nunique() == 1
        and made.summary(common=False).set_index("law").loc["power_law_floor", "forecasts"]
        > lines.loc["power_law_floor", "forecasts"]
    )
    assert "not every line made are not counted" in repr(made) and "tables were not fitted" in repr(
        made
    )


def test_groups_with_too_few_points_are_listed(table):
    runs = pd.concat([table.query("curve in ('c0', 'c1')"), table.query("curve == 'c2'").head(3)])
    made = bs.backtest(LAW, runs, group="curve", cutoffs=1, draws=100)
    assert (
        made.skipped["curve"].tolist() == ["c2"]
        and "leave no cutoff with 3 runs below it" in made.skipped["reason"].iloc[0]
    )
    assert set(made.forecasts["curve"]) == {"c0", "c1"}


@pytest.mark.long
def test_one_group_left_out_at_a_time(small):
    sizes = small.assign(size=lambda t: t["N"].rank(method="dense").astype(int))
    made = bs.backtest("chinchilla", sizes, "loss_c4", leave="size", draws=200)
    assert made.fits["origin"].tolist() == [1, 2, 3, 4] and len(made.forecasts) == len(small)
    assert made.forecasts.query("origin == 1")["distance"].tolist() == [
        "below" if C < sizes.query("size != 1")["C"].min() else "within"
        for C in sizes.query("size == 1")["C"]
    ]
    rest = made.forecasts.query("origin == 4")
    np.testing.assert_allclose(
        rest["extrapolation"], sizes.query("size == 4")["C"] / sizes.query("size != 4")["C"].max()
    )


def test_origins_are_chosen_where_there_are_runs_enough(table):
    made = bs.backtest(LAW, table.query("curve == 'c0'"), cutoffs=4, draws=100)
    assert (
        made.fits["train"].iloc[0] == 6
        and made.fits["train"].iloc[-1] == 11
        and len(made.fits) == 4
    )  # twice the law's parameters, all but the last run


@pytest.mark.long
def test_tables_of_many_lengths_share_a_program(table):
    """Filled up to one length, a table of 6 runs and one of 11 are served by one program, and rows that fill up are no runs."""
    few, before = table[table["curve"] == "c0"], run_chains._cache_size()
    short, long = (
        bs.backtest(LAW, few, shares=[share], draws=120, length=16) for share in (0.04, 0.6)
    )
    assert run_chains._cache_size() == before + 1
    assert [*short.fits["train"], *long.fits["train"]] == [6, 11] and (
        len(short.forecasts),
        len(long.forecasts),
    ) == (6, 1)


@pytest.mark.long
def test_known_errors_enter(table):
    """A measurement error of the held-out run widens its forecast."""
    runs = table.query("curve == 'c0'").assign(se=lambda t: 0.03 * t["loss"])
    options = {"cutoffs": [2e20], "draws": 200}
    plain, with_se = (
        bs.backtest(LAW, runs, **options),
        bs.backtest(LAW, runs, se="se", baselines="point", **options),
    )
    assert (with_se.forecasts["width"] > 2 * 1.64 * 3.0).all() and (
        plain.forecasts["width"] < 2 * 1.64 * 3.0
    ).all()


@pytest.mark.long
def test_noise_that_nothing_censors_has_the_log_scores_of_plain_noise(table):
    """The drift is in both."""
    plain = bs.Noise(df=None, grows=False, drift=0.05)
    one, other = (
        bs.backtest(
            LAW, table.query("curve == 'c0'"), noise=noise, cutoffs=[1e20], draws=200
        ).forecasts
        for noise in (plain, bs.Censored(plain, upper=20.0))
    )
    np.testing.assert_allclose(one["log_score"], other["log_score"], atol=0.02)
    assert (one["extrapolation"] > 5).any()


@pytest.mark.long
def test_shares_of_items_are_foretold_as_counts():
    """Every draw of a held-out run is a whole number of items; a density, as the baselines have, is not compared with a probability."""
    law = bs.find_law("task_binomial")
    counts = bs.backtest(
        law, simulate(law, 0, 0.01), by="L", cutoffs=[4.5], baselines="point", draws=200
    )
    lines = counts.summary().set_index("method")
    assert np.isfinite(lines.loc["posterior", "log_score"]) and np.isnan(
        lines.loc["point", "log_score"]
    )
    whole = counts.forecasts.query("method == 'posterior'")["upper"] * 4000
    assert (np.abs(whole - whole.round(1)) < 1e-6).mean() >= 0.5


# trouble


@pytest.mark.long
def test_tables_whose_m_stands_still_are_no_news(table):
    """Warnings are errors here."""
    runs = table.query("curve == 'c0'").assign(N=lambda t: (t["C"] / 120) ** 0.5, M=20.0)
    made = bs.backtest("over_training", runs, cutoffs=[2e20], draws=50, baselines="point")
    assert made.fits["method"].tolist() == ["posterior", "point"]


def test_fits_that_have_not_converged_are_told(table, monkeypatch):
    from bayes_scaling.results import fits_health

    monkeypatch.setattr(fits_health, "rhat_limit", lambda total: 0.9)
    made = bs.backtest(LAW, table.query("curve in ('c0', 'c1')"), group="curve", **FAST)
    assert (
        made.summary()["not_converged"].tolist() == [4]
        and "4 of 4 fits of power_law_floor have not converged" in repr(made)
        and "NOT CONVERGED" in repr(made)
    )
    assert len(made.forecasts) and not made.forecasts["ok"].any() and not made.diagnosis.ok
    assert ".forecasts tells by ok which fits have not converged" in repr(
        made
    ) and ".forecasts" not in str(made.diagnosis)
    one = replace(
        made,
        fits=made.fits.head(1),
        skipped=pd.DataFrame(
            [{"law": "wide", "curve": "c9", "origin": 1e20, "reason": "2 runs for 3 parameters"}]
        ),
    )
    assert (
        "1 of 1 fit of power_law_floor has not converged: c0, C up to 1e+20; its forecasts are counted"
        in str(one.diagnosis)
        and ".skipped lists" in repr(one)
    )
    assert one.diagnosis.cautions == (
        "1 table was not fitted: c9, C up to 1e+20: 2 runs for 3 parameters",
    )


def test_an_error_that_can_not_be_told_is_a_dash():
    """Forecasts that all held, or of one series, have no standard error to be read as certainty: in print and on the page."""
    held = tried()
    whole = replace(held, forecasts=held.forecasts.assign(in_90=True))
    assert whole.summary()["in_90_se"].tolist() == [0] and "1 (-)" in repr(whole)
    assert _brief(whole.summary(), ["law"])["in_90"].tolist() == ["1 (-)"] and {
        line[-1] for line in coverage_table(whole)[1]
    } == {"-"}
    single = replace(held, forecasts=held.forecasts.query("dataset == 'c4' and origin == 6.6e20"))
    assert (
        "nan" not in repr(single)
        and "(-)" in repr(single)
        and {line[-1] for line in coverage_table(single)[1]} == {"-"}
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "flops"}, "by is 'flops', and the runs have no such column"),
        ({"by": "lss"}, r"by is 'lss', and the runs have no such column \(did you mean loss\?\)"),
        (
            {"group": "kurve"},
            r"group is 'kurve', and the runs have no such column \(did you mean curve\?\); name one of .*other",
        ),
        ({"leave": "kurve"}, "leave is 'kurve'"),
        ({"se": "los"}, r"se is 'los', and the runs have no such column \(did you mean loss\?\)"),
        (
            {"cutoffs": 2, "leave": "curve"},
            "cutoffs and leave each say which runs are foretold; give one of them",
        ),
        ({"shares": (0.1,), "leave": "curve"}, "shares and leave each say"),
        ({"cutoffs": 6, "shares": (0.1,)}, "cutoffs and shares each say"),
        (
            {"cutoffs": [1e30]},
            r"no run lies beyond C = 1e\+30, and the largest has .*; give other cutoffs",
        ),
        ({"cutoffs": [1e10]}, r"no run lies below C = 1e\+10, and the least has"),
        ({"shares": (1e-9,)}, "and the least has .*; give other shares"),
        ({"shares": (2e-3,)}, "no table to fit has so many runs; give larger shares"),
        ({"leave": "other"}, "there is nothing else to fit; name another column in leave"),
        ({"cutoffs": 0}, "cutoffs are 0; give a number of origins"),
        (
            {"cutoffs": [2e18]},
            "power_law_floor has 3 parameters, and no table to fit has so many runs",
        ),
        ({"multiples": (5, 2)}, "give growing numbers above 1"),
        ({"baselines": "bayes"}, "use 'point', 'bootstrap' or both"),
        ({"refits": 2}, "refits is 2"),
        ({"length": -1}, "length is -1"),
        ({"seed": -1}, "seed is -1"),
        (
            {"y": "los"},
            r"no column 'los' \(did you mean loss\?\); give the outcome as y, one of loss",
        ),
        ({"y": []}, "y is empty"),
        ({"x": "C"}, "x is no input of power_law_floor"),
    ],
)
def test_bad_input_is_told_in_a_sentence(table, options, words):
    with pytest.raises(bs.InputError, match=words):
        bs.backtest(LAW, table.head(12).assign(other=1), **options)


def test_laws_that_can_not_be_told_apart(table):
    with pytest.raises(bs.InputError, match="two laws are called power_law_floor"):
        bs.backtest([LAW, "power_law_floor"], table)
    with pytest.raises(bs.InputError, match="name the column of the outcome as y"):
        bs.backtest(["chinchilla", "perplexity_to_error"], table)


@pytest.mark.long
def test_the_same_seed_gives_the_same_table_and_progress_is_silent(table):
    part, err = table.query("curve in ('c0', 'c1')"), io.StringIO()
    with redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("error")
        one, two = (
            bs.backtest(
                LAW, part, group="curve", baselines="bootstrap", refits=10, **FAST
            ).forecasts
            for _ in range(2)
        )
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(two))
    assert not err.getvalue()


# figures


def test_the_figure_shows_the_coverage_of_the_table(tested):
    axes = tested.plot()
    lines = [line for line in axes[0].get_lines() if line.get_label() == "power_law_floor"]
    part = tested.forecasts.query("method == 'posterior'")
    share = lines[0].get_ydata()
    assert len(axes) == 4 and len(share) == 19
    np.testing.assert_allclose(share[9], part["in_50"].mean(), atol=0.02)
    np.testing.assert_allclose(share[17], part["in_90"].mean(), atol=0.02)
    np.testing.assert_allclose(sum(patch.get_height() for patch in axes[1].patches) / 10, 1)
    assert (
        f"power_law_floor: {part['in_50'].mean():.0%} of 50% and {part['in_90'].mean():.0%} of 90% intervals held {len(part)} observed values"
        in alt(axes)
    )
    plt.close("all")


def test_several_methods_of_several_laws_have_a_row_for_each_law(tested):
    """All nine are drawn, each law's coverage with its own histograms; one legend, no text on another."""
    many = replace(
        tested,
        forecasts=pd.concat(
            [tested.forecasts.assign(law=law) for law in ("one", "two", "three")], ignore_index=True
        ),
    )
    axes = many.plot()
    assert len(axes) == 3 + 9 and not crowded(axes[0].figure)
    for ax, law in zip(axes, ("one", "two", "three")):
        assert ax.get_title(loc="left") == f"{law}: coverage of loss"
        for method in ("posterior", "point", "bootstrap"):
            (line,) = (line for line in ax.get_lines() if line.get_label() == method)
            np.testing.assert_allclose(
                line.get_ydata()[17],
                many.forecasts.query("law == @law and method == @method")["in_90"].mean(),
                atol=0.02,
            )
    titles = [ax.get_title(loc="left").rsplit(" ", 1)[0] for ax in axes[3:]]
    assert titles == [
        f"{law}{method}"
        for law in ("one", "two", "three")
        for method in ("", ", point", ", bootstrap")
    ]
    (legend,) = axes[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "as it should be",
        "posterior",
        "point",
        "bootstrap",
        "two standard errors",
    ]
    assert alt(axes).count("three") == 3 and "not drawn" not in alt(axes)
    with pytest.raises(bs.InputError, match="give 12, one for the coverage of each law"):
        many.plot(axes=axes[:10])
    few = many.plot(most=4)
    assert (
        len(few) == 2 + 4
        and "(5 more are not drawn)" in alt(few)
        and few[0].figure.legends[0].get_title().get_text() == "4 of 9 laws and methods"
    )
    plt.close("all")


def test_many_laws_of_one_method_are_told_apart(tested):
    forecasts = tested.forecasts.query("method == 'posterior'")
    axes = replace(
        tested,
        forecasts=pd.concat(
            [forecasts.assign(law=f"law {i}") for i in range(12)], ignore_index=True
        ),
    ).plot()
    lines = [line for line in axes[0].get_lines() if line.get_label().startswith("law")]
    assert (
        len(axes) == 13
        and len({(line.get_color(), line.get_marker()) for line in lines}) == 12
        and not crowded(axes[0].figure)
    )
    plt.close("all")


def test_coverage_of_even_pits_is_the_nominal_one():
    share, error = coverage((np.arange(1000) + 0.5) / 1000, np.arange(1000))
    np.testing.assert_allclose(share, np.linspace(0.05, 0.95, 19), atol=2e-3)
    assert (error < 0.017).all()
