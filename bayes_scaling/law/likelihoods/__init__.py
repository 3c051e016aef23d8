"""How outcomes scatter about a law's mean."""
