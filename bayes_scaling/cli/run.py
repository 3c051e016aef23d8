"""Dispatch a parsed command; an input error becomes one sentence and exit code 2."""

import warnings
from argparse import Namespace
from collections.abc import Callable

from bayes_scaling._core.command_line import at_command_line
from bayes_scaling._core.errors import FitWarning, InputError
from bayes_scaling._core.progress import live, status
from bayes_scaling.cli.early_checks import check_early
from bayes_scaling.cli.log import Log, once_on_stderr
from bayes_scaling.cli.option_checks import check_options


def run(options: Namespace) -> int:
    """Run a command.

    Parameters
    ----------
    options : argparse.Namespace
        What the parser returned.

    Returns
    -------
    int
        The exit code.
    """
    log = once_on_stderr(f"bayes-scaling {options.command}")

    def show_warning(message: Warning | str, category: type[Warning], *_: object) -> None:
        if category is not FitWarning:  # the answer has the diagnosis
            log(f"warning: {message}")

    with warnings.catch_warnings(), at_command_line(vars(options)):
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show_warning
        try:
            check_options(options)
            check_early(options)
            with live(options.command, False if options.quiet else None):
                status("reading the runs")
                return _command(options.command)(options, log)
        except InputError as error:
            log(error)
            return 2


def _command(name: str) -> Callable[[Namespace, Log], int]:
    """The function of a command, whose module is imported when it is needed."""
    match name:
        case "forecast":
            from bayes_scaling.cli.commands.forecast import forecast

            return forecast
        case "plan":
            from bayes_scaling.cli.commands.plan import plan

            return plan
        case "fit":
            from bayes_scaling.cli.commands.fit import fit

            return fit
        case "check":
            from bayes_scaling.cli.commands.check import check

            return check
        case "backtest":
            from bayes_scaling.cli.commands.backtest import backtest

            return backtest
        case "decide":
            from bayes_scaling.cli.commands.decide import decide

            return decide
        case "compare":
            from bayes_scaling.cli.commands.compare import compare

            return compare
        case "report":
            from bayes_scaling.cli.commands.report import report

            return report
        case "import":
            from bayes_scaling.cli.commands.import_runs import import_runs

            return import_runs
        case "laws":
            from bayes_scaling.cli.commands.laws import laws

            return laws
        case "data":
            from bayes_scaling.cli.commands.data import data

            return data
    raise ValueError(f"{name} is not a command")
