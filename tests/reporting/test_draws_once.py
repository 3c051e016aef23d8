"""A report makes each set of draws once, and completes its targets once."""

from collections import Counter
from functools import cached_property
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.fit import Fit


@pytest.fixture
def counts(monkeypatch, loss_fit, error_fit, headline):
    """How often one report of a chain made draws, completed targets and built tables of runs."""
    counts = Counter()
    draws = {kind: kind.draws for kind in (Fit, Chain)}
    targets_module = import_module("bayes_scaling.runs.targets")
    targets, training = targets_module.targets, Fit.training.func
    posteriors = loss_fit.posterior, error_fit.posterior

    def counted_draws(kind):
        def counted(self, to, of="run", seed=0):
            table = to if isinstance(to, pd.DataFrame) else to.targets
            of_prior = kind is Fit and not any(self.posterior is one for one in posteriors)
            if len(table) == len(headline) and not of_prior:  # nor the points of the figure
                counts["draws", kind.__name__, self.outcome_name, of] += 1
            return draws[kind](self, to, of=of, seed=seed)

        return counted

    def counted_targets(table=None, /, **columns):
        result = targets(table, **columns)
        if "C" in result and np.array_equal(result["C"], headline["C"]):
            counts["targets"] += 1
        return result

    def counted_training(self):
        counts["training", self.y] += 1
        return training(self)

    for kind in draws:
        monkeypatch.setattr(kind, "draws", counted_draws(kind))
    monkeypatch.setattr(targets_module, "targets", counted_targets)
    counted = cached_property(counted_training)
    counted.__set_name__(Fit, "training")
    monkeypatch.setattr(Fit, "training", counted)
    for fit in (loss_fit, error_fit):
        monkeypatch.delitem(vars(fit), "training", raising=False)
    return counts


@pytest.mark.parametrize("evidence", [None, False])
def test_one_report_of_a_chain(counts, loss_fit, error_fit, headline, evidence):
    bs.report(bs.chain(loss_fit, error_fit), headline, sensitivity=evidence, influence=evidence)
    stages = {("Fit", "loss_c4"), ("Chain", "error_17")}
    expected = {(*stage, of) for stage in stages for of in ("run", "mean")}
    if evidence is None:  # the second law is checked by itself, at the medians of the first
        expected.add(("Fit", "error_17", "run"))
    draws = {key[1:]: count for key, count in counts.items() if key[0] == "draws"}
    assert draws == dict.fromkeys(expected, 1)
    priors = 0 if evidence is False else 2  # ``sensitivity`` completes them for draws of priors
    assert counts["targets"] == 1 + priors
    assert counts["training", "loss_c4"] == 1 and counts["training", "error_17"] == 1
