"""Which decision: comparisons, averages, priors and drift learned from other tables."""
