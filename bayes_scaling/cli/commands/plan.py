"""``bayes-scaling plan``: the best split of a budget, and the next run to train."""

import os

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.cli.fitting import forecasters_of
from bayes_scaling.cli.options import asked_targets, given, laws_of, values_of
from bayes_scaling.cli.output import _csv, _json, _put, _text, _verdict, drawn
from bayes_scaling.runs.bundled import sources
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import targets

SPLIT, _NEXT = (
    ("serve", "tolerance", "within", "better"),
    ("of", "outcomes"),
)  # options of the one question and of the other


def plan(options, say):
    """Fit, answer one or both questions, put the answer; returns the exit code."""
    from bayes_scaling.analysis.plan.allocation import compute_optimal
    from bayes_scaling.analysis.plan.informative_run import next_run
    from bayes_scaling.results.diagnosis import Diagnosis

    after = _given(options, _NEXT)
    _check(options, after)
    candidates, to = (
        (_candidates(options.candidates), asked_targets(options))
        if options.candidates
        else (None, None)
    )
    split = split_of(options) if options.budget else {}
    forecaster = forecasters_of(options, say, *([candidates, to] if options.candidates else []))[-1]
    tables, told, diagnosis = {}, [], forecaster.diagnosis
    if options.budget:
        made = compute_optimal(forecaster, options.budget, **split)
        tables |= {"choice": pd.DataFrame(made.choice), "best": pd.DataFrame(made.best)}
        told, diagnosis = [*made.sentences], made.diagnosis
        if options.figure:
            drawn(options.figure, lambda: np.atleast_1d(made.plot())[0].figure)
    if options.candidates:
        found = next_run(
            forecaster, candidates, to, prob=options.prob, seed=options.seed or 0, **after
        )
        tables["next_run"] = (
            pd.DataFrame(found).rename_axis("candidate").reset_index().astype({"candidate": str})
        )
        told += found.sentences
        diagnosis += Diagnosis(
            cautions=tuple(
                text for text in found.diagnosis.cautions if text not in diagnosis.cautions
            )
        )
    if options.format == "json":
        _put(
            options,
            _json(
                {
                    **tables,
                    "sentences": told,
                    "prob": options.prob,
                    "y": forecaster.outcome_name,
                    "diagnosis": diagnosis.verdict(),
                }
            ),
        )
    elif options.format == "csv":
        _put(options, _csv(tables, dict.fromkeys(tables, diagnosis)))
    else:
        heads = {
            "best": "The best run of each draw: median and interval",
            "next_run": f"What each candidate is expected to tell of {forecaster.outcome_name}",
        }
        _put(
            options,
            "\n".join(
                [
                    *told,
                    "",
                    *(_text(tables[name], head) for name, head in heads.items() if name in tables),
                    str(diagnosis),
                ]
            )
            + "\n",
        )
    return _verdict(diagnosis, options, say)


def split_of(options):
    """How budgets are to be split, as arguments of ``compute_optimal``; refused before any work is done where they can not be."""
    from bayes_scaling.analysis.plan.allocation import check_laws, checked

    split, inputs = _given(options, SPLIT), _inputs(options)
    checked(options.budget, **split)
    if options.fit is None:
        check_laws(laws_of(options), inputs)
    return {"prob": options.prob, **split, **inputs}


def _given(options, names):
    """Those of some options that were given."""
    return {name: value for name in names if (value := getattr(options, name)) is not None}


def _check(options, after):
    """Refuse what leaves nothing to answer, and options that would go unheeded."""
    if not options.budget and not options.candidates:
        mend = (
            "; a budget is --budget 1e21, and --C the compute of a run that is foretold"
            if options.C
            else ""
        )
        raise InputError(
            f"there is nothing to plan; give --budget, FLOPs to be split, or --candidates, runs to choose from, such as --candidates N=4e8,1e9 M=20,20{mend}"
        )
    idle = [*_given(options, (*SPLIT, "figure"))] if not options.budget else []
    idle = [f"--{name} goes with --budget, which is missing" for name in idle] + [
        f"--{name} goes with --candidates, which are missing"
        for name in after
        if not options.candidates
    ]
    if not options.candidates:
        sizes = (
            [name for name in SIZES if getattr(options, name)]
            + (["targets"] if options.targets else [])
            + [f"at {name}" for name in SIZES if name in values_of(options.at, "at")]
        )
        idle += [
            f"--{name} is of a run that is foretold, and there are no --candidates; leave it out, or give some"
            for name in sizes
        ]
    if idle:
        raise InputError(idle[0])
    if options.candidates and len(options.law) > 1:
        raise InputError(
            "--candidates are weighed by the fit of one law, and --law names several; give one"
        )


def _inputs(options):
    """Other inputs that all splits of a budget have: those of --at, one number each."""
    found = {name: values for name, values in given(options).items() if name not in SIZES}
    for name, values in found.items():
        if len(values) > 1:
            raise InputError(
                f"--at gives {name} {len(values)} values, and all runs along a budget have one; give one"
            )
    return {name: value for name, (value,) in found.items()}


def _candidates(texts):
    """Runs of a file, or of NAME=VALUES."""
    if len(texts) == 1 and ("=" not in texts[0] or os.path.exists(texts[0])):
        if "=" not in texts[0] and not os.path.exists(texts[0]) and texts[0] not in sources():
            raise InputError(
                f"--candidates {texts[0]} is no file; name one, or give sizes, such as --candidates N=4e8,1e9 M=20,20"
            )
        return targets(load_runs(texts[0]))
    try:
        return targets(**values_of(texts, "candidates"))
    except InputError as error:
        raise InputError(f"--candidates: {str(error).removeprefix('--candidates: ')}") from None
