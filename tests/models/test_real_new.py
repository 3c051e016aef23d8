"""Mixtures of domains and schedules on published runs."""

import numpy as np
import pytest
from scipy.special import expit, logit
from test_sources import OVER_TRAINED

import bayes_scaling as bs
from bayes_scaling.models.mixture_additive import mixture_additive

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    "target",
    ["arxiv", "book", "c4", "github", "commoncrawl", "stackexchange", "wikipedia", "openhermes"],
)
def test_small_models_predict_the_losses_of_mixtures_at_680M(target):
    """shukor2025: fitted on a third of the runs up to 310M (from 5e9 tokens on), mean relative
    error on 680M at most 1.5%. When written: 0.8, 0.7, 0.7, 1.3, 0.7, 0.9, 1.5 and 1.3%."""
    runs = bs.load_runs("shukor2025").query("D >= 5e9")
    domains = [name.removeprefix("w_") for name in runs if name.startswith("w_")]
    small, large = runs.query("N < 4e8").iloc[::3], runs.query("N == 6.8e8")
    fit = bs.fit(mixture_additive(domains), small, y=f"loss_{target}", chains=2, draws=200)
    predicted = np.median(fit.draws(large, of="mean"), axis=0)
    error = np.abs(predicted / large[f"loss_{target}"].to_numpy() - 1)
    assert error.mean() <= 0.015


def test_functional_schedule_predicts_other_schedules():
    """luo2025, 25M, fitted on the cosine and the constant schedule of 24,000 steps: RMSE below
    0.015 nats on decays at the end and on three times the steps."""
    curves = bs.annealed(bs.load_runs("luo2025").query("N == 25e6"), by=["schedule"])
    curves = curves.drop(columns="N")
    seen = curves["schedule"].isin(["cosine_24000", "constant_24000"])
    fit = bs.fit("functional_schedule", curves[seen].iloc[::12], chains=2, draws=300)
    for name in ("wsd_20000_24000", "wsdld_20000_24000", "constant_72000"):
        curve = curves[curves["schedule"] == name].iloc[::5]
        error = np.median(fit.draws(curve, of="mean"), axis=0) - curve["loss"].to_numpy()
        assert (error**2).mean() ** 0.5 < 0.015, name


def test_slices_predict_accuracy_where_the_polynomials_of_the_source_explode():
    """wu2024, mmlu: 32 models below the threshold predict 27 above it. When this was written the
    mean squared error was 0.053; a logistic curve in compute has 0.057, the source's polynomials
    2.35."""
    runs = bs.load_runs("wu2024").query("task == 'mmlu'")
    runs = runs[~runs["model"].str.endswith(OVER_TRAINED)]
    small, large = runs.query("C < 10**22.5"), runs.query("C >= 10**22.5")
    groups = [f"brier_{name}" for name in ("easy", "middle", "hard")]
    parts = small.melt(["C"], groups, "slice", "brier_part")
    free = dict.fromkeys(("s_1", "s_2", "place", "level", "sigma"), "free")
    options = {"chains": 2, "draws": 400}
    fit = bs.fit("slice_brier", parts, y="brier_part", group="slice", pool=free, **options)
    whole = bs.average_outcomes([fit.group(name) for name in groups], name="brier")
    line = bs.fit("brier_accuracy", small, y="accuracy", B="brier", **options)
    predicted = bs.chain(whole, line).draws(large[["C"]], of="mean").mean(axis=0)
    x, z, observed = np.log10(small["C"]), np.log10(large["C"]), large["accuracy"].to_numpy()

    def error(answer):
        return ((answer - observed) ** 2).mean()

    curve = np.polyfit(x, logit(np.maximum(small["accuracy"] - 0.25, 1e-3)), 1)
    easy, hard = (
        np.polyval(np.polyfit(x, small[name], degree), z)
        for name, degree in (("brier_easy", 5), ("brier_hard", 2))
    )
    s, i = np.polyfit(small["accuracy"], -small["brier"], 1)
    polynomials = -((easy + hard) / 2 + i) / s
    assert error(predicted) < error(expit(np.polyval(curve, z)) + 0.25) < error(polynomials) / 10
