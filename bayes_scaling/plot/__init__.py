"""Figures of fits, forecasts, comparisons, checks and plans, drawn with matplotlib.

Every function returns the Axes that it drew on, and ``alt`` gives their alternative text. Lines
differ in dash as well as in color, so that a figure can be read in gray too. ``style`` is the
matplotlib style of them all, for your own figures too.
"""

from bayes_scaling.plot.allocation import valley as valley
from bayes_scaling.plot.alt_text import alt as alt
from bayes_scaling.plot.alt_text import metadata as metadata
from bayes_scaling.plot.best_group import best as best
from bayes_scaling.plot.calibration_plot import calibration as calibration
from bayes_scaling.plot.crossover_plot import crossover as crossover
from bayes_scaling.plot.decision_accuracy import decisions as decisions
from bayes_scaling.plot.decision_intervals import decision as decision
from bayes_scaling.plot.forest_plot import forest as forest
from bayes_scaling.plot.posterior_density import posterior as posterior
from bayes_scaling.plot.rank_plot import ranks as ranks
from bayes_scaling.plot.residuals_plot import residuals as residuals
from bayes_scaling.plot.ridge_plot import ridge as ridge
from bayes_scaling.plot.scaling_curve import curve as curve
from bayes_scaling.plot.small_multiples import curves as curves
from bayes_scaling.plot.style import COLORS as COLORS
from bayes_scaling.plot.style import style as style

COLOURS = COLORS  # codespell:ignore (the name in earlier versions)
