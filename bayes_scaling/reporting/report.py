"""A forecast as a report for a decision: the answer first, then its basis and its limits.

``report`` validates its arguments, collects the facts, and lays them out in sections.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as calendar_date
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.files import write_atomically
from bayes_scaling.reporting.assumptions import assumptions_section
from bayes_scaling.reporting.blocks import Code, Content, Section
from bayes_scaling.reporting.choice_section import choice_section
from bayes_scaling.reporting.explore_section import explore_section
from bayes_scaling.reporting.extrapolation import extrapolation_section
from bayes_scaling.reporting.facts import Facts, collect
from bayes_scaling.reporting.figure_section import figure_section
from bayes_scaling.reporting.forecast_section import forecast_section
from bayes_scaling.reporting.inputs import Inputs, file_format, validate
from bayes_scaling.reporting.plan_section import plan_section
from bayes_scaling.reporting.provenance import citation_section, provenance_section
from bayes_scaling.reporting.recipe import recipe
from bayes_scaling.reporting.render_html import html
from bayes_scaling.reporting.render_markdown import markdown
from bayes_scaling.reporting.robustness import robustness_section
from bayes_scaling.reporting.summary_section import summary
from bayes_scaling.reporting.trust_section import trust_section
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecaster import Forecaster


@dataclass(frozen=True)
class Report:
    """A finished report: ``html`` and ``markdown`` are its text, ``save`` writes either.

    Parameters
    ----------
    content : Content
        Title, blocks, sections and date, as in ``bayes_scaling.reporting.blocks``.
    diagnosis : Diagnosis, optional
        The verdicts on the forecast.
    """

    content: Content
    diagnosis: Diagnosis | None = None

    @property
    def html(self) -> str:
        """The report as one HTML file with its figures inside."""
        return html(self.content)

    @property
    def markdown(self) -> str:
        """The report as Markdown."""
        return markdown(self.content)

    def save(self, path: str | Path) -> Path:
        """Write the report to a file.

        Parameters
        ----------
        path : str or Path
            A name that ends in .html or .htm for HTML, in .md for Markdown. An existing file is
            replaced.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            Another extension, or a file that cannot be written.
        """
        text = self.html if file_format(path) == "html" else self.markdown

        def write(part: str) -> None:
            Path(part).write_text(text, encoding="utf-8")

        write_atomically(path, write)
        return Path(path)

    def __repr__(self) -> str:
        return f"<Report {self.content.title}>"


def report(
    forecaster: Forecaster,
    to: Any,
    path: str | Path | None = None,
    *,
    prob: float | None = None,
    measured: Any = None,
    runs: pd.DataFrame | str | Path | None = None,
    why: str = "",
    backtest: Any = None,
    sensitivity: Any = None,
    influence: Any = None,
    comparison: Any = None,
    source: str | None = None,
    seed: int = 0,
    title: str | None = None,
    command: str | None = None,
    date: object = None,
) -> Report:
    """Write a report on a forecast that others can judge without running anything.

    Parameters
    ----------
    forecaster : Fit, Chain, Average, PooledFit or group of one
        What predicts.
    to : DataFrame, dict or Allocation
        Targets; for a pooled fit with the groups' columns, or for every group. Row labels that
        are text name the runs in the report. With a plan by ``plan.compute_optimal`` of the same
        forecaster, the report states what to train and predicts those runs.
    path : str or Path, optional
        File to write, .html or .md.
    prob : float, optional
        Probability of the interval in the answer and the figure, default that of the plan or 0.9.
        The table has 50, 80, 90 and 95%.
    measured : array (targets,), optional
        Values measured at the targets.
    runs : DataFrame, path or name of a bundled table, optional
        The table that the training runs come from, so that the report lists rows left out.
    why : str
        Why those rows were left out.
    backtest : Backtest or DataFrame, optional
        Held-out forecasts. The report shows their coverage as far out as its targets are.
    sensitivity, influence : DataFrame, dict of them or False, optional
        Tables by the functions of those names; False for none. By default both are computed for
        the first six targets, without a new fit.
    comparison : dict, list, DataFrame, Comparison or False, optional
        {label: forecaster} of the same outcome by other laws or data, a table, or a Comparison of
        groups, the default for a pooled fit; False for none.
    source : str, optional
        What the table is called if ``runs`` is a DataFrame. A bundled table is cited.
    seed : int
        Seed of the noise of new runs, as in ``forecast``.
    title, command : str, optional
        Heading, and the command that makes the report again; by default made from the fit.
    date : str or datetime.date, optional
        The only date in the report, default today. The rest is the same for the same inputs.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        Invalid targets, ``prob``, ``measured``, evidence or ``path``, or a plan that is of
        another forecaster or names no run; the message names it.

    Warns
    -----
    FitWarning
        A verdict on the fit is bad; the report states it at its top.
    """
    inputs = validate(
        Inputs(
            forecaster,
            to,
            path=path,
            prob=prob,
            measured=measured,
            runs=runs,
            why=why,
            backtest=backtest,
            sensitivity=sensitivity,
            influence=influence,
            comparison=comparison,
            source=source,
            seed=seed,
            title=title,
            command=command,
            date=date,
        )
    )
    facts = collect(inputs)
    finished = Report(
        Content(_title(inputs), tuple(summary(facts)), tuple(_sections(facts)), _date(inputs)),
        facts.diagnosis,
    )
    if path is not None:
        finished.save(path)
    _warn_of_bad_verdicts(facts)
    return finished


def _sections(facts: Facts) -> Iterator[Section]:
    """Yield the sections in their order."""
    inputs = facts.inputs
    if inputs.plan:
        yield plan_section(facts, inputs.plan)
    if section := choice_section(facts):
        yield section
    yield forecast_section(facts)
    if section := explore_section(facts):
        yield section
    yield figure_section(facts)
    yield extrapolation_section(facts)
    yield assumptions_section(facts)
    yield robustness_section(facts)
    yield trust_section(facts)
    yield provenance_section(facts.forecaster, _code(facts))
    yield citation_section(facts.forecaster, inputs.source)


def _title(inputs: Inputs) -> str:
    """Return the heading."""
    what = "What to train for the best" if inputs.plan else "Forecast of"
    return inputs.title or f"{what} {inputs.forecaster.outcome_name}"


def _date(inputs: Inputs) -> str:
    return str(calendar_date.today() if inputs.date is None else inputs.date)


def _code(facts: Facts) -> Code:
    """Return the command that was given, or Python that makes the report again."""
    inputs = facts.inputs
    if inputs.command:
        return Code(inputs.command, "sh")
    arguments = vars(inputs) | {"measured": facts.measured}
    return Code(recipe(facts.forecaster, inputs.plan or facts.targets, arguments), "python")


def _warn_of_bad_verdicts(facts: Facts) -> None:
    """Warn of bad verdicts, which the report shows at its top."""
    facts.forecaster.diagnosis.warn("a report")
