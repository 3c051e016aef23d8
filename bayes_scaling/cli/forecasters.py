"""What a command predicts with: a fit, an average of several laws, or a chain of two."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words
from bayes_scaling.cli.fitting import fit_laws
from bayes_scaling.cli.law_options import inputs_of, read_laws
from bayes_scaling.cli.target_options import target_values
from bayes_scaling.law.law import Law
from bayes_scaling.models._registry import find_law
from bayes_scaling.runs.sizes import SIZES


def fit_forecasters(options: Namespace, *tables: pd.DataFrame) -> list[Any]:
    """The fit, or the average of several, and with --then the chain.

    ``tables`` of targets and candidates are checked before anything is fitted.
    """
    from bayes_scaling._core.arguments import check_prob
    from bayes_scaling.inference.target_inputs import check_inputs
    from bayes_scaling.results.chain import chain

    check_prob(options.prob)
    _check_chain(options)
    laws = read_laws(options) if options.fit is None else []
    for law in laws:
        for table in tables:
            check_inputs(law, table)
    if laws:
        _check_target_inputs(options, laws)
    first, second = fit_laws(options)
    if options.save:
        first.save(options.save)
    if options.then_save:
        second.save(options.then_save)
    return [first] if second is None else [first, chain(first, second)]


def _check_chain(options: Namespace) -> None:
    """Refuse a second law that has no outcome or no runs."""
    if options.then is None:
        return
    if options.then_y is None:
        raise InputError("--then needs --then-y, the column of its outcome, such as error_17")
    if options.fit is not None:
        raise InputError(
            "--then needs runs to fit the second law to; give --runs and --law in place of --fit"
        )


def _check_target_inputs(options: Namespace, laws: Sequence[Law]) -> None:
    """Refuse inputs of targets that no law reads."""
    then = [] if options.then is None else [find_law(options.then)]
    inputs = set().union(*map(inputs_of, [*laws, *then]))
    for name in target_values(options):
        if name not in inputs | {*SIZES}:
            names = ", ".join(sorted(inputs - {*SIZES})) or "nothing but N, D, C and M"
            raise InputError(
                f"--at names {name}, and {join_words([law.name for law in laws])} reads "
                f"{names} of a run; leave it out"
            )
