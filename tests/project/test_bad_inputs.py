"""A list of bad arguments and options: each is refused in a sentence.

What is refused names a place and a remedy. Nothing is sampled, and no file is left.
"""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from bad_runs import LAW, RUNS, cell, check_refused

import bayes_scaling as bs


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
    # mappings
    "a mapping that is a set": (lambda: bs.load_runs(RUNS, columns={"N"}), ["columns is {'N'}"]),
    "one column as two sizes": (
        lambda: bs.load_runs(RUNS, columns={"C": "N", "M": "N"}),
        ["are both the column 'N'"],
    ),
    "a logarithm of a label": (
        lambda: bs.load_runs(RUNS, columns={"L": "log(corpus)"}),
        ["row 0", "corpus is 'c4'"],
    ),
    "a mapping of a number's name": (lambda: bs.load_runs(RUNS, columns={3: "N"}), ["names 3"]),
    "a mapping of no name": (lambda: bs.load_runs(RUNS, columns={" ": "N"}), ["names ' '"]),
    "two columns for one": (lambda: bs.load_runs(RUNS, columns={"N": ["N", "D"]}), ["as text"]),
    "a factor below 0": (lambda: bs.load_runs(RUNS, columns={"N": "N*-1"}), ["no column 'N*-1'"]),
    "a product of columns": (lambda: bs.load_runs(RUNS, columns={"C": "N*D"}), ["no column 'N*D'"]),
    "no number for every row": (
        lambda: bs.load_runs(RUNS, columns={"N": math.nan}),
        ["row 0", "N is nan"],
    ),
    "an address": (lambda: bs.load_runs("https://host/runs.csv"), ["download the file"]),
    "a name that never ends": (lambda: bs.load_runs("a" * 9999), ["no file or bundled table 'aaa"]),
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
    "a query that chooses": (lambda: bs.load_runs(RUNS, where="1 if N else 2"), ["a IfExp"]),
    "a query of the index": (lambda: bs.load_runs(RUNS, where="index > 3"), ["no column"]),
    "a query without a condition": (lambda: bs.load_runs(RUNS, where="N"), ["no condition"]),
    "a query of no row": (lambda: bs.load_runs(RUNS, where="corpus == 'C4'"), ["loosen it"]),
    # targets
    "a target of no model": (lambda: bs.targets(N=7e9, C=1e45), ["column C is 1e+45"]),
    "a target in words": (lambda: bs.targets(N="seven", D="140B"), ["N is 'seven'"]),
    "targets of two lengths": (
        lambda: bs.targets(N=[1e9, 2e9], D=[1e10] * 3),
        ["3 rows", "N has 2 values"],
    ),
    "a target below 0": (lambda: bs.targets(N=-7e9, D=1e11), ["N is -7e+09", "positive"]),
    "targets in a table of text": (
        lambda: bs.targets(RUNS[["run"]].assign(N="big", D=1e9)),
        ["N is 'big'"],
    ),
    "no targets": (lambda: bs.targets(RUNS[["N", "D"]].iloc[:0]), ["targets have no rows"]),
    "targets without numbers": (lambda: bs.targets(), ["targets need values"]),
    "an outcome in a list": (lambda: bs.design(LAW, RUNS, y=["loss"]), ["y is ['loss']"]),
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
    "effects of runs beside Student-t noise": (
        lambda: bs.RunEffects(df=4.0),
        ["need Normal noise", "df=None"],
    ),
    # files of results
    "no file of a fit": (lambda: bs.load(None), ["there is no file"]),
    "a folder of a fit": (lambda: bs.load("."), ["there is no file"]),
}

# name: words of the command, and words of the refusal
COMMANDS = {
    "a column twice": (["--column", "N=N", "--column", "N=D"], ["--column names N twice"]),
    "a size in pounds": (["--N", "7lb"], ["'7lb' is no number"]),
    "tokens as parameters": (["--N", "7BTok"], ["is no number"]),
    "a size below 0": (["--N", "-7B"], ["--N: '-7B' is no positive number"]),
    "a size that is no number": (["--N", "nan"], ["--N: 'nan' is no positive number"]),
    "an answer over the runs": (
        ["--output", "./runs.csv"],
        ["--output is runs.csv, which is read"],
    ),
    "a probability in percent": (["--prob", "90"], ["prob is 90", "such as 0.9"]),
    "a column without a name": (["--column", "=N"], ["NAME=COLUMN"]),
    "two sizes of one column": (["--column", "N=N", "--column", "D=N"], ["N and D are both"]),
    "a label as a size": (["--column", "N=corpus"], ["row 0 (m0)", "N is 'c4'"]),
    "an answer as a workbook": (["--output", "a.xlsx"], ["text, CSV or JSON", "in .txt"]),
    "a size as another": (["--column", "N=D"], ["D and N are both the column 'D'"]),
    "a size as an error": (["--se", "N"], ["se is N, a size"]),
    "the outcome as its error": (["--se", "loss"], ["as large as the outcome", "unit"]),
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
    check_refused(call, words)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_bad_command_is_refused_in_a_line(name, refused, tmp_path):
    arguments, words = COMMANDS[name]
    RUNS.to_csv(tmp_path / "runs.csv", index=False)
    start = ["forecast", "--runs", "runs.csv", "--law", LAW, "--D", "1e12"]
    given = start if "--N" in arguments else [*start, "--N", "7B"]
    refused([*given, *arguments], *words)


def test_the_list_is_long_enough():
    assert len(REFUSED) + len(COMMANDS) >= 60
