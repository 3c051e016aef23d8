"""What a forecast rests on, as blocks of a page: data, law, priors, posterior, and the checks of the draws."""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import amount, listed, precise, several
from bayes_scaling.inference.convergence import rhat_limit
from bayes_scaling.law.likelihoods.drift import likelihood
from bayes_scaling.reporting import page as parts
from bayes_scaling.reporting.page import Formula, Items, Rows, Text
from bayes_scaling.reporting.provenance import fits_of, named
from bayes_scaling.results.diagnosis import LIMITS
from bayes_scaling.runs.bundled import sources

FEW = 5  # rows left out that are named


MOST = 40  # rows of a table of groups


_SIZES = {
    "N": "parameters",
    "D": "training tokens",
    "C": "training compute 6 N D, FLOPs",
    "M": "tokens per parameter",
}


def meanings(forecaster, source):
    """What the outcomes are, by the notes of a bundled table: {column: text}."""
    columns = sources().get(str(source), {}).get("columns", {})
    return {fit.y: columns[fit.y] for fit in fits_of(forecaster) if fit.y in columns}


def rests_on(forecaster):
    """The runs behind an answer in words: how many, how large, and for what where its fits were given different ones."""
    told = {}
    for fit in fits_of(forecaster):
        runs = tuple(dict.fromkeys(fit.parts.runs))
        text = several(len(runs), "training run")
        text += f" of {several(len(fit.groups), 'group')}" if hasattr(fit, "pool") else ""
        text += f" of at most {fit.largest:.3g} training FLOPs" if np.isfinite(fit.largest) else ""
        values = (
            f" ({len(fit.parts.runs)} values of {fit.y})" if len(runs) < len(fit.parts.runs) else ""
        )
        told.setdefault((runs, text), [values, []])[1].append(fit.outcome_name)
    if len(told) == 1:
        ((_, text), (values, _)) = told.popitem()
        return f"{text}{values}"
    return listed(
        f"{text} for {listed(dict.fromkeys(outcomes))}{values}"
        for (_, text), (values, outcomes) in told.items()
    )


def data(fit, name, runs, source, why, before=None):
    """The runs that were fitted: how many, their ranges, and which of the table were left out; ``before`` is a fit that was told of."""
    table, distinct, entry = fit.training, dict.fromkeys(fit.parts.runs), sources().get(str(source))
    same = before is not None and list(fit.parts.runs) == list(before.parts.runs)
    where = (
        f" from {entry['title']} ({source}; {entry['citation']})"
        if entry
        else f" from {str(source).split('/')[-1]}"
        if source
        else ""
    )
    values = f", {len(table)} values of {fit.y}" if len(distinct) < len(table) else ""
    yield Text(
        f"{'The same ' if same else ''}{several(len(distinct), 'run')}{values}{'' if same else where}."
    )
    inputs = {
        name: fit.law.worded(unit, str(fit.columns.get(name, name)))
        for name, unit in fit.law.inputs.items()
    }
    about = inputs | _SIZES | {fit.y: f"outcome: {meanings(fit, source).get(fit.y, fit.unit)}"}
    columns = [
        column
        for column in (*_SIZES, *inputs, fit.y)
        if column in table and not (same and column in before.training)
    ]
    shown = lambda column, value: amount(value) if column in ("N", "D") else f"{value:.4g}"
    lines = tuple(
        (
            column,
            about[column],
            *(shown(column, value) for value in table[column].quantile([0, 0.5, 1])),
        )
        for column in dict.fromkeys(columns)
    )
    if lines:
        yield Rows(
            name,
            "ranges of the training runs",
            ("column", "meaning", "least", "median", "greatest"),
            lines,
        )
    if same:
        return
    if runs is None:
        yield Text(
            "The table that these runs were taken from was not given to this page, so it can not say which rows were left out.",
            "note",
        )
        return
    labels = (
        runs["run"]
        if "run" in runs and set(fit.parts.runs) <= set(runs["run"].astype(str))
        else runs.index
    )
    labels = [str(label) for label in labels]
    if missing := set(fit.parts.runs) - set(labels):
        raise InputError(
            f"the run {min(missing)} was fitted and is not in runs; give the table that the fitted runs were taken from"
        )
    left = [label for label in labels if label not in set(fit.parts.runs)]
    if not left:
        yield Text("No row of the table was left out.")
        return
    named = f"{', '.join(left[:FEW])}{f' and {len(left) - FEW} more' if len(left) > FEW else ''}"
    yield Text(
        f"{several(len(left), 'row')} of the table {'was' if len(left) == 1 else 'were'} left out{f', because {why}' if why else '; no reason was given to this page'}: {named}."
    )


def law(fit):
    """The law: formula, inputs, where it applies, source."""
    made = fit.law
    yield Text(f"{made.name}{f': {made.title}' if made.title else ''}.")
    yield Formula(made.latex, made.formula)
    told = [
        f"{name}: {made.worded(unit, str(fit.columns.get(name, name)))}"
        for name, unit in made.inputs.items()
    ]
    told += [f"Outcome: {fit.y}, {fit.unit}", f"Noise: {likelihood(made)}"]
    told += [f"Applies to {made.applies}"] * bool(made.applies) + [
        f"Source: {made.citation}{f', arXiv {made.arxiv}' if made.arxiv else ''}"
    ] * bool(made.citation)
    yield Items(tuple(told))


