"""Checks of the laws of a plan: whether they read both sizes, and what else they read."""

from collections.abc import Mapping, Sequence
from typing import Any

from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, join_words
from bayes_scaling.analysis.plan.split_options import is_number
from bayes_scaling.law.law import Law
from bayes_scaling.runs.sizes import SIZES


def check_sizes(laws: Sequence[Law]) -> None:
    """Refuse laws that do not read both parameters and tokens."""
    for law in laws:
        sizes = [name for name in SIZES if name in law.inputs]
        if len(sizes) < 2:
            what = ", and cannot distinguish parameters from tokens" if sizes else " of a run"
            raise InputError(
                f"{law.name} reads {join_words(law.inputs)}{what}; "
                "give a fit of a law of N and D, or of C and M, such as chinchilla or over_training"
            )


def check_other_inputs(laws: Sequence[Law], inputs: Mapping[str, Any], read: set[str]) -> None:
    """Refuse inputs that no law reads or that are no number, and laws that lack one."""
    for name, value in inputs.items():
        if name not in read:
            raise InputError(
                f"{name} is no input of {join_words(law.name for law in laws)} beside the sizes "
                f"that are searched{did_you_mean(name, read)}; leave it out"
            )
        if not is_number(value):
            raise InputError(
                f"{name} is {value!r}; give one number, which every run along the budget then has"
            )
    for law in laws:
        for name in law.inputs:
            if name not in (*SIZES, *law.known, *inputs):
                example = option("at", f"{name}=...", f"{name}=...")
                raise InputError(
                    f"{law.name} reads {name} ({law.inputs[name]}) of a run too; "
                    f"give one number for it, {example}"
                )
