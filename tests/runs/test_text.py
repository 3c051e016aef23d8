"""Text of a file stays text, and names stay names, in whatever encoding it is written."""

import bz2
import json
import lzma
import zipfile

import numpy as np
import pandas as pd
import pytest
from refusals import CSV, RUNS, refused

import bayes_scaling as bs
from bayes_scaling.runs.files import read_table

LABELS = ["001", "NA", "None", "nan", "null", "1e5", "007 b", "true", "n/a", "x", "0", "-"]


def read(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return bs.load_runs(path)


def test_labels_that_parsers_take_for_missing_or_numbers_stay_as_written(tmp_path):
    runs = RUNS.assign(corpus=LABELS)
    loaded = read(tmp_path / "runs.csv", runs.to_csv(index=False))
    assert loaded["corpus"].tolist() == LABELS
    assert sorted(bs.select(loaded, "corpus == 'NA' or corpus == '001'")["run"]) == ["r0", "r1"]


@pytest.mark.parametrize("name", ["run", "corpus"])
def test_numbers_with_leading_zeros_are_labels(tmp_path, name):
    labels = [f"{number:03d}" for number in range(12)]
    loaded = read(tmp_path / "runs.csv", RUNS.assign(**{name: labels}).to_csv(index=False))
    assert loaded[name].tolist() == labels
    np.testing.assert_array_equal(loaded["loss"], RUNS["loss"])


def test_names_of_runs_that_read_as_numbers_stay_text(tmp_path):
    names = [f"{number}e{number}" for number in range(1, 13)]  # such as abbreviated hashes
    loaded = read(tmp_path / "runs.csv", RUNS.assign(run=names).to_csv(index=False))
    assert loaded["run"].tolist() == names


def test_a_number_that_logs_write_as_missing_is_missing(tmp_path):
    text = CSV.decode().replace(",0.8\n", ",NA\n")
    loaded = read(tmp_path / "runs.csv", text)
    assert np.isnan(loaded["error"].iloc[0]) and loaded["error"].dtype == float
    assert loaded["error"].iloc[1] == RUNS["error"].iloc[1]


def test_an_empty_label_is_missing_and_not_a_label(tmp_path):
    labels = ["c4", "", "  ", *["dclm"] * 9]
    loaded = read(tmp_path / "runs.csv", RUNS.assign(corpus=labels).to_csv(index=False))
    assert loaded["corpus"].isna().tolist() == [False, True, True, *[False] * 9]


def test_spaces_around_names_and_labels_do_not_count(tmp_path):
    text = RUNS.assign(corpus=["c4 ", " c4", "c4"] * 4).to_csv(index=False)
    loaded = read(tmp_path / "runs.csv", text.replace("run,N,D", " run , N ,D "))
    assert loaded["corpus"].unique().tolist() == ["c4"]
    np.testing.assert_array_equal(loaded["N"], RUNS["N"])
    frame = bs.load_runs(RUNS.rename(columns={"loss": " loss "}))
    assert "loss" in frame


def test_truth_values_and_numbers_have_their_types(tmp_path):
    runs = RUNS.assign(tied=[True, False] * 6, seed=range(12), note="x")
    loaded = read(tmp_path / "runs.csv", runs.to_csv(index=False))
    assert loaded["tied"].tolist() == [True, False] * 6 and loaded["tied"].dtype == bool
    assert loaded["seed"].dtype == np.int64 and loaded["N"].dtype == float


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + CSV,
        CSV.decode().encode("utf-16"),
        CSV.decode().encode("utf-32"),
        b"# made by a script\n# in May\n" + CSV,
        b"\n\n" + CSV,
        CSV.replace(b",", b";"),
        CSV.replace(b",", b"\t"),
    ],
    ids=["utf-8", "utf-16", "utf-32", "comments", "empty lines", "semicolons", "tabs"],
)
@pytest.mark.parametrize("ending", ["csv", "txt"])
def test_a_table_of_another_encoding_or_style_gives_the_same_runs(tmp_path, content, ending):
    pd.testing.assert_frame_equal(read(tmp_path / f"runs.{ending}", content), bs.load_runs(RUNS))


def test_a_decimal_comma_is_read_where_semicolons_separate(tmp_path):
    text = RUNS.assign(N=RUNS.N.astype(int)).to_csv(index=False, sep=";", decimal=",")
    with pytest.warns(bs.RunsWarning, match="decimal mark: D and 2 more"):
        loaded = read(tmp_path / "runs.csv", text)
    np.testing.assert_allclose(loaded["loss"], RUNS["loss"])
    np.testing.assert_allclose(loaded["error"], RUNS["error"])


def test_commas_that_separate_thousands_are_no_decimal_marks(tmp_path):
    text = "run;N;D;loss\n" + "".join(f"r{i};1,{i}00,000;2e9;3.{i}\n" for i in range(9))
    with pytest.warns(bs.RunsWarning, match="read as 1000000 parameters"):
        loaded = read(tmp_path / "runs.csv", text)
    np.testing.assert_array_equal(loaded["N"], [1e6 + i * 1e5 for i in range(9)])


