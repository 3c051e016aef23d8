"""One law, many data sets: thousands of posteriors from one compiled program."""

import hashlib
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pandas as pd

from bayes_scaling._core.arguments import check_counts, check_names, check_sampler, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling.inference.batch import chunk_paths, chunks, stacked
from bayes_scaling.inference.input_checks import check_options
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.results.adapt_law import adapt_law, load_table, suit_law
from bayes_scaling.results.choose_law import choose_for_groups, is_auto
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.many_draws import gather_draws
from bayes_scaling.results.many_tables import GroupedTables, report_skipped, split_table


@runtime_checkable
class Executor(Protocol):
    """Runs calls elsewhere: the part of ``concurrent.futures.Executor`` that is needed."""

    def submit(self, function: Any, /, *args: Any) -> Any:
        """Run a call, and return its future."""
        ...


def fit_many(
    law: Law | str,
    runs: pd.DataFrame | str | Path,
    y: str | None = None,
    *,
    by: str | list[str] | tuple[str, ...],
    priors: dict[str, Any] | None = None,
    noise: Likelihood | None = None,
    se: str | None = None,
    draws: int = 500,
    warmup: int = 200,
    chains: int = 2,
    seed: int = 0,
    length: int = 0,
    sampler: str = "auto",
    on_error: str = "raise",
    save: str | Path | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
    **columns: Any,
) -> Fits:
    """Sample the posteriors of one law given each of many data sets, by NUTS or HMC.

    One program is compiled for each of a few table lengths. Where HMC in lockstep over data sets
    is calibrated for the law, it takes NUTS's place, faster and as exact; a set
    whose draws do not pass the checks is sampled by NUTS.

    Parameters
    ----------
    law : Law or str
        As in ``fit``.
    runs : pandas.DataFrame, path or str
        As in ``fit``.
    y : str, optional
        As in ``fit``.
    by : str or list of str
        Column, or columns, whose values identify the data sets.
    priors : dict of str to NumPyro distribution, optional
        As in ``fit``.
    noise : Likelihood, optional
        As in ``fit``.
    se : str, optional
        As in ``fit``.
    draws : int
        As in ``fit``.
    warmup : int
        As in ``fit``.
    chains : int
        As in ``fit``.
    seed : int
        Every group has its own seed, computed from this one and the group's name, so that its
        draws do not depend on the other groups.
    length : int
        Rows that every table is padded to (padding has no weight): tables of many lengths then
        share one compilation, which costs some seconds for each law and length.
    sampler : {"auto", "nuts"}
        "nuts" for NUTS alone. ``Fits.health`` names what sampled each set.
    on_error : {"raise", "skip"}
        What to do with a group that cannot be fitted (too few runs, a missing value): "raise"
        refuses before any sampling, "skip" leaves it out, warns, and states the reason in
        ``Fits.skipped``.
    save : str or pathlib.Path, optional
        File for the result. Parts are kept beside it during the call: an interrupted call resumes
        when it is repeated.
    executor : Executor, optional
        With the ``concurrent.futures`` interface, to run the fits elsewhere, such as
        ``dask.distributed.Client(...).get_executor()``; the draws are the same. Without it the
        fits are distributed over all JAX devices of this process.
    progress : bool, optional
        Whether to show one live line on stderr, erased at the end: how many fits are done, what
        is compiled or sampled again and why, and the time left. Where left out, in terminals and
        notebooks.
    **columns : str or float
        As in ``fit``.

    Returns
    -------
    Fits
        The posteriors.

    Raises
    ------
    InputError
        The law, a column, a value or a group is invalid; the sentence names it and the remedy.
    """
    by = check_names("by", by)
    if is_auto(law):
        law = choose_for_groups(load_table(runs, columns)[0], by, y, columns)
    law = adapt_law(law, noise, priors)
    check_options(fit_many, columns, (*law.inputs, *law.noise.reads))
    check_counts(draws=draws, chains=chains, warmup=warmup, length=length)
    check_seed(seed)
    check_sampler(sampler)
    _check_how(on_error, executor)
    table, columns = load_table(runs, columns)
    y = law.outcome if y is None else y
    law = suit_law(law, table, y, priors, by)
    split = split_table(law, table, by, y, se, columns, length)
    report_skipped(split, on_error)
    seeds = tuple(_seed_of_group(int(seed), group) for group in split.groups)
    options = {"chains": chains, "draws": draws, "warmup": warmup, "sampler": sampler}
    tasks, members = _tasks(split, seeds)
    parts = chunk_paths(law, tasks, options, _parts_folder(save)) if save is not None else []
    theta, stats, about = gather_draws(law, tasks, members, options, executor, progress, parts)
    fits = Fits(
        law=law,
        by=by,
        groups=tuple(split.groups),
        tables=tuple(split.tables),
        y=y,
        se=se,
        columns=columns,
        theta=theta,
        stats=stats,
        about=about,
        seeds=seeds,
        warmup=warmup,
        skipped=split.skipped,
    )
    if save is not None:
        fits.save(save)
        _remove_parts(parts)
    return fits


def _check_how(on_error: str, executor: Any) -> None:
    """Refuse options that are invalid."""
    if on_error not in ("raise", "skip"):
        raise InputError(f"on_error is {on_error!r}; use 'raise' or 'skip'")
    if executor is not None and not isinstance(executor, Executor):
        raise InputError(
            f"executor is {executor!r}; give one with the concurrent.futures interface, such as"
            " Client(...).get_executor()"
        )


def _seed_of_group(seed: int, group: Any) -> int:
    """The seed of a group: the same whatever the other groups are."""
    return int.from_bytes(hashlib.sha256(repr((seed, group)).encode()).digest()[:4])


def _tasks(split: GroupedTables, seeds: tuple[int, ...]) -> tuple[list, list[list[int]]]:
    """Chunks of stacked designs with their seeds, and the groups of each chunk."""
    members = chunks(split.designs)
    tasks = [
        (stacked([split.designs[i] for i in chunk]), [seeds[i] for i in chunk]) for chunk in members
    ]
    split.designs.clear()  # the stacks are copies, which is enough in memory
    return tasks, members


def _parts_folder(save: str | Path) -> Path:
    """Make the folder beside the file to come where parts are kept."""
    folder = Path(f"{save}.parts")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{save} cannot be written ({error.strerror}); name a file in a folder of your own"
        ) from None
    return folder


def _remove_parts(parts: list[Path]) -> None:
    """Remove the parts, and their folder unless it has other files."""
    for part in parts:
        part.unlink(missing_ok=True)
    if not any(parts[0].parent.iterdir()):
        parts[0].parent.rmdir()
