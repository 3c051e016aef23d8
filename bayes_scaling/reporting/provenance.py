"""Where a forecast comes from: versions, seeds, hashes of the data, and what to cite."""

import platform
from collections.abc import Iterator

from bayes_scaling.reporting.blocks import Code, Items, Section, Text
from bayes_scaling.results.protocol import ForecasterProtocol
from bayes_scaling.runs.bundled import sources

_BIBTEX = """@software{{bayes_scaling,
  title = {{bayes_scaling: small training runs in, honest forecasts of big ones out}},
  author = {{{{the bayes_scaling authors}}}},
  version = {{{version}}}
}}"""


def provenance_section(forecaster: ForecasterProtocol, code: Code) -> Section:
    """Return the section on versions, seeds and data, with the code that makes the report."""
    return Section(
        "Provenance",
        (Items(tuple(_sentences(forecaster))), Text("To reproduce this report:"), code),
    )


def citation_section(forecaster: ForecasterProtocol, source: str | None) -> Section:
    """Return the section of BibTeX entries."""
    return Section("To cite", (Code(citations(forecaster, source), "bibtex"),))


def _sentences(forecaster: ForecasterProtocol) -> Iterator[str]:
    """Yield versions, then seed, draws and hash of each fit."""
    fits = [fit for _, fit in forecaster.component_fits()]
    versions = ", ".join(
        f"{name} {number}" for name, number in fits[0].provenance["versions"].items()
    )
    python = platform.python_version()
    yield f"Versions at the fit: {versions}; report made with Python {python}"
    for fit in fits:
        engine, name = fit.engine, f"{fit.law.name} of {fit.y}"
        attempts = f"{engine['attempts']} attempt{'' if engine['attempts'] == 1 else 's'}"
        yield (
            f"{name}: seed {fit.seed}, {engine['chains']} chains of {engine['draws']} draws after "
            f"{engine['warmup']} of warm-up by {engine.get('sampler', 'nuts').upper()}, {attempts}"
        )
        yield f"{name}: SHA-256 of inputs and outcome {fit.provenance['data_hash']}"


def citations(forecaster: ForecasterProtocol, source: str | None) -> str:
    """Return BibTeX of this package, the laws and a bundled table, each once.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        What predicts.
    source : str or None
        Name of the table.

    Returns
    -------
    str
    """
    from importlib.metadata import version

    entries = [
        _BIBTEX.format(version=version("bayes-scaling")),
        *(fit.law.bibtex for _, fit in forecaster.component_fits()),
        sources().get(str(source), {}).get("bibtex", ""),
    ]
    return "\n\n".join(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
