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
    # all tables are padded to one length, their number and that of the targets too
    once = ("find_modes", "run_chains", "_quantities_of_many", "_evaluated")
    assert [programs[name] for name in once] == [1, 1, 1, 1], programs
    assert programs.total() <= 8, programs  # the others draw from the families of priors
