"""Held-out forecasting tasks on every bundled table of losses: see ``tests/bench/testbeds.py``."""
