"""Figures of fits, forecasts, comparisons and checks, for matplotlib."""

from bayes_scaling.plot.allocation import valley as valley
from bayes_scaling.plot.alt_text import alt as alt
from bayes_scaling.plot.alt_text import metadata as metadata
from bayes_scaling.plot.checks import calibration as calibration
from bayes_scaling.plot.checks import ranks as ranks
from bayes_scaling.plot.groups import best as best
from bayes_scaling.plot.groups import crossover as crossover
from bayes_scaling.plot.groups import forest as forest
from bayes_scaling.plot.groups import ridge as ridge
from bayes_scaling.plot.posterior_density import posterior as posterior
from bayes_scaling.plot.scaling_curve import curve as curve
from bayes_scaling.plot.small_multiples import curves as curves
from bayes_scaling.plot.style import COLOURS as COLOURS
from bayes_scaling.plot.style import style as style
