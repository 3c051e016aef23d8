"""Checks of a backtest's arguments: laws, baselines, classes of distance, and how to split."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words, shorten_list
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.results.adapt_law import adapt_law
from bayes_scaling.results.choose_law import is_auto
from bayes_scaling.validation.baselines import BASELINES


def laws_by_label(laws: Any, noise: Likelihood | None, choose: Callable[[], Law]) -> dict[str, Law]:
    """The laws by their labels, with another noise where one is given.

    Parameters
    ----------
    laws : Law or str, list of them, or dict
        As in ``backtest``.
    noise : Likelihood or None
        Replaces the laws' own.
    choose : callable
        Chooses the law of "auto".

    Returns
    -------
    dict of str to Law

    Raises
    ------
    InputError
        There is no law, or two have one name.
    """

    def adapted(law: Any) -> Law:
        return adapt_law(choose() if is_auto(law) else law, noise)

    if isinstance(laws, Mapping):
        named = {str(label): adapted(law) for label, law in laws.items()}
    else:
        if isinstance(laws, str) or not isinstance(laws, Sequence):
            laws = [laws]
        found = [adapted(law) for law in laws]
        named = {law.name: law for law in found}
        if len(named) < len(found):
            names = found[0].name if len(named) == 1 else shorten_list([law.name for law in found])
            raise InputError(f"two laws are called {names}; give {{label: law}}")
    if not named:
        raise InputError("there is no law; give a name, such as 'chinchilla', or a list of them")
    return named


def check_baselines(baselines: Any, refits: Any) -> tuple[str, ...]:
    """The names of the baselines.

    Parameters
    ----------
    baselines : str or sequence of str
        As in ``backtest``.
    refits : int
        Number of resamples of the bootstrap.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        A name is unknown, or the number is below 10.
    """
    names = (baselines,) if isinstance(baselines, str) else tuple(baselines)
    for name in names:
        if name not in BASELINES:
            raise InputError(f"baselines has {name!r}; use 'point', 'bootstrap' or both")
    if isinstance(refits, bool) or not isinstance(refits, int | np.integer) or refits < 10:
        raise InputError(f"refits is {refits!r}; give a whole number of at least 10")
    return names


def check_multiples(multiples: Any) -> np.ndarray:
    """The edges of the classes of distance.

    Parameters
    ----------
    multiples : sequence of float
        As in ``backtest``.

    Returns
    -------
    numpy.ndarray (edges,)

    Raises
    ------
    InputError
        The edges do not increase from above 1.
    """
    edges = np.asarray(multiples, float).ravel()
    if not (len(edges) and (edges > 1).all() and (np.diff(edges) > 0).all()):
        raise InputError(
            f"multiples are {multiples!r}; give increasing numbers above 1, such as (2, 5, 10)"
        )
    return edges


def check_split_options(**options: Any) -> str:
    """The option that chooses the splits: "cutoffs" where none is given.

    Parameters
    ----------
    **options : object or None
        ``cutoffs``, ``shares`` and ``leave`` of ``backtest``.

    Returns
    -------
    str

    Raises
    ------
    InputError
        More than one is given.
    """
    given = [name for name, value in options.items() if value is not None]
    if len(given) > 1:
        raise InputError(f"{join_words(given)} each choose the runs to forecast; give one of them")
    return given[0] if given else "cutoffs"
