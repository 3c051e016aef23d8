"""Likelihoods of counts: all of them in one place.

The outcome is always a proportion: errors, or passes, over the number of items (or attempts); its
mean is the law's. The number of items of a run stands in a column or is one number:
fit(..., items="n") or items=500. The log likelihood is that of the count, so it is comparable
between likelihoods of the same counts, and not with a density of the proportion as ``Noise`` gives.
"""

from bayes_scaling.law.likelihoods.beta_binomial import BetaBinomial as BetaBinomial
from bayes_scaling.law.likelihoods.binomial import Binomial as Binomial
from bayes_scaling.law.likelihoods.item_beta_binomial import ItemBetaBinomial as ItemBetaBinomial
from bayes_scaling.law.likelihoods.negative_binomial import NegativeBinomial as NegativeBinomial
