"""Dispatch a parsed command; an input error becomes one sentence and exit code 2."""

import warnings
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

from bayes_scaling._core.errors import FitWarning, InputError
from bayes_scaling._core.messages import typed
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

    with warnings.catch_warnings(), typed(vars(options)):
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show_warning
        try:
            check_options(options)
            return _command(options.command)(options, log)
        except InputError as error:
            log(error)
            return 2


def _command(name: str) -> Callable[[Namespace, Log], int]:
    """The function of a command, imported when it is needed: it has the name of its module."""
    module = import_module(f"bayes_scaling.cli.commands.{name}")
    return vars(module)[name]
