"""A list of bad tables and files: each is refused in a sentence, or warned of.

What is refused names a place and a remedy.
"""

import json
import math
import shutil
from datetime import date

import numpy as np
import pandas as pd
import pytest
from bad_runs import LAW, LOSS, RUNS, SIZES, TOKENS, cell, check_refused
from logs import LOGS

import bayes_scaling as bs

# name: the call, and words of its refusal
REFUSED = {
    # cells
    "a label in a size": (lambda: bs.load_runs(cell(5, "N", "large")), ["row 5 (m5)", "N is"]),
    "a date in a size": (lambda: bs.load_runs(cell(5, "D", date(2024, 1, 1))), ["row 5", "D is"]),
    "a complex size": (lambda: bs.load_runs(RUNS.assign(N=RUNS.N + 0j)), ["N is"]),
    "a size in bytes": (lambda: bs.load_runs(cell(2, "N", "2.6 GiB")), ["row 2", "2.6 GiB"]),
    "tokens where parameters are": (lambda: bs.load_runs(cell(2, "N", "20B tokens")), ["row 2"]),
    "a range in a size": (lambda: bs.load_runs(cell(2, "D", "1e9-2e9")), ["row 2", "D is"]),
    "a decimal comma in a size": (lambda: bs.load_runs(cell(2, "D", "1,5e9")), ["row 2", "D is"]),
    "a negative size": (lambda: bs.load_runs(cell(15, "N", -3e9)), ["row 15", "positive"]),
    "an infinite size": (lambda: bs.load_runs(cell(0, "D", math.inf)), ["row 0", "D is inf"]),
    "a missing size": (lambda: bs.load_runs(cell(9, "D", None)), ["row 9", "leave the row out"]),
    "one size in millions": (lambda: bs.load_runs(cell(3, "N", 124.0)), ["row 3", "column N"]),
    "one size in billions of tokens": (lambda: bs.load_runs(cell(3, "D", 2.5)), ["row 3"]),
    "M instead of D": (lambda: bs.load_runs(RUNS.assign(D=20.0)), ["column D is at most 20"]),
    "C in PF-days": (lambda: bs.load_runs(RUNS.assign(C=TOKENS / 1e9)), ["column C"]),
    "C in TFLOPs with N": (
        lambda: bs.load_runs(RUNS[["N", "loss"]].assign(C=6e-12 * SIZES * TOKENS)),
        ["column C", "FLOPs as a count"],
    ),
    "M that contradicts": (lambda: bs.load_runs(RUNS.assign(M=2000.0)), ["M is 2000", "D / N"]),
    "a loss of 0": (lambda: bs.design(LAW, cell(4, "loss", 0.0)), ["row 4 (m4)", "loss is 0"]),
    "a loss with a unit": (lambda: bs.design(LAW, cell(4, "loss", "3.1 nats")), ["row 4"]),
    "losses near the smallest float": (
        lambda: bs.design(LAW, RUNS.assign(loss=LOSS * 1e-200)),
        ["row 0", "in a larger unit"],
    ),
    "one loss for all": (lambda: bs.design(LAW, RUNS.assign(loss=3.0)), ["nothing to fit"]),
    "an error in percent": (
        lambda: bs.design(
            "perplexity_to_error", cell(1, "error", 66.0), "error", columns={"L": "loss"}
        ),
        ["row 1", "divide by 100"],
    ),
    "a standard error of 0": (
        lambda: bs.design(LAW, RUNS.assign(se=0.0), se="se"),
        ["row 0", "se is 0"],
    ),
    "experts in a size": (lambda: bs.load_runs(cell(2, "N", "8x7B")), ["row 2", "N is '8x7B'"]),
    "a size that is about": (lambda: bs.load_runs(cell(2, "N", "~1.3B")), ["row 2 (m2)"]),
    "a size with its error": (lambda: bs.load_runs(cell(2, "D", "26B±1B")), ["row 2", "D is"]),
    "a decimal comma in a loss": (
        lambda: bs.design(LAW, cell(3, "loss", "3,141")),
        ["row 3 (m3)", "write a decimal point"],
    ),
    "sizes in log10": (
        lambda: bs.load_runs(RUNS.assign(N=np.log10(SIZES))),
        ["column N is at most 9.47"],
    ),
    "half of C in GFLOPs": (
        lambda: bs.load_runs(
            RUNS[["N", "loss"]].assign(C=np.where(RUNS.index % 2, 6e-9, 6) * SIZES * TOKENS)
        ),
        ["row 1", "FLOPs as a count"],
    ),
    "C in MFLOPs with N": (
        lambda: bs.load_runs(RUNS[["N", "loss"]].assign(C=6e-6 * SIZES * TOKENS)),
        ["column C does not fit N", "not in GFLOPs"],
    ),
    "a rate as compute": (
        lambda: bs.load_runs(RUNS[["N", "loss"]].assign(C="300 TFLOP/s")),
        ["row 0", "C is '300 TFLOP/s'"],
    ),
    "a missing size among nullable numbers": (
        lambda: bs.load_runs(cell(2, "N", None).convert_dtypes()),
        ["row 2 (m2)", "N is"],
    ),
    # tables
    "a Series": (lambda: bs.load_runs(RUNS["N"]), ["type Series", "pandas DataFrame"]),
    "a generator": (lambda: bs.load_runs(iter([{"N": 1e8}])), ["pandas DataFrame"]),
    "rows that are lists": (lambda: bs.load_runs([[1e8, 2e9, 3.1]]), ["row 0", "rows such as"]),
    "an array": (lambda: bs.load_runs(RUNS[["N", "D"]].to_numpy()), ["type ndarray"]),
    "columns of other lengths": (lambda: bs.load_runs({"N": [1e8] * 2, "D": [1e9]}), ["a run"]),
    "columns of one name": (
        lambda: bs.load_runs(RUNS.rename(columns={"error": "loss"})),
        ["two columns 'loss'"],
    ),
    "names that differ in spaces": (
        lambda: bs.load_runs(RUNS.rename(columns={"error": "loss "})),
        ["two columns 'loss'"],
    ),
    "rows with other names": (
        lambda: bs.load_runs([{"N": 1e8, "D": 2e9}, {"N": 1e8, "tokens": 2e9}]),
        ["row 1", "D is nan"],
    ),
    "columns of other rows": (
        lambda: bs.load_runs({"N": pd.Series([1e8]), "D": pd.Series([2e9], index=[5])}),
        ["row 5", "N is nan"],
    ),
    "columns of two levels of one name": (
        lambda: bs.load_runs(
            pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a_b", "c"), ("a", "b_c")]))
        ),
        ["two columns 'a_b_c'"],
    ),
    "a table without its sizes": (
        lambda: bs.design(LAW, RUNS.drop(columns=["N", "D"])),
        ["two of N, D, C, M"],
    ),
}

