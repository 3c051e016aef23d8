"""Python code that makes a report again from the same runs."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from inspect import signature
from typing import Any, cast

import pandas as pd

from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.plan.allocation import compute_optimal
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.likelihoods.drift import learned_drifts
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.prior import Prior
from bayes_scaling.models import LAWS
from bayes_scaling.models._packages import offered
from bayes_scaling.models._registry import find_law
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.bundled import sources
from bayes_scaling.runs.sizes import SIZES

_EVIDENCE = ("backtest", "sensitivity", "influence", "comparison")


def recipe(forecaster: Any, to: pd.DataFrame | Allocation, arguments: Mapping[str, Any]) -> str:
    """Return code that makes a report again from the same runs.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        The forecaster of the report.
    to : DataFrame or Allocation
        Its targets, or the plan that they come from.
    arguments : dict
        The other arguments of ``report``.

    Returns
    -------
    str
    """
    fits = {id(fit): fit for _, fit in forecaster.component_fits()}  # groups may share one
    lines, names = [], {}
    for i, fit in enumerate(fits.values(), 1):
        suffix = f"_{i}" if len(fits) > 1 else ""
        names[id(fit)] = f"fit{suffix}"
        lines += _fit_code(fit, names[id(fit)], f"runs{suffix}")
    answer = _forecaster_code(forecaster, names)
    targets = _plan_code(answer, to) if isinstance(to, Allocation) else _targets_code(to)
    given, notes = _arguments_code(arguments)
    options = "".join(f", {key}={value}" for key, value in given.items())
    imports = ["import bayes_scaling as bs"]
    if any("dist." in line for line in lines):
        imports.append("import numpyro.distributions as dist")
    call = f'bs.report({answer}, to, "report.html"{options})'
    return "\n".join([*imports, "", *lines, f"to = {targets}", *notes, call])


def _fit_code(fit: Fit | PooledFit, name: str, runs: str) -> list[str]:
    """Return a comment on the runs, and the call that fits them."""
    known = fit.law.name in {*LAWS, *offered()}
    engine, options = fit.engine, _fit_options(fit)
    law = "" if known else f"; law: your own, {fit.law.name}"
    given = "".join(f", {key}={value}" for key, value in options.items())
    drift = (
        ".with_drift({!r}, {!r})".format(*fit.drift)
        if isinstance(fit, PooledFit) and fit.drift
        else ""
    )
    return [
        f"# {runs}: the {len(fit.parts.runs)} runs with data hash "
        f"{fit.provenance['data_hash'][:12]}{law}",
        f"{name} = bs.fit({repr(fit.law.name) if known else 'law'}, {runs}, y={fit.y!r}{given}, "
        f"draws={engine['draws']}, warmup={engine['warmup']}, chains={engine['chains']}, "
        f"seed={fit.seed}){drift}",
    ]


def _fit_options(fit: Fit | PooledFit) -> dict[str, str]:
    """Return the arguments of ``fit`` that differ from its defaults."""
    options = {
        key: repr(fit.provenance[key])
        for key in ("se", "group", "pool")
        if fit.provenance.get(key) is not None
    }
    options |= {key: repr(value) for key, value in fit.columns.items()}
    base = find_law(fit.law.name) if fit.law.name in {*LAWS, *offered()} else None
    priors: dict[str, Prior] = {}
    if base is not None:
        if fit.law.noise != base.noise:
            options["noise"] = _likelihood_code(_with_default_drift_left_out(fit.law))
        pairs = zip(fit.law.parameters, base.parameters)
        priors = {one.sampled: one.prior for one, default in pairs if one.prior != default.prior}
    if isinstance(fit, PooledFit):
        priors |= {f"tau_{name}": prior for name, prior in fit.pool.custom_group_sds.items()}
    if priors:
        items = ", ".join(f"{key!r}: {_prior_code(prior)}" for key, prior in priors.items())
        options["priors"] = f"{{{items}}}"
    return options


def _forecaster_code(forecaster: Any, names: Mapping[int, str]) -> str:
    """Return a forecaster as code, from the names of its fits."""
    if isinstance(forecaster, Chain):
        parts = (_forecaster_code(one, names) for one in (forecaster.first, forecaster.second))
        return f"bs.chain({', '.join(parts)})"
    if isinstance(forecaster, Group):
        first, *others = forecaster.key
        key = forecaster.key if others else first
        return f"{names[id(forecaster.fit)]}.group({key!r})"
    if isinstance(forecaster, Average):
        fits = (f"{label!r}: {names[id(fit)]}" for label, fit in forecaster.fits.items())
        weights = {label: float(value) for label, value in forecaster.weights["weight"].items()}
        return f"bs.average({{{', '.join(fits)}}}, weights={weights!r})"
    return names[id(forecaster)]


def _targets_code(to: pd.DataFrame) -> str:
    """Return targets as code."""
    sizes = [name for name in SIZES if name in to.columns]
    sizes = ["N", "D"] if {"N", "D"} <= set(sizes) else sizes
    names = [*sizes, *(name for name in to.columns if name not in SIZES)]
    columns = ", ".join(f"{name!r}: {to[name].tolist()!r}" for name in names)
    labeled = any(isinstance(label, str) for label in to.index)
    return f"bs.targets({{{columns}}}){f'.set_axis({list(to.index)!r})' if labeled else ''}"


def _plan_code(answer: str, plan: Allocation) -> str:
    """Return a plan as code: what differs from the defaults."""
    defaults = signature(compute_optimal).parameters
    options = {
        "serve": plan.serve,
        "prob": plan.prob,
        "tolerance": plan.tolerance,
        "within": plan.within,
        "better": plan.better,
        "of": plan.of,
        "seed": plan.seed,
    }
    changed = {key: value for key, value in options.items() if value != defaults[key].default}
    given = "".join(f", {key}={value!r}" for key, value in (changed | plan.inputs).items())
    budgets = list(dict.fromkeys(plan.choice["C"].tolist()))
    return f"bs.plan.compute_optimal({answer}, C={budgets!r}{given})"


def _arguments_code(given: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return the other arguments of a report as code, and comments on those without any."""
    code, notes = {"prob": f"{given['prob']:g}"}, []
    if given["measured"] is not None:
        code["measured"] = repr([float(value) for value in given["measured"]])
    bundled = given["runs"] is not None and str(given["source"]) in sources()
    if bundled:
        code["runs"] = repr(str(given["source"]))
    elif given["runs"] is not None:
        code["runs"] = "table"
        notes.append(f"# table: the {len(given['runs'])} rows that the runs come from")
    for key in ("source", "why", "title"):
        if given[key] and not (key == "source" and bundled):
            code[key] = repr(str(given[key]))
    if given["seed"]:
        code["seed"] = repr(given["seed"])
    for key in _EVIDENCE:
        if given[key] is False:
            code[key] = "False"
        elif given[key] is not None:
            code[key] = key
            notes.append(f"# {key}: as shown in this report")
    return code, notes


def _prior_code(prior: Prior) -> str:
    """Return a prior as code."""
    return f"dist.{prior.family}({', '.join(f'{key}={value!r}' for key, value in prior.args)})"


def _with_default_drift_left_out(law: Law) -> Likelihood:
    """The likelihood of a law, with the drift that it has by default left open."""
    noise: Any = law.noise
    if isinstance(noise, Censored):
        inner = _with_default_drift_left_out(law.with_noise(noise.noise))
        return replace(noise, noise=cast(Noise, inner))
    if isinstance(noise, Noise) and noise.drift == learned_drifts(law).get(noise.link):
        return replace(noise, drift=None)
    return noise


def _likelihood_code(noise: Any) -> str:
    """Return a likelihood as code: what differs from the defaults of its class."""
    given = [
        f"{field.name}={_value_code(vars(noise)[field.name])}"
        for field in fields(noise)
        if vars(noise)[field.name] != field.default
    ]
    return f"bs.{type(noise).__name__}({', '.join(given)})"


def _value_code(value: Any) -> str:
    """Return one argument of a likelihood as code."""
    if isinstance(value, Prior):
        return _prior_code(value)
    return _likelihood_code(value) if is_dataclass(value) else repr(value)
