"""Options of the commands laws and data."""

import argparse


def add_laws_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling laws``."""
    parser.add_argument(
        "name", nargs="?", help="a law to show: formula, inputs, priors, published values, source"
    )


def add_data_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling data``."""
    parser.add_argument("name", nargs="?", help="a bundled table")
    parser.add_argument("--where", metavar="QUERY", help="rows to keep")
