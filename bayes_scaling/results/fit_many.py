"""One law, many data sets: thousands of posteriors from one compiled program."""

import hashlib
import sys
from pathlib import Path

import numpy as np

from bayes_scaling._core.arguments import check_counts, check_seed
from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import meant, shown
from bayes_scaling.inference.batch import chunks, part_files, run, stacked
from bayes_scaling.inference.design import looked_at, padded
from bayes_scaling.inference.input_checks import check_options
from bayes_scaling.inference.sampler import STATS
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.fitting import adapted, read


def fit_many(
    law,
    runs,
    y=None,
    *,
    by,
    priors=None,
    noise=None,
    se=None,
    draws=500,
    warmup=200,
    chains=2,
    seed=0,
    length=0,
    on_error="raise",
    save=None,
    executor=None,
    progress=None,
    **columns,
):
    """The posteriors of one law given each of many data sets, by NUTS, in one program compiled once for each of a few lengths.

    Parameters
    ----------
    law, runs, y, priors, noise, se, draws, warmup, chains, **columns : as in ``fit``.
    by : column, or list of columns, whose values tell the data sets apart.
    seed : every group has a seed of its own, made from this one and the group's name, so that its draws do not
        depend on the other groups.
    length : rows that every table is filled up to (they count for nothing): tables of many lengths then share one compilation, which
        costs some seconds for each law and length.
    on_error : what to do with a group that can not be fitted (too few runs, a missing value): "raise" refuses
        before any work is done, "skip" leaves it out, with a warning, and tells why in ``Fits.skipped``.
    save : path of a file for the result. Parts are kept beside it while the fits are made: a call that was
        interrupted goes on where it stopped when it is made again.
    executor : of the ``concurrent.futures`` interface, to make the fits elsewhere, such as
        ``dask.distributed.Client(...).get_executor()``; the draws are the same. In this process they are shared out over
        all JAX devices.
    progress : whether to show progress on stderr; where left out, on a terminal.

    Returns
    -------
    Fits

    Raises
    ------
    InputError : the law, a column, a value or a group can not be; the sentence says which and how to mend it.
    """
    law = adapted(law, noise, priors)
    check_options(fit_many, columns, (*law.inputs, *law.noise.reads))
    check_counts(draws=draws, chains=chains, warmup=warmup, length=length)
    check_seed(seed)
    if on_error not in ("raise", "skip"):
        raise InputError(f"on_error is {on_error!r}; use 'raise' or 'skip'")
    if executor is not None and not hasattr(executor, "submit"):
        raise InputError(
            f"executor is {executor!r}; give one of the concurrent.futures interface, such as Client(...).get_executor()"
        )
    table, columns = read(runs, columns)
    y, by = law.outcome if y is None else y, (by,) if isinstance(by, str) else tuple(by)
    for column in by:
        if column not in table.columns:
            raise InputError(
                f"by is {column!r}, and the runs have no such column{meant(column, table.columns)}; name one of {shown(table.columns)}"
            )
    groups, tables, designs, skipped = [], [], [], {}
    for group, part in table.groupby(list(by), sort=False, dropna=False):
        group = tuple(value.item() if hasattr(value, "item") else value for value in group)
        group = group if len(by) > 1 else group[0]
        try:
            data = padded(looked_at(law, part, y, se, columns), length)
        except InputError as error:
            skipped[group] = str(error)
            continue
        groups.append(group), tables.append(part), designs.append(data)
    if skipped and (on_error == "raise" or not groups):
        first, why = next(iter(skipped.items()))
        raise InputError(
            f"group {first!r}{f' and {len(skipped) - 1} more' if len(skipped) > 1 else ''} of {len(skipped) + len(groups)}: {why}"
            + ("; or leave such groups out with on_error='skip'" if groups else "")
        )
    if skipped:
        warn(
            f"{len(skipped)} of {len(skipped) + len(groups)} groups are left out ({shown(skipped, 5)}): {next(iter(skipped.values()))}; see .skipped",
            RunsWarning,
        )
    seeds = tuple(
        int.from_bytes(hashlib.sha256(repr((int(seed), group)).encode()).digest()[:4])
        for group in groups
    )
    members = chunks(designs)
    tasks = [(stacked([designs[i] for i in part]), [seeds[i] for i in part]) for part in members]
    designs.clear()
    options = {"chains": chains, "draws": draws, "warmup": warmup}
    parts = part_files(law, tasks, options, _folder(save)) if save is not None else []
    theta, stats, about = gathered(law, tasks, members, options, executor, progress, parts)
    fits = Fits(
        law,
        by,
        tuple(groups),
        tuple(tables),
        y,
        se,
        columns,
        theta,
        stats,
        about,
        seeds,
        warmup,
        skipped,
    )
    if save is not None:
        fits.save(save)
        for part in parts:
            part.unlink(missing_ok=True)
        if not any(parts[0].parent.iterdir()):  # what else lies there is not this call's
            parts[0].parent.rmdir()
    return fits


def _folder(save):
    """Folder beside the file to come where parts are kept."""
    folder = Path(f"{save}.parts")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{save} can not be written ({error.strerror}); name a file in a folder of your own"
        ) from None
    return folder


def gathered(law, tasks, members, options, executor=None, progress=None, parts=None):
    """What ``batch.run`` gives of tasks, by data set: theta (sets, chains, draws, size), {statistic: (sets, chains, draws)}, and what else is
    told of each; ``members`` are the data sets of each task."""
    count, shape = sum(map(len, members)), (options["chains"], options["draws"])
    theta, stats, about = np.empty((count, *shape, len(law.sites))), {}, [None] * count
    for place, result in _shown(run(law, tasks, options, executor, parts), members, progress):
        at = members[place]
        theta[at] = result["theta"]
        for name in STATS:
            stats.setdefault(name, np.empty((count, *shape), result[name].dtype))[at] = result[name]
        for i, entry in zip(at, result["about"]):
            about[i] = entry
    return theta, stats, tuple(about)


def _shown(results, members, progress):
    """The results, with a bar of fits made and time left on stderr."""
    from tqdm import tqdm

    show = sys.stderr.isatty() if progress is None else progress
    with tqdm(total=sum(map(len, members)), unit="fit", disable=not show) as bar:
        for place, result in results:
            yield place, result
            bar.update(len(members[place]))
