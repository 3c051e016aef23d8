"""How draws are made: designs, densities, modes, NUTS, convergence."""
