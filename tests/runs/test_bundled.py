"""The bundled tables: their content, their sources, and that they can be built again."""

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs

DATA = Path(__file__).parents[2] / "data"
SHAPES = {
    "alabdulmohsin2022": (7285, 6), "lee2025": (541, 6),
    "bhagia2024": (27, 57), "bhagia2024_tasks": (20, 3), "caballero2022": (17, 3), "chen2025": (48, 4), "gadre2024": (104, 70), "gadre2024_tasks": (46, 6), "hoffmann2022": (245, 4),
    "liu2024": (1088, 33), "luo2025": (6265, 5), "muennighoff2023": (295, 8), "nezhurina2025": (1431, 10), "porian2024": (1160, 6), "porian2024_optima": (116, 5), "tao2024": (1200, 7),
}  # fmt: skip
KEYS = {  # what the rows of a table are sorted by
    "alabdulmohsin2022": ["domain", "curve", "role", "x"], "lee2025": ["domain", "curve", "role", "x"],
    "bhagia2024_tasks": ["task"], "caballero2022": ["examples"], "chen2025": ["corpus", "P", "N"], "gadre2024": ["dataset", "N", "D"], "gadre2024_tasks": ["task"], "hoffmann2022": ["N", "C"],
    "liu2024": ["N", "role", "mixture"], "luo2025": ["N", "schedule", "step"], "muennighoff2023": ["N", "D", "U", "run"], "nezhurina2025": ["family", "N", "architecture", "samples"], "tao2024": ["N_nv", "V", "H"],
}  # fmt: skip
LICENCES = {
    "Apache-2.0.LICENSE.txt": "Apache License",
    "gadre2024.LICENSE.txt": "MIT License\n\nCopyright (c) 2024 mlfoundations",
}
SETS = (
    "c4_val openlm paloma_c4_en paloma_falcon-refinedweb paloma_redpajama paloma_ptb"
    " paloma_dolma_100_programing_languages de-en".split()
)
SCORES = "gadre2024/evals/evaluation_late_heavy.json"
POINTS = "Model Size,Training FLOP,loss\n2e9,6e20,2.5\n1e9,6e19,3\n"
LADDER = (
    "batch_size_in_tokens,learning_rate_peak,eval/downstream_bpb/boolq_val_rc_5shot_bpb,eval/downstream/boolq_val_rc_5shot_acc,"
    + ",".join(
        f"eval/{name}-validation/CrossEntropyLoss"
        for name in "c4_en dolma_books dolma_common-crawl dolma_pes2o dolma_reddit dolma_stack dolma_wiki ice m2d2_s2orc pile wikitext_103".split()
    )
)
LADDER_ROW = "1024,0.001,0.9,0.75,3.1,3.2,3.3,3.4,3.5,3.6,3.7,3.8,3.9,4.0,4.1"
PROXY = {f"liu2024_regmix/{role}_{kind}_{size}.csv": text for role, size in (("train", "1m"), ("test", "1m"), ("test", "60m"), ("test", "1B")) for kind, text in (
    ("mixture", "index,train_the_pile_arxiv,train_the_pile_github\n2,0.25,0.75\n1,1,0\n"), ("pile_loss", "index,metric/the_pile_github_val_loss\n1,3.5\n2,3.25\n"),
)}  # fmt: skip
SMALL = {  # made-up files of the other sources, and rows of the tables they give
    "bhagia2024_ladder/final_rows.csv": f"size,multiple,N,throughput/total_tokens,{LADDER}\n190M,1xC,190354176,3.8e9,{LADDER_ROW}\n",
    "bhagia2024_ladder/target_peteish7_eval_anneal.csv": f"throughput/total_tokens,{LADDER}\n4e12,{LADDER_ROW}\n",
    "bhagia2024_ladder/target_peteish13_eval_final.csv": f"_step,{LADDER}\n1000,{LADDER_ROW}\n",
    "caballero2022_addition/runs.csv": "examples,loss\n20,1.5\n10,2\n30,1.25\n40,1\n",
    "curves/context.csv": "domain,task,curve,x,y\nIC,bird,IC/bird,20.0,0.5\nIC,bird,IC/bird,10,0.75\nDD,net,DD/net,8,1.25\nIC,bird,IC/bird,10,0.75\n",
    "curves/target.csv": "domain,task,curve,x,y\nIC,bird,IC/bird,40,0.25\n",
    "chen2025_parscale/runs.csv": "corpus,N_nonembedding,P,loss\nstack-v2-python,2000,2,1.5\n",
    **PROXY,
    **{
        f"luo2025_lr_schedules/csv_{size}/constant_24000.csv": "step,lr,loss\n2304,0.0003,4\n2176,0.0003,4.5\n"
        for size in (25, 100, 400)
    },
    "muennighoff2023/runs.csv": "run,N,D,U,loss,seed,tags,epochs\n2b84b2b,2.8e9,4e9,2e9,3.5,,,2\n2b84b4bc4seed1,2.8e9,4e9,4e9,3.25,1.0,c4,1\n",
    "nezhurina2025_clip_mammut/segmentation_results.csv": (
        "model_simple,namespace,samples_seen,gflops,model_mparams,lr,warmup,global_batch_size,acc1,miou\nViT-S-14,clip,1280000,2e7,62.21,0.0005,1500,512,0.25,0.125\n"
    ),
    "porian2024_isoflops/isoflops.csv": "dataset,hparams,warmup,decay,param_count,val,flops,N,D,loss\nrw,tuned,short,const,standard,val,6e18,1e9,1e9,4\nrw,base,long,kaplan,kaplan,train,6e18,,,\n",
    "porian2024_isoflops/optima.csv": "dataset,hparams,warmup,decay,param_count,val,flops,n_star_median,n_star_log_std\nrw,tuned,short,const,standard,val,6e18,1e9,0.125\nrw,base,long,kaplan,kaplan,train,6e18,,\n",
    "tao2024_vocabulary/exp_data.csv": "vocab_size,embed_dim,num_characters,Non_vocab_parameters,FLOPs,Lossu\n4096.0,512.0,1e9,1e6,1e18,-2.5\n",
}
MADE = {
    "alabdulmohsin2022": b"role,domain,task,curve,x,y\ncontext,IC,bird,IC/bird,10.0,0.75\ncontext,IC,bird,IC/bird,20.0,0.5\ntarget,IC,bird,IC/bird,40.0,0.25\n",
    "lee2025": b"role,domain,task,curve,x,y\ncontext,DD,net,DD/net,8.0,1.25\n",
    "bhagia2024_tasks": b"task,items,chance_accuracy\nboolq_val,52,0.5\n",
    "caballero2022": b"role,examples,loss\ntrain,10,2.0\ntarget,20,1.5\ntarget,30,1.25\ntarget,40,1.0\n",
    "chen2025": b"corpus,N,P,loss\nstack_v2_python,2000,2,1.5\n",
    "muennighoff2023": b"run,N,D,U,epochs,loss,seed,tags\n2b84b2b,2800000000,4000000000,2000000000,2.0,3.5,0,plain\n2b84b4bc4seed1,2800000000,4000000000,4000000000,1.0,3.25,1,c4\n",
    "nezhurina2025": b"family,architecture,N,samples,flops,lr,warmup,batch,error,error_miou\nclip,ViT-S-14,62210000,1280000,2e+16,0.0005,1500,512,0.75,0.875\n",
    "porian2024": b"dataset,setting,N,D,C,loss\nrefinedweb,tuned,1000000000,1000000000.0,6e+18,4.0\n",
    "porian2024_optima": b"dataset,setting,C,N_opt,N_opt_se\nrefinedweb,tuned,6e+18,1000000000.0,125000000.0\n",
}


