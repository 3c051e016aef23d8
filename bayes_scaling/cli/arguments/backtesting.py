"""Options of the command backtest."""

import argparse

from bayes_scaling.cli.arguments.fitting import add_law_option, add_runs_option
from bayes_scaling.cli.arguments.shared import (
    add_figure_option,
    add_likelihood_options,
    add_sampling_options,
)
from bayes_scaling.cli.arguments.values import number


def add_backtest_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling backtest``."""
    add_law_option(parser, "names of laws")
    add_runs_option(parser)
    parser.add_argument(
        "--y",
        nargs="+",
        metavar="COLUMN",
        help="column of the outcome; each of several columns is a series",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="an input whose column has another name; can be repeated",
    )
    parser.add_argument("--where", metavar="QUERY", help="rows of the table to keep")
    _add_split_options(parser)
    _add_score_options(parser)
    parser.add_argument(
        "--forecasts", metavar="FILE", help="write every forecast and its scores to this csv file"
    )
    add_figure_option(parser, "the calibration")
    add_sampling_options(parser, draws=500, chains=2)
    add_likelihood_options(parser)


def _add_split_options(parser: argparse.ArgumentParser) -> None:
    """Add which runs are fitted and which are held out."""
    parser.add_argument(
        "--by", metavar="COLUMN", help="column along which the runs are split (default: C)"
    )
    parser.add_argument(
        "--group", nargs="+", metavar="COLUMN", help="columns that identify the series"
    )
    parser.add_argument(
        "--cutoffs",
        nargs="+",
        type=number,
        metavar="VALUE",
        help="largest values of --by that are fitted; or one number below 1000, how many cutoffs "
        "to choose (default: 6)",
    )
    parser.add_argument(
        "--leave",
        metavar="COLUMN",
        help="leave out one group of runs at a time, in place of cutoffs",
    )


def _add_score_options(parser: argparse.ArgumentParser) -> None:
    """Add baselines, and how scores are summarized."""
    parser.add_argument(
        "--multiples",
        nargs="+",
        type=number,
        metavar="X",
        help="edges of the classes of distance (default: 2 5 10 30)",
    )
    parser.add_argument(
        "--baselines",
        nargs="+",
        choices=("point", "bootstrap"),
        default=[],
        help="compare with point fits and bootstraps",
    )
    parser.add_argument("--refits", type=int, help="refits of the bootstrap (default: 100)")
    parser.add_argument("--se", metavar="COLUMN", help="known standard errors of the outcome")
    parser.add_argument(
        "--summary",
        nargs="+",
        default=["law", "method"],
        metavar="COLUMN",
        help="columns that identify the rows of the answer, such as law distance "
        "(default: law method)",
    )
