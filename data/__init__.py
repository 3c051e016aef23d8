"""Tidy tables of published training runs; sources.toml says where each comes from."""
