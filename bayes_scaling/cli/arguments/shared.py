"""Options that several commands have: output, probability, figure, sampling, likelihood."""

import argparse
from collections.abc import Sequence

from bayes_scaling.cli.arguments.values import degrees_of_freedom, drift_sd, number

FIGURE_FILES = "(.png, .pdf, .svg)"


def add_output_options(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """Add the format and the file of the answer."""
    parser.add_argument(
        "--format",
        choices=formats,
        help=f"format of the answer (default: by the ending of --output, or {formats[0]})",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="write the answer to this file instead of stdout"
    )
    parser.add_argument(
        "--quiet",
        action="store_true",
        help="no live line about what is being done, which terminals show on stderr",
    )


def add_prob_option(parser: argparse.ArgumentParser, noun: str) -> None:
    """Add the probability of an interval."""
    parser.add_argument(
        "--prob", type=number, default=0.9, help=f"probability inside the {noun} (default: 0.9)"
    )


def add_figure_option(parser: argparse.ArgumentParser, noun: str) -> None:
    """Add the file of a figure."""
    parser.add_argument("--figure", metavar="FILE", help=f"draw {noun} in this file {FIGURE_FILES}")


def add_better_option(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add whether a lower or a higher outcome is better."""
    parser.add_argument(
        "--better",
        choices=("lower", "higher"),
        default=default,
        help="lower for losses and errors, higher for accuracies (default: by the outcome's name)",
    )


def add_sampling_options(
    parser: argparse.ArgumentParser, draws: int = 1000, chains: int = 4
) -> None:
    """Add the length and the seed of sampling; the arguments are the defaults."""
    for name, text in (
        ("draws", f"draws kept in each chain (default: {draws})"),
        ("warmup", "warm-up steps of each chain (default: 200)"),
        ("chains", f"number of chains (default: {chains})"),
        ("seed", "random seed; the same seed gives the same draws (default: 0)"),
    ):
        parser.add_argument(f"--{name}", type=int, help=text)


def add_likelihood_options(parser: argparse.ArgumentParser, note: str = "") -> None:
    """Add terms of the likelihood, in place of the laws' own."""
    group = parser.add_argument_group(
        "likelihood",
        f"Replace terms of the likelihood of each law of --law; see laws NAME for its own{note}.",
    )
    group.add_argument(
        "--drift",
        type=drift_sd,
        metavar="SD",
        help="drift off the law beyond the training runs: sd for each unit of distance from "
        "their hull in (log N, 1.5 log D), or in the log of the law's scale; 0 turns it off",
    )
    group.add_argument(
        "--df",
        type=degrees_of_freedom,
        metavar="NUMBER",
        help="degrees of freedom of the Student-t noise, or normal",
    )
    group.add_argument(
        "--smooth",
        choices=("ou", "matern"),
        help="a smooth discrepancy of the law along the log of scale, rough or Matern-3/2; "
        "it needs Normal noise and sets --df normal",
    )
