"""Densities of several groups that share a population."""
