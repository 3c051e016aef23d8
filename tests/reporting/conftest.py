"""The report that most tests read."""

import pytest
from webpage import Reader

import bayes_scaling as bs


@pytest.fixture(scope="package")
def loss_report(loss_fit, headline, gadre):
    """A report on the headline runs, with measured values and the table of the runs."""
    return bs.report(
        loss_fit,
        headline,
        measured=[2.502, 2.425],
        runs=gadre,
        source="gadre2024",
        why="only small runs of RedPajama were asked for",
        date="2026-01-02",
    )


@pytest.fixture(scope="package")
def loss_page(loss_report):
    """The same, read from its HTML."""
    return Reader(loss_report.html)