def priors(fit, name):
    """Priors with their reasons beside what the runs made of them."""
    spread = lambda draws: np.subtract(*np.quantile(draws, [0.95, 0.05]))
    lines, pool = [], getattr(fit, "pool", None)
    for q in fit.law.sites:
        draws = fit.posterior[q.sampled]
        if pool:
            draws = {"partial": fit.posterior.get(f"mu_{q.sampled}"), "shared": draws[..., 0]}.get(
                pool.modes[q.sampled], draws
            )
        lower, upper = np.quantile(draws, [0.05, 0.95])
        kept = (
            f"{spread(draws) / spread(fit.parts.prior[q.sampled]):.0%}"
            if q.sampled in fit.parts.prior
            else ""
        )
        lines.append(
            (
                q.sampled,
                fit.law.worded(q.sampled_meaning, fit.y),
                str(q.prior),
                fit.law.worded(q.reason, fit.y),
                " to ".join(precise([lower, upper], upper - lower)),
                *([] if pool else [kept]),
            )
        )
    last = " The groups' own values lie about a middle with a spread that is learned too: the posterior shown is that of the middle; where each group is free, that of all."
    left = " The last column is the width of the posterior's 90% interval over the prior's: near 100% the runs taught nothing, and the prior speaks."
    yield Text(f"Priors are on the quantities that are sampled.{last if pool else left}")
    yield Rows(
        name,
        "priors and what became of them",
        (
            "sampled",
            "meaning",
            "prior",
            "reason",
            "posterior, 90%",
            *([] if pool else ["width left"]),
        ),
        tuple(lines),
    )


def published(fit, name):
    """The posterior of the published form beside published values, with a figure where there are any."""
    if hasattr(fit, "pool"):
        yield from _by_group(fit, name)
        return
    settings, units = dict(fit.law.published), {q.name: q for q in fit.law.parameters}
    lines = []
    for parameter in fit.law.names:
        draws = fit.posterior[parameter]
        lower, median, upper = np.quantile(draws, [0.05, 0.5, 0.95])
        middle, *ends = precise([median, lower, upper], upper - lower)
        beside = "; ".join(
            f"{entry.values[parameter]:.4g} ({setting})"
            for setting, entry in settings.items()
            if parameter in entry.values
        )
        unit = fit.law.worded(units[parameter].unit, fit.y)
        lines.append(
            (
                parameter,
                units[parameter].meaning + (f", {unit}" if unit not in ("", "1") else ""),
                middle,
                " to ".join(ends),
                beside or "none",
            )
        )
    yield Rows(
        name,
        "parameters in the published form",
        ("parameter", "meaning", "median", "90% interval", "published values"),
        tuple(lines),
    )
    if settings:
        told = {}
        for setting, entry in settings.items():
            told.setdefault(
                f"{entry.source}, {entry.checked}{f' ({entry.note})' if entry.note else ''}", []
            ).append(setting)
        yield Text(
            "Published values hold for their own data and fitting: a comparison, not a truth. "
            + "; ".join(f"{listed(names)}: {source}" for source, names in told.items())
            + ".",
            "note",
        )
        yield _densities(fit)


def _by_group(fit, name):
    """The published form of every group, as a table and as a figure."""
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    table = fit.summary()
    table = table[table["parameter"].isin(fit.law.names)]
    lines = [
        (row["group"], row["parameter"], middle, " to ".join(ends))
        for _, row in table.iterrows()
        for middle, *ends in [
            precise([row["median"], row["lower"], row["upper"]], row["upper"] - row["lower"])
        ]
    ]
    yield Rows(
        name,
        f"parameters in the published form{f'; the first {MOST} of {len(lines)} rows' if len(lines) > MOST else ''}",
        ("group", "parameter", "median", "90% interval"),
        tuple(lines[:MOST]),
    )
    if any(q.unit == "1" for q in fit.law.parameters):
        figure = plot.forest(fit)[0].figure
        yield parts.picture(figure)
        plt.close(figure)


def _densities(fit):
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    figure = plot.posterior(fit, columns=2)[0].figure
    drawn = parts.picture(figure)
    plt.close(figure)
    return drawn


def checked(forecaster, diagnosis):
    """The diagnosis in words, then the numbers behind it with what is wanted of them."""
    verdict, *rest = str(diagnosis).splitlines()
    yield Text(verdict, "" if diagnosis.ok else "warning")
    if rest:
        yield Items(tuple(line.removeprefix("- ") for line in rest))
    lines = []
    for label, fit in named(forecaster):
        n, chains = fit.diagnosis.numbers, fit.engine["chains"]
        wanted = {
            "rhat": (
                "R-hat, greatest: do the chains agree?",
                f"at most {rhat_limit(chains * fit.engine['draws']):.3g}",
                "{:.3f}",
            ),
            "ess_bulk": (
                "effective draws, bulk, least",
                f"at least {LIMITS['ess_per_chain'] * chains:.0f}",
                "{:.0f}",
            ),
            "ess_tail": (
                "effective draws, tails, least",
                f"at least {LIMITS['ess_per_chain'] * chains:.0f}",
                "{:.0f}",
            ),
            "diverging": (
                "divergences",
                f"at most {LIMITS['diverging']:.1%} of the draws",
                "{:.0f}",
            ),
            "bfmi": ("E-BFMI: are the tails explored?", f"at least {LIMITS['bfmi']}", "{:.2f}"),
            "pareto_k": (
                "Pareto k, greatest: does one run carry the fit?",
                f"at most {LIMITS['pareto_k']}",
                "{:.2f}",
            ),
        }
        lines += [
            (label, text, form.format(n[key]), limit)
            for key, (text, limit, form) in wanted.items()
            if key in n
        ]
    yield Rows(
        "checks", "checks of the draws", ("fit of", "check", "found", "wanted"), tuple(lines)
    )
    yield Text(
        f"These checks say whether the draws stand for the posterior of {listed([fit.law.name for fit in fits_of(forecaster)])}; they do not say that the law is right.",
        "note",
    )
