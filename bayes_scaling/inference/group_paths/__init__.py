"""Groups that follow one shared curve: their design, the density of it, and their paths."""
