"""The laws that a command's options name, their likelihoods as asked, and their fits."""

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import listed, shown
from bayes_scaling.cli.options import (
    _asked,
    _kept,
    _progress,
    _table,
    given,
    inputs_of,
    laws_of,
    weights_of,
)
from bayes_scaling.models._registry import find_law
from bayes_scaling.runs.sizes import SIZES


def fitted(options, say):
    """The fit, of several laws their average, and, with --then, the second law's (else None); all tables are checked before a law is fitted."""
    from bayes_scaling.inference.design import design
    from bayes_scaling.results.chain import link_of
    from bayes_scaling.results.fitting import fit

    if options.fit is not None:
        from bayes_scaling.results.load import load

        return load(
            options.fit, law=find_law(options.law[0]) if ".py:" in options.law[0] else None
        ), None
    runs, columns = _table(options)
    laws, second = (
        laws_of(options),
        find_law(options.then) if getattr(options, "then", None) is not None else None,
    )
    if options.y is None and len(outcomes := {law.outcome for law in laws}) > 1:
        raise InputError(
            f"--law names laws of {shown(sorted(outcomes))}, and --y is missing; give the column of the outcome"
        )
    weights = weights_of(options, laws)
    taken = set().union(*map(inputs_of, laws if second is None else [*laws, second]))
    train = _kept(runs, options.train)
    asked = [
        (
            law,
            train,
            options.y,
            options.se,
            {
                name: column
                for name, column in columns.items()
                if name in inputs_of(law) or name not in taken
            },
        )
        for law in laws
    ]
    if second is not None:
        link = {link_of(second): laws[0].outcome if options.y is None else options.y} | {
            name: columns[name] for name in inputs_of(second) if name in columns
        }
        asked.append(
            (
                second,
                train if options.then_train is None else _kept(runs, options.then_train),
                options.then_y,
                None,
                link,
            )
        )
    for of, train, y, se, inputs in asked:
        design(of, train, y, se=se, columns=inputs)
    made = []
    for of, train, y, se, inputs in asked:
        _progress(say, f"fitting {of.name} to {len(train)} runs")
        made.append(fit(of, train, y=y, se=se, **_asked(options), **inputs))
    first = _averaged(made[: len(laws)], weights, options, say) if len(laws) > 1 else made[0]
    return first, made[-1] if second is not None else None


def _averaged(fits, weights, options, say):
    """The average of several laws."""
    from bayes_scaling.analysis.average import average

    if isinstance(weights, str) and weights != "equal":
        _progress(say, "weighing the laws by how they foretell the larger runs from the smaller")
    try:
        return average(fits, weights=weights, **_asked(options))
    except InputError as error:
        raise InputError(
            f"the laws of --law can not be weighed: {error}; or give one law"
        ) from None


def forecasters_of(options, say, *runs):
    """The fit, or the average of several, and, with --then, the chain; ``runs`` that are asked about are checked before anything is fitted."""
    from bayes_scaling._core.arguments import check_prob
    from bayes_scaling.inference.design import check_inputs
    from bayes_scaling.results.chain import chain

    check_prob(options.prob)
    if options.then is not None:
        if options.then_y is None:
            raise InputError("--then needs --then-y, the column of its outcome, such as error_17")
        if options.fit is not None:
            raise InputError(
                "--then needs runs to fit the second law to; give --runs and --law in place of --fit"
            )
    laws = laws_of(options) if options.fit is None else []
    for law in laws:
        for to in runs:
            check_inputs(law, to)
    read = {*SIZES}.union(
        *map(inputs_of, laws), () if options.then is None else inputs_of(find_law(options.then))
    )
    for name in given(options) if laws else ():
        if name not in read:
            raise InputError(
                f"--at names {name}, and {listed([law.name for law in laws])} reads {', '.join(sorted(read - {*SIZES})) or 'nothing but N, D, C and M'} of a run; leave it out"
            )
    first, second = fitted(options, say)
    if options.save:
        first.save(options.save)
    if options.then_save:
        second.save(options.then_save)
    return [first] if second is None else [first, chain(first, second)]
