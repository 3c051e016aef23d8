"""Mutated saved fits, and forecasts of mutated tables, beside those of what was not mutated."""

import contextlib
import io
import json
import random
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import bayes_scaling as bs
from bayes_scaling.cli.main import main
from bayes_scaling.results.netcdf import content_hash

SIZES = np.geomspace(3e7, 3e9, 12)
TOKENS = SIZES * np.tile([10.0, 20.0, 60.0], 4)
LOSS = 1.8 + 400 / SIZES**0.34 + 1200 / TOKENS**0.32
RUNS = pd.DataFrame(
    {
        "run": [f"m{i}" for i in range(12)],
        "corpus": ["c4", "dclm"] * 6,
        "N": SIZES,
        "D": TOKENS,
        "loss": LOSS * np.exp(0.004 * np.sin(np.arange(12.0) ** 2)),
    }
)
LENGTH = {"draws": 250, "warmup": 200, "chains": 2}
TARGET = {"N": 7e9, "D": 1.4e11}
VALUES = [None, True, -1, 0, "", "log", "Noise", [], {}, [1.0], float("nan"), "N", 1e300]


def fitted(runs: pd.DataFrame) -> bs.Fit:
    """A short fit of Chinchilla's law."""
    return bs.fit("chinchilla", runs, y="loss", **LENGTH)


@cache
def reference(folder: Path) -> tuple[Path, tuple[float, float, float]]:
    """The fit of the runs as they are, saved, and its forecast."""
    fit = fitted(RUNS)
    fit.save(folder / "fit.nc")
    return folder / "fit.nc", forecast(fit)


def forecast(fit: bs.Fit) -> tuple[float, float, float]:
    """Median and ends of the interval of a run far beyond the training runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        row = fit.forecast(bs.targets(**TARGET)).iloc[0]
    return float(row["median"]), float(row["lower"]), float(row["upper"])


def check_forecast(runs: pd.DataFrame, folder: Path) -> str:
    """Fit a table that loaded without a warning; its forecast fits, or has a caution.

    The interval of the mutated table must contain the forecast of the other one, unless the
    diagnosis is not good.
    """
    _, (middle, _, _) = reference(folder)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fit = fitted(runs)
    except bs.InputError:
        return "fit refused"
    _, lower, upper = forecast(fit)
    good = set(fit.diagnosis.levels.values()) == {"good"}
    if good and not caught and not lower - (upper - lower) <= middle <= upper + (upper - lower):
        raise AssertionError(f"{lower:.3g} to {upper:.3g} without a caution, and {middle:.3g} else")
    return "forecast"


def mutated_file(rng: random.Random, content: bytes) -> bytes:
    """A file with a byte changed, its end missing, or a part repeated."""
    place = rng.randrange(len(content))
    kind = rng.randrange(3)
    if kind == 0:
        return content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]
    if kind == 1:
        return content[:place]
    return content[:place] + content[rng.randrange(len(content)) :]


def mutated_description(rng: random.Random, source: Path, path: Path) -> None:
    """A copy of a saved fit whose description has another value, and a hash that fits."""
    with xr.open_datatree(source, engine="h5netcdf") as opened:
        tree = opened.load()
    description = json.loads(tree.attrs["bayes_scaling"])
    part: Any = description
    while True:
        key = rng.choice(list(part))
        if not (isinstance(part[key], dict) and part[key]) or rng.random() < 0.3:
            break
        part = part[key]
    if rng.random() < 0.3:
        del part[key]
    else:
        part[key] = rng.choice(VALUES)
    text = json.dumps(description)
    tree.attrs["bayes_scaling"], tree.attrs["sha256"] = text, content_hash(text, tree)
    tree.to_netcdf(path, engine="h5netcdf")


def load_mutated(rng: random.Random, folder: Path, shared: Path) -> str:
    """Load a mutated file of a fit, in Python or at the command line."""
    source, expected = reference(shared)
    path = folder / "fit.nc"
    is_edited = rng.random() < 0.5
    if is_edited:
        mutated_description(rng, source, path)
    else:
        path.write_bytes(mutated_file(rng, source.read_bytes()))
    if rng.random() < 0.3:
        targets = [f"--{name}={value:g}" for name, value in TARGET.items()]
        return command(["forecast", "--fit", str(path), *targets])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = forecast(bs.load(path))
    except bs.InputError as error:
        if not str(error).isprintable():
            raise AssertionError(f"unprintable: {error!r}") from None
        return "file refused"
    if not is_edited and found != expected:
        raise AssertionError(f"a damaged file gives {found}, and {expected} was saved")
    return "file loaded"


def command(words: list[str]) -> str:
    """Run a command, silently; returns whether it answered."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code
    if code not in (0, 1, 2) or "Traceback" in err.getvalue():
        raise AssertionError(f"exit code {code}: {err.getvalue()[-300:]}")
    printable = err.getvalue().replace("\n", "").isprintable()
    if not printable or (code == 2 and err.getvalue().count("\n") < 1):
        raise AssertionError(f"no sentence: {err.getvalue()!r}")
    return "refused" if code == 2 else "answered"
