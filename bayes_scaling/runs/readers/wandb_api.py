"""Runs of a project of Weights & Biases, from its server: ``wandb:ENTITY/PROJECT``."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import first_line

PREFIX = "wandb:"


def read_project(source: str) -> pd.DataFrame:
    """Read the runs of a project, one row a run, as its exported table has them.

    Parameters
    ----------
    source : str
        "wandb:ENTITY/PROJECT"; the account is the one that ``wandb login`` set up.

    Returns
    -------
    DataFrame
        Name, State, and the last value of every setting and metric; nested ones as "a.b".

    Raises
    ------
    InputError
        The library wandb is not installed, there is no such project, or it has no runs.
    """
    path = source.removeprefix(PREFIX).strip("/")
    if path.count("/") != 1:
        raise InputError(f"{source} is no project; write wandb:ENTITY/PROJECT")
    try:
        import wandb
    except ImportError:
        raise InputError(
            f"{source} is read by the library wandb; install it by pip install"
            " 'bayes-scaling[wandb]', or export the table of runs as CSV"
        ) from None
    try:
        client: Any = wandb
        runs = list(client.Api().runs(path))
    except Exception as error:  # of the network, the account or the project, of many kinds
        raise InputError(
            f"{source} cannot be read ({type(error).__name__}: {first_line(error)}); check the name"
            " and wandb login, or export the table of runs as CSV"
        ) from None
    if not runs:
        raise InputError(f"{source} has no runs; name another project")
    return pd.DataFrame([_row(run) for run in runs])


def _row(run: Any) -> dict[str, Any]:
    """A run's name, state, settings and last metrics; a metric wins over a setting of its name."""
    values = _flat(run.config) | _flat(dict(run.summary.items()))
    return {"Name": run.name, "State": run.state} | values


def _flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Numbers, texts and booleans, nested ones under dotted names."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if str(name).startswith("_"):
            continue
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}.")
        elif isinstance(value, str | int | float):
            found[f"{before}{name}"] = value
    return found
