"""Bundled tables of corpora and mixtures: values as published."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "data"


def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


@pytest.mark.parametrize(
    ("corpus", "size", "seed", "N", "D", "nll"),
    [
        ("C4", "4M", 0, 3.7e6, 4e8, 1.4279),
        ("FineWeb-Edu", "530M", 1, 530.1e6, 53e9, 0.6002),
        ("Falcon+CC (QC Orig 10%)", "6M", 0, 6e6, 6e8, 1.2116),
        ("FineWeb-Pro", "750M", 2, 681.3e6, 75e9, 0.6318),
    ],
)
def test_magnusson_published_rows(corpus, size, seed, N, D, nll):
    runs = table("magnusson2025").set_index(["corpus", "size", "seed"])
    assert runs.loc[(corpus, size, seed), ["N", "D", "nll"]].tolist() == [N, D, nll]


def test_magnusson_grid_and_derived_sizes():
    runs = table("magnusson2025")
    assert (runs.corpus.nunique(), runs["size"].nunique(), runs.seed.nunique()) == (25, 13, 3)
    assert not runs.duplicated(["corpus", "size", "seed"]).any()
    assert runs.N.dtype == runs.D.dtype == np.int64
    np.testing.assert_allclose(runs.C, 6.0 * runs.N * runs.D, rtol=1e-15)
    np.testing.assert_allclose(runs.M, runs.D / runs.N, rtol=1e-9)
    assert runs.M.between(93.7, 110.1).all()
    assert (runs.groupby("size")[["N", "D"]].nunique() == 1).all(axis=None)


@pytest.mark.parametrize(
    ("created", "values"),
    [
        (
            "2024_01_12-23_37_47",
            {
                "dataset": "rpj_rw_as_CC",
                "N": 1439795200,
                "D": 28795904000,
                "core": 0.2653554097,
                "extended": 0.1309973944,
                "accuracy_hellaswag": 0.5459071994,
                "accuracy_gsm8k": 0.004548900761,
                "accuracy_mmlu_zeroshot": 0.23261159,
            },
        ),
        (
            "2024_02_20-14_42_38",
            {"extended": 0.1433466272, "accuracy_jeopardy": 0.3083572716, "accuracy_svamp": 0.0},
        ),
        (
            "2024_06_04-08_46_35",
            {
                "architecture": "open_lm_1b_swiglutorch",
                "core": 0.270820987,
                "accuracy_boolq": 0.5498470664,
            },
        ),
    ],
)
def test_li2024_published_rows(created, values):
    models = table("li2024").set_index("created")
    assert models.loc[created, [*values]].to_dict() == values


def test_li2024_models_and_empty_cells():
    models = table("li2024")
    assert models.created.is_unique and not models.drop(columns="created").duplicated().any()
    assert models.N.value_counts().to_dict() == {1439795200: 304, 411616256: 11}
    assert (models.dataset.nunique(), (models.D == 20 * models.N).sum()) == (240, 303)
    scores = models.filter(regex="^accuracy_")
    assert scores.shape[1] == 53 and scores.stack().dropna().between(0, 1).all()
    # what the authors do not list is empty, and nothing else
    assert models.isna().sum()[lambda count: count > 0].to_dict() == {
        "core": 85,
        "accuracy_agi_eval_sat_math": 41,
        "accuracy_aqua": 41,
        "accuracy_gpqa_diamond": 187,
        "accuracy_gpqa_main": 187,
        "accuracy_gsm8k": 41,
        "accuracy_mmlu_fewshot": 2,
        "accuracy_svamp": 83,
    }
    assert models.set_index("created").core["2024_04_03-03_09_33"] < 0.02


@pytest.mark.parametrize(
    ("N", "D", "loss_arxiv", "values"),
    [
        (122e6, 1998e6, 3.014416003, {"mixture": 1, "w_c4": 0.4169230769, "w_book": 0.02}),
        (310e6, 19998e6, 1.692252747, {"loss_openhermes": 1.88082674, "w_github": 0.08615384615}),
        (680e6, 25918e6, 1.883656063, {"loss_wikipedia": 1.990405693, "w_c4": 0.3507692308}),
    ],
)
def test_shukor_published_rows(N, D, loss_arxiv, values):
    runs = table("shukor2025")
    found = runs[(runs.N == N) & (runs.D == D) & (runs.loss_arxiv == loss_arxiv)]
    assert found[[*values]].to_dict("records") == [values]


def test_shukor_mixtures_and_checkpoints():
    runs = table("shukor2025")
    weights = runs.filter(regex="^w_")
    assert weights.shape[1] == 7 and weights.min(axis=None) == 0.02
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-9)
    assert runs.groupby("N").mixture.nunique().to_dict() == {122e6: 60, 310e6: 60, 680e6: 40}
    assert (weights.groupby(runs.mixture).nunique() == 1).all(axis=None)
    assert runs.groupby(["N", "mixture"]).size().value_counts().to_dict() == {10: 144, 9: 14, 8: 2}
    assert not runs.duplicated(["mixture", "N", "D"]).any()
    assert not runs.filter(regex="^loss_").duplicated().any()
