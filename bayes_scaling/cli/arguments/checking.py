"""Options of the command check."""

import argparse

from bayes_scaling.cli.arguments.fitting import add_fit_options
from bayes_scaling.cli.arguments.shared import add_likelihood_options
from bayes_scaling.cli.arguments.targets import add_target_options


def add_check_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling check``."""
    add_fit_options(parser)
    add_target_options(parser, "runs whose forecasts to check", "intervals")
    parser.add_argument(
        "--sims",
        type=int,
        default=100,
        help="tables to simulate from the prior, to check that the law is calibrated on this "
        "design; 0 for none (default: 100)",
    )
    add_likelihood_options(parser)
