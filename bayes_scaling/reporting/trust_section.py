"""The section on trust: three verdicts in words, the numbers behind them, and the residuals."""

from collections.abc import Iterator

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words
from bayes_scaling.inference.convergence import rhat_limit
from bayes_scaling.reporting.blocks import Block, Items, Rows, Section, Text
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.reporting.pictures import closed_picture
from bayes_scaling.results.convergence_checks import LIMITS
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_fit import PooledFit

_MAX_FIGURES = 3
TRUST = "Can this answer be trusted?"


def trust_section(facts: Facts) -> Section:
    """Return the section on the verdicts on sampling, fit and reach."""
    laws = join_words(fit.law.name for _, fit in facts.fits)
    return Section(
        TRUST,
        (
            *_diagnosis(facts.diagnosis),
            Rows(
                "checks",
                "checks of the draws",
                ("fit of", "check", "found", "wanted"),
                tuple(line for label, fit in facts.fits for line in _lines(label, fit)),
            ),
            Text(
                f"These checks show whether the draws represent the posterior of {laws}; they do "
                "not show that the law is right.",
                "note",
            ),
            *_residuals(facts),
        ),
    )


def _diagnosis(diagnosis: Diagnosis) -> Iterator[Block]:
    """Yield the verdicts, then more problems and cautions."""
    for verdict in diagnosis.shown:
        yield Text(verdict.text, "" if verdict.ok else "warning")
    if rest := tuple(text for verdict in diagnosis.shown for text in verdict.rest):
        yield Items(rest)


def _residuals(facts: Facts) -> Iterator[Block]:
    """Yield the figure of the residuals of each fit."""
    from bayes_scaling import plot

    fits = list({id(fit): fit for _, fit in facts.fits}.values())
    for fit in fits[:_MAX_FIGURES]:
        try:
            figure = plot.residuals(fit, prob=facts.prob, columns=1)[0].figure
        except InputError as error:  # censored outcomes, or no size that varies
            yield Text(f"There is no figure of residuals: {error}.", "note")
            continue
        figure.set_size_inches(5.2, 0.5 + 1.6 * len(figure.axes))  # can be read on a phone
        yield closed_picture(figure)
    yield Text(
        "Residuals are outcomes minus the law's curve; outside the band are diamonds. Those that "
        "rise, fall or curve with a size show what the law misses.",
        "note",
    )


def _lines(label: str, fit: Fit | PooledFit) -> Iterator[tuple[str, str, str, str]]:
    """Yield label, check, value and limit."""
    numbers, chains = fit.diagnosis.numbers, fit.engine["chains"]
    least_ess = f"at least {LIMITS['ess_per_chain'] * chains:.0f}"
    checks = {
        "rhat": (
            "maximum R-hat: do the chains agree?",
            "{:.3f}",
            f"at most {rhat_limit(chains * fit.engine['draws']):.3g}",
        ),
        "ess_bulk": ("minimum bulk ESS", "{:.0f}", least_ess),
        "ess_tail": ("minimum tail ESS", "{:.0f}", least_ess),
        "diverging": ("divergences", "{:.0f}", f"at most {LIMITS['diverging']:.1%} of the draws"),
        "bfmi": ("E-BFMI: are the tails explored?", "{:.2f}", f"at least {LIMITS['bfmi']}"),
        "pareto_k": (
            "maximum Pareto k: does a single run dominate the fit?",
            "{:.2f}",
            f"at most {LIMITS['pareto_k']}",
        ),
    }
    for key, (text, form, limit) in checks.items():
        if key in numbers:
            yield label, text, form.format(numbers[key]), limit
