"""Helpers of every other package: errors, messages, arguments, files, JAX settings, tables."""
