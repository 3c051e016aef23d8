"""Former place of what is now in ``bayes_scaling``; it goes away in the next release."""

from bayes_scaling._core.errors import warn_moved
from bayes_scaling.analysis.group_drift import drift_by as drift_by
from bayes_scaling.analysis.learn_drift import learn_drift as learn_drift
from bayes_scaling.analysis.learned_drift import Drift as Drift
from bayes_scaling.law.likelihoods import drift as _drift

LEARNED = _drift.LEARNED
SOURCES = {link: drift.sources for (_, _, link), drift in LEARNED.items()}
along, told = _drift.distance_of, _drift.describe_drift

warn_moved("bayes_scaling.drift", "bayes_scaling")
