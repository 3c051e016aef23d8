"""Options that describe target runs."""

import argparse

from bayes_scaling.cli.arguments.shared import add_prob_option
from bayes_scaling.cli.arguments.values import size

_SIZES = {
    "N": ("parameters", "", "7e9 or 7B"),
    "D": ("training tokens", "", "140e9 or 140GTok"),
    "C": ("training FLOPs", " (C = 6 N D)", "1e22"),
    "M": ("tokens per parameter", " (M = D / N)", "20"),
}


def add_target_options(
    parser: argparse.ArgumentParser, noun: str = "runs to predict", interval: str = "interval"
) -> None:
    """Add the sizes and other inputs of targets, and the probability of their intervals."""
    for name, (text, formula, example) in _SIZES.items():
        help_text = f"{text} of the {noun}{formula}, such as {example}"
        parser.add_argument(f"--{name}", nargs="+", type=size(name), metavar=name, help=help_text)
    parser.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help=f"another input of the {noun}, such as L=2.4,2.3; can be repeated",
    )
    parser.add_argument(
        "--targets", metavar="FILE", help=f"a table of the {noun}, in place of --N, --D and --at"
    )
    add_prob_option(parser, interval)


def add_chain_options(parser: argparse.ArgumentParser) -> None:
    """Add a second law on the outcome of the first."""
    parser.add_argument(
        "--then",
        metavar="LAW",
        help="a second law on the first one's outcome, such as perplexity_to_error",
    )
    parser.add_argument(
        "--then-y", metavar="COLUMN", help="outcome of the second law, such as error_17"
    )
    parser.add_argument(
        "--then-save", metavar="FILE", help="save the second law's fit to this file (.nc)"
    )
    parser.add_argument(
        "--then-train",
        metavar="QUERY",
        help="runs that the second law is fitted to (default: those of --train)",
    )