def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


def build(folder, out):
    return subprocess.run(
        [sys.executable, DATA / "build.py", folder, "--out", out], capture_output=True, text=True
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def published(tmp_path):
    """A folder laid out as the published files, with two made-up runs."""
    tasks = table("gadre2024_tasks").task
    root = tmp_path / "published"
    for part in ("gadre2024/models", "gadre2024/evals", "hoffmann2022"):
        (root / part).mkdir(parents=True)
    for name, corpus, N in (("late", "rpj", 6889410560), ("early", "c4_original", 10569312)):
        results = [
            {
                "val_data": [f"any/{validation}/1.tar"],
                "loss": 3 + i / 7,
                "loss_sequences_lower_95": 2.9,
                "loss_sequences_upper_95": 3.1,
            }
            for i, validation in enumerate(SETS)
        ]
        sizes = {"params": N, "tokens": 20 * N}
        model = {"name": name, "dataset_name": corpus, "hyperparameters": sizes, "results": results}
        scores = {"eval_metrics": {"icl": {task: i / 46 for i, task in enumerate(tasks)}}}
        (root / f"gadre2024/models/{name}.json").write_text(json.dumps(model))
        (root / f"gadre2024/evals/evaluation_{name}_heavy.json").write_text(json.dumps(scores))
    with open(root / "gadre2024/eval_metadata.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Eval Task", "Task Category", "#shots", "#datapoints", "Random baseline"])
        writer.writerows([task, "kind", 0, 10, 25] for task in [*tasks, "unscored"])
    (root / "hoffmann2022/svg_extracted_data.csv").write_text(POINTS)
    for file, text in SMALL.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return root


