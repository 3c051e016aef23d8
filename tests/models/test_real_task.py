"""Laws of tasks and of vision on measured runs: what they predict, beside what was measured (-s
prints it)."""

import warnings

import numpy as np
import pytest

import bayes_scaling as bs

pytestmark = pytest.mark.long

LADDER = [
    *(
        "arc_challenge_test",
        "arc_easy_test",
        "csqa_val",
        "hellaswag_val",
        "openbookqa_test",
        "piqa_val",
        "socialiqa_val",
    ),
    *("mmlu_humanities_test", "mmlu_other_test", "mmlu_social_sciences_test", "mmlu_stem_test"),
]


def table(name):
    """A bundled table, or a skip where it is not bundled."""
    if name not in bs.sources():
        pytest.skip(f"the table {name} is not bundled")
    return bs.load_runs(name)


def observed_inside(label, forecast):
    """Print a forecast beside what was measured; how many rows lie inside."""
    for row in forecast.itertuples():
        print(
            f"{label:32s} {row.lower:.4f} {row.median:.4f} {row.upper:.4f} measured "
            f"{row.measured:.4f} {row.inside:3s} off {row.off:+.2f}%"
        )
    return int((forecast["inside"] == "yes").sum())


@pytest.mark.parametrize("corpus", ["c4", "redpajama", "refinedweb"])
def test_loss_on_other_validation_sets_from_the_c4_loss(gadre, corpus):
    """Runs up to 411M predict three larger ones on seven sets from their C4 loss: two sets of web
    text to 2.5%, the others within 30%; intervals are too narrow off the corpus."""
    runs, inside, count = gadre.query(f"dataset == '{corpus}'"), 0, 0
    big = runs.query("N > 5e8")
    for name in ("paloma_c4", "refinedweb", "openlm", "redpajama", "ptb", "code", "german"):
        fit = bs.fit("loss_to_loss", runs.query("N < 5e8"), y=f"loss_{name}", L="loss_c4")
        assert fit.diagnosis.ok
        forecast = fit.forecast(bs.targets(L=big["loss_c4"].tolist())).against(big[f"loss_{name}"])
        inside, count = inside + observed_inside(f"{corpus} to {name}", forecast), count + len(big)
        assert forecast["off"].abs().max() < (2.5 if name in ("paloma_c4", "refinedweb") else 30)
    print(f"{corpus}: {inside} of {count} inside the 90% interval")
    assert inside >= count // 2


def test_ladder_predicts_the_7B_and_13B_runs():
    """25 runs up to 3B predict bits per byte and accuracy of two runs 20 to 200 times their
    compute, by chinchilla and ladder_task in a chain."""
    runs = table("bhagia2024")
    small, big = runs.query("role == 'train'"), runs.query("role == 'target'")
    inside, off = {"bpb": 0, "accuracy": 0}, {"bpb": [], "accuracy": []}
    for task in LADDER:
        first = bs.fit("chinchilla", small, y=f"bpb_{task}")
        second = bs.fit("ladder_task", small, y=f"accuracy_{task}", L=f"bpb_{task}")
        assert first.diagnosis.ok and second.diagnosis.ok
        for kind, forecaster in (("bpb", first), ("accuracy", bs.chain(first, second))):
            forecast = forecaster.forecast(big[["N", "D"]]).against(big[f"{kind}_{task}"])
            inside[kind] += observed_inside(f"{kind} {task}", forecast)
            off[kind] += forecast["off"].abs().tolist()
    for kind in inside:
        print(
            f"{kind}: {inside[kind]} of {len(off[kind])} inside the 90% interval, off by "
            f"{np.mean(off[kind]):.2f}% in the mean, {np.max(off[kind]):.2f}% at most"
        )
    assert min(inside.values()) >= len(LADDER)
    assert np.mean(off["bpb"]) < 4 and np.mean(off["accuracy"]) < 8


def frontier(runs):
    """Runs that are better than all of less compute: the best at each compute, in order."""
    best = runs.groupby("flops", as_index=False)["error_miou"].min().rename(columns={"flops": "C"})
    return best[best["error_miou"] < best["error_miou"].cummin().shift(fill_value=np.inf)]


@pytest.mark.parametrize(("family", "setting"), [("clip", "clip"), ("mammut", "mammut")])
def test_compute_frontier_of_vision_language_models(family, setting):
    """Published values inside the posterior of the frontier; the last 1.5 decades predicted from
    what lies before."""
    points = frontier(table("nezhurina2025").query(f"family == '{family}'"))
    fit = bs.fit("clip_mammut", points, y="error_miou")
    assert fit.diagnosis.ok
    for name, value in fit.law.published[setting].values.items():
        low, high = np.quantile(fit.flat(name)[name], [0.05, 0.95])
        print(f"{family} {name} {value:.4g} in {low:.4g} to {high:.4g}")
        assert low < value < high
    late = points["C"] >= points["C"].max() / 30
    with warnings.catch_warnings():
        warnings.simplefilter("error", bs.FitWarning)
        forecast = (
            bs.fit("clip_mammut", points[~late], y="error_miou")
            .forecast(bs.targets(C=points["C"][late].tolist()))
            .against(points["error_miou"][late])
        )
    assert observed_inside(family, forecast) >= 0.8 * late.sum()
    assert forecast["off"].abs().max() < 3
