"""Options of the command compare."""

import argparse

from bayes_scaling.cli.arguments.fitting import add_data_options
from bayes_scaling.cli.arguments.shared import (
    add_better_option,
    add_figure_option,
    add_likelihood_options,
)
from bayes_scaling.cli.arguments.targets import add_target_options
from bayes_scaling.cli.arguments.values import number


def add_compare_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling compare``."""
    parser.add_argument(
        "--fit", metavar="FILE", help="a saved pooled fit, in place of --law, --runs and --y"
    )
    parser.add_argument("--save", metavar="FILE", help="save the pooled fit to this file (.nc)")
    add_data_options(parser)
    parser.add_argument(
        "--y",
        nargs="+",
        metavar="COLUMN",
        help="column of the outcome; several columns are groups too, crossed with the others",
    )
    add_target_options(parser)
    _add_group_options(parser)
    parser.add_argument(
        "--within",
        nargs=2,
        type=number,
        metavar=("LOW", "HIGH"),
        help="range of FLOPs in which to search for crossovers (default: that of runs and targets)",
    )
    parser.add_argument(
        "--rope",
        action="append",
        default=[],
        metavar="NAME=FRACTION",
        help="fraction within which two values count as equal: eta=0.02, parameters=0.05, "
        "forecasts=0.005",
    )
    add_better_option(parser, None)
    parser.add_argument(
        "--of",
        choices=("run", "mean"),
        default="run",
        help="compare new runs at the targets, noise included, or the law's curves (default: run)",
    )
    add_figure_option(parser, "the exponents of every group")
    add_likelihood_options(parser)


def _add_group_options(parser: argparse.ArgumentParser) -> None:
    """Add what the groups are and which are compared."""
    parser.add_argument(
        "--group",
        nargs="+",
        metavar="COLUMN",
        help="column that identifies the groups, such as dataset; several columns are crossed",
    )
    parser.add_argument(
        "--pool",
        action="append",
        default=[],
        metavar="NAME=MODE",
        help="how groups share a parameter: partial, shared or free; can be repeated",
    )
    parser.add_argument(
        "--reference",
        metavar="GROUP",
        help="the group that all others are compared with (default: every pair)",
    )
    parser.add_argument(
        "--across",
        metavar="COLUMN",
        help="of crossed groups, the column whose values are compared (default: the first)",
    )
