"""Decisions: comparisons, averages, plans, and priors and drift learned from other tables."""
