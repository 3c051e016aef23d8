"""Random mutations of valid tables, options and saved fits: no traceback, no hang, no debris.

    python tests/bench/fuzz.py [COUNT] [SEED]

Each mutation is loaded as a user would load it. It must give a table, or one sentence of refusal,
within seconds and without a file left behind. A table that loads must have the sizes that were
written, or come with a warning. Half of those that load without one are fitted, and the
forecast compared with that of the table as it was. A damaged fit is refused, or loads as it was.
"""

import json
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import pandas as pd
from fuzz_answers import RUNS, check_forecast, command, load_mutated, reference

import bayes_scaling as bs

SECONDS = 30  # after which a call counts as a hang; some compile a program
SAVED, FITTED = 0.1, 0.5  # fractions of mutations that are of a fit, and of tables that are fitted
CELLS = ["", "NA", "nan", "inf", "-1", "0", "1e999", "1,5", "12M", "3 GTok", "=1+1", "\x1b[2J", "é"]
QUERIES = [
    "N > 1e8",
    "corpus == 'c4'",
    "9**9**9 > N",
    "N >",
    "run in ['m1']",
    "`N` < D",
    "N.x",
    "1",
]
OPTIONS = ["--column", "--where", "--checkpoints", "--runs-format", "--flops-per-nd", "--mapping"]
VALUES = [
    "N=N",
    "N=loss",
    "C=N*6",
    "x",
    "",
    "last",
    "csv",
    "json",
    "6",
    "nan",
    "-1",
    "m.json",
    "N=1b",
]


def mutated_bytes(rng: random.Random, content: bytes) -> bytes:
    """A file with bytes changed, removed, repeated or in another encoding."""
    kind, place = rng.randrange(6), rng.randrange(len(content))
    if kind == 0:
        return content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]
    if kind == 1:
        return content[:place]
    if kind == 2:
        return content[:place] + content[rng.randrange(len(content)) :]
    if kind == 3:
        return content.replace(b",", rng.choice([b";", b"\t", b"|", b",,"]))
    if kind == 4:
        return content.decode().encode(rng.choice(["utf-16", "utf-8-sig", "utf-32"]))
    return content + content[: rng.randrange(len(content))]


def mutated_cells(rng: random.Random) -> pd.DataFrame:
    """A table with cells, names or rows changed."""
    runs = RUNS.astype(object)
    for _ in range(rng.randrange(1, 4)):
        runs.iloc[rng.randrange(12), rng.randrange(5)] = rng.choice(CELLS)
    if rng.random() < 0.2:
        runs = runs.rename(columns={rng.choice(list(runs)): rng.choice([" N ", "N", "", "params"])})
    return runs.sample(frac=1, random_state=rng.randrange(99)) if rng.random() < 0.2 else runs


def check_numbers(loaded: pd.DataFrame, warned: bool) -> None:
    """A table that loads without a warning has sizes of the runs that were written."""
    if warned or "run" not in loaded or not {"N", "D"} <= set(loaded):
        return
    known = RUNS.set_index("run")
    for run, N, D in zip(loaded["run"], loaded["N"], loaded["D"]):
        if run in known.index and not 0.1 <= D / N <= 6000:  # 100 times beyond those written
            raise AssertionError(f"{run} has M = {D / N:g} without a warning")


def attempt(rng: random.Random, folder: Path, shared: Path) -> str:
    """One mutation; returns what came of it."""
    if rng.random() < SAVED:
        return load_mutated(rng, folder, shared)
    path = folder / rng.choice(["runs.csv", "runs.csv", "runs.jsonl", "runs.json", "runs.tsv"])
    table = mutated_cells(rng) if rng.random() < 0.5 else RUNS
    if path.suffix.startswith(".json") and not table.columns.is_unique:
        return "answered"  # such a table is no JSON
    text = {
        ".csv": lambda: table.to_csv(index=False),
        ".tsv": lambda: table.to_csv(index=False, sep="\t"),
        ".jsonl": lambda: "\n".join(map(json.dumps, table.to_dict("records"))),
        ".json": lambda: json.dumps(table.to_dict("records")),
    }[path.suffix]()
    content = text.encode()
    path.write_bytes(mutated_bytes(rng, content) if rng.random() < 0.5 else content)
    if rng.random() < 0.5:
        return by_python(rng, path, shared)
    words = ["import", str(path), "--output", str(folder / "out.csv")]
    for _ in range(rng.randrange(3)):
        words += [rng.choice(OPTIONS), rng.choice([*VALUES, *QUERIES])]
    return command(words)


def by_python(rng: random.Random, path: Path, shared: Path) -> str:
    """Load a mutated file in Python, and fit some."""
    where = rng.choice(QUERIES) if rng.random() < 0.3 else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            loaded = bs.load_runs(path, where=where)
        except bs.InputError as error:
            if not str(error).isprintable():
                raise AssertionError(f"unprintable: {error!r}") from None
            return "refused"
    check_numbers(loaded, bool(caught))
    if not caught and where is None and rng.random() < FITTED:
        return check_forecast(loaded, shared)
    return "warned" if caught else "answered"


def hang(number: int, frame: object) -> None:
    """Report a call that takes too long."""
    raise AssertionError(f"no answer within {SECONDS} s")


def fuzz(count: int, seed: int) -> int:
    """Run mutations; returns how many failed."""
    print(f"seed {seed}", flush=True)
    signal.signal(signal.SIGALRM, hang)
    shared = Path(tempfile.mkdtemp())
    reference(shared)
    results: Counter[str] = Counter()
    start, failed = time.monotonic(), 0
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        with tempfile.TemporaryDirectory() as name:
            signal.alarm(SECONDS)
            try:
                results[attempt(rng, Path(name), shared)] += 1
                debris = [one.name for one in Path(name).rglob("*.part")]
                assert not debris, debris
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                failed += 1
                print(f"mutation {number}: {type(error).__name__}: {error}", flush=True)
            finally:
                signal.alarm(0)
    shutil.rmtree(shared)
    print(f"{dict(results)}, {failed} failed, {time.monotonic() - start:.0f} s")
    return failed


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    chosen = given[1] if len(given) > 1 else random.randrange(10**6)
    raise SystemExit(bool(fuzz(given[0] if given else 2000, chosen)))
