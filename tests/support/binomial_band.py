"""How many of many 90% intervals hold the truth: bands that correct ones meet and poor ones fail.

Of 400 intervals that each hold the truth with probability p, the number lies in the band (339 to
378 for one parameter, 336 to 380 for five, 334 to 382 for fifteen) with probability

    p          0.80    0.82    0.85    0.88    0.90    0.92    0.95    0.975
    1          0.009   0.08    0.59    0.978   0.9992  0.978   0.35    0.0006
    5          0.024   0.16    0.74    0.993   0.9998  0.993   0.53    0.003
    15         0.043   0.24    0.82    0.997   1.0000  0.998   0.71    0.013
"""

from scipy import stats

SETS = 400  # simulated data sets; with fewer no band separates 80% coverage from 90%
FALSE_ALARM = 0.001  # chance that correct intervals of all parameters together fail


def passes(coverage, parameters=1):
    """Probability that intervals of one parameter with this coverage meet the band."""
    low, high = band(parameters)
    number = stats.binom(SETS, coverage)
    return number.cdf(high) - number.cdf(low - 1)


def band(parameters=1):
    """Least and most of ``SETS`` 90% intervals that hold the truth, for each of the parameters.

    Exact binomial tails with Bonferroni's bound, for the hits of parameters go together.
    """
    tail = FALSE_ALARM / 2 / parameters
    return stats.binom(SETS, 0.9).ppf([tail, 1 - tail])
