"""What every other package leans on: errors, arguments, files, JAX settings, random streams."""
