"""How many programs a rolling-origin backtest compiles."""

from collections import Counter

import numpy as np
from many_runs import LAW, curves

import bayes_scaling as bs
from bayes_scaling._core import stored_programs


def test_origins_of_many_lengths_share_programs():
    """Seven origins leave tables of 6 to 12 runs, and forecasts of 8 to 2 runs."""
    table = curves(3, points=14)
    cutoffs = np.sort(table["C"].unique())[5:12] * 1.01
    stored_programs.clear_programs()
    backtest = bs.backtest(LAW, table, by="C", group="curve", cutoffs=list(cutoffs), draws=100)
    assert set(backtest.fits["train"]) == set(range(6, 13)) and len(backtest.fits) == 21
    programs = Counter(known[0].function.__name__ for known in stored_programs._programs)
    per_length = {"find_modes": 2, "run_chains": 2}  # padded to 8 and to 12 runs
    assert {name: programs[name] for name in per_length} == per_length, programs
    assert programs["_evaluated"] <= 2 and programs["_quantities_of_many"] <= 2, programs
    # a program for each family of priors, and at most two of the curve
    assert programs.total() <= 14, programs
