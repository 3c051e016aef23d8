"""Former place of what is now in ``bayes_scaling``; it goes away in the next release."""

from bayes_scaling._core.errors import warn_moved
from bayes_scaling.analysis.learn_drift import Drift as Drift
from bayes_scaling.analysis.learn_drift import drift_by as drift_by
from bayes_scaling.analysis.learn_drift import learn_drift as learn_drift
from bayes_scaling.law.likelihoods.drift import ALONG as ALONG
from bayes_scaling.law.likelihoods.drift import LEARNED as LEARNED
from bayes_scaling.law.likelihoods.drift import SOURCES as SOURCES
from bayes_scaling.law.likelihoods.drift import along as along
from bayes_scaling.law.likelihoods.drift import likelihood as likelihood
from bayes_scaling.law.likelihoods.drift import told as told

warn_moved("bayes_scaling.drift", "bayes_scaling")
