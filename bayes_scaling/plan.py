"""Former place of ``bayes_scaling.analysis.plan``; it goes away in the next release."""

from bayes_scaling._core.errors import warn_moved
from bayes_scaling.analysis.plan import Allocation as Allocation
from bayes_scaling.analysis.plan import NextRuns as NextRuns
from bayes_scaling.analysis.plan import compute_optimal as compute_optimal
from bayes_scaling.analysis.plan import next_run as next_run
from bayes_scaling.analysis.plan.split_options import WITHIN as WITHIN

warn_moved(
    "bayes_scaling.plan", "bayes_scaling.analysis.plan, or use bayes_scaling.plan as an attribute"
)
