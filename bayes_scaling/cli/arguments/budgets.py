"""Options of a compute budget, which the commands plan and report have."""

import argparse

from bayes_scaling.cli.arguments.shared import add_better_option
from bayes_scaling.cli.arguments.values import number


def add_budget_options(parser: argparse.ArgumentParser, note: str = "") -> None:
    """Add compute budgets and how to split them."""
    parser.add_argument(
        "--budget",
        nargs="+",
        type=number,
        metavar="C",
        help=f"FLOPs to split between parameters and tokens{note}",
    )
    parser.add_argument(
        "--serve",
        type=number,
        metavar="D",
        help="tokens that the trained model will serve, which the budget pays for too (default: 0)",
    )
    parser.add_argument(
        "--tolerance",
        type=number,
        metavar="FRACTION",
        help="fraction of the outcome within which runs are equally good in practice "
        "(default: 0.001)",
    )
    parser.add_argument(
        "--within",
        nargs=2,
        type=number,
        metavar=("LOW", "HIGH"),
        help="range of tokens per parameter to search (default: 0.1 100000)",
    )
    add_better_option(parser, None)
