"""The argument parser of the command line, which imports nothing heavy."""

import argparse
import re
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from bayes_scaling.cli.arguments.backtesting import add_backtest_command
from bayes_scaling.cli.arguments.checking import add_check_command
from bayes_scaling.cli.arguments.comparing import add_compare_command
from bayes_scaling.cli.arguments.deciding import add_decide_command
from bayes_scaling.cli.arguments.fitting import add_fit_command
from bayes_scaling.cli.arguments.forecasting import add_forecast_command, add_report_command
from bayes_scaling.cli.arguments.importing import add_import_command
from bayes_scaling.cli.arguments.listing import add_data_command, add_laws_command
from bayes_scaling.cli.arguments.planning import add_plan_command
from bayes_scaling.cli.arguments.shared import add_output_options


class _Command(NamedTuple):
    """A command: what adds its options, its help, and the formats of its answer."""

    add_options: Callable[[argparse.ArgumentParser], None]
    text: str
    formats: tuple[str, ...] = ("table", "csv", "json")


_COMMANDS = {
    "forecast": _Command(
        add_forecast_command,
        "Fit a law to small runs and predict large ones, with credible intervals.",
    ),
    "fit": _Command(add_fit_command, "Fit a law and show the posterior of its parameters."),
    "check": _Command(
        add_check_command,
        "Fit a law and check whether its answers can be trusted: draws, priors, single runs, "
        "calibration.",
    ),
    "backtest": _Command(
        add_backtest_command,
        "Fit laws to the smaller runs, predict the larger ones, and score the forecasts.",
    ),
    "report": _Command(
        add_report_command,
        "Fit a law to small runs and write a report on its forecast of large ones.",
        ("html", "markdown"),
    ),
    "compare": _Command(
        add_compare_command,
        "Fit groups of runs together and show which is better, at which compute, and how sure "
        "that is.",
    ),
    "decide": _Command(
        add_decide_command,
        "Fit groups of runs together and report which to choose, how sure that is, what a "
        "mistake would cost, and how often such choices were right.",
    ),
    "plan": _Command(
        add_plan_command,
        "Fit a law and recommend what to train: the best parameters and tokens of a budget, or "
        "the run that would narrow a forecast most.",
    ),
    "import": _Command(
        add_import_command,
        "Read logs of runs, show what was recognized, and write a tidy table.",
    ),
    "laws": _Command(add_laws_command, "List the laws, or show one."),
    "data": _Command(add_data_command, "List the bundled tables, or print one."),
}


class _Parser(argparse.ArgumentParser):
    """A parser whose error message is one sentence."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # as in Python 3.14: -1e9 is a number and no option
        self._negative_number_matcher = re.compile(r"-\.?\d")

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def parser() -> argparse.ArgumentParser:
    """Build the argument parser of all commands.

    Returns
    -------
    argparse.ArgumentParser
        A parser whose namespace has the name of the command in ``command``.
    """
    from bayes_scaling import __version__

    top = _Parser(
        prog="bayes-scaling",
        allow_abbrev=False,
        description="Small training runs in, honest forecasts of large ones out.",
    )
    top.add_argument("--version", action="version", version=f"bayes-scaling {__version__}")
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )
    for name, (add_options, text, formats) in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        add_output_options(command, formats)
        add_options(command)
    return top
