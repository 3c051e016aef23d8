"""Readers of logs and tables: one file a format."""
