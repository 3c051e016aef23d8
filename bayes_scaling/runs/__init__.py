"""Tables of runs: loaded, checked, selected and reshaped."""
