"""Options that several commands share, read and checked."""

import math
import sys
from dataclasses import replace

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import several
from bayes_scaling.models._registry import find_law
from bayes_scaling.runs.bundled import tables_of_runs
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.query import select
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import targets


def _pairs(given):
    """{name: column} from NAME=COLUMN."""
    made = {}
    for text in given:
        name, mark, column = text.partition("=")
        if not (name and mark and column):
            raise InputError(f"--column is {text!r}; write NAME=COLUMN, such as N=params")
        made[name] = column
    return made


def _table(options):
    """The runs of --runs and --where, and what is left of --column for the law's own inputs."""
    if not options.runs:
        raise InputError(
            f"--runs is missing; give a file or a bundled table ({', '.join(tables_of_runs())})"
        )
    pairs = _pairs(options.column)
    sizes = {name: column for name, column in pairs.items() if name in SIZES}
    runs = load_runs(options.runs, columns=sizes, where=options.where)
    return runs, {name: _column(runs, text) for name, text in pairs.items() if name not in SIZES}


def _column(runs, text):
    """A column's name or, where the runs have none of that name, one number for all of them."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) and text not in runs.columns else text


def _asked(options):
    """How the draws are to be made, where that was asked for."""
    return {
        name: value
        for name in ("draws", "warmup", "chains", "seed")
        if (value := getattr(options, name)) is not None
    }


def _kept(runs, query):
    return runs if query is None else select(runs, query)


def _progress(say, text):
    if sys.stderr.isatty():
        say(text)


_ALONG = ("drift", "smooth")  # terms that go along the scale of a run


def law_of(options, name):
    """The law of that name, with --drift, --df and --smooth in place of what its own likelihood has."""
    law = find_law(name)
    asked = {
        term: value
        for term in ("drift", "df", "smooth")
        if (value := getattr(options, term)) is not None
    }
    if not asked:
        return law
    noise = getattr(law.noise, "noise", law.noise)  # that of a censored one
    for term in asked:
        if term not in getattr(noise, "__dataclass_fields__", ()):
            raise InputError(
                f"--{term}: the likelihood of {law.name}, {law.noise}, has no such term; leave --{term} out"
            )
        if term in _ALONG and law.scale is None:
            raise InputError(
                f"--{term}: {law.name} has no scale of a run for it to go along; leave --{term} out"
            )
    if "smooth" in asked and asked.setdefault("df", None) not in (None, "normal"):
        raise InputError(
            f"--smooth needs Normal noise, and --df is {asked['df']:g}; leave --df out"
        )
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


def weights_of(options, laws):
    """What --weights says, as ``average`` takes it: a rule, or {law: number} in the order of --law."""
    from bayes_scaling.analysis.average import given_weights
    from bayes_scaling.analysis.law_weights import RULES

    asked = getattr(options, "weights", None) or RULES[0]
    if asked in (*RULES, "equal"):
        return asked
    try:
        numbers = list(map(float, asked.split(",")))
    except ValueError:
        raise InputError(
            f"--weights is {asked!r}; use {', '.join(RULES)}, equal or a number for each law, such as 0.6,0.4"
        ) from None
    if len(numbers) != len(laws):
        raise InputError(
            f"--weights has {several(len(numbers), 'number')} and --law {several(len(laws), 'law')}; give one for each, such as 0.6,0.4"
        )
    made = dict(zip([law.name for law in laws], numbers))
    given_weights(made, made)
    return made


def given(options):
    """{input: values} of the targets on the command line."""
    return values_of(
        options.at, "at", {name: getattr(options, name) for name in SIZES if getattr(options, name)}
    )


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
            raise InputError(
                f"--{option} is {text!r}{f', and {name} has been given' if name in made else ''}; write NAME=VALUE or NAME=VALUE,VALUE, such as {example}"
            )
        made[name] = numbers
    return made


def asked_targets(options):
    """The targets of --targets, or of --N, --D, --C, --M and --at."""
    values = given(options)
    if options.targets is not None:
        if values:
            raise InputError(
                f"give --targets or --{'at' if options.at else next(iter(values))}, not both"
            )
        return targets(load_runs(options.targets))
    if not values:
        raise InputError(
            "there is nothing to foretell; give --N and --D, such as --N 7e9 --D 140e9, or other inputs of the law, such as --at L=2.4"
        )
    return targets(**values)
