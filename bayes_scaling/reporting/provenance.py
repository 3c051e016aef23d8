"""Where a forecast comes from: versions, seeds, hashes, the code that makes it again, and what to cite."""

import platform
from dataclasses import fields, is_dataclass
from inspect import signature

from bayes_scaling.analysis.plan.allocation import compute_optimal
from bayes_scaling.law.prior import Prior
from bayes_scaling.runs.bundled import sources
from bayes_scaling.runs.sizes import SIZES

_OWN = """@software{{bayes_scaling,
  title = {{bayes_scaling: small training runs in, honest forecasts of big ones out}},
  author = {{{{the bayes_scaling authors}}}},
  version = {{{version}}}
}}"""


def fits_of(forecaster):
    """The fits that a forecaster is made of, in the order they are used."""
    if hasattr(forecaster, "first"):
        return [*fits_of(forecaster.first), *fits_of(forecaster.second)]
    if hasattr(forecaster, "key"):  # a group of a pooled fit
        return [forecaster.fit]
    many = getattr(forecaster, "fits", None)
    return [forecaster] if many is None else list(many.values() if isinstance(many, dict) else many)


def named(forecaster):
    """(name, fit) of each fit that a forecaster is made of: its outcome in a chain, its label in an average."""
    many = getattr(forecaster, "fits", None)
    return (
        list(many.items())
        if isinstance(many, dict)
        else [(fit.outcome_name, fit) for fit in fits_of(forecaster)]
    )


def made_by(forecaster):
    """Sentences on versions, seed, draws and data."""
    fits = fits_of(forecaster)
    versions = fits[0].provenance["versions"]
    yield f"Versions at the fit: {', '.join(f'{name} {number}' for name, number in versions.items())}; page made with Python {platform.python_version()}"
    for fit in fits:
        n = fit.engine
        yield f"{fit.law.name} of {fit.y}: seed {fit.seed}, {n['chains']} chains of {n['draws']} draws after {n['warmup']} of warm-up, {n['attempts']} {'attempt' if n['attempts'] == 1 else 'attempts'}"
        yield f"{fit.law.name} of {fit.y}: SHA-256 of inputs and outcome {fit.provenance['data_hash']}"


def recipe(forecaster, to, asked):
    """Python that makes the page again from the same runs; ``to`` are targets or a plan, ``asked`` the other arguments of ``report``."""
    from bayes_scaling.models import LAWS

    calls, names, dist = [], {}, False
    fits = list(
        {id(fit): fit for fit in fits_of(forecaster)}.values()
    )  # two groups of a pooled fit are of one
    for i, fit in enumerate(fits, 1):
        runs, name = (f"runs_{i}", f"fit_{i}") if len(fits) > 1 else ("runs", "fit")
        base, n = LAWS.get(fit.law.name), fit.engine
        given = {
            key: repr(fit.provenance[key])
            for key in ("se", "group", "pool")
            if fit.provenance.get(key) is not None
        }
        given |= {key: repr(value) for key, value in fit.columns.items()}
        if base is not None and fit.law.noise != base.noise:
            given["noise"] = _likelihood(fit.law.noise)
        priors = (
            {}
            if base is None
            else {
                q.sampled: q.prior
                for q, own in zip(fit.law.parameters, base.parameters)
                if q.prior != own.prior
            }
        )
        if priors := priors | {
            f"tau_{name}": prior
            for name, prior in (fit.pool.own_spreads if hasattr(fit, "pool") else {}).items()
        }:
            given["priors"] = (
                f"{{{', '.join(f'{key!r}: {_prior(prior)}' for key, prior in priors.items())}}}"
            )
        dist |= "dist." in "".join(given.values())
        known = repr(fit.law.name) if base is not None else "law"
        calls.append(
            f"# {runs}: the {len(fit.parts.runs)} runs with data hash {fit.provenance['data_hash'][:12]}{'' if base is not None else f'; law: your own, {fit.law.name}'}"
        )
        calls.append(
            f"{name} = bs.fit({known}, {runs}, y={fit.y!r}{''.join(f', {key}={value}' for key, value in given.items())}, draws={n['draws']}, warmup={n['warmup']}, chains={n['chains']}, seed={fit.seed}){'.with_drift({!r}, {!r})'.format(*fit.drift) if getattr(fit, 'drift', None) else ''}"
        )
        names[id(fit)] = name
    answer = _called(forecaster, names)
    calls.append(f"to = {_planned(answer, to) if hasattr(to, 'choice') else _targets(to)}")
    arguments, notes = _arguments(asked)
    imports = ["import bayes_scaling as bs", *["import numpyro.distributions as dist"] * dist]
    return "\n".join(
        [
            *imports,
            "",
            *calls,
            *notes,
            f'bs.report({answer}, to, "report.html"{"".join(f", {key}={value}" for key, value in arguments.items())})',
        ]
    )


