"""Former place of what is now in ``bayes_scaling``; it goes away in the next release."""

from bayes_scaling._core.errors import warn_moved
from bayes_scaling.law.likelihoods.base import Likelihood as Likelihood
from bayes_scaling.law.likelihoods.noise import Noise as Noise
from bayes_scaling.law.likelihoods.scale_growth import LOSS_SCATTER

LOSSES = LOSS_SCATTER

warn_moved("bayes_scaling.noise", "bayes_scaling")