def test_every_table_is_listed():
    assert {path.stem for path in DATA.glob("*.csv")} == set(
        tomllib.loads((DATA / "sources.toml").read_text())
    )


@pytest.mark.parametrize("name", SHAPES)
def test_table_has_its_rows_and_a_complete_source(name):
    runs = table(name)
    assert runs.shape == SHAPES[name]
    assert not runs.isna().any(axis=None)
    source = tomllib.loads((DATA / "sources.toml").read_text())[name]
    for field in ("title", "citation", "arxiv", "licence", "origin", "note", "bibtex"):
        assert source[field].strip(), field
    assert source["arxiv"] in source["bibtex"]
    patterns = [re.sub(r"<\w+>", r"\\w+", key) for key in source["columns"]]
    described = {
        column for column in runs if any(re.fullmatch(pattern, column) for pattern in patterns)
    }
    assert described == set(runs)
    assert all(any(re.fullmatch(pattern, column) for column in runs) for pattern in patterns)


def test_licence_stands_beside_the_table():
    for source in tomllib.loads((DATA / "sources.toml").read_text()).values():
        file = re.search(r"\((.*LICENSE.txt)\)", source["licence"])
        assert file is None or (DATA / file[1]).read_text().strip().startswith(LICENCES[file[1]])


@pytest.mark.parametrize("name", KEYS)
def test_rows_are_sorted(name):
    pd.testing.assert_frame_equal(
        table(name), table(name).sort_values(KEYS[name], ignore_index=True, kind="stable")
    )


def test_all_tables_stay_small():
    assert sum(path.stat().st_size for path in DATA.glob("*.csv")) < 3_000_000


@pytest.mark.parametrize("name", [name for name in SHAPES if not name.endswith("_tasks")])
def test_runs_load_without_a_complaint(name):
    runs = bs.load_runs(name)  # warnings are errors here
    assert len(runs) == SHAPES[name][0]
    if {"N", "D"} <= set(runs):
        np.testing.assert_allclose(runs.C, 6.0 * runs.N * runs.D, rtol=1e-9)
        np.testing.assert_allclose(runs.M, runs.D / runs.N, rtol=1e-9)


