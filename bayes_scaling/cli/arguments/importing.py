"""Options of the command import."""

import argparse

from bayes_scaling.cli.arguments.fitting import add_reading_options
from bayes_scaling.runs.readers.names import FORMATS


def add_import_command(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``bayes-scaling import``."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file or a folder of logs; several are joined"
    )
    parser.add_argument(
        "--runs-format",
        metavar="FORMAT",
        help=f"format of the logs: {', '.join(FORMATS)} (default: by their content)",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="a column that is not recognized: N=params, C=total_gflops*1e9, loss=log(ppl); or one "
        "number for all runs, N=124m, or for each PATH, N=124m,350m; can be repeated",
    )
    parser.add_argument(
        "--mapping",
        metavar="FILE",
        help="the mapping of columns (.json): read where the file exists, else written",
    )
    parser.add_argument("--where", metavar="QUERY", help="rows to keep, such as 'N < 5e8'")
    add_reading_options(parser)
