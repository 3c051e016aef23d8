"""Priors that a user gives in place of a law's."""

from collections.abc import Mapping, Sequence
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior


def read_priors(
    law: str,
    parameters: Sequence[Parameter],
    noise_parameters: Sequence[Parameter],
    priors: Mapping[str, Any],
) -> dict[str, Prior]:
    """Priors by sampled name, checked.

    Parameters
    ----------
    law : str
        Name of the law, for messages.
    parameters, noise_parameters : sequence of Parameter
        The law's parameters and those of its noise.
    priors : mapping of str to Prior or NumPyro distribution
        Priors by sampled name.

    Returns
    -------
    dict of str to Prior

    Raises
    ------
    InputError
        No parameter of that name is sampled, or a prior is not a distribution.
    """
    sampled = [q.sampled for q in parameters] + [q.name for q in noise_parameters]
    published = {q.name: q for q in parameters if q.name != q.sampled}
    for key in priors:
        if key in published:
            q = published[key]
            raise InputError(
                f"{key} is sampled as {q.sampled} ({q.sampled_meaning}); "
                f"give the prior of {q.sampled}"
            )
        if key not in sampled:
            raise InputError(
                f"{law} has no parameter {key!r}{did_you_mean(key, sampled)}; "
                f"it samples {', '.join(sampled)}"
            )
    return {key: Prior.of(value, key) for key, value in priors.items()}
