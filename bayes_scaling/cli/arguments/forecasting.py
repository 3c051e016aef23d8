"""Options of the commands forecast and report."""

import argparse

from bayes_scaling.cli.arguments.budgets import add_budget_options
from bayes_scaling.cli.arguments.fitting import add_fit_options
from bayes_scaling.cli.arguments.shared import add_figure_option, add_likelihood_options
from bayes_scaling.cli.arguments.targets import add_chain_options, add_target_options
from bayes_scaling.cli.arguments.values import number


def add_weights_option(parser: argparse.ArgumentParser) -> None:
    """Add the weights of an average of several laws."""
    parser.add_argument(
        "--weights",
        metavar="RULE",
        help="weights of the average of several laws: lfo or stacking, by how well each predicts "
        "the larger runs from the smaller ones; equal; or a number for each law, such as 0.6,0.4 "
        "(default: lfo)",
    )


def add_forecast_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling forecast``."""
    add_fit_options(parser)
    add_target_options(parser)
    add_chain_options(parser)
    parser.add_argument(
        "--of",
        choices=("run", "mean"),
        default="run",
        help="predict a new run, noise included, or the law's curve (default: run)",
    )
    parser.add_argument(
        "--kind",
        choices=("eti", "hdi"),
        default="eti",
        help="central or highest-density interval (default: eti)",
    )
    add_figure_option(parser, "the answer")
    add_weights_option(parser)
    add_likelihood_options(parser, "; the law of --then keeps its own")


def add_report_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling report``."""
    add_fit_options(parser)
    add_target_options(parser)
    add_chain_options(parser)
    parser.add_argument(
        "--measured",
        nargs="+",
        type=number,
        metavar="Y",
        help="measured values at the targets, one each",
    )
    add_budget_options(
        parser,
        ": the report recommends what to train, and predicts that run in place of those of "
        "--N, --D, --C, --M or --targets",
    )
    parser.add_argument("--title", help="title of the report")
    parser.add_argument(
        "--backtest",
        action="store_true",
        help="fit the law to the smaller runs, predict the larger ones, and report the scores",
    )
    parser.add_argument(
        "--beside",
        nargs="+",
        default=[],
        metavar="LAW",
        help="other laws, fitted to the same runs, whose forecasts are shown for comparison",
    )
    add_weights_option(parser)
    add_likelihood_options(
        parser, "; the law of --then keeps its own, and laws of --beside have the same terms"
    )
