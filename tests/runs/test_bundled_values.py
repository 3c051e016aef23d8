"""The bundled tables: known values, and the published laws that hold on them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "data"


def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


def test_gadre_columns_and_derived_figures():
    runs, tasks = table("gadre2024"), table("gadre2024_tasks")
    assert list(runs)[:7] == ["run", "dataset", "N", "D", "M", "C", "loss_c4"]
    assert list(runs)[-48:] == ["error_17", "error_46", *("error_" + tasks.task)]
    assert runs.run.is_unique
    assert runs.dataset.value_counts().to_dict() == {"c4": 34, "redpajama": 35, "refinedweb": 35}
    assert runs.N.dtype == runs.D.dtype == np.int64
    np.testing.assert_allclose(runs.M, runs.D / runs.N, rtol=1e-9)
    np.testing.assert_allclose(runs.error_46, runs["error_" + tasks.task].mean(axis=1), rtol=1e-9)
    np.testing.assert_allclose(
        runs.error_17, runs["error_" + tasks.task[tasks.in_17]].mean(axis=1), rtol=1e-9
    )
    assert runs.filter(regex="^error_").stack().between(0, 1).all()
    assert (runs.filter(regex="_se$") > 0).all(axis=None)
    assert runs.filter(regex="_se$").shape[1] == 8


def test_gadre_tasks():
    tasks = table("gadre2024_tasks").set_index("task")
    assert tasks.in_17.dtype == bool
    assert tasks.in_17.sum() == 17
    assert tasks.chance.between(0, 1).all()
    assert (tasks["items"] > 0).all()
    assert tasks.loc["hellaswag_zeroshot", ["items", "chance", "shots"]].tolist() == [
        10042,
        0.75,
        0,
    ]


@pytest.mark.parametrize(("N", "D", "loss"), [(1.44e9, 921e9, 2.502054), (6.89e9, 138e9, 2.424993)])
def test_gadre_headline_targets(N, D, loss):
    runs = table("gadre2024").query("dataset == 'redpajama'")
    target = runs[np.isclose(runs.N, N, rtol=0.01) & np.isclose(runs.D, D, rtol=0.01)]
    assert target.loss_c4.item() == pytest.approx(loss, abs=1e-6)


def test_hoffmann_known_counts():
    runs = table("hoffmann2022")
    assert (runs.D / runs.N >= 0.4).sum() == 241
    assert len(runs[runs.loss < runs.loss.nlargest(5).min()]) == 240


def test_bhagia_targets_and_items():
    runs, tasks = table("bhagia2024"), table("bhagia2024_tasks").set_index("task")
    assert runs.run.is_unique and runs.role.tolist() == ["train"] * 25 + ["target"] * 2
    assert list(runs.filter(regex="^accuracy_")) == [
        f"accuracy_{t}" for t in runs.filter(regex="^bpb_").columns.str.removeprefix("bpb_")
    ]
    assert {column.removeprefix("accuracy_") for column in runs.filter(regex="^accuracy_")} == set(
        tasks.index
    )
    for task, items in tasks["items"].items():
        counts = runs[f"accuracy_{task}"] * items
        np.testing.assert_allclose(counts, counts.round(), atol=1e-3)
    assert tasks.loc[
        ["hellaswag_val", "arc_challenge_test", "boolq_val", "piqa_val"], "items"
    ].tolist() == [10042, 1172, 3270, 1838]
    assert runs.bpb_hellaswag_val[[0, 25, 26]].round(3).tolist() == [1.033, 0.673, 0.66]
    assert runs.accuracy_hellaswag_val[[0, 25, 26]].round(3).tolist() == [0.28, 0.813, 0.834]
    target = runs.iloc[-1]
    assert (target.N, target.D) == (13202396160, 5000088518656)


def test_caballero_points():
    runs = table("caballero2022")
    assert runs.role.tolist() == ["train"] * 14 + ["target"] * 3
    assert runs.iloc[[0, -1]].values.tolist() == [
        ["train", 160, 2.13809046],
        ["target", 928, 0.55695445],
    ]


@pytest.mark.parametrize(
    "name, curves",
    [("alabdulmohsin2022", {"IC": 36, "NMT": 5, "BB": 4}), ("lee2025", {"Nano": 12, "DD": 8})],
)
def test_targets_of_curves_lie_beyond_their_context(name, curves):
    runs = table(name)
    assert not runs.duplicated().any() and (runs[["x", "y"]] > 0).all(axis=None)
    assert runs.groupby("domain")["curve"].nunique().to_dict() == curves
    ends = runs.groupby(["curve", "role"])["x"].agg(["min", "max"]).unstack()
    assert (ends["min", "target"] > ends["max", "context"]).all()
    assert (ends["max", "target"] / ends["max", "context"]).between(1.67, 4.27).all()


def test_chen_grid_and_the_published_law():
    runs = table("chen2025")
    assert (runs.groupby(["corpus", "P"]).size() == 6).all()
    assert sorted(runs.P.unique()) == [1, 2, 4, 8]
    for corpus, (E, A, alpha, k) in {
        "stack_v2_python": (0.6912, 1.131e7, 0.1894, 0.3935),
        "pile": (1.2892, 1.970e8, 0.1965, 0.3343),
    }.items():
        group = runs[runs.corpus == corpus]
        mean = E + (A / (group.N * (k * np.log(group.P) + 1))) ** alpha
        assert ((mean - group.loss) ** 2).mean() ** 0.5 < 0.004


def test_liu_mixtures():
    runs = table("liu2024")
    assert runs.groupby(["N", "role"]).size().to_dict() == {
        (10**6, "test"): 256,
        (10**6, "train"): 512,
        (6 * 10**7, "test"): 256,
        (10**9, "test"): 64,
    }
    weights = runs.filter(regex="^w_")
    assert weights.shape[1] == 17 and weights.stack().between(0, 1).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=0.0041)
    same = [
        runs.query(f"N == {N} and role == 'test'").filter(regex="^w_").reset_index(drop=True)
        for N in (10**6, 6 * 10**7)
    ]
    pd.testing.assert_frame_equal(*same)
    first = runs.query("N == 1e6 and role == 'train'").iloc[0]
    assert (first.w_gutenberg_pg_19, first.w_pile_cc, round(first.loss_arxiv, 6)) == (
        0.209,
        0.787,
        7.025587,
    )


def test_luo_rates_follow_from_the_names():
    """The formulas of sources.toml give every logged rate, so also those between."""
    runs = table("luo2025")
    assert runs.groupby("N").schedule.nunique().to_dict() == {25 * 10**6: 9, 10**8: 9, 4 * 10**8: 9}
    p, q = 3e-4, 3e-5
    for name, part in runs.groupby("schedule"):
        kind, last, s = name.split("_")[0], float(name.split("_")[-1]), part.step
        down = ((s - 20000) / 4000).clip(lower=0)
        rate = {
            "constant": p + 0 * s,
            "cosine": q + (p - q) * (1 + np.cos(np.pi * (s - 2160) / (last - 2160))) / 2,
            "wsd": p * (q / p) ** down,
            "wsdld": p - (p - q) * down,
            "wsdcon": np.where(s < 8000, p, last * 1e-5),
        }[kind]
        np.testing.assert_allclose(part.lr, rate, rtol=1e-9)
    last = runs.query("N == 25e6 and schedule == 'constant_24000'").iloc[0]
    assert last[["step", "lr", "loss"]].tolist() == [2176, 0.0003, 4.101]


@pytest.mark.parametrize(
    ("N", "parent", "last"),
    [
        (25e6, "constant_72000", 20000),
        (1e8, "constant_24000", 20000),
        (4e8, "constant_24000", 16000),
    ],
)
def test_luo_curves_that_share_a_run(N, parent, last):
    losses = table("luo2025").query(f"N == {N}").set_index(["schedule", "step"]).loss
    for name in ("wsd_20000_24000", "wsdld_20000_24000", "wsdcon_3", "wsdcon_9", "wsdcon_18"):
        early = losses[name].loc[: 7999 if name.startswith("wsdcon") else last]
        assert (early == losses[parent][early.index]).all()


def test_muennighoff_names_and_repetitions():
    runs = table("muennighoff2023")
    assert runs.run.is_unique and (runs.U <= runs.D).all()
    np.testing.assert_allclose(runs.epochs, runs.D / runs.U, rtol=1e-9)
    assert (runs[runs.seed > 0].groupby(["N", "D", "U"]).size() == 4).sum() == 16
    assert runs.tags.value_counts().to_dict() == {
        "plain": 222,
        "c4": 55,
        "dedup": 12,
        "v2 c4": 4,
        "c4 opt": 1,
        "opt": 1,
    }
    assert runs.set_index("run").loss[["2b855b55bc4seed1", "8b7178b178b"]].tolist() == [
        2.569702,
        2.336741,
    ]


def test_nezhurina_figures():
    runs = table("nezhurina2025")
    assert runs.family.value_counts().to_dict() == {"mammut": 850, "clip": 581}
    counts = 50_000 * runs.error
    np.testing.assert_allclose(counts, counts.round(), atol=1e-3)
    assert (runs.error.min(), round(runs.error_miou.min(), 7)) == (0.21554, 0.5170611)
    assert (
        runs.groupby(["family", "architecture"])
        .apply(lambda g: (g.flops / g.samples).round(-6).nunique(), include_groups=False)
        .max()
        == 1
    )


def test_porian_budgets_and_optima():
    runs, optima = table("porian2024"), table("porian2024_optima")
    settings = ["reproduction", "last_layer", "short_warmup", "matched_decay", "tuned"]
    assert runs.setting.unique().tolist() == settings and runs.C.nunique() == 12
    assert optima.groupby("dataset").size().to_dict() == {"openwebtext2": 58, "refinedweb": 58}
    assert (optima.N_opt_se / optima.N_opt).between(0.05, 0.5).all()
    web = optima[optima.dataset == "refinedweb"]
    slopes = {
        name: np.polyfit(np.log(part.C), np.log(part.N_opt), 1, w=part.N_opt / part.N_opt_se)[0]
        for name, part in web.groupby("setting")
    }
    for setting, exponent in zip(settings, (0.835, 0.706, 0.602, 0.571, 0.497)):
        assert slopes[setting] == pytest.approx(exponent, abs=0.01)


def test_tao_units_and_the_published_law():
    """6 N D is the published FLOPs; the published constants hold only with V / 1000 inside f."""
    runs = table("tao2024")
    assert (runs.N == runs.N_nv + runs.V * runs.d).all() and (runs.loss_u < 0).all()
    compute = 6.0 * runs.N * runs.D
    assert compute[0] == pytest.approx(1.271517696e16, rel=1e-9)
    used = runs[compute >= 2.18e17]
    assert len(used) == 1054

    def rmse(tokens):
        mean = (
            -5.533
            + 1.831 / (used.N_nv / 1e6) ** 0.447
            + 0.196 / (used.V * used.d / 1e6) ** 0.671
            + 2.124 / tokens**0.447
        )
        return ((mean - used.loss_u) ** 2).mean() ** 0.5

    v = np.log(used.V / 1000)
    assert rmse(used.H / 1e9 * (0.00639222 * v**2 - 0.15811069 * v + 1.20470122)) == pytest.approx(
        0.0909, abs=2e-4
    )
    assert rmse(used.H / 1e9) == pytest.approx(0.1645, abs=5e-4)
    assert rmse(used.D / 1e9) == pytest.approx(0.529, abs=2e-3)