@pytest.mark.parametrize("name", ["gadre2024", "hoffmann2022", "porian2024"])
def test_compute_is_6ND(name):
    runs = table(name)
    np.testing.assert_allclose(runs.C, 6.0 * runs.N * runs.D, rtol=1e-9)


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
def test_curves_are_foretold_beyond_their_context(name, curves):
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
        own = runs[runs.corpus == corpus]
        assert (
            (E + (A / (own.N * (k * np.log(own.P) + 1))) ** alpha - own.loss) ** 2
        ).mean() ** 0.5 < 0.004


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
    """The formulas of sources.toml give every logged rate, so they give those of the steps between."""
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
    ("N", "parent", "shared"),
    [
        (25e6, "constant_72000", 20000),
        (1e8, "constant_24000", 20000),
        (4e8, "constant_24000", 16000),
    ],
)
def test_luo_curves_that_share_a_run(N, parent, shared):
    own = table("luo2025").query(f"N == {N}").set_index(["schedule", "step"]).loss
    for name in ("wsd_20000_24000", "wsdld_20000_24000", "wsdcon_3", "wsdcon_9", "wsdcon_18"):
        early = own[name].loc[: 7999 if name.startswith("wsdcon") else shared]
        assert (early == own[parent][early.index]).all()


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
    """6 N D is the published FLOPs, and the published constants hold with V / 1000 inside f (and only so)."""
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


def test_building_twice_gives_the_same_bytes(published, tmp_path):
    for out in ("first", "second"):
        done = build(published, tmp_path / out)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second")
    assert set(first) == {f"{name}.csv" for name in SHAPES}
    assert not any(b"\r" in text for text in first.values())
    runs = pd.read_csv(tmp_path / "first/gadre2024.csv")
    assert list(runs) == list(table("gadre2024"))
    assert runs.run.tolist() == ["early", "late"]
    assert runs.loss_german.tolist() == [4.0, 4.0]
    assert runs.loss_c4_se.tolist() == [0.05102, 0.05102]
    assert runs.C[1] == pytest.approx(6 * 20 * 6889410560.0**2)
    assert first["hoffmann2022.csv"] == (
        b"N,D,C,loss\n1000000000.0,10000000000.0,6e+19,3.0\n2000000000.0,50000000000.0,6e+20,2.5\n"
    )
    for name, text in MADE.items():
        assert first[f"{name}.csv"] == text
    proxies = pd.read_csv(tmp_path / "first/liu2024.csv")
    assert proxies.N.tolist() == [10**6] * 4 + [6 * 10**7] * 2 + [10**9] * 2
    assert proxies.iloc[1].tolist() == ["test", 10**6, 2, 0.25, 0.75, 3.25]
    assert pd.read_csv(tmp_path / "first/luo2025.csv").step.tolist() == [2176, 2304] * 3
    ladder = pd.read_csv(tmp_path / "first/bhagia2024.csv")
    assert ladder.run.tolist() == ["190M-1xC", "7B-4T", "13B-5T"] and ladder.D.tolist() == [
        3800000000,
        4 * 10**12,
        1024000,
    ]
    assert (
        ladder.loss_wikitext.tolist() == [4.1] * 3
        and ladder.accuracy_boolq_val.tolist() == [0.75] * 3
    )


@pytest.mark.parametrize(
    "lost",
    [
        "gadre2024/models/late.json",
        SCORES,
        "gadre2024/eval_metadata.csv",
        "hoffmann2022/svg_extracted_data.csv",
        *SMALL,
    ],
)
def test_a_spoilt_folder_leaves_the_tables_alone(published, tmp_path, lost):
    assert build(published, tmp_path / "out").returncode == 0
    before = contents(tmp_path / "out")
    (published / lost).write_text("{}")
    done = build(published, tmp_path / "out")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert lost.split("/")[0] in done.stderr
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("missing", [".", "hoffmann2022/svg_extracted_data.csv", SCORES])
def test_missing_files_exit_2_with_one_sentence(published, tmp_path, missing):
    (published / missing).rename(tmp_path / "elsewhere")
    done = build(published, tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"Nothing was built: .*: No such file or directory\.\n", done.stderr)
    assert not (tmp_path / "out").exists()


def test_tables_are_what_the_published_files_give(tmp_path):
    folder = os.environ.get("BAYES_SCALING_PUBLISHED")
    if not folder:
        pytest.skip("BAYES_SCALING_PUBLISHED does not name a folder of the published files")
    assert build(folder, tmp_path).returncode == 0
    assert contents(tmp_path) == {
        f"{name}.csv": (DATA / f"{name}.csv").read_bytes() for name in SHAPES
    }
