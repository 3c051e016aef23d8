"""Special forms on published figures: schedules, vocabulary, repetition, a break, mixtures, task
counts."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models.mixtures import mixing_law
from bayes_scaling.runs.bundled import sources

pytestmark = pytest.mark.long


def table(name):
    if name not in sources():
        pytest.skip(f"the table {name} is not bundled")
    return bs.load_runs(name)


UNSEEN = ("wsd_20000_24000", "wsdld_20000_24000", "constant_72000", "cosine_72000")


@pytest.fixture(scope="module")
def schedules():
    """{size: every curve of that model}, with the columns of its schedules, and a fit to every
    sixth row of two of them."""
    runs = table("luo2025")
    made = bs.annealed(runs, by=["N", "schedule"])
    curves = {size: part.drop(columns=["N"]) for size, part in made.groupby("N")}
    thin = {
        size: part[part["schedule"].isin(["cosine_24000", "constant_24000"])].iloc[::6]
        for size, part in curves.items()
    }
    return curves, thin, {size: bs.fit("lr_annealing", thin[size]) for size in curves}


def residuals(fit, curve):
    return np.log(np.median(fit.draws(curve, of="mean"), axis=0) / curve["loss"].to_numpy())


def test_lr_annealing_predicts_unseen_schedules(schedules):
    """Fitted on the cosine and the constant schedule of 24,000 steps: RMSE below 0.015 nats on
    WSD, and on three times the steps."""
    curves, _, fits = schedules
    for size, fit in fits.items():
        assert fit.diagnosis.ok
        for name in UNSEEN:
            curve = curves[size][curves[size]["schedule"] == name]
            error = np.median(fit.draws(curve, of="mean"), axis=0) - curve["loss"].to_numpy()
            assert (error**2).mean() ** 0.5 < 0.015, (size, name)


def test_lr_annealing_holds_its_intervals_once_it_knows_its_own_error(schedules):
    """The law's error on unseen schedules, learned from the two other sizes and never from the one
    predicted, is the sd of the noise: 80% to 98% of the unseen steps then lie in the 90% interval,
    over the three sizes (75% of those of the 400M model, 97% and all of those of the others: one
    number is a rough account of such errors). Noise of the fitted curves alone is far too small
    (below): what the law leaves out is the same along a whole run."""
    curves, thin, fits = schedules
    unseen = {size: curve[curve["schedule"].isin(UNSEEN)] for size, curve in curves.items()}
    error = {size: residuals(fits[size], unseen[size]) for size in curves}
    inside, plain = [], []
    for size in curves:
        sd = np.sqrt(
            np.mean(np.concatenate([error[other] for other in curves if other != size]) ** 2)
        )
        noise = bs.Noise(df=None, grows=False, sigma=lognormal(sd, 0.01))
        for fit, shares in (
            (bs.fit("lr_annealing", thin[size], noise=noise), inside),
            (fits[size], plain),
        ):
            forecast = fit.forecast(unseen[size])
            shares.append(
                (
                    (forecast["lower"] < unseen[size]["loss"])
                    & (unseen[size]["loss"] < forecast["upper"])
                ).mean()
            )
    assert 0.8 <= np.mean(inside) <= 0.98, inside
    assert np.mean(plain) < 0.7, plain  # if this fails, the noise has learned better: state it here


def test_vocabulary_law_fits_to_a_tenth_of_a_nat():
    runs = table("tao2024")
    runs = runs[6 * (runs["N_nv"] + runs["V"] * runs["d"]) * runs["D"] >= 2.18e17]
    law = bs.find_law("vocabulary")
    fit = bs.fit(law, runs)
    error = np.median(fit.draws(runs, of="mean"), axis=0) - runs["loss_u"].to_numpy()
    published = (
        np.asarray(law.mean(runs, **law.published["Tao 2024"].values)) - runs["loss_u"].to_numpy()
    )
    assert (error**2).mean() ** 0.5 <= 0.1 and (published**2).mean() ** 0.5 <= 0.1
    assert fit.diagnosis.ok


def test_checkpoints_that_share_their_run_have_coverage():
    """tao2024, 90% intervals of the vocabulary before the largest from all smaller ones: 94% held
    with a deviation of each run; 63 to 87% without when this was written."""
    runs = table("tao2024")
    runs["run"] = runs["N_nv"].astype(str) + "-" + runs["V"].astype(str)
    small, large = runs[runs["V"] < 48128], runs[runs["V"] == 48128]
    noise = bs.RunEffects(link="identity", grows=False, sigma=bs.half_normal(0.1))
    fit = bs.fit("vocabulary", small, y="loss_u", noise=noise, chains=2, draws=300)
    lower, upper = np.quantile(fit.draws(large), [0.05, 0.95], axis=0)
    assert 0.84 <= ((lower < large["loss_u"]) & (large["loss_u"] < upper)).mean() <= 0.98


def test_repeated_tokens_are_worth_what_was_published():
    """R_D on the C4 runs of up to 20 epochs with at least 1e9 tokens and 1e8 parameters: 15.4 in
    the 90% interval.

    80 settings; median 17, interval 10 to 40. With runs of up to 4 epochs it is 9 to 49, with up
    to 60, some of which over-fit, 7 to 18."""
    runs = table("muennighoff2023")
    runs = runs[
        (runs["tags"] == "plain") & (runs["epochs"] <= 20) & (runs["D"] >= 1e9) & (runs["N"] >= 1e8)
    ]
    fit = bs.fit("data_constrained", runs.drop_duplicates(["N", "D", "U"]))
    assert fit.diagnosis.ok
    low, high = np.quantile(fit.flat("R_D")["R_D"], [0.05, 0.95])
    assert low < 15.388 < high, (low, high)


def test_a_broken_law_predicts_the_last_points_of_an_addition_curve():
    runs = table("caballero2022")
    train, test = runs[runs["role"] == "train"], runs[runs["role"] != "train"]
    assert (len(train), len(test)) == (14, 3)
    # within less than a decade of x there is no growth of the noise to learn
    fit = bs.fit("bnsl1", train, y="loss", x="examples", noise=bs.Noise(grows=False))
    assert fit.diagnosis.ok
    forecast = fit.forecast(pd.DataFrame({"x": test["examples"].to_numpy(float)}))
    assert (forecast["lower"].to_numpy() < test["loss"].to_numpy()).all() and (
        test["loss"].to_numpy() < forecast["upper"].to_numpy()
    ).all()


def test_errors_of_one_task_are_counted_and_the_big_runs_predicted(gadre):
    """ARC-easy by its number of items and its chance: the 1.4B and 6.9B runs from those of at most
    411M of their corpus.

    6 of 9 lie in the 90% interval: those trained on C4 come out better than their C4 loss
    predicts."""
    inside = []
    for _, runs in gadre.groupby("dataset"):
        small, big = runs[runs["N"] < 5e8], runs[runs["N"] > 5e8]
        fit = bs.fit(
            "task_binomial", small, y="error_arc_easy", L="loss_c4", chance=0.25, items=2376
        )
        assert fit.diagnosis.ok
        forecast = fit.forecast(big.assign(L=big["loss_c4"]))
        inside += list(
            (forecast["lower"].to_numpy() <= big["error_arc_easy"].to_numpy())
            & (big["error_arc_easy"].to_numpy() <= forecast["upper"].to_numpy())
        )
    assert np.mean(inside) >= 0.6, inside


def test_mixing_law_ranks_unseen_mixtures():
    runs = table("liu2024")
    domains = [name.removeprefix("w_") for name in runs.columns if name.startswith("w_")]
    domains = [*(name for name in domains if name != "pile_cc"), "pile_cc"]
    train, test = (
        runs[(runs["role"] == "train")].iloc[:200],
        runs[(runs["role"] == "test") & (runs["N"] == 1e6)],
    )
    fit = bs.fit(mixing_law(domains), train, y="loss_pile_cc", draws=500)
    predicted = np.median(fit.draws(test, of="mean"), axis=0)
    assert (
        pd.Series(predicted).corr(test["loss_pile_cc"].reset_index(drop=True), method="spearman")
        > 0.9
    )
