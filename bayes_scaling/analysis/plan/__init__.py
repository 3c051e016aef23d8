"""What to train: compute-optimal runs for a budget, and the run that narrows a forecast most."""

from bayes_scaling.analysis.plan.allocation import compute_optimal as compute_optimal
from bayes_scaling.analysis.plan.allocation_result import Allocation as Allocation
from bayes_scaling.analysis.plan.informative_run import NextRuns as NextRuns
from bayes_scaling.analysis.plan.informative_run import next_run as next_run
