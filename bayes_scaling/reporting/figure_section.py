"""The figure of a report: training runs, the law's curve, the targets."""

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling.reporting.blocks import Picture, Section, Text
from bayes_scaling.reporting.cached_draws import CompleteTargets
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.reporting.pictures import closed_picture, picture
from bayes_scaling.results.pooled_fit import PooledFit


def figure_section(facts: Facts) -> Section:
    """Return the section of the figure."""
    prob = percent(facts.prob)
    try:
        figure = _panels(facts) if isinstance(facts.forecaster, PooledFit) else _curve(facts)
    except InputError as error:  # a law of several inputs has no single axis
        figure = Text(f"There is no figure: {error}.", "note")
    legend = Text(
        f"Bands are {prob} intervals of the law's curve, bars {prob} intervals of a new run "
        "with its noise; circles are the training runs. Marks that would overlap are moved "
        "sideways; the tables have their compute.",
        "note",
    )
    return Section("Figure", (figure, legend))


def _curve(facts: Facts) -> Picture:
    """Draw one panel, small enough that its text can be read on a phone."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from bayes_scaling import plot

    with plot.style():
        figure = Figure(figsize=(5.2, 3.9))
        FigureCanvasAgg(figure)
        plot.curve(
            facts.forecaster,
            CompleteTargets(facts.targets),
            prob=facts.prob,
            measured=facts.measured,
            ax=figure.add_subplot(),
        )
    return picture(figure)


def _panels(facts: Facts) -> Picture:
    """Draw one small panel per group."""
    targets = CompleteTargets(facts.targets)
    axes = facts.forecaster.plot(targets, prob=facts.prob, measured=facts.measured)
    figure = axes.flat[0].figure
    rows = figure.axes[0].get_subplotspec().get_gridspec().nrows
    figure.set_size_inches(min(figure.get_figwidth(), 6.4), 1.5 * rows + 1)
    return closed_picture(figure)
