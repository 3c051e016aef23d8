"""Priors of floors: which a law has by default, and for which outcomes it suits.

A floor is sampled as a fraction of the smallest observed outcome. Noise puts some outcomes below
the floor, so that fraction may lie above 1: how far, the likelihood decides, because the mean is
never below the floor. Two priors cover the laws. One holds what is known of losses in nats/token,
whose floors are about two thirds of the smallest loss. The other is nearly flat from 0 to the
smallest outcome, for every outcome of which that is not known.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling.law.prior import Prior, positive_normal

if TYPE_CHECKING:
    from bayes_scaling.law.law import Law
    from bayes_scaling.law.parameter import Parameter

NATS_FLOOR = positive_normal(2 / 3, 0.18)
NATS_REASON = (
    "floors of losses in nats/token: about two thirds of the smallest loss, at or slightly above "
    "it where runs have reached their floor"
)
ANY_FLOOR = positive_normal(0.5, 0.5)
ANY_REASON = (
    "anywhere between 0 and the smallest outcome, or slightly above it where runs have reached "
    "their floor"
)

_LARGE_FALL = 4.0  # losses in nats/token rarely fall by such a factor over a table
_OTHER_UNITS = re.compile(
    r"bpb|bpc|bits|char|byte|err|acc|likelihood|prob|ppl|perplex|fid|mse|score|rate", re.IGNORECASE
)


def floor_reason(prior: Prior, reason: str) -> str:
    """Return the reason of a floor whose prior is now ``prior`` in place of the default."""
    return ANY_REASON if reason == NATS_REASON and prior == ANY_FLOOR else reason


def suit_floors(law: "Law", column: str, tables: Iterable[Any], fixed: Iterable[str] = ()) -> "Law":
    """Replace the floor priors meant for nats/token where the outcome is not known to be in them.

    Parameters
    ----------
    law : Law
        The law.
    column : str
        Column of the outcome. A name that states another unit or quantity (such as bpb, bits per
        byte, per character, error, accuracy) decides.
    tables : iterable of array
        Outcomes of each table that is fitted. A fall by more than a factor of four within one
        decides too: with a floor of two thirds of the smallest outcome it would be unusual.
    fixed : iterable of str
        Sampled names whose prior a user has stated.

    Returns
    -------
    Law
        With ``ANY_FLOOR`` for these floors, or the law itself.
    """
    names = [q.sampled for q in law.parameters if is_nats_floor(q) and q.sampled not in set(fixed)]
    if not names or not (_OTHER_UNITS.search(column) or any(map(_falls_far, tables))):
        return law
    return law.with_priors(**dict.fromkeys(names, ANY_FLOOR))


def is_nats_floor(parameter: "Parameter") -> bool:
    """Return whether a parameter has the default floor prior of losses in nats/token."""
    return parameter.is_floor and parameter.reason == NATS_REASON and parameter.prior == NATS_FLOOR


def _falls_far(outcomes: Any) -> bool:
    """Return whether outcomes span more than losses in nats/token do."""
    values = np.asarray(outcomes, float)
    return bool(len(values) and values.min() > 0 and values.max() > _LARGE_FALL * values.min())
