"""What could overturn a forecast, as blocks of a page: other priors, single runs, other groups, other laws.

``names`` are what the page calls the targets, in their order.
"""

import re
import warnings

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import FitWarning, InputError
from bayes_scaling._core.messages import cells, listed, percent, precise, shown
from bayes_scaling.reporting.page import Items, Rows, Text
from bayes_scaling.reporting.provenance import named

MOST = 30  # rows of a table on the page


SAID = 8  # sentences above it


_WORDS = {
    "p_best": "P(best)",
    "p_none": "P(no crossing)",
    "p_better_beyond": "P(group better beyond)",
    "p_never": "P(never)",
    "from_C": "looked from C",
    "to_C": "to C",
    "multiplier": "times the compute",
}


FEW = 6  # targets that priors and single runs are asked about


def given(kind, heading, what, to, names):
    """A heading, what the evidence says in words if it does, and its table; a dict is several, each under its own name."""
    parts, known = (
        what.items() if isinstance(what, dict) else [("", what)],
        dict(zip(map(str, to.index), names)),
    )
    named = lambda text: re.sub(
        r"\b(forecast|target) (\d+)\b",
        lambda found: f"{found[1]} for {known.get(found[2], found[2])}",
        text,
    )
    for i, (label, part) in enumerate(parts, 1):
        table = (
            part
            if isinstance(part, pd.DataFrame)
            else part.summary()
            if hasattr(part, "summary")
            else None
        )
        if not isinstance(table, pd.DataFrame):
            raise InputError(
                f"{kind} is of type {type(part).__name__}; give a DataFrame, or what has a summary() that is one"
            )
        yield Text(f"{heading}: {label}" if label else heading, "heading")
        said = [
            named(line.removeprefix("- "))
            for line in (part._foot() if hasattr(part, "_foot") else "").splitlines()
            if line.strip()
        ]
        header, lines = cells(table)
        yield from (Text(line) for line in said[:SAID])
        if len(said) > SAID:
            yield Text(
                f"... and {len(said) - SAID} more in the table{f', of which the first {MOST} rows are shown' if len(lines) > MOST else ''}."
            )
        of = header.index("target") if "target" in header else None
        lines = [
            tuple(
                known.get(cell, cell) if at == of else named(cell) for at, cell in enumerate(line)
            )
            for line in lines
        ]
        more = f"; the first {MOST} of {len(lines)} rows" if len(lines) > MOST else ""
        yield Rows(
            f"{kind}-{i}" if label else kind,
            f"{heading.lower()}{more}",
            header,
            tuple(lines[:MOST]),
        )


def asked(forecaster, to):
    """(name, fit, targets) of each fit that an answer is made of: the second of a chain at the outcome that the first foretells."""
    if not hasattr(forecaster, "first"):
        return [(label, fit, to) for label, fit in named(forecaster)]
    link = np.median(forecaster.first.draws(to, of="mean"), axis=0)
    return [
        *asked(forecaster.first, to),
        (forecaster.outcome_name, forecaster.second, to.assign(**{forecaster.link: link})),
    ]


def _each(forecaster, to, ask):
    """(name, table) of every fit that can be asked about its first few targets, numbered from 0; and sentences on those that can not."""
    tables, refused = [], []
    for label, fit, at in asked(forecaster, to.iloc[:FEW].reset_index(drop=True)):
        try:
            tables.append((label, ask(fit, at)))
        except InputError as error:
            refused.append(f"{fit.law.name} of {fit.outcome_name} was not asked: {error}.")
    return (
        tables,
        [Items(tuple(refused))] if refused else [],
        f"; the first {FEW} targets alone" if len(to) > FEW else "",
    )


def other_priors(forecaster, to, names, prob, seed):
    """How much of each forecast is prior: power-scaling, no new fit."""
    from bayes_scaling.validation.sensitivity import SENSITIVE, sensitivity

    tables, refused, part = _each(
        forecaster, to, lambda fit, at: sensitivity(fit, at, prob=prob, seed=seed)
    )
    rows = [
        (name, label, table.loc[f"forecast {i}"])
        for label, table in tables
        for i, name in enumerate(names[:FEW])
    ]
    yield Text("Other priors", "heading")
    if rows:
        yield from _swayed(rows)
        through = (
            f" Each law is asked of its own priors alone: what moves {forecaster.first.outcome_name} moves {forecaster.outcome_name} through it."
            if hasattr(forecaster, "first")
            else ""
        )
        yield Text(
            f"Sensitivity is how far a forecast shifts when all priors are made a little stronger or weaker (arXiv 2107.14054); {SENSITIVE} is the least that matters. The last column but one is how far the median would move were all priors twice as strong (raised to the power 2), in sds of the forecast. It rests on data where priors matter less than that, firmly so where weighing the data anew moves it as little.{through}",
            "note",
        )
        twice = lambda row: "unknown" if np.isnan(row["doubled"]) else f"{row['doubled']:+.2f} sd"
        lines = tuple(
            (run, y, f"{row['prior']:.2g}", f"{row['likelihood']:.2g}", twice(row), row["verdict"])
            for run, y, row in rows
        )
        yield Rows(
            "sensitivity",
            f"sensitivity of the forecasts to priors and to data{part}",
            (
                "run",
                "forecast of",
                "to the priors",
                "to the data",
                "priors twice as strong",
                "rests on",
            ),
            lines,
        )
    yield from refused


