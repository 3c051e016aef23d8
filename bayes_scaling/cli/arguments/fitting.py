"""Options that select laws and runs, and those of the command fit."""

import argparse

from bayes_scaling.cli.arguments.shared import (
    add_likelihood_options,
    add_prob_option,
    add_sampling_options,
)
from bayes_scaling.cli.arguments.values import number
from bayes_scaling.runs.readers.names import FORMATS

_AVERAGE = (
    "; forecast, report and plan average several laws, weighted by how well each predicts "
    "the larger runs from the smaller ones"
)


def add_law_option(parser: argparse.ArgumentParser, noun: str, note: str = "") -> None:
    """Add the names of laws."""
    parser.add_argument(
        "--law",
        nargs="+",
        default=["auto"],
        help=f"{noun}, or path.py:name, which runs the file "
        f"(default: auto, the one that suits the runs){note}",
    )


def add_runs_option(parser: argparse.ArgumentParser) -> None:
    """Add the table of runs, and how it is read."""
    parser.add_argument(
        "--runs",
        metavar="TABLE",
        help="a bundled table, a file (.csv, .tsv, .json, .jsonl, .parquet, .xlsx) or a folder of "
        "logs; import shows what is read of it",
    )
    parser.add_argument(
        "--runs-format",
        metavar="FORMAT",
        help=f"format of --runs: {', '.join(FORMATS)} (default: by its content)",
    )
    add_reading_options(parser, ", of runs and of targets")


def add_reading_options(parser: argparse.ArgumentParser, whose: str = "") -> None:
    """Add which checkpoints are kept, and the convention of FLOPs, with whose they are."""
    parser.add_argument(
        "--checkpoints",
        choices=("last", "all"),
        help="which checkpoints of a run to keep (default: last, with a notice)",
    )
    parser.add_argument(
        "--flops-per-nd",
        type=number,
        metavar="K",
        help=f"FLOPs per parameter and token by which C is counted{whose} (default: 6)",
    )


def add_data_options(parser: argparse.ArgumentParser, note: str = "") -> None:
    """Add laws, runs, their columns and rows, and sampling."""
    add_law_option(parser, "name of a law", note)
    add_runs_option(parser)
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="an input whose column has another name: N=params, L=loss_c4, C=total_gflops*1e9, "
        "loss=log(ppl); or one number for all runs: chance=0.25, N=124m; can be repeated",
    )
    parser.add_argument(
        "--where", metavar="QUERY", help="rows of the table to keep, such as \"dataset == 'c4'\""
    )
    parser.add_argument(
        "--train", metavar="QUERY", help="rows to fit among those, such as 'N < 5e8'"
    )
    parser.add_argument("--se", metavar="COLUMN", help="known standard errors of the outcome")
    add_sampling_options(parser)


def add_fit_options(parser: argparse.ArgumentParser) -> None:
    """Add a saved fit, or else laws, runs and sampling."""
    parser.add_argument(
        "--fit", metavar="FILE", help="a saved fit, in place of --law, --runs and --y"
    )
    parser.add_argument("--save", metavar="FILE", help="save the fit to this file (.nc)")
    parser.add_argument("--y", metavar="COLUMN", help="column of the outcome, such as loss_c4")
    add_data_options(parser, _AVERAGE)


def add_fit_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling fit``."""
    add_fit_options(parser)
    add_prob_option(parser, "intervals")
    add_likelihood_options(parser)
