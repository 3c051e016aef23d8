"""The section that answers for other runs than the targets."""

from bayes_scaling.reporting.blocks import Section, Text
from bayes_scaling.reporting.explore_grid import explore_grid
from bayes_scaling.reporting.facts import Facts


def explore_section(facts: Facts) -> Section | None:
    """Return the panel and its table; None where the law has other inputs than sizes."""
    grid = explore_grid(facts.forecaster, facts.targets, facts.inputs.seed)
    if grid is None:
        return None
    words = Text(
        "Every value is a quantile of the posterior predictive of a new run, computed at the sizes"
        " of a grid; probabilities are read between quantiles. The first target is a point of the"
        " grid, by draws of its own, so that its numbers differ slightly from those above. The"
        " verdict on reach above is on the targets, and sizes farther out are less certain than"
        " any check has tested.",
        "note",
    )
    return Section("Another run", (grid, words))
