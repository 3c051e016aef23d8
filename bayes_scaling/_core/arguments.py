"""Checks of arguments that many functions take."""

from typing import Any, Literal, cast

import numpy as np

from bayes_scaling._core.errors import InputError

_MAX_DRAWS = 10_000_000  # of a chain


def is_drift_sd(value: object) -> bool:
    """Whether a value can be the standard deviation of a drift: finite and not negative."""
    return (
        isinstance(value, int | float | np.integer | np.floating)
        and not isinstance(value, bool)
        and bool(0 <= value < np.inf)
    )


def check_names(option: str, given: Any) -> tuple[str, ...]:
    """Return the names of columns that an argument holds, one or several.

    Parameters
    ----------
    option : str
        Name of the argument.
    given : str or sequence of str
        What was given.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        It is neither, or empty.
    """
    if isinstance(given, str):
        return (given,)
    names = tuple(cast("tuple[object, ...]", given)) if isinstance(given, list | tuple) else ()
    if not names or not all(isinstance(one, str) for one in names):
        raise InputError(f"{option} is {given!r}; name one column, or several that differ")
    return cast("tuple[str, ...]", names)


def check_better(better: object) -> None:
    """Refuse a direction other than "lower" or "higher"."""
    if better not in ("lower", "higher"):
        raise InputError(
            f"better is {better!r}; use 'lower' (losses, errors) or 'higher' (accuracies)"
        )


def _is_probability(value: Any) -> bool:
    """Whether a value is a number between 0 and 1, both excluded."""
    return isinstance(value, int | float | np.number) and bool(0 < value < 1)


def check_prob(prob: Any) -> float:
    """Return the probability of an interval as a float; refuse it outside (0, 1)."""
    if not _is_probability(prob):
        raise InputError(f"prob is {prob!r}; give a number between 0 and 1, such as 0.9")
    return float(prob)


def is_integer(value: object) -> bool:
    """Whether a value is an integer; a bool is not."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def check_counts(draws: Any, chains: Any, warmup: Any, length: Any = 0) -> None:
    """Refuse counts that are not integers, or too small or too large to sample with."""
    for name, value, minimum in (
        ("draws", draws, 4),
        ("chains", chains, 1),
        ("warmup", warmup, 50),
        ("length", length, 0),
    ):
        if not is_integer(value) or value < minimum:
            raise InputError(f"{name} is {value!r}; give an integer of at least {minimum}")
        if value > _MAX_DRAWS:
            raise InputError(f"{name} is {value!r}; give at most {_MAX_DRAWS:,}")


def check_sampler(sampler: Any) -> None:
    """Refuse a sampler that is neither "auto" nor "nuts"."""
    if sampler not in ("auto", "nuts"):
        raise InputError(
            f"sampler is {sampler!r}; use 'auto', or 'nuts' where all fits are to be made by NUTS"
        )


def check_seed(seed: Any) -> None:
    """Refuse a seed that no random generator takes."""
    if not is_integer(seed) or not 0 <= seed < 2**32:
        raise InputError(f"seed is {seed!r}; give an integer from 0 to {2**32 - 1}")


def check_of(of: object) -> Literal["run", "mean"]:
    """Return what is predicted, "run" or "mean"; refuse anything else."""
    if of == "run":
        return "run"
    if of == "mean":
        return "mean"
    raise InputError(
        f"of is {of!r}; use 'run' (a new run, noise included) or 'mean' (the law's curve)"
    )


def check_kind(kind: object) -> None:
    """Refuse a kind of interval other than "eti" or "hdi"."""
    if kind not in ("eti", "hdi"):
        raise InputError(f"kind is {kind!r}; use 'eti' (central) or 'hdi' (highest density)")
