"""Options of the command plan."""

import argparse

from bayes_scaling.cli.arguments.budgets import add_budget_options
from bayes_scaling.cli.arguments.fitting import add_fit_options
from bayes_scaling.cli.arguments.forecasting import add_weights_option
from bayes_scaling.cli.arguments.shared import add_figure_option, add_likelihood_options
from bayes_scaling.cli.arguments.targets import add_chain_options, add_target_options


def add_plan_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling plan``."""
    add_fit_options(parser)
    add_target_options(parser)
    add_chain_options(parser)
    add_budget_options(parser)
    parser.add_argument(
        "--candidates",
        nargs="+",
        metavar="RUNS",
        help="runs that could be trained next, a table or NAME=VALUES such as N=4e8,1e9 M=20,20: "
        "rank them by how much each would narrow the forecast of --N, --D, --C, --M, --at or "
        "--targets",
    )
    parser.add_argument(
        "--of",
        choices=("run", "mean"),
        help="quote the outcome of a new run, noise included, or of the law's curve; with "
        "--candidates, narrow that forecast (default: run)",
    )
    parser.add_argument(
        "--outcomes",
        type=int,
        metavar="COUNT",
        help="simulated outcomes of each candidate (default: 100)",
    )
    add_figure_option(parser, "the splits of the budgets")
    add_weights_option(parser)
    add_likelihood_options(parser, "; the law of --then keeps its own")
