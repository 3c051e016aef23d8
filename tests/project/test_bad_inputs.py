"""A list of bad inputs over the interfaces: each is refused in a sentence, or warned of.

What is refused names a place and a remedy. Nothing is sampled, and no file is left.
"""

import json
import math
import shutil
from datetime import date

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from logs import LOGS

import bayes_scaling as bs

SIZES = np.geomspace(3e7, 3e9, 16)
TOKENS = SIZES * np.tile([12.0, 20.0, 40.0, 90.0], 4)
LOSS = 1.8 + 400 / SIZES**0.34 + 1200 / TOKENS**0.32
RUNS = pd.DataFrame(
    {
        "run": [f"m{i}" for i in range(16)],
        "corpus": ["c4", "dclm"] * 8,
        "N": SIZES,
        "D": TOKENS,
        "loss": LOSS,
        "error": np.linspace(0.7, 0.4, 16),
    }
)
LAW = "over_training"


def cell(row, column, value):
    """The runs with one cell replaced."""
    runs = RUNS.astype({column: object})
    runs.loc[row, column] = value
    return runs


def own(function, *names):
    """A law of one's own."""
    parameters = tuple(bs.Parameter(name, bs.lognormal(1.0, 1.0)) for name in names or ("a", "b"))
    return bs.Law(
        name="mine",
        formula="a / N^b",
        inputs={"N": "parameters"},
        parameters=parameters,
        function=function,
    )


def fails(x, a, b):
    raise RuntimeError("no such\x1b[31m thing")


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
    "a table without its sizes": (
        lambda: bs.design(LAW, RUNS.drop(columns=["N", "D"])),
        ["two of N, D, C, M"],
    ),
    # mappings
    "a mapping that is a set": (lambda: bs.load_runs(RUNS, columns={"N"}), ["columns is {'N'}"]),
    "one column as two sizes": (
        lambda: bs.load_runs(RUNS, columns={"C": "N", "M": "N"}),
        ["C and M are both"],
    ),
    "a logarithm of a label": (
        lambda: bs.load_runs(RUNS, columns={"L": "log(corpus)"}),
        ["row 0", "corpus is 'c4'"],
    ),
    "a mapping without a file": (lambda: bs.load_runs(RUNS, columns="m.json"), ["m.json"]),
    "a convention in words": (lambda: bs.load_runs(RUNS, flops_per_nd="6ND"), ["flops_per_nd"]),
    "a format of another tool": (lambda: bs.load_runs("x.csv", format="neptune"), ["format is"]),
    # queries
    "a query without an end": (
        lambda: bs.load_runs(RUNS, where="N > 8**8**8**8"),
        ["a power", "N**0.5"],
    ),
    "text times a number": (lambda: bs.load_runs(RUNS, where="run == 'm' * 9**9"), ["text"]),
    "a call in a query": (lambda: bs.load_runs(RUNS, where="exit()"), ["holds a Call"]),
    "a query that compares types": (lambda: bs.load_runs(RUNS, where="run > 3"), ["correct it"]),
    "a query of no row": (lambda: bs.load_runs(RUNS, where="corpus == 'C4'"), ["loosen it"]),
    # targets
    "a target of no model": (lambda: bs.targets(N=7e9, C=1e45), ["column C is 1e+45"]),
    "a target in words": (lambda: bs.targets(N="seven", D="140B"), ["N is 'seven'"]),
    "targets of two lengths": (
        lambda: bs.targets(N=[1e9, 2e9], D=[1e10] * 3),
        ["3 rows", "N has 2 values"],
    ),
    "targets without numbers": (lambda: bs.targets(), ["targets need values"]),
    # groups
    "a run without a group": (
        lambda: bs.fit_many(LAW, cell(6, "corpus", None), y="loss", by="corpus"),
        ["row 6 (m6)", "corpus is missing", "name the group"],
    ),
    "a run without a series": (
        lambda: bs.backtest(LAW, cell(6, "corpus", None), y="loss", group="corpus"),
        ["row 6", "corpus is missing"],
    ),
    "a run without a group to pool": (
        lambda: bs.fit(LAW, cell(6, "corpus", None), y="loss", group="corpus"),
        ["row 6 (m6)", "corpus is missing"],
    ),
    "no group": (lambda: bs.fit_many(LAW, RUNS, y="loss", by=[]), ["by is []"]),
    "a group that is a number": (lambda: bs.fit(LAW, RUNS, y="loss", group=7), ["group is 7"]),
    "a group that does not exist": (
        lambda: bs.fit_many(LAW, RUNS, y="loss", by="corpora"),
        ["did you mean corpus?"],
    ),
    # laws and likelihoods of one's own
    "a law that raises": (lambda: bs.design(own(fails), RUNS), ["mine", r"\x1b[31m", "correct"]),
    "a law that returns nothing": (
        lambda: bs.design(own(lambda x, a, b: None), RUNS),
        ["NoneType", "one number a run"],
    ),
    "a law of another shape": (
        lambda: bs.design(own(lambda x, a, b: jnp.ones((len(x["N"]), 1))), RUNS),
        ["(16, 1)"],
    ),
    "a law in NumPy": (
        lambda: bs.design(own(lambda x, a, b: a * np.power(np.array(x["N"]), 0.1)), RUNS),
        ["uses NumPy", "jax.numpy"],
    ),
    "a law with an if": (
        lambda: bs.design(own(lambda x, a, b: a if a > 1 else b), RUNS),
        ["jax.numpy.where"],
    ),
    "a law with an unknown input": (
        lambda: bs.design(own(lambda x, a, b: a * x["L"]), RUNS),
        ["KeyError", "inputs of the law"],
    ),
    "a law with a parameter too few": (
        lambda: bs.design(own(lambda x, a: a * x["N"]), RUNS),
        ["TypeError", "'b'"],
    ),
    "a law without parameters": (
        lambda: bs.Law(name="mine", formula="1", inputs={}, parameters=(), function=fails),
        ["no parameters"],
    ),
    "a law with a parameter twice": (lambda: own(fails, "a", "a"), ["two parameters 'a'"]),
    "Student-t noise of true degrees": (lambda: bs.Noise(df=True), ["df True"]),
    "Student-t noise of infinite degrees": (lambda: bs.Noise(df=math.inf), ["df inf", "None"]),
    # files of results
    "no file of a fit": (lambda: bs.load(None), ["there is no file"]),
    "a folder of a fit": (lambda: bs.load("."), ["there is no file"]),
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
        "leave the column C out",
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

