"""Checks of arguments that many functions take."""

import numpy as np

from bayes_scaling._core.errors import InputError


def is_size(drift):
    """Whether it can be the sd of a drift: a finite number from 0."""
    return (
        isinstance(drift, int | float | np.integer | np.floating)
        and not isinstance(drift, bool)
        and bool(0 <= drift < np.inf)
    )


def check_better(better):
    """Refuse a direction that is none."""
    if better not in ("lower", "higher"):
        raise InputError(
            f"better is {better!r}; use 'lower' (losses, errors) or 'higher' (accuracies)"
        )


def check_prob(prob):
    """The probability of an interval, refused outside (0, 1)."""
    if not (np.isscalar(prob) and isinstance(prob, int | float | np.number) and 0 < prob < 1):
        raise InputError(f"prob is {prob!r}; give a number between 0 and 1, such as 0.9")
    return float(prob)


_MOST = 10_000_000  # draws of a chain


def check_counts(draws, chains, warmup, length=0):
    """Whole numbers large enough to sample with."""
    for name, value, least in (
        ("draws", draws, 4),
        ("chains", chains, 1),
        ("warmup", warmup, 50),
        ("length", length, 0),
    ):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise InputError(f"{name} is {value!r}; give a whole number of at least {least}")
        if value > _MOST:
            raise InputError(f"{name} is {value!r}; give at most {_MOST:,}")


def check_seed(seed):
    """A seed, refused where no generator takes it."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise InputError(f"seed is {seed!r}; give a whole number from 0 to {2**32 - 1}")


def check_of(of):
    """What is foretold: "run" or "mean"."""
    if of not in ("run", "mean"):
        raise InputError(
            f"of is {of!r}; use 'run' (a new run, noise included) or 'mean' (the law's curve)"
        )
    return of


def check_kind(kind):
    """The kind of an interval: "eti" or "hdi"."""
    if kind not in ("eti", "hdi"):
        raise InputError(f"kind is {kind!r}; use 'eti' (central) or 'hdi' (highest density)")
