"""What to train: compute-optimal runs for a budget, and the run that narrows a forecast most."""

from bayes_scaling.analysis.plan.allocation import compute_optimal as compute_optimal
from bayes_scaling.analysis.plan.allocation_result import Allocation as Allocation
from bayes_scaling.analysis.plan.best_mixture import BestMixture as BestMixture
from bayes_scaling.analysis.plan.best_mixture import best_mixture as best_mixture
from bayes_scaling.analysis.plan.best_settings import best_settings as best_settings
from bayes_scaling.analysis.plan.informative_run import NextRuns as NextRuns
from bayes_scaling.analysis.plan.informative_run import next_run as next_run
from bayes_scaling.analysis.plan.several_runs import next_runs as next_runs
from bayes_scaling.analysis.plan.several_runs_result import RunsToTrain as RunsToTrain