def _targets(to):
    """Targets as code."""
    keep = [name for name in to.columns if name not in SIZES]
    keep = [
        *(
            ("N", "D")
            if {"N", "D"} <= set(to.columns)
            else [name for name in SIZES if name in to.columns]
        ),
        *keep,
    ]
    labels = (
        f".set_axis({list(to.index)!r})"
        if any(isinstance(label, str) for label in to.index)
        else ""
    )
    return (
        f"bs.targets({{{', '.join(f'{name!r}: {to[name].tolist()!r}' for name in keep)}}}){labels}"
    )


def _planned(answer, plan):
    """A plan as code: what differs from the defaults."""
    asked = {
        "serve": plan.serve,
        "prob": plan.prob,
        "tolerance": plan.tolerance,
        "within": plan.within,
        "better": plan.better,
    }
    default = signature(compute_optimal).parameters
    options = {
        name: value for name, value in asked.items() if value != default[name].default
    } | plan.inputs
    budgets = list(dict.fromkeys(plan.choice["C"].tolist()))
    return f"bs.plan.compute_optimal({answer}, C={budgets!r}{''.join(f', {name}={value!r}' for name, value in options.items())})"


def _called(forecaster, names):
    """A forecaster as code, from the names of its fits."""
    if hasattr(forecaster, "first"):
        return f"bs.chain({_called(forecaster.first, names)}, {_called(forecaster.second, names)})"
    if hasattr(forecaster, "key"):
        return f"{names[id(forecaster.fit)]}.group({(forecaster.key if len(forecaster.key) > 1 else forecaster.key[0])!r})"
    if hasattr(forecaster, "weights"):
        weights = {label: float(weight) for label, weight in forecaster.weights["weight"].items()}
        return f"bs.average({{{', '.join(f'{label!r}: {names[id(fit)]}' for label, fit in forecaster.fits.items())}}}, weights={weights!r})"
    return names[id(forecaster)]


def _arguments(asked):
    """The other arguments of a report as code, and comments on what no code can name."""
    arguments, notes = {"prob": f"{asked['prob']:g}"}, []
    if asked["measured"] is not None:
        arguments["measured"] = repr([float(value) for value in asked["measured"]])
    if asked["runs"] is not None:
        bundled = str(asked["source"]) in sources()
        arguments["runs"] = repr(str(asked["source"])) if bundled else "table"
        notes += (
            []
            if bundled
            else [f"# table: the {len(asked['runs'])} rows that the runs were taken from"]
        )
    arguments |= {
        key: repr(str(asked[key]))
        for key in ("source", "why", "title")
        if asked[key] and not (key == "source" and arguments.get("runs", "table") != "table")
    }
    arguments |= {"seed": repr(asked["seed"])} if asked["seed"] else {}
    for key in ("backtest", "sensitivity", "influence", "comparison"):
        if asked[key] is False:
            arguments[key] = "False"
        elif asked[key] is not None:
            arguments[key] = key
            notes.append(f"# {key}: what this page shows of it")
    return arguments, notes


def _prior(prior):
    """A prior as code."""
    return f"dist.{prior.family}({', '.join(f'{key}={value!r}' for key, value in prior.args)})"


def _likelihood(noise):
    """A likelihood as code: what differs from the default of its kind."""
    code = lambda value: (
        _prior(value)
        if isinstance(value, Prior)
        else _likelihood(value)
        if is_dataclass(value)
        else repr(value)
    )
    return f"bs.{type(noise).__name__}({', '.join(f'{part.name}={code(value)}' for part in fields(noise) if (value := getattr(noise, part.name)) != part.default)})"


def citations(forecaster, source):
    """BibTeX of this package, of the laws' sources and of a bundled table, each once."""
    from importlib.metadata import version

    entries = [
        _OWN.format(version=version("bayes-scaling")),
        *(fit.law.bibtex for fit in fits_of(forecaster)),
        sources().get(str(source), {}).get("bibtex", ""),
    ]
    return "\n\n".join(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
