"""Bundled sweeps of sizes and settings: values as published, and the published laws on them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "data"


def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


def row(runs, **values):
    """The one row with these values, which are written with the digits of the table."""
    keep = np.logical_and.reduce([runs[key] == x for key, x in values.items()])
    return runs[keep].squeeze()


PUBLISHED = [  # table, values of one published row
    ("grattafiori2024", {"D": 1579500858.99, "N": 633111399.914, "C": 6e18, "loss": 0.9198434068}),
    ("grattafiori2024", {"D": 11114713968.1, "N": 899708263.182, "C": 6e19, "loss": 0.8149768867}),
    ("grattafiori2024", {"D": 1034815724400, "N": 1610592714.59, "C": 1e22, "loss": 0.7190537428}),
    ("li2025", {"N": 93940416, "N_nonembedding": 35842752, "D": 16777216000, "lr": 0.002}),
    ("li2025", {"N": 57234240, "D": 524288000, "lr": 0.004, "loss": 4.440314286}),
    ("li2025", {"N": 76816896, "D": 1572864000, "lr": 0.001, "loss": 4.007754552}),
    ("li2026_farseer", {"N": 201228288, "D": 1999929344, "loss": 0.675320662}),
    ("li2026_farseer", {"N": 1338278400, "D": 19027001344, "loss": 0.534577901}),
    ("li2026_farseer", {"N": 25120768000, "D": 125599744000, "loss": 0.4381460922}),
    ("li2026_data_constrained", {"N": 2.81e9, "D": 32e9, "U": 4e9, "epochs": 8, "loss": 2.722962}),
    ("li2026_data_constrained", {"N": 4246.5e6, "D": 36e9, "U": 12e9, "loss": 2.618343}),
    ("li2026_data_constrained", {"N": 573.7e6, "D": 600e9, "U": 1.5e9, "loss": 2.863888}),
    ("li2026_moe", {"N": 368123904, "X": 1, "loss": 2.463254493}),
    ("li2026_moe", {"N": 27279360, "X": 64, "loss": 2.641050707}),
    ("li2026_moe", {"N": 1308819456, "X": 64, "loss": 2.112280042}),
    ("li2026_lr_bsz", {"N": 214663680, "D": 1e11, "lr": 0.0003453, "loss": 2.397610962}),
    ("li2026_lr_bsz", {"N": 536872960, "D": 28.4e9, "lr": 0.000345, "batch": 192}),
    ("li2026_lr_bsz", {"N": 119992320, "D": 8e9, "batch": 768, "loss": 2.700853445}),
    (
        "li2026_sparsity",
        {"N_dense": 44248800, "N_active": 77437920, "D2": 4613734400, "P": 6.999218987},
    ),
    ("li2026_sparsity", {"N_dense": 98323840, "P": 7.461201984, "D2": 1153433600, "loss": 2.75841}),
    (
        "li2026_sparsity",
        {"N_dense": 98323840, "P": 3.571179903, "D2": 1153433600, "loss": 2.779715},
    ),
    ("li2026_domain_mixture", {"N": 70e6, "w_domain_2": 0.1875, "loss_domain_3": 3.207515775}),
    ("li2026_domain_mixture", {"N": 305e6, "w_domain_5": 0.1875, "loss_domain_1": 2.208824564}),
    ("li2026_domain_mixture", {"N": 410e6, "w_domain_1": 0.5, "loss_domain_4": 1.293023541}),
    ("wu2024", {"task": "mmlu", "C": 84e21, "accuracy": 0.4586241276, "brier": 0.4491171011}),
    ("wu2024", {"task": "arc", "C": 84e21, "brier_easy": 0.009549989672}),
]


@pytest.mark.parametrize(("name", "values"), PUBLISHED)
def test_a_published_row_is_in_the_table_once(name, values):
    found = row(table(name), **values)
    assert found.ndim == 1 and len(found) == table(name).shape[1]


def test_grattafiori_budgets():
    runs = table("grattafiori2024")
    np.testing.assert_allclose(runs.C, 6 * runs.N * runs.D, rtol=1e-10)
    assert runs.groupby("C").size().tolist() == [16, 17, 16, 16, 18, 14, 12, 12, 6, 6]
    assert (runs.loss.min(), runs.loss.max()) == (0.6935748839, 0.9321856859)


def test_li2025_embeddings_and_repeated_settings():
    runs = table("li2025")
    embeddings = runs.groupby("model").apply(lambda g: (g.N - g.N_nonembedding).unique().tolist())
    assert embeddings.map(len).eq(1).all() and len(embeddings) == 11
    assert (1 - runs.N_nonembedding / runs.N).agg(["min", "max"]).round(2).tolist() == [0.15, 0.79]
    assert (runs.D % 2**20 == 0).all() and round((runs.D / runs.N).min(), 1) == 1.4
    times = runs.groupby(["N", "D", "lr"]).size()
    assert times.value_counts().to_dict() == {1: 229, 2: 9, 3: 2}
    assert not runs.duplicated(["N", "D", "lr", "loss"]).any()


def test_farseer_is_in_bits_per_character():
    """The constants published for bits per character and these counts fit the losses."""
    runs = table("li2026_farseer")
    N, D = runs.N, runs.D
    floor = np.exp(-0.062465473 * N**0.13 + 0.1284880679)
    amplitude = np.exp(230.7343707709 * N**-0.1729 - 1.544209554)
    mean = floor + amplitude * D ** -np.exp(-1.665630816 * N**0.0459 + 3.1333471988)
    assert ((mean - runs.loss) ** 2).mean() ** 0.5 < 0.0025
    assert runs.role.tolist() == ["train"] * 400 + ["test"] * 7
    assert runs[runs.role == "train"].N.nunique() == 25
    assert runs.D[runs.role == "test"].max() == 453197168640


def test_data_constrained_runs_are_those_of_muennighoff():
    runs, other = table("li2026_data_constrained"), table("muennighoff2023")
    assert runs.role.value_counts().to_dict() == {"train": 161, "test": 21}
    np.testing.assert_allclose(runs.epochs, runs.D / runs.U, rtol=1e-9)
    places = ["N", "D", "U", "loss"]
    assert len(runs.merge(other[places].drop_duplicates(), on=places)) == 171


def test_moe_grid():
    runs = table("li2026_moe")
    assert runs.role.value_counts().to_dict() == {"train": 193, "test": 28}
    assert sorted(runs.X.unique()) == [2**i for i in range(10)]
    assert runs[runs.role == "test"].N.unique().tolist() == [1308819456]
    assert runs.groupby(["N", "X"]).size().max() == 13


def test_lr_bsz_batches_are_sequences():
    """With 2048 tokens a sequence, the best batches follow the paper's 0.58 D^0.571 tokens."""
    runs = table("li2026_lr_bsz")
    octaves = 2 * np.log2(runs.lr)
    np.testing.assert_allclose(octaves, octaves.round(), atol=0.014)
    best = runs.loc[runs.groupby(["N", "D"]).loss.idxmin()]
    assert len(best) == 41
    error = np.log(2048 * best.batch / (0.58 * best.D**0.571))
    assert abs(error.mean()) < 0.1 and error.std() < 0.35


def test_sparsity_and_mixtures_of_the_benchmark():
    sparse, mixed = table("li2026_sparsity"), table("li2026_domain_mixture")
    assert sparse.D1.unique().tolist() == [2306867200]
    assert sparse.groupby("D2").size().tolist() == [26, 27, 17]
    assert (sparse.N_active >= sparse.N_dense).all() and (sparse.P > 1).all()
    assert mixed.groupby("N").size().to_dict() == {70e6: 20, 160e6: 20, 305e6: 20, 410e6: 20}
    weights = mixed.filter(regex="^w_")
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-9)
    assert len(weights.drop_duplicates()) == 20
