"""The laws that a command's options name, their likelihoods as asked, and their fits."""

from dataclasses import replace

from bayes_scaling.commands import _asked, _kept, _progress, _table
from bayes_scaling.registry import find_law
from bayes_scaling.runs import InputError, shown
from bayes_scaling.words import several

_ALONG = ("drift", "smooth")  # terms that go along the scale of a run


def law_of(options, name):
    """The law of that name, with --drift, --df and --smooth in place of what its own likelihood has."""
    law = find_law(name)
    asked = {term: value for term in ("drift", "df", "smooth") if (value := getattr(options, term)) is not None}
    if not asked:
        return law
    noise = getattr(law.noise, "noise", law.noise)  # that of a censored one
    for term in asked:
        if term not in getattr(noise, "__dataclass_fields__", ()):
            raise InputError(f"--{term}: the likelihood of {law.name}, {law.noise}, has no such term; leave --{term} out")
        if term in _ALONG and law.scale is None:
            raise InputError(f"--{term}: {law.name} has no scale of a run for it to go along; leave --{term} out")
    if "smooth" in asked and asked.setdefault("df", None) not in (None, "normal"):
        raise InputError(f"--smooth needs Normal noise, and --df is {asked['df']:g}; leave --df out")
    if asked.get("df") == "normal":
        asked["df"] = None
    try:
        changed = replace(noise, **asked)
        return law.with_noise(changed if noise is law.noise else replace(law.noise, noise=changed))
    except InputError as error:  # a law of one's own whose noise is smooth, or censored
        raise InputError(f"--{next(iter(asked))} does not suit {law.name}: {error}") from None


def laws_of(options):
    """The laws of --law."""
    laws = [law_of(options, name) for name in options.law]
    names = [law.name for law in laws]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"--law names {twice[0]} twice; name each law once")
    return laws


def inputs_of(law):
    """What a law, or its likelihood, reads of a run."""
    return {*law.inputs, *law.noise.reads}


def fitted(options, say):
    """The fit, of several laws their average, and, with --then, the second law's (else None); all tables are checked before a law is fitted."""
    from bayes_scaling.design import design
    from bayes_scaling.fit import fit
    from bayes_scaling.forecast import link_of

    if options.fit is not None:
        from bayes_scaling.store import load

        return load(options.fit, law=find_law(options.law[0]) if ".py:" in options.law[0] else None), None
    runs, columns = _table(options)
    laws, second = laws_of(options), find_law(options.then) if getattr(options, "then", None) is not None else None
    if options.y is None and len(outcomes := {law.outcome for law in laws}) > 1:
        raise InputError(f"--law names laws of {shown(sorted(outcomes))}, and --y is missing; give the column of the outcome")
    weights = weights_of(options, laws)
    taken = set().union(*map(inputs_of, laws if second is None else [*laws, second]))
    train = _kept(runs, options.train)
    asked = [(law, train, options.y, options.se, {name: column for name, column in columns.items() if name in inputs_of(law) or name not in taken}) for law in laws]
    if second is not None:
        link = {link_of(second): laws[0].outcome if options.y is None else options.y} | {name: columns[name] for name in inputs_of(second) if name in columns}
        asked.append((second, train if options.then_train is None else _kept(runs, options.then_train), options.then_y, None, link))
    for of, train, y, se, inputs in asked:
        design(of, train, y, se=se, columns=inputs)
    made = []
    for of, train, y, se, inputs in asked:
        _progress(say, f"fitting {of.name} to {len(train)} runs")
        made.append(fit(of, train, y=y, se=se, **_asked(options), **inputs))
    first = _averaged(made[: len(laws)], weights, options, say) if len(laws) > 1 else made[0]
    return first, made[-1] if second is not None else None


def weights_of(options, laws):
    """What --weights says, as ``average`` takes it: a rule, or {law: number} in the order of --law."""
    from bayes_scaling.average import given_weights
    from bayes_scaling.weights import RULES

    asked = getattr(options, "weights", None) or RULES[0]
    if asked in (*RULES, "equal"):
        return asked
    try:
        numbers = list(map(float, asked.split(",")))
    except ValueError:
        raise InputError(f"--weights is {asked!r}; use {', '.join(RULES)}, equal or a number for each law, such as 0.6,0.4") from None
    if len(numbers) != len(laws):
        raise InputError(f"--weights has {several(len(numbers), 'number')} and --law {several(len(laws), 'law')}; give one for each, such as 0.6,0.4")
    made = dict(zip([law.name for law in laws], numbers))
    given_weights(made, made)
    return made


def _averaged(fits, weights, options, say):
    """The average of several laws."""
    from bayes_scaling.average import average

    if isinstance(weights, str) and weights != "equal":
        _progress(say, "weighing the laws by how they foretell the larger runs from the smaller")
    try:
        return average(fits, weights=weights, **_asked(options))
    except InputError as error:
        raise InputError(f"the laws of --law can not be weighed: {error}; or give one law") from None
