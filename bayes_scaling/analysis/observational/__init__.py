"""Observational laws: scores of models that others trained, from few factors, families, compute."""

from bayes_scaling.analysis.observational.score_fit import ScoreFit as ScoreFit
from bayes_scaling.analysis.observational.score_fit import fit_scores as fit_scores
