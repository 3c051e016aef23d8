"""Options of budgets and candidates, read and checked."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling.cli.law_options import read_laws
from bayes_scaling.cli.target_options import size_options, target_values
from bayes_scaling.runs.sizes import SIZES

_SPLIT = ("serve", "tolerance", "within", "better")  # they need --budget
_NEXT_RUN = ("outcomes",)  # they need --candidates


def next_run_options(options: Namespace) -> dict[str, Any]:
    """Options of ``next_run`` that were given."""
    return _given(options, ("of", *_NEXT_RUN))


def split_options(options: Namespace) -> dict[str, Any]:
    """How to split budgets, as arguments of ``compute_optimal``, checked before any work."""
    from bayes_scaling.analysis.plan.allocation import check_laws
    from bayes_scaling.analysis.plan.split_options import checked_budgets

    split, inputs = _given(options, _SPLIT), _other_inputs(options)
    checked_budgets(options.budget, **split)
    of = vars(options).get("of")  # a report is of new runs
    split |= {} if of is None else {"of": of}
    if options.fit is None:
        check_laws(read_laws(options), inputs)
    return {"prob": options.prob, **split, **inputs}


def check_budget_options(options: Namespace, more: Sequence[str] = ()) -> None:
    """Refuse options of a budget without one."""
    if not options.budget:
        for name in _given(options, (*_SPLIT, *more)):
            raise InputError(f"--{name} goes with --budget, which is missing")


def check_plan_options(options: Namespace) -> None:
    """Refuse a plan of nothing, and options that would be ignored."""
    if not options.budget and not options.candidates:
        fix = "; a budget is --budget 1e21, and --C is the compute of a run to predict"
        raise InputError(
            "there is nothing to plan; give --budget, FLOPs to split, or --candidates, runs to "
            "choose from, such as --candidates N=4e8,1e9 M=20,20" + (fix if options.C else "")
        )
    check_budget_options(options, ["figure"])
    if not options.candidates:
        for name in _given(options, _NEXT_RUN):
            raise InputError(f"--{name} goes with --candidates, which are missing")
        for option in size_options(options):
            raise InputError(
                f"{option} describes a run to predict, and there are no --candidates; "
                "leave it out, or give some"
            )
    elif len(options.law) > 1:
        raise InputError(
            "--candidates are ranked by the fit of one law, and --law names several; give one"
        )


def _given(options: Namespace, names: Sequence[str]) -> dict[str, Any]:
    """Those of some options that were given."""
    values = {name: vars(options)[name] for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _other_inputs(options: Namespace) -> dict[str, float]:
    """Inputs that all splits of a budget have in common: those of --at, one number each."""
    values = {name: value for name, value in target_values(options).items() if name not in SIZES}
    for name, numbers in values.items():
        if len(numbers) > 1:
            raise InputError(
                f"--at gives {name} {len(numbers)} values, and all runs along a budget have one; "
                "give one"
            )
    return {name: number for name, (number,) in values.items()}