def _swayed(rows):
    """Which forecasts hang on their priors, as the table's own verdicts have it."""
    words = {
        "mostly prior": "another prior would give another answer",
        "prior and data": "both shape it",
    }
    for verdict, text in words.items():
        if hit := [f"{y} for {run}" for run, y, row in rows if row["verdict"] == verdict]:
            yield Text(f"{verdict.capitalize()}: the forecast of {shown(hit, 4)}; {text}.")
    if not any(row["verdict"] in words for *_, row in rows):
        yield Text(
            f"No forecast moves with the priors of its own law by as much as matters: a sensitivity of {max(row['prior'] for *_, row in rows):.2g} at most."
        )


def single_runs(forecaster, to, names, prob, seed):
    """How far the forecasts move without single runs: importance weights, no new fit."""
    from bayes_scaling.results.diagnosis import LIMITS
    from bayes_scaling.validation.influence import influence

    tables, refused, part = _each(
        forecaster, to, lambda fit, at: influence(fit, at, prob=prob, seed=seed, refits=0)
    )
    rows = [
        (label, names[int(row["target"])], row)
        for label, table in tables
        for _, row in table.drop_duplicates("run").head(3).iterrows()
    ]
    moved = lambda row: f"{row['shift']:+.2g}% ({row['shift_sd']:+.2f} sd)"
    yield Text("Single runs", "heading")
    if rows:
        y, run, worst = max(rows, key=lambda row: abs(row[2]["shift_sd"]))
        yield Text(
            f"Of all training runs {worst['run']} moves a forecast most: without it the median of {y} for {run} would move by {moved(worst)}. The draws were weighted anew for this; Pareto k above {LIMITS['pareto_k']} would mean that only a new fit can tell."
        )
        unsure = [row["run"] for *_, row in rows if row["how"] != "weights"]
        if unsure:
            yield Text(
                f"Pareto k is above {LIMITS['pareto_k']} for {shown(unsure, 4)}: what is said of {'it' if len(unsure) == 1 else 'them'} is unsure, until bs.influence fits again without."
            )
        lines = tuple(
            (
                row["run"],
                y,
                run,
                moved(row),
                f"{row['width']:.2f} times as wide",
                f"{row['pareto_k']:.2f}",
            )
            for y, run, row in rows
        )
        yield Rows(
            "influence",
            f"the three runs that move each outcome's forecasts most{part}",
            (
                "without the run",
                "forecast of",
                "for",
                "the median moves by",
                "the interval is",
                "Pareto k",
            ),
            lines,
        )
    yield from refused


def groups_compared(comparison, to, names):
    """Which group is best, where curves cross, and how much more compute the worse needs: from a Comparison."""
    tables = {
        "which is best": comparison.best,
        "where curves cross": comparison.crossovers,
        "how much more compute": comparison.multipliers,
    }
    yield from given(
        "comparison",
        "Groups compared",
        {label: table.rename(columns=_WORDS) for label, table in tables.items() if len(table)},
        to,
        names,
    )
    if comparison.diagnosis.problems:
        yield Items(tuple(comparison.diagnosis.problems))


def other_laws(comparison, forecaster, to, names, told, prob, seed):
    """What other laws, or fits of other data, foretell at the same targets."""
    if isinstance(comparison, list | tuple):
        comparison = {
            getattr(other, "title", type(other).__name__).split(":")[0]: other
            for other in comparison
        }
    if not (
        isinstance(comparison, dict)
        and all(
            hasattr(other, "draws") and hasattr(other, "forecast") for other in comparison.values()
        )
    ):
        yield from given("comparison", "Other laws and data", comparison, to, names)
        return
    tables = {"this page": told}
    for label, other in comparison.items():
        if (other.outcome_name, other.unit) != (forecaster.outcome_name, forecaster.unit):
            raise InputError(
                f"comparison has {str(label)!r}, which foretells {other.outcome_name} ({other.unit}), and the page {forecaster.outcome_name} ({forecaster.unit}); give forecasts of the same outcome"
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FitWarning)  # said beside its line
            tables[f"{label}{'' if other.diagnosis.ok else ', not converged'}"] = other.forecast(
                to, prob=prob, seed=seed
            )
    lines, outside, farthest = [], [], 0.0
    for i, name in enumerate(names):
        for label, table in tables.items():
            row, mine = table.iloc[i], told.iloc[i]
            middle, *ends = precise(
                [row["median"], row["lower"], row["upper"]], row["upper"] - row["lower"]
            )
            lines.append(
                (
                    name,
                    label,
                    middle,
                    " to ".join(ends),
                    ""
                    if label == "this page"
                    else f"{100 * (row['median'] / mine['median'] - 1):+.1f}%",
                )
            )
            farthest = max(farthest, abs(row["median"] / mine["median"] - 1))
            outside += (
                [f"{label} for {name}"]
                if not mine["lower"] <= row["median"] <= mine["upper"]
                else []
            )
    more = f"; the first {MOST} of {len(lines)} rows" if len(lines) > MOST else ""
    yield Text("Other laws and data", "heading")
    yield Text(
        f"Outside the {percent(prob)} interval of this page lies the median of {shown(outside, 4)}: the choice of law or data matters more than the interval says."
        if outside
        else f"The medians of {listed(list(tables)[1:])} all lie inside the {percent(prob)} interval of this page, at most {farthest:.1%} from its median."
    )
    yield Rows(
        "comparison",
        f"{forecaster.outcome_name}, {forecaster.unit}, of a new run{more}",
        ("run", "by", "median", f"{percent(prob)} interval", "off this page's median"),
        tuple(lines[:MOST]),
    )
