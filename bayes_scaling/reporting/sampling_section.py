"""The section on convergence: the diagnosis in words, and the numbers behind it."""

from collections.abc import Iterator

from bayes_scaling._core.messages import join_words
from bayes_scaling.inference.convergence import rhat_limit
from bayes_scaling.reporting.blocks import Block, Items, Rows, Section, Text
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.results.convergence_checks import LIMITS
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_fit import PooledFit


def sampling_section(facts: Facts) -> Section:
    """Return the section on whether the draws can be trusted."""
    laws = join_words(fit.law.name for _, fit in facts.fits)
    return Section(
        "Can the draws be trusted?",
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
        ),
    )


def _diagnosis(diagnosis: Diagnosis) -> Iterator[Block]:
    """Yield the verdict, then problems and cautions."""
    verdict, *rest = str(diagnosis).splitlines()
    yield Text(verdict, "" if diagnosis.ok else "warning")
    if rest:
        yield Items(tuple(line.removeprefix("- ") for line in rest))


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
