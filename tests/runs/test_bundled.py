"""The bundled tables: their shapes, sources, units and sorting."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs

DATA = Path(__file__).parents[2] / "data"
SHAPES = {
    "alabdulmohsin2022": (7285, 6),
    "lee2025": (541, 6),
    "bhagia2024": (27, 57),
    "bhagia2024_tasks": (20, 3),
    "caballero2022": (17, 3),
    "chen2025": (48, 4),
    "gadre2024": (104, 70),
    "gadre2024_tasks": (46, 6),
    "grattafiori2024": (133, 4),
    "hoffmann2022": (245, 4),
    "li2024": (315, 60),
    "li2025": (253, 7),
    "li2026_data_constrained": (182, 6),
    "li2026_domain_mixture": (80, 11),
    "li2026_farseer": (407, 4),
    "li2026_lr_bsz": (2702, 5),
    "li2026_moe": (221, 4),
    "li2026_sparsity": (70, 6),
    "liu2024": (1088, 33),
    "luo2025": (6265, 5),
    "magnusson2025": (975, 8),
    "muennighoff2023": (295, 8),
    "nezhurina2025": (1431, 10),
    "porian2024": (1160, 6),
    "porian2024_optima": (116, 5),
    "shukor2025": (1582, 18),
    "tao2024": (1200, 7),
    "wu2024": (254, 9),
}
KEYS = {  # what the rows of a table are sorted by
    "alabdulmohsin2022": ["domain", "curve", "role", "x"],
    "lee2025": ["domain", "curve", "role", "x"],
    "bhagia2024_tasks": ["task"],
    "caballero2022": ["examples"],
    "chen2025": ["corpus", "P", "N"],
    "gadre2024": ["dataset", "N", "D"],
    "gadre2024_tasks": ["task"],
    "grattafiori2024": ["C", "N"],
    "hoffmann2022": ["N", "C"],
    "li2024": ["N", "D", "created"],
    "li2025": ["N", "D", "lr", "sweep", "loss"],
    "li2026_domain_mixture": ["N", "w_domain_1", "w_domain_2", "w_domain_3", "w_domain_4"],
    "li2026_lr_bsz": ["N", "D", "lr", "batch"],
    "li2026_sparsity": ["N_dense", "N_active", "P", "D1", "D2"],
    "liu2024": ["N", "role", "mixture"],
    "luo2025": ["N", "schedule", "step"],
    "magnusson2025": ["corpus", "N", "seed"],
    "muennighoff2023": ["N", "D", "U", "run"],
    "nezhurina2025": ["family", "N", "architecture", "samples"],
    "shukor2025": ["N", "mixture", "D"],
    "tao2024": ["N_nv", "V", "H"],
    "wu2024": ["task", "C", "model"],
}
EMPTY = {"li2024"}  # tables with empty cells, which tests of their own count
LICENCES = {
    "Apache-2.0.LICENSE.txt": "Apache License",
    "CC-BY-4.0.LICENSE.txt": "Creative Commons Attribution 4.0 International",
    "ODC-By-1.0.LICENSE.txt": "# ODC Attribution License (ODC-By)",
    "gadre2024.LICENSE.txt": "MIT License\n\nCopyright (c) 2024 mlfoundations",
    "li2024.LICENSE.txt": "MIT License\n\nCopyright (c) 2024 mlfoundations",
}


def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


def test_every_table_is_listed():
    files = {path.stem for path in DATA.glob("*.csv")} - {"coverage_by_reach"}  # of forecasts
    assert files == set(tomllib.loads((DATA / "sources.toml").read_text())) == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_table_has_its_rows_and_a_complete_source(name):
    runs = table(name)
    assert runs.shape == SHAPES[name]
    assert not runs.duplicated().any()
    assert runs.isna().any(axis=None) == (name in EMPTY)
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


def test_licence_is_shipped_with_the_table():
    assert {path.name for path in DATA.glob("*.LICENSE.txt")} == set(LICENCES)
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
def test_runs_load_without_a_warning(name):
    runs = bs.load_runs(name)  # warnings are errors here
    assert len(runs) == SHAPES[name][0]
    if {"N", "D"} <= set(runs):
        np.testing.assert_allclose(runs.C, 6.0 * runs.N * runs.D, rtol=1e-9)
        np.testing.assert_allclose(runs.M, runs.D / runs.N, rtol=1e-9)


@pytest.mark.parametrize(
    "name", ["gadre2024", "grattafiori2024", "hoffmann2022", "magnusson2025", "porian2024"]
)
def test_compute_is_6ND(name):
    runs = table(name)
    np.testing.assert_allclose(runs.C, 6.0 * runs.N * runs.D, rtol=1e-9)
