"""``bayes-scaling forecast`` and ``bayes-scaling report``: runs that were not trained, foretold by a law, a chain of two or an average of several."""

import math

import pandas as pd

from bayes_scaling.commands import _csv, _json, _put, _text, _verdict, drawn
from bayes_scaling.commands_law import fitted, inputs_of, laws_of
from bayes_scaling.registry import find_law
from bayes_scaling.runs import SIZES, InputError, load_runs, targets
from bayes_scaling.words import listed, percent


def forecast(options, say):
    """Intervals at the targets; of an average also the weights of its laws, and what each foretells alone."""
    to = asked_targets(options)
    forecasters = forecasters_of(options, say, to)
    first, second = forecasters[0], getattr(forecasters[-1], "second", None)
    ask = {"prob": options.prob, "of": options.of, "kind": options.kind}
    tables = {name: forecaster.forecast(to, **ask) for name, forecaster in zip(("forecast", "then"), forecasters)}
    several = {"weights": first.weights.reset_index(), "by_law": first.by_law(to, **ask)} if len(options.law) > 1 else {}
    own = {"forecast": first.diagnosis, "then": forecasters[-1].diagnosis} | dict.fromkeys(several, first.diagnosis)
    diagnosis, note = forecasters[-1].diagnosis, tables["forecast" if second is None else "then"].note
    if options.figure:
        _figure(options.figure, forecasters, to, ask)
    if options.format == "json":
        answer = {**tables, **several, "prob": options.prob, "of": options.of, "law": list(first.fits) if several else first.law.name, "y": tables["forecast"].y}
        if second is not None:
            answer |= {"then_law": second.law.name, "then_y": second.y}
        answer |= {"note": note, "diagnosis": diagnosis.verdict()}
        _put(options, _json(answer))
    elif options.format == "csv":
        _put(options, _csv({name: pd.DataFrame(table).assign(y=tables.get(name, tables["forecast"]).y) for name, table in (tables | several).items()}, own))
    else:
        what = "a new run" if options.of == "run" else "the law's curve"
        parts = [_text(pd.DataFrame(table), f"{table.y} ({table.unit}) of {what}, {percent(options.prob)} interval") for table in tables.values()]
        if several:
            parts += [_text(several["by_law"], "What each law foretells alone"), _text(several["weights"], "Weights of the laws") + f"{first.weights.foot}\n"]
        _put(options, "\n".join([*parts, *([f"{note}."] if note else []), str(diagnosis)]) + "\n")
    return _verdict(diagnosis, options, say)


def report(options, say):
    """The page on the forecast."""
    from bayes_scaling.commands_plan import split_of
    from bayes_scaling.plan import compute_optimal
    from bayes_scaling.report_command import check, page

    check(options)
    if options.budget:
        split = split_of(options)
        forecasters = forecasters_of(options, say)
        to = compute_optimal(forecasters[-1], options.budget, **split)
    else:
        to = asked_targets(options)
        forecasters = forecasters_of(options, say, to)
    _put(options, page(options, forecasters[-1], to))
    return _verdict(forecasters[-1].diagnosis, options, say)


def forecasters_of(options, say, *runs):
    """The fit, or the average of several, and, with --then, the chain; ``runs`` that are asked about are checked before anything is fitted."""
    from bayes_scaling.diagnose import check_prob
    from bayes_scaling.forecast import chain, check_inputs

    check_prob(options.prob)
    if options.then is not None:
        if options.then_y is None:
            raise InputError("--then needs --then-y, the column of its outcome, such as error_17")
        if options.fit is not None:
            raise InputError("--then needs runs to fit the second law to; give --runs and --law in place of --fit")
    laws = laws_of(options) if options.fit is None else []
    for law in laws:
        for to in runs:
            check_inputs(law, to)
    read = {*SIZES}.union(*map(inputs_of, laws), () if options.then is None else inputs_of(find_law(options.then)))
    for name in given(options) if laws else ():
        if name not in read:
            raise InputError(f"--at names {name}, and {listed([law.name for law in laws])} reads {', '.join(sorted(read - {*SIZES})) or 'nothing but N, D, C and M'} of a run; leave it out")
    first, second = fitted(options, say)
    if options.save:
        first.save(options.save)
    if options.then_save:
        second.save(options.then_save)
    return [first] if second is None else [first, chain(first, second)]


def given(options):
    """{input: values} of the targets on the command line."""
    return values_of(options.at, "at", {name: getattr(options, name) for name in SIZES if getattr(options, name)})


def values_of(texts, option, known=()):
    """{input: values} from texts NAME=VALUES of an option, added to those that are known."""
    made = dict(known)
    for text in texts:
        name, mark, values = text.partition("=")
        try:
            numbers = [float(value) for value in values.split(",")]
        except ValueError:
            numbers = []
        if not (name and mark and numbers and all(map(math.isfinite, numbers))) or name in made:
            example = "L=2.4,2.3" if option == "at" else "N=4e8,1e9"
            raise InputError(f"--{option} is {text!r}{f', and {name} has been given' if name in made else ''}; write NAME=VALUE or NAME=VALUE,VALUE, such as {example}")
        made[name] = numbers
    return made


def asked_targets(options):
    """The targets of --targets, or of --N, --D, --C, --M and --at."""
    values = given(options)
    if options.targets is not None:
        if values:
            raise InputError(f"give --targets or --{'at' if options.at else next(iter(values))}, not both")
        return targets(load_runs(options.targets))
    if not values:
        raise InputError("there is nothing to foretell; give --N and --D, such as --N 7e9 --D 140e9, or other inputs of the law, such as --at L=2.4")
    return targets(**values)


def _figure(place, forecasters, to, ask):
    def draw():
        import matplotlib.pyplot as plt

        from bayes_scaling import plot

        figure, axes = plt.subplots(1, len(forecasters), figsize=(6.6 * len(forecasters), 4.8), squeeze=False)
        for ax, forecaster in zip(axes.flat, forecasters):
            plot.curve(forecaster, to, ax=ax, **ask)
        return figure

    drawn(place, draw)