@pytest.mark.parametrize("ending", ["bz2", "xz", "zip"])
def test_a_compressed_table_gives_the_same_runs(tmp_path, ending):
    path = tmp_path / f"runs.csv.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("runs.csv", CSV)
    else:
        path.write_bytes({"bz2": bz2.compress, "xz": lzma.compress}[ending](CSV))
    pd.testing.assert_frame_equal(bs.load_runs(path), bs.load_runs(RUNS))


def test_a_zip_file_of_several_tables_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "runs.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    with refused("holds 2 files; give one"):
        bs.load_runs(tmp_path / "runs.zip")


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "runs.csv").write_bytes(CSV)
    pd.testing.assert_frame_equal(bs.load_runs("~/runs.csv"), bs.load_runs(RUNS))


@pytest.mark.parametrize(
    "content",
    [
        b'[{"N": 1e8, "D": 2e9, "loss": 3.5}, {"N": 2e8, "D": 2e9, "loss": 3.4}]',
        b'{"runs": [{"N": 1e8, "D": 2e9, "loss": 3.5}, {"N": 2e8, "D": 2e9, "loss": 3.4}]}',
        b'{"N": [1e8, 2e8], "D": [2e9, 2e9], "loss": [3.5, 3.4]}',
        b'{"N": {"0": 1e8, "1": 2e8}, "D": {"0": 2e9, "1": 2e9}, "loss": {"0": 3.5, "1": 3.4}}',
        b'{"columns": ["N", "D", "loss"], "index": [0, 1], '
        b'"data": [[1e8, 2e9, 3.5], [2e8, 2e9, 3.4]]}',
        b'{"N": 1e8, "D": 2e9, "loss": 3.5}\n{"N": 2e8, "D": 2e9, "loss": 3.4}\n',
        b'\xef\xbb\xbf[{"N": 100000000, "D": 2e9, "loss": 3.5}, {"N": 2e8, "D": 2e9, "loss": 3.4}]',
    ],
    ids=["records", "inside", "columns", "to_json", "split", "lines", "mark"],
)
def test_every_plain_form_of_json_gives_the_same_runs(tmp_path, content):
    loaded = read(tmp_path / "runs.json", content)
    assert loaded["N"].tolist() == [1e8, 2e8] and loaded["loss"].tolist() == [3.5, 3.4]


def test_runs_by_name_and_nested_settings_become_columns(tmp_path):
    loaded = read(
        tmp_path / "runs.json",
        '{"a": {"N": 1e8, "D": 2e9, "model": {"layers": 3, "heads": [1, 2]}, "tag": "001"}}',
    )
    row = loaded.iloc[0]
    assert (row["run"], row["model.layers"], row["model.heads"]) == ("a", 3, "[1, 2]")
    assert row["tag"] == "001"


@pytest.mark.parametrize("orient", ["index", "columns"])
def test_runs_by_name_have_it_in_either_direction(tmp_path, orient):
    path = tmp_path / "runs.json"
    RUNS.set_index("run").to_json(path, orient=orient)
    pd.testing.assert_frame_equal(bs.load_runs(path), bs.load_runs(RUNS), check_dtype=False)
    given = json.loads(path.read_text())
    if orient == "index":
        assert bs.load_runs(given)["run"].tolist() == RUNS["run"].tolist()


def test_text_far_down_a_large_table_leaves_its_column_as_written(tmp_path):
    """pandas parses such a file in parts, each with types of its own."""
    rows = [f"{i % 7}.50,{i}" for i in range(300_000)]
    rows[290_000] = "none of these,1"
    path = tmp_path / "runs.csv"
    path.write_text("\n".join(["note,step", *rows]))
    table = read_table(path)
    assert table["note"].iloc[[0, 1, 290_000]].tolist() == ["0.50", "1.50", "none of these"]
    assert table["step"].dtype == np.int64 and len(table) == 300_000
    rows[290_000] = "NA,1"
    path.write_text("\n".join(["note,step", *rows]))
    assert read_table(path)["note"].iloc[[1, 290_000]].tolist() == pytest.approx(
        [1.5, np.nan], nan_ok=True
    )


def test_an_old_mac_ends_its_lines_otherwise(tmp_path):
    runs = read(tmp_path / "runs.csv", CSV.replace(b"\n", b"\r"))
    pd.testing.assert_frame_equal(runs, bs.load_runs(RUNS), check_dtype=False)


def test_integers_beyond_64_bits_are_numbers(tmp_path):
    lines = "".join(f'{{"N": {4 * 10**10 + i}, "C": {768 * 10**21 + i}}}\n' for i in range(3))
    (tmp_path / "runs.jsonl").write_text(lines)
    loaded = bs.load_runs(tmp_path / "runs.jsonl", flops_per_nd=6)
    np.testing.assert_allclose(loaded["C"], 7.68e23, rtol=1e-15)


def test_dates_with_a_zone_can_be_queried():
    day = pd.date_range("2024-01-01", periods=12, tz="Europe/Paris")
    runs = RUNS.assign(day=day)
    assert bs.select(runs, "day >= '2024-01-10'")["run"].tolist() == ["r9", "r10", "r11"]
    assert bs.select(runs, "day >= '2024-01-10'")["day"].dtype == runs["day"].dtype
    later = bs.select(runs, "day >= '2024-01-09T23:00:00Z'")  # midnight in Paris
    assert later["run"].tolist() == ["r9", "r10", "r11"]
