"""How a table of runs gets in."""
