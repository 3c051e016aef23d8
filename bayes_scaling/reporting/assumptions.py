"""The section on what a forecast rests on: data, law, priors and posterior of every fit."""

from collections.abc import Iterator

from bayes_scaling.analysis.average import Average
from bayes_scaling.law.law import Law
from bayes_scaling.reporting.blocks import Block, Formula, Items, Section, Text
from bayes_scaling.reporting.data_section import data_blocks
from bayes_scaling.reporting.evidence_tables import given
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.reporting.posterior_section import posterior_blocks
from bayes_scaling.reporting.prior_section import prior_blocks
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_fit import PooledFit


def assumptions_section(facts: Facts) -> Section:
    """Return the section on data, laws, priors and posteriors."""
    return Section("What the answer rests on", tuple(_blocks(facts)))


def _blocks(facts: Facts) -> Iterator[Block]:
    forecaster, fits = facts.forecaster, facts.fits
    if isinstance(forecaster, Average):
        weights = forecaster.weights
        yield from given("weights", "Weights of the laws", weights, facts.targets, facts.names)
    for i, (label, fit) in enumerate(fits, 1):
        suffix, whose = (f"-{i}", f" of {label}") if len(fits) > 1 else ("", "")
        before = fits[0][1] if i > 1 else None
        yield Text(f"Data{whose}", "heading")
        yield from data_blocks(fit, f"data{suffix}", facts.inputs, before)
        yield Text(f"Law{whose}", "heading")
        yield from _law(fit)
        yield Text(f"Priors{whose}", "heading")
        yield from prior_blocks(fit, f"priors{suffix}")
        yield Text(f"Posterior{whose}", "heading")
        yield from posterior_blocks(fit, f"posterior{suffix}")


def _law(fit: Fit | PooledFit) -> Iterator[Block]:
    """Yield formula, inputs, range of validity and source."""
    law: Law = fit.law
    yield Text(f"{law.name}{f': {law.title}' if law.title else ''}.")
    yield Formula(law.latex, law.formula)
    lines = [
        f"{name}: {law.rename_units(unit, str(fit.columns.get(name, name)))}"
        for name, unit in law.inputs.items()
    ]
    lines += [f"Outcome: {fit.y}, {fit.unit}", f"Noise: {law.noise}"]
    if law.applies:
        lines.append(f"Applies to {law.applies}")
    if law.citation:
        lines.append(f"Source: {law.citation}{f', arXiv {law.arxiv}' if law.arxiv else ''}")
    yield Items(tuple(lines))