# name: the call, and words of its caution
WARNED = {
    "N in thousands": (lambda: bs.load_runs(RUNS.assign(N=SIZES / 1e3)), "not in thousands"),
    "N and D swapped in some rows": (
        lambda: bs.load_runs(
            RUNS.assign(
                N=np.where(RUNS.index < 5, TOKENS, SIZES), D=np.where(RUNS.index < 5, SIZES, TOKENS)
            )
        ),
        r"5 runs \(row 0 \(m0\).*swapped",
    ),
    "a row of D in millions": (
        lambda: bs.load_runs(cell(15, "D", 3e9 * 90 / 1e5)),
        r"1 run \(row 15 \(m15\)\)",
    ),
    "a row that appears twice": (
        lambda: bs.load_runs(pd.concat([RUNS, RUNS.iloc[[3]]], ignore_index=True)),
        "appears twice",
    ),
    "sizes in words": (lambda: bs.load_runs(cell(3, "N", "75.3M")), "read as 75300000 parameters"),
    "N and D swapped in all rows": (
        lambda: bs.load_runs(RUNS.rename(columns={"N": "D", "D": "N"})),
        "are N and D swapped",
    ),
    "a total below the runs": (
        lambda: bs.load_runs(cell(15, "run", "Total")),
        r"row 15 \(Total\) is by its name \(Total\) a summary of the others",
    ),
    "thousands between apostrophes": (
        lambda: bs.load_runs(cell(3, "N", "75'300'000")),
        "read as 75300000 parameters",
    ),
    "FLOPs of a forward pass": (
        lambda: bs.load_runs(RUNS.assign(C=2 * SIZES * TOKENS)),
        "C is 2 N D in every row, as in .*flops_per_nd=2",
    ),
    "C in thousands of FLOPs": (
        lambda: bs.load_runs(RUNS[["N", "loss"]].assign(C=6e-3 * SIZES * TOKENS), flops_per_nd=6),
        "tokens per parameter",
    ),
    "checkpoints without names": (
        lambda: bs.load_runs(
            pd.DataFrame([{"N": 1e8, "D": d * 1e9, "loss": 4 - d / 9} for d in range(1, 11)])
        ),
        "10 rows have N = 1e.08 and evenly spaced D",
    ),
    "checkpoints": (
        lambda: bs.load_runs(
            pd.DataFrame(
                [
                    {"run": r, "N": 1e8, "D": d * 1e9, "loss": 4 - d / 9}
                    for r in "ab"
                    for d in range(1, 6)
                ]
            )
        ),
        "10 checkpoints of 2 runs",
    ),
    "FLOPs of an unknown convention": (
        lambda: bs.load_runs(RUNS[["N", "loss"]].assign(C=8 * SIZES * TOKENS)),
        "D follows from",
    ),
    "compute that is a third too large": (
        lambda: bs.load_runs(RUNS.assign(C=8 * SIZES * TOKENS)),
        "C is 8 N D in every row",
    ),
    "runs that crashed": (
        lambda: bs.load_runs(LOGS / "wandb_runs.csv", columns={"N": "params"}),
        "did not finish",
    ),
}

