"""Former place of what is now in ``bayes_scaling``; it goes away in the next release."""

from bayes_scaling._core.errors import warn_moved
from bayes_scaling.law.likelihoods.censored import Censored as Censored
from bayes_scaling.law.likelihoods.counts import BetaBinomial as BetaBinomial
from bayes_scaling.law.likelihoods.counts import Binomial as Binomial
from bayes_scaling.law.likelihoods.counts import ItemBetaBinomial as ItemBetaBinomial
from bayes_scaling.law.likelihoods.counts import NegativeBinomial as NegativeBinomial

warn_moved("bayes_scaling.counts", "bayes_scaling")
