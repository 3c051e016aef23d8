"""Earlier place of ``coverage``, until its users import it from its own module."""

from bayes_scaling.plot.calibration_panels import coverage as coverage
