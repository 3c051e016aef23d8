"""The section on what could overturn a forecast: other priors, single runs, other laws and data."""

from collections.abc import Iterator

from bayes_scaling._core.messages import join_words
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.reporting.blocks import Block, Items, Section, Text
from bayes_scaling.reporting.comparison_section import other_laws
from bayes_scaling.reporting.evidence_tables import given
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.reporting.influence_section import single_runs
from bayes_scaling.reporting.sensitivity_section import other_priors
from bayes_scaling.results.pooled_fit import PooledFit


def robustness_section(facts: Facts) -> Section:
    """Return the section on what could overturn the forecast."""
    return Section(
        "What could overturn it",
        (
            *_known_failures(facts),
            *_priors(facts),
            *_runs(facts),
            *_comparison(facts),
            *_not_shown(facts),
        ),
    )


def _known_failures(facts: Facts) -> Iterator[Block]:
    """Yield the known failures of the laws."""
    failures = tuple(
        f"Known failure of {fit.law.name}: {fit.law.fails}."
        for _, fit in facts.fits
        if fit.law.fails
    )
    if failures:
        yield Items(failures)


def _priors(facts: Facts) -> Iterator[Block]:
    """Yield the sensitivity to priors, computed or given."""
    table = facts.inputs.sensitivity
    if facts.sensitivity is not None:
        yield from other_priors(facts.sensitivity, facts.names, facts.forecaster)
    elif table is not False:
        yield from given("sensitivity", "Other priors", table, facts.targets, facts.names)


def _runs(facts: Facts) -> Iterator[Block]:
    """Yield the influence of single runs, computed or given."""
    table = facts.inputs.influence
    if facts.influence is not None:
        yield from single_runs(facts.influence, facts.names)
    elif table is not False:
        yield from given("influence", "Single runs", table, facts.targets, facts.names)


def _comparison(facts: Facts) -> Iterator[Block]:
    """Yield other laws or data; groups have a section of their own."""
    comparison = facts.comparison
    if facts.others is not None:
        yield from other_laws(facts)
    elif not isinstance(comparison, Comparison | bool | None):
        heading = "Other laws and data"
        yield from given("comparison", heading, comparison, facts.targets, facts.names)


def _not_shown(facts: Facts) -> Iterator[Block]:
    """Yield a note on what was declined or not given."""
    comparison, inputs = facts.comparison, facts.inputs
    absent = {
        "how other priors would move the answer": inputs.sensitivity is False,
        "how far it moves without single runs": inputs.influence is False,
        "what other laws predict": comparison is None or isinstance(comparison, Comparison),
        "how the groups compare": comparison is False and isinstance(facts.forecaster, PooledFit),
    }
    if missing := [text for text, is_absent in absent.items() if is_absent]:
        yield Text(f"Not shown in this report: {join_words(missing)}.", "note")
