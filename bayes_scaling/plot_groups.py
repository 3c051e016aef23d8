"""Former place of what is now in ``bayes_scaling.plot``; it goes away in the next release."""

from bayes_scaling._core.errors import warn_moved
from bayes_scaling.plot import best as best
from bayes_scaling.plot import crossover as crossover
from bayes_scaling.plot import curves as curves
from bayes_scaling.plot import forest as forest
from bayes_scaling.plot import ridge as ridge

warn_moved("bayes_scaling.plot_groups", "bayes_scaling.plot")
