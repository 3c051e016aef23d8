"""Former place of what is now in ``bayes_scaling``; it goes away in the next release."""

from bayes_scaling._core.errors import warn_moved
from bayes_scaling.law.parameter import Parameter as Parameter
from bayes_scaling.law.parameter import amplitude as amplitude
from bayes_scaling.law.parameter import exponent as exponent
from bayes_scaling.law.parameter import floor as floor
from bayes_scaling.law.parameter import level as level
from bayes_scaling.law.parameter import over as over
from bayes_scaling.law.prior import Prior as Prior
from bayes_scaling.law.prior import beta as beta
from bayes_scaling.law.prior import half_normal as half_normal
from bayes_scaling.law.prior import lognormal as lognormal
from bayes_scaling.law.prior import normal as normal

warn_moved("bayes_scaling.parameter", "bayes_scaling")
