"""Where a forecast comes from: versions, seeds, hashes, the code that makes it again, and what to cite."""

import platform

from bayes_scaling.runs import SIZES, sources

_OWN = """@software{{bayes_scaling,
  title = {{bayes_scaling: small training runs in, honest forecasts of big ones out}},
  author = {{{{the bayes_scaling authors}}}},
  version = {{{version}}}
}}"""


def fits_of(forecaster):
    """The fits that a forecaster is made of, in the order they are used."""
    if hasattr(forecaster, "first"):
        return [*fits_of(forecaster.first), *fits_of(forecaster.second)]
    many = getattr(forecaster, "fits", None)
    return [forecaster] if many is None else list(many.values() if isinstance(many, dict) else many)


def made_by(forecaster):
    """Sentences on versions, seed, draws and data."""
    fits = fits_of(forecaster)
    versions = fits[0].provenance["versions"]
    yield f"Versions at the fit: {', '.join(f'{name} {number}' for name, number in versions.items())}; page made with Python {platform.python_version()}"
    for fit in fits:
        n = fit.engine
        yield f"{fit.law.name} of {fit.y}: seed {fit.seed}, {n['chains']} chains of {n['draws']} draws after {n['warmup']} of warm-up, {n['attempts']} {'attempt' if n['attempts'] == 1 else 'attempts'}"
        yield f"{fit.law.name} of {fit.y}: SHA-256 of inputs and outcome {fit.provenance['data_hash']}"


def recipe(forecaster, to, prob, measured):
    """Python that makes the page again from the same runs."""
    from bayes_scaling.models import LAWS

    lines, names = ["import bayes_scaling as bs", ""], []
    for i, fit in enumerate(fits_of(forecaster), 1):
        runs, name = (f"runs_{i}", f"fit_{i}") if hasattr(forecaster, "first") else ("runs", "fit")
        known = fit.law.name in LAWS
        own = "" if known and LAWS[fit.law.name].noise == fit.law.noise and LAWS[fit.law.name].sites == fit.law.sites else "  # with the priors and the noise that the page names"
        own = own if known else "  # law: your own, by the name that the page gives"
        columns = "".join(f", {key}={value!r}" for key, value in fit.columns.items())
        n = fit.engine
        lines.append(f"# {runs}: the {len(fit.parts.runs)} runs with data hash {fit.provenance['data_hash'][:12]}")
        lines.append(f"{name} = bs.fit({repr(fit.law.name) if known else 'law'}, {runs}, y={fit.y!r}{columns}, draws={n['draws']}, warmup={n['warmup']}, chains={n['chains']}, seed={fit.seed}){own}")
        names.append(name)
    answer = names[0] if len(names) == 1 else f"bs.chain({', '.join(names)})"
    keep = [name for name in to.columns if name not in SIZES]
    keep = [*(("N", "D") if {"N", "D"} <= set(to.columns) else [name for name in SIZES if name in to.columns]), *keep]
    values = ", ".join(f"{name!r}: {to[name].tolist()!r}" for name in keep)
    beside = "" if measured is None else f", measured={[float(value) for value in measured]!r}"
    return "\n".join([*lines, f"to = bs.targets({{{values}}})", f'bs.report({answer}, to, "report.html", prob={prob:g}{beside})'])


def citations(forecaster, source):
    """BibTeX of this package, of the laws' sources and of a bundled table, each once."""
    from importlib.metadata import version

    entries = [_OWN.format(version=version("bayes-scaling")), *(fit.law.bibtex for fit in fits_of(forecaster)), sources().get(str(source), {}).get("bibtex", "")]
    return "\n\n".join(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
