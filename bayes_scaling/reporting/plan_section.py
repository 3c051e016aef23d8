"""What to train for a budget, as blocks of a page."""

import warnings

import numpy as np

from bayes_scaling._core.errors import FitWarning, InputError
from bayes_scaling._core.messages import amount, listed, percent, precise, several
from bayes_scaling.analysis.plan.allocation import compute_optimal, laws_of
from bayes_scaling.analysis.plan.budget_path import with_inputs
from bayes_scaling.reporting import page as parts
from bayes_scaling.reporting.page import Items, Rows, Text


def check(plan, forecaster):
    """The plan's runs as targets; refused where it was made with another forecaster than the page's."""
    groups = (
        list(forecaster.pool.by)
        if hasattr(forecaster, "pool") and not hasattr(forecaster, "key")
        else []
    )
    mend = "make the plan of the page's own forecaster"
    if (plan.y, plan.unit, plan.groups) != (forecaster.outcome_name, forecaster.unit, groups):
        about = lambda y, by: f"{y}{f' by {" and ".join(by)}' if by else ''}"
        raise InputError(
            f"the plan is for {about(plan.y, plan.groups)}, and the page foretells {about(forecaster.outcome_name, groups)}; {mend}"
        )
    to = plan.targets
    for i, value in enumerate(plan.choice["median"]):
        own = float(np.median(forecaster.draws(to.iloc[[i]], of="mean")))
        if abs(own / value - 1) > 1e-6:
            raise InputError(
                f"the plan is of another fit: it has {plan.y} {value:.5g} for {to.index[i]}, and the page's own curve {own:.5g} there; {mend}"
            )
    return to


def _best(plan):
    return f"{'least' if plan.better == 'lower' else 'greatest'} expected {plan.y}"


def advice(plan, forecaster):
    """What to train, in one sentence, and what it rests on first of all."""
    by = plan.groups
    serves = f" with {amount(plan.serve)} tokens of serving" if plan.serve else ""
    whose = lambda row: f"{' / '.join(str(row[name]) for name in by)}: " if by else ""
    told = [
        f"{whose(row)}{amount(row['N'])} parameters on {amount(row['D'])} tokens ({row['C']:.3g} FLOPs{serves})"
        for _, row in plan.choice.head(3).iterrows()
    ]
    more = (
        f"; {several(len(plan.choice) - 3, 'more run')} in the table"
        if len(plan.choice) > 3
        else ""
    )
    return f"By {listed(_laws(forecaster))}{with_inputs(plan.inputs)}, the {_best(plan)} is that of {listed(told)}{more}. Another law may put the best elsewhere."


def _laws(forecaster):
    """Names of the laws that the split hangs on."""
    return dict.fromkeys(law.name for law in laws_of(forecaster))


def _beside(plan, forecaster, comparison):
    """What other forecasters of the same page would train."""
    many = getattr(forecaster, "fits", None) if comparison is None else comparison
    lines, refused, budgets = [], [], list(dict.fromkeys(plan.choice["C"]))
    for label, other in many.items() if isinstance(many, dict) and not plan.groups else ():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FitWarning)  # said beside its lines
                found = compute_optimal(
                    other,
                    budgets,
                    serve=plan.serve,
                    prob=plan.prob,
                    tolerance=plan.tolerance,
                    within=plan.within,
                    better=plan.better,
                    **plan.inputs,
                )
        except InputError as error:
            refused.append(f"{label} was not asked what to train: {error}.")
            continue
        spans = found.best[found.best["quantity"] == "N"]
        for (_, row), (_, span) in zip(found.choice.iterrows(), spans.iterrows()):
            named = [
                amount(value) if np.isfinite(value) else "not obtained"
                for value in (row["N"], row["D"], span["lower"], span["upper"])
            ]
            lines.append(
                (
                    f"{label}{'' if found.diagnosis.ok else ', not converged'}",
                    f"{row['C']:.3g}",
                    *named[:2],
                    f"{row['M']:.3g}" if np.isfinite(row["M"]) else "not obtained",
                    " to ".join(dict.fromkeys(named[2:])),
                )
            )
    if lines:
        yield Text("What other laws would train", "heading")
        yield Rows(
            "plan-others",
            "by other laws: the run of each budget, and where the best lies",
            (
                "by",
                "budget, FLOPs",
                "parameters N",
                "tokens D",
                "D / N",
                f"the best N, {percent(plan.prob)}",
            ),
            tuple(lines),
        )
    if refused:
        yield Items(tuple(refused))


def what_to_train(plan, forecaster, names, comparison):
    """The answer in words, the run to train of each budget with what it costs to be wrong, the valley, and what other laws would train; ``names`` are what the page calls these runs."""
    import matplotlib.pyplot as plt

    yield from (Text(text) for text in plan.sentences)
    lines = []
    for name, (_, row) in zip(names, plan.choice.iterrows()):
        known = np.isfinite(row["excess"])
        lacks = f"{row['excess']:.2g} {plan.unit}" if known else "not obtained"
        ends = [
            f"{word} {amount(row[name])}"
            for word, name in (("from", "N_least"), ("up to", "N_most"))
            if np.isfinite(row[name])
        ]
        near = " ".join(ends) or (
            "not obtained"
            if not known
            else "every run looked at"
            if row["close"] >= plan.prob
            else "no run"
        )
        value, *ends = precise(
            [row["median"], row["lower"], row["upper"]], row["upper"] - row["lower"]
        )
        lines.append(
            (
                name,
                amount(row["N"]),
                amount(row["D"]),
                f"{row['M']:.3g}",
                value,
                " to ".join(ends),
                lacks,
                f"{row['close']:.2f}" if known else "not obtained",
                near,
            )
        )
    share, prob = percent(plan.tolerance), percent(plan.prob)
    header = (
        "run",
        "parameters N",
        "tokens D",
        "D / N",
        f"{plan.y}, the law's curve",
        prob,
        "expected off the best",
        f"P(within {share} of it)",
        f"N within {share} with {prob}",
    )
    yield Rows("plan", f"the run of {_best(plan)} for each budget", header, tuple(lines))
    if plan.diagnosis.cautions:
        yield Items(plan.diagnosis.cautions)
    figure = np.atleast_1d(plan.plot(columns=1))[0].figure
    figure.set_size_inches(
        5.2, 3.9 * max(1, plan.choice.groupby(plan.groups).ngroups if plan.groups else 1)
    )  # small, so that its text can be read on a phone
    yield parts.picture(figure)
    plt.close(figure)
    pays = f", and serving {amount(plan.serve)} tokens 2 N each" if plan.serve else ""
    yield Text(
        f"Training takes 6 N D FLOPs{pays}. Each draw of the law has a best split of its own; the run to train is that of the {_best(plan)} over all draws. How far it is off the best is told by the law's own draws.",
        "note",
    )
    yield from _beside(plan, forecaster, comparison)