# name: the file, its text, and words of the refusal
FILES = {
    "rows of other lengths": ("a.csv", "N,D,loss\n1e8,2e9,3\n1e8,2e9\n1e8,2e9,3,4,5\n", ["a.csv"]),
    "no header": ("a.csv", "1e8,2e9,3.1\n2e8,2e9,3.0\n", ["first line holds numbers"]),
    "a header twice": ("a.csv", "N,D,loss,loss\n1e8,2e9,3,4\n", ["two columns 'loss'"]),
    "a header without the rows' names": ("a.csv", '"N","D"\n"1",1e8,2e9\n', ["more cells"]),
    "a row of units": ("a.csv", "N,D,loss\nparams,tokens,nats\n1e8,2e9,3\n", ["row 0: N is"]),
    "a header again": ("a.csv", "N,D,loss\n1e8,2e9,3\nN,D,loss\n", ["row 1: N is 'N'"]),
    "a comment below the runs": ("a.csv", "N,D,loss\n1e8,2e9,3\n# end\n", ["row 1: N is '# end'"]),
    "a title above the header": ("a.csv", "My runs,,\nN,D,loss\n1e8,2e9,3\n", ["the header"]),
    "UTF-16 without a mark": ("a.csv", "N\0,\0D\0\n\0", ["it may be UTF-16"]),
    "two tables in one file": ("a.json", '{"a": [{"N": 1}], "b": [{"N": 1}]}', ["2 tables (a, b)"]),
    "a split table of one name": ("a.json", '{"columns": ["N", "N"], "data": []}', ["two columns"]),
    "comments in JSON": ("a.json", '// runs\n[{"N": 1e8}]', ["is not JSON"]),
    "a comma too many in JSON": ("a.json", '[{"N": 1e8},]', ["is not JSON", "line 1"]),
    "a table in one line of JSON": ("a.jsonl", '[{"N": 1e8, "D": 2e9}]', ["line 1", "no object"]),
    "half a line of JSON": ("a.jsonl", '{"N": 1e8, "D": 2e9}\n{"N": 1e8, "D"', ["line 2"]),
    "a name twice in JSON": ("a.json", '[{"N": 1e8, "N": 2e8}]', ["'N' twice"]),
    "a number in JSON": ("a.json", "3.1", ["is not JSON"]),
    "lists of lists": ("a.json", "[[1e8, 2e9, 3.1]]", ["entry 1", "no object"]),
    "a log without losses": ("trainer_state.json", '{"log_history": [{"step": 1}]}', ["a loss"]),
    "results without a task": ("results.json", '{"results": {}, "configs": {}}', ["no task"]),
    "a picture": ("a.csv", "\x89PNG\r\n\x1a\n\0\0\0", ["UTF-8"]),
    "a page of the web": ("a.json", "<!doctype html><html></html>", ["is not JSON"]),
    "a script": ("a.py", "print(1)", ["ends in .py"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_table_is_refused_in_a_sentence(name):
    check_refused(*REFUSED[name])


@pytest.mark.parametrize("name", WARNED)
def test_a_doubtful_table_is_warned_of(name):
    call, words = WARNED[name]
    with pytest.warns(bs.RunsWarning, match=words):
        call()


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused_in_a_sentence(name, tmp_path):
    file, text, words = FILES[name]
    (tmp_path / file).write_text(text, encoding="latin-1")
    place = [] if words[0].startswith("row ") else [str(tmp_path / file)]
    check_refused(lambda: bs.load_runs(tmp_path / file), [*place, *words])


def test_the_list_is_long_enough():
    assert len(REFUSED) + len(WARNED) + len(FILES) >= 60


def test_a_damaged_log_among_good_ones_is_named(tmp_path):
    shutil.copytree(LOGS / "levanter", tmp_path / "logs")
    bad = tmp_path / "logs" / "run-b" / "tracker_metrics.jsonl"
    bad.write_text(json.dumps({"config": {}, "summary": {}}))
    with pytest.raises(bs.InputError, match="run-b"):
        bs.load_runs(tmp_path / "logs")
