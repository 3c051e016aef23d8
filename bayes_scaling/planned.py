"""What to train for a budget, as blocks of a page."""

import numpy as np

from bayes_scaling import page as parts
from bayes_scaling.page import Items, Rows, Text
from bayes_scaling.runs import InputError
from bayes_scaling.words import amount, listed, percent, precise, several


def check(plan, forecaster):
    """Refuse a plan of another forecaster than the page's, as far as can be seen."""
    groups = list(forecaster.pool.by) if hasattr(forecaster, "pool") and not hasattr(forecaster, "key") else []
    if (plan.y, plan.unit, plan.groups) != (forecaster.outcome_name, forecaster.unit, groups):
        about = lambda y, by: f"{y}{f' by {' and '.join(by)}' if by else ''}"
        raise InputError(f"the plan is for {about(plan.y, plan.groups)}, and the page foretells {about(forecaster.outcome_name, groups)}; make the plan of the page's own forecaster")


def _best(plan):
    return f"{'least' if plan.better == 'lower' else 'greatest'} expected {plan.y}"


def advice(plan):
    """What to train, in one sentence."""
    by = plan.groups
    told = [f"{amount(row['N'])} parameters on {amount(row['D'])} tokens{''.join(f', {row[name]}' for name in by)}, with {row['C']:.3g} FLOPs" for _, row in plan.choice.head(3).iterrows()]
    more = f"; {several(len(plan.choice) - 3, 'more run')} in the table" if len(plan.choice) > 3 else ""
    return f"For the {_best(plan)} train {listed(told)}{more}."


def what_to_train(plan, names):
    """The answer in words, the run to train of each budget with what it costs to be wrong, and the valley; ``names`` are what the page calls these runs."""
    import matplotlib.pyplot as plt

    yield from (Text(text) for text in plan.sentences)
    lines = []
    for name, (_, row) in zip(names, plan.choice.iterrows()):
        known = np.isfinite(row["excess"])
        lacks = f"{row['excess']:.2g} {plan.unit}" if known else "not obtained"
        ends = [f"{word} {amount(row[name])}" for word, name in (("from", "N_least"), ("up to", "N_most")) if np.isfinite(row[name])]
        near = " ".join(ends) or "not obtained"
        value, *ends = precise([row["median"], row["lower"], row["upper"]], row["upper"] - row["lower"])
        lines.append((name, amount(row["N"]), amount(row["D"]), f"{row['M']:.3g}", value, " to ".join(ends), lacks, f"{row['close']:.2f}" if known else "not obtained", near))
    share, prob = percent(plan.tolerance), percent(plan.prob)
    header = ("run", "parameters N", "tokens D", "D / N", f"{plan.y}, the law's curve", prob, "expected off the best", f"P(within {share} of it)", f"N within {share} with {prob}")
    yield Rows("plan", f"the run of {_best(plan)} for each budget", header, tuple(lines))
    if plan.diagnosis.cautions:
        yield Items(plan.diagnosis.cautions)
    figure = np.atleast_1d(plan.plot())[0].figure
    yield parts.picture(figure)
    plt.close(figure)
    pays = f", and serving {amount(plan.serve)} tokens 2 N each" if plan.serve else ""
    yield Text(f"Training takes 6 N D FLOPs{pays}. Each draw of the law has a best split of its own; the run to train is that of the {_best(plan)} over all draws.", "note")
