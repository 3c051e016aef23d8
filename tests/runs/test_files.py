"""Files of runs: every format gives the same runs; what is not a table is refused."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest
from refusals import CSV, RUNS, refused

import bayes_scaling as bs


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("runs.csv", b"", ["is empty"]),
        ("runs.csv", b"\n\n\n", ["is not a csv table"]),
        ("runs.csv", b"run,N,D,loss\n", ["has no rows"]),
        (
            "runs.csv",
            bytes(range(256)) * 20,
            ["is not UTF-8 text (line 2)", "binary data: save it"],
        ),
        ("runs.csv", b"\0" * 500, ["is not UTF-8 text (line 1)", "binary data"]),
        ("runs.csv", CSV.replace(b",", b" | "), ["check the separator"]),
        ("runs.csv", b"run,N,D,loss\n\xe9t\xe9,1e9,1e9,3\n", ["line 2", "Windows-1252 or Latin-1"]),
        ("runs.csv", CSV.decode().encode("utf-16-le"), ["it may be UTF-16: save it as UTF-8"]),
        ("runs.csv", CSV.split(b"\n", 1)[1], ["first line holds numbers"]),
        ("runs.csv", b"1e9,2e9,3.1\n1e9,3e9,3\n", ["first line holds numbers", "N,D,loss"]),
        ("runs.csv", b"N,D,loss,N\n1e9,2e9,3.1,1e8\n", ["has two columns 'N'"]),
        ("runs.csv", b"N,D,loss\n1e9,1e9,3\n1e9,1e9,3,4,5\n", ["is not a csv table", "line 3"]),
        ("runs.csv", b"N,D,loss\nr1,1e9,2e9,3\nr2,1e9,2e9,3\n", ["more cells than its first line"]),
        ("runs.tsv", CSV, ["is not a tsv table"]),
        ("runs.doc", CSV, ["ends in .doc", "name its format"]),
        ("runs.xls", b"\xd0\xcf\x11\xe0" + CSV, ["an old Excel", ".xlsx or CSV"]),
        ("runs.xlsx", CSV, ["is not an Excel workbook"]),
        ("runs.csv.gz", gzip.compress(CSV, mtime=0)[:60], ["cannot be decompressed"]),
        ("runs.csv.gz", gzip.compress(b"", mtime=0), ["is empty"]),
        ("runs.zip", b"PK\x03\x04" + CSV, ["cannot be decompressed"]),
        ("runs.parquet", b"PAR1 and no more", ["is not a parquet table"]),
        ("runs.parquet", CSV, ["is not a parquet table"]),
        ("runs.jsonl", b'{"N": 1}\n{"N":', ["is not a jsonl table"]),
        ("runs.jsonl", b"3\n4\n", ["line 1 is 3", "no object"]),
        ("runs.jsonl", b'{"N": 1}\n{"N": 1, "N": 2}', ["line 2", "'N' twice"]),
        ("runs.jsonl", b"\n", ["has no rows"]),
        ("runs.json", b"", ["is empty"]),
        ("runs.json", CSV, ["is not JSON"]),
        ("runs.json", b'{"N": [1e8, 2e8], "D": [2e9]}', ["N has 2 values and D 1"]),
        ("runs.json", b'[{"N": 1e8}, 3]', ["entry 2 is 3", "no object"]),
        ("runs.json", b"[" * 100_000, ["is not JSON"]),
        ("runs.json", b'[{"N": 1e8},\n{"N": }]', ["is not JSON", "line 2"]),
        ("runs.json", b"{}", ["holds no runs"]),
        ("runs.jsonl", CSV, ["is not a jsonl table"]),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with refused(str(tmp_path / name), *words):
        bs.load_runs(tmp_path / name)


def test_a_path_that_is_no_file_is_refused(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "runs.csv").write_bytes(CSV)
    with refused("folder.csv is a folder"):
        bs.load_runs(tmp_path / "folder.csv")
    for path in ("none.csv", "runs.csv/none.csv", "a" * 5000 + ".csv", "a\0b.csv"):
        with refused("there is no file"):
            bs.load_runs(str(tmp_path / path))
    with refused("there is no file or bundled table ''"):
        bs.load_runs("")


@pytest.mark.parametrize("name", ["gadre2025", "gadre", "Gadre2024"])
def test_a_misspelt_table_gets_a_suggestion(name):
    with refused(f"'{name}'", "did you mean gadre2024?"):
        bs.load_runs(name)


def test_every_format_gives_the_same_runs(tmp_path):
    rng = np.random.default_rng(0)
    table = RUNS.assign(
        run=["001", "2024-01-01", "r c", *RUNS.run[3:]],
        N=RUNS.N.astype(int),
        loss=rng.uniform(2, 5, 12),
        seed=range(12),
    )
    lines = "\n".join(map(json.dumps, table.to_dict("records"))).encode()
    writers = {
        "csv": lambda path: table.to_csv(path, index=False),
        "CSV": lambda path: table.to_csv(path, index=False),
        "csv.gz": lambda path: table.to_csv(path, index=False),
        "tsv": lambda path: table.to_csv(path, index=False, sep="\t"),
        "tsv.gz": lambda path: table.to_csv(path, index=False, sep="\t"),
        "parquet": table.to_parquet,
        "jsonl": lambda path: path.write_bytes(lines),
        "jsonl.gz": lambda path: path.write_bytes(gzip.compress(lines, mtime=0)),
    }
    for kind, write in writers.items():
        write(tmp_path / f"runs.{kind}")
        pd.testing.assert_frame_equal(
            bs.load_runs(tmp_path / f"runs.{kind}"), bs.load_runs(table), check_exact=True
        )
        pd.testing.assert_frame_equal(
            bs.load_runs(str(tmp_path / f"runs.{kind}")), bs.load_runs(table), check_exact=True
        )


def test_text_of_a_jsonl_stays_text(tmp_path):
    (tmp_path / "runs.jsonl").write_text('{"run": "001", "day": "2024-01-01", "N": 1e9}\n')
    assert bs.load_runs(tmp_path / "runs.jsonl").iloc[0].tolist() == ["001", "2024-01-01", 1e9]


@pytest.mark.parametrize(
    "content",
    [
        CSV.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + CSV,
        CSV.replace(b"N,D,loss", b"N, D, loss"),
        CSV.replace(b"\n", b",\n").replace(b"error,", b"error", 1),
    ],
    ids=["crlf", "mark", "blanks", "comma"],
)
def test_a_csv_of_another_style_gives_the_same_runs(tmp_path, content):
    (tmp_path / "runs.csv").write_bytes(content)
    pd.testing.assert_frame_equal(bs.load_runs(tmp_path / "runs.csv"), bs.load_runs(RUNS))
