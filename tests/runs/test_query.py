"""Queries keep rows, run no code, and report what is wrong with them."""

import pandas as pd
import pytest
from refusals import refused

import bayes_scaling as bs

RUNS = pd.DataFrame(
    {
        "run": [f"r{i}" for i in range(12)],
        "N": [1e7, 2e7, 4e7, 8e7] * 3,
        "D": [2e8] * 4 + [1e9] * 4 + [5e9] * 4,
    }
)
RUNS["loss"] = [4.5, 4.2, 4.0, 3.8, 4.1, 3.8, 3.6, 3.4, 3.9, 3.6, 3.3, 3.1]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("N < 4e7", 6),
        ("N < 4e7 and D > 1e9", 2),
        ("not N < 4e7", 6),
        ("~(N < 4e7)", 6),
        ("run == 'r3' or run == 'r4'", 2),
        ("run in ['r3', 'r4', 'x']", 2),
        ("run not in ('r3', 'r4')", 10),
        ("1e7 < N <= 4e7", 6),
        ("M > 20 and C > 1e17", 6),
        ("N * 20 > D", 4),
        ("  N < 4e7  ", 6),
        ("`N` < 4e7", 6),
    ],
)
def test_a_query_keeps_its_rows(query, rows):
    assert len(bs.load_runs(RUNS, where=query)) == rows


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ["does not parse"]),
        ("   ", ["does not parse"]),
        ("N <", ["does not parse"]),
        ("N = 3", ["does not parse"]),
        ("N > 1; D > 1", ["does not parse"]),
        ("N > 1\nD > 1", ["does not parse"]),
        ("(" * 5000, ["does not parse"]),
        ("-" * 200_000 + "1", ["does not parse"]),
        ("N < 1", ["matches none of the 12 runs"]),
        ("run == 'r99'", ["matches none"]),
        ("n < 1e9", ["names n,", "did you mean N?"]),
        ("losss > 3", ["names losss", "did you mean loss?"]),
        ("run == r3", ["names r3", "quote text"]),
        ("`the loss` > 3", ["names the loss"]),
        ("index > 2", ["names index"]),
        ("x" * 100_000, ["which is no column"]),
        ("loss", ["is no condition"]),
        ("run", ["is no condition"]),
        ("1", ["is no condition"]),
        ("True", ["is no condition"]),
        ("'run'", ["is no condition"]),
        ("(N > 1e7, D > 1e9)", ["is no condition"]),
        ("run < 3", ["cannot be evaluated"]),
        ("-run > 3", ["cannot be evaluated"]),
        ("N and D", ["cannot be evaluated"]),
    ],
    ids=lambda given: given[:30] if isinstance(given, str) else "",
)
def test_an_invalid_query_is_refused(query, words):
    with refused("the query ", *words) as caught:
        bs.load_runs(RUNS, where=query)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("query", "words"),
    [
        *[
            (query, "does not parse")
            for query in ("@secret > 1", "N > @secret", "*N", "N > 1; import os", "def f(): 1")
        ],
        *[
            (query, "holds a Call")
            for query in (
                "__import__('os').mkdir('made')",
                "N > 1 and open('made', 'w')",
                "print(1)",
                "N.map(print)",
                "N.max() > 1",
                "N.gt(2e7)",
                "N.map(abs) > 2e7",
                "`N`.gt(2e7)",
            )
        ],
        *[
            (query, "holds a Attribute")
            for query in ("N.values > 2e7", "N.__class__", "N.array > 2e7")
        ],
        *[
            (query, "holds a ")
            for query in (
                "N[0] > 1",
                "lambda: 1",
                "[x for x in N]",
                "(x := 3)",
                "f'{N}' == 1",
                "N if N else D",
                "N is None",
                "{'N': 1}",
                "N // 2 > 1",
                "await N",
            )
        ],
        ("`@secret` > 1", "names @secret"),
        ("__builtins__ == 1", "names __builtins__"),
        ("secret > 1", "names secret"),
    ],
)
def test_a_query_runs_no_code(query, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    secret = 3  # noqa: F841
    with refused("the query ", words):
        bs.load_runs(RUNS, where=query)
    assert not list(tmp_path.iterdir()) and not capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["the loss", "loss (c4)", "损失", "é à", "class", "a" * 500, "x-y", "2x"]
)
def test_a_query_names_any_column_in_backticks(name):
    runs = bs.load_runs(RUNS.rename(columns={"loss": name}), where=f"`{name}` > 4.0 and N < 2e7")
    assert runs[name].tolist() == [4.5, 4.1]


def test_a_boolean_column_is_a_query():
    assert bs.select(RUNS.assign(kept=RUNS.N > 2e7), "kept").N.min() == 4e7
    maybe = pd.array([True, None] * 6, dtype="boolean")
    assert len(bs.select(RUNS.assign(kept=maybe), "kept")) == 6
