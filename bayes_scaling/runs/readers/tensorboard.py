"""Event files of TensorBoard: one row a run and step, read by the tensorboard package."""

from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import first_line

TITLE = "event files of TensorBoard"
PATTERN = "*tfevents*"


def read(folder: Path) -> pd.DataFrame:
    """Read the scalars of every run.

    Parameters
    ----------
    folder : pathlib.Path
        An event file, or a folder with event files of runs in it.

    Returns
    -------
    DataFrame
        Columns run, step and one for each tag.

    Raises
    ------
    InputError
        The tensorboard package is missing, or no event file has scalars.
    """
    try:
        from tensorboard.backend.event_processing import (  # pyright: ignore[reportMissingImports]
            event_accumulator,
        )
    except ImportError:
        raise InputError(
            f"{folder} is read by tensorboard, which is not installed; install it, as in pip "
            "install 'bayes-scaling[tensorboard]'"
        ) from None
    pieces = []
    for run, place in _runs(folder).items():
        try:
            events: Any = event_accumulator.EventAccumulator(
                str(place), size_guidance={"scalars": 0, "tensors": 0}
            ).Reload()
            pieces.append(_scalars(run, events))
        except Exception as error:  # of many kinds, for programmers
            raise InputError(
                f"{place} cannot be read as event files ({first_line(error)}); check the files"
            ) from None
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame()
    if table.empty:
        raise InputError(f"{folder} has no scalars; give the folder that TensorBoard shows them of")
    return table


def _runs(place: Path) -> dict[str, Path]:
    """Names of runs, and the folder or file of each."""
    if place.is_file():
        return {place.resolve().parent.name: place}
    folders = sorted({file.parent for file in place.rglob(PATTERN) if file.is_file()})
    return {
        folder.relative_to(place).as_posix() if folder != place else place.resolve().name: folder
        for folder in folders
    }


def _scalars(run: str, events: Any) -> pd.DataFrame:
    """All scalars of a run, by step."""
    from tensorboard.util import tensor_util  # pyright: ignore[reportMissingImports]

    columns: dict[str, dict[int, float]] = {}
    for tag in events.Tags()["scalars"]:
        columns[tag] = {event.step: event.value for event in events.Scalars(tag)}
    for tag in events.Tags()["tensors"]:  # as TensorFlow 2 writes scalars
        arrays = {
            event.step: tensor_util.make_ndarray(event.tensor_proto)
            for event in events.Tensors(tag)
        }
        if arrays and all(a.shape == () and a.dtype.kind == "f" for a in arrays.values()):
            columns[tag] = {step: float(a) for step, a in arrays.items()}
    table = pd.DataFrame({tag: pd.Series(values, dtype=float) for tag, values in columns.items()})
    table = table.sort_index().rename_axis("step").reset_index()
    table.insert(0, "run", run)
    return table
