"""Can it be trusted: backtests, calibration, sensitivity."""