# name: words of the command, and words of the refusal
COMMANDS = {
    "a column twice": (["--column", "N=N", "--column", "N=D"], ["--column names N twice"]),
    "a size in pounds": (["--N", "7lb"], ["'7lb' is no number"]),
    "tokens as parameters": (["--N", "7BTok"], ["is no number"]),
    "a column that is misspelt": (["--y", "los"], ["did you mean loss?"]),
    "a power without an end": (["--where", "9**9**9**9 > N"], ["a power"]),
    "an unknown format": (["--runs-format", "wandbx"], ["did you mean wandb?"]),
    "a format that the file has not": (["--runs-format", "jsonl"], ["line 1 is not JSON"]),
    "checkpoints in words": (["--checkpoints", "best"], ["invalid choice: 'best'"]),
    "a convention of no FLOPs": (["--flops-per-nd", "0"], ["flops_per_nd is 0"]),
    "targets that are no file": (["--targets", "to.csv"], ["'to.csv'"]),
    "a group of another law": (["--column", "items=corpus"], ["items is no input"]),
    "an output in no folder": (["--output", "no/a.json"], ["there is no folder"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_argument_is_refused_in_a_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, words = REFUSED[name]
    with pytest.raises(bs.InputError) as caught:
        call()
    text = str(caught.value)
    assert text.isprintable() and all(word in text for word in words), text
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", WARNED)
def test_a_doubtful_table_is_warned_of(name):
    call, words = WARNED[name]
    with pytest.warns(bs.RunsWarning, match=words):
        call()


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused_in_a_sentence(name, tmp_path):
    file, text, words = FILES[name]
    (tmp_path / file).write_text(text, encoding="latin-1")
    with pytest.raises(bs.InputError) as caught:
        bs.load_runs(tmp_path / file)
    assert all(word in str(caught.value) for word in (str(tmp_path / file), *words)), caught.value
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_bad_command_is_refused_in_a_line(name, refused, tmp_path):
    arguments, words = COMMANDS[name]
    RUNS.to_csv(tmp_path / "runs.csv", index=False)
    start = ["forecast", "--runs", "runs.csv", "--law", LAW, "--D", "1e12"]
    given = start if "--N" in arguments else [*start, "--N", "7B"]
    refused([*given, *arguments], *words)


def test_the_list_is_long_enough():
    assert len(REFUSED) + len(WARNED) + len(FILES) + len(COMMANDS) >= 60


def test_a_damaged_log_among_good_ones_is_named(tmp_path):
    shutil.copytree(LOGS / "levanter", tmp_path / "logs")
    bad = tmp_path / "logs" / "run-b" / "tracker_metrics.jsonl"
    bad.write_text(json.dumps({"config": {}, "summary": {}}))
    with pytest.raises(bs.InputError, match="run-b"):
        bs.load_runs(tmp_path / "logs")
