"""Sizes row by row: impossible ones are refused, improbable ones named with their rows."""

import numpy as np
import pandas as pd
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs
from bayes_scaling.runs.bundled import bundled_runs
from bayes_scaling.runs.size_doubts import size_doubts

ODD = RUNS.index % 2 == 1
N = pd.Series(np.geomspace(5e7, 5e9, 12))
TABLE = RUNS.assign(N=N, D=N * np.linspace(15, 60, 12))


@pytest.mark.parametrize("entry", ["load_runs", "targets", "design"])
@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            TABLE.assign(N=N.where(~ODD, N / 1e6)),
            ["row 1", "column N is ", "parameters as a count"],
        ),
        (TABLE.assign(D=TABLE.D.where(~ODD, TABLE.D / 1e9)), ["row 1", "column D is "]),
        (TABLE.assign(C=6e-9 * N * TABLE.D)[["N", "C", "loss"]], ["column C", "FLOPs as a count"]),
        (
            TABLE.assign(C=6e-12 * N * TABLE.D * 1e3)[["N", "C", "loss"]],
            ["column C", "FLOPs as a count"],
        ),
        (TABLE.assign(C=6e-9 * N * TABLE.D)[["D", "C", "loss"]], ["column C", "FLOPs as a count"]),
        (TABLE.assign(N=N * 1e9), ["column N is "]),
        (TABLE.assign(C=1e40)[["N", "C", "loss"]], ["column C is 1e+40"]),
    ],
    ids=["N mixed", "D mixed", "N and GFLOPs", "N, MFLOPs", "D and GFLOPs", "N large", "C large"],
)
def test_impossible_sizes_are_refused_at_every_entry_point(entry, table, words):
    call = {
        "load_runs": bs.load_runs,
        "targets": lambda given: bs.targets(given.drop(columns="loss")),
        "design": lambda given: bs.design("chinchilla", given),
    }[entry]
    with refused(*words):
        call(table)


def test_compute_that_gives_impossible_tokens_is_blamed():
    table = TABLE[["N", "loss"]].assign(C=6e-4 * N * TABLE.D)  # D would be 75,000 and more
    with refused("column C does not fit N", "D would be", "not in GFLOPs or PF-days"):
        bs.load_runs(table)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TABLE.assign(N=N / 1e3), "tokens per parameter.*N not in thousands"),
        (TABLE.assign(D=TABLE.D / 1e3), "D not in thousands"),
        (
            TABLE.assign(N=N.where(~ODD, TABLE.D), D=TABLE.D.where(~ODD, N)),
            r"6 runs \(row 1 \(r1\), .*are N and D swapped there",
        ),
        (TABLE.assign(N=N.where(~ODD, N / 1e3)), "6 runs .*are N and D there in other units"),
        (TABLE.assign(D=TABLE.D.where(RUNS.index != 4, TABLE.D / 1e3)), r"1 run \(row 4 \(r4\)\)"),
    ],
    ids=["N in thousands", "D small", "swapped", "N mixed", "one row"],
)
def test_improbable_sizes_are_warned_of_with_their_rows(table, words):
    with pytest.warns(bs.RunsWarning, match=words):
        runs = bs.load_runs(table)
    bs.load_runs(runs)  # once


def test_published_tables_are_no_doubt():
    for name in bundled_runs():
        runs = bs.load_runs(name)
        sizes = {size: runs[size] for size in ("N", "D") if size in runs}
        assert not [*size_doubts(runs, sizes)], name
