"""Options of the command decide."""

import argparse

from bayes_scaling.cli.arguments.fitting import add_data_options
from bayes_scaling.cli.arguments.shared import (
    add_better_option,
    add_figure_option,
    add_likelihood_options,
)
from bayes_scaling.cli.arguments.targets import add_target_options
from bayes_scaling.cli.arguments.values import number


def add_decide_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling decide``."""
    add_data_options(parser)
    parser.add_argument(
        "--y",
        nargs="+",
        metavar="COLUMN",
        help="column of the outcome; several are decided on each and on their mean",
    )
    add_target_options(parser)
    parser.add_argument(
        "--group",
        nargs=1,
        required=True,
        metavar="COLUMN",
        help="column that identifies the groups, such as corpus",
    )
    add_better_option(parser, None)
    parser.add_argument(
        "--risk",
        type=number,
        default=0.1,
        metavar="P",
        help="accepted probability that the best group is not among those named (default: 0.1)",
    )
    parser.add_argument(
        "--cutoffs",
        nargs="+",
        metavar="SIZE",
        help="also decide from the runs up to each of these sizes, and score it by larger runs",
    )
    parser.add_argument(
        "--along",
        default="C",
        metavar="COLUMN",
        help="column of the sizes of --cutoffs, such as N (default: C)",
    )
    parser.add_argument(
        "--report",
        metavar="FILE",
        help="also write a report that begins with the choice, .html or .md",
    )
    add_figure_option(parser, "the probability that each group is best against compute")
    add_likelihood_options(parser)
