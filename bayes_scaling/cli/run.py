"""What the commands of the command line do. ``run`` turns every complaint into one sentence and a code."""

import os
import sys
import warnings
from pathlib import Path

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import typed
from bayes_scaling.cli.commands.fit import _fit
from bayes_scaling.cli.commands.laws import _data, _laws
from bayes_scaling.cli.output import _kind, agreed


def run(options):
    """Run the command that was parsed; returns the exit code."""
    prog, said = f"bayes-scaling {options.command}", set()

    def say(text):
        """One line on stderr, once."""
        line = " ".join(str(text).split())
        if line not in said:
            print(f"{prog}: {line[:1000]}", file=sys.stderr)
        said.add(line)

    with warnings.catch_warnings(), typed(vars(options)):
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, category, *_: (
            None if category.__name__ == "FitWarning" else say(f"warning: {message}")
        )
        try:
            _check_options(options)
            return _COMMANDS[options.command](options, say)
        except InputError as error:
            say(error)
            return 2


def _check_options(options):
    """Refuse before any work is done what can not be written, and options that would go unheeded."""
    given = lambda *names: [
        f"--{name.replace('_', '-')}"
        for name in names
        if getattr(options, name, None) not in (None, [])
    ]
    places = {}
    for name in ("output", "save", "then_save", "figure", "forecasts"):
        place = getattr(options, name, None)
        if place is not None:
            folder, (option,) = os.path.dirname(os.path.realpath(place)), given(name)
            if not os.path.isdir(folder):
                raise InputError(f"{option}: there is no folder {folder}; make it first")
            if (
                not place
                or not os.access(folder, os.W_OK)
                or (os.path.exists(place) and not os.path.isfile(place))
            ):
                raise InputError(
                    f"{option}: {place!r} can not be written; name a file in a folder of your own"
                )
            if name == "figure" and _kind(place) not in ("png", "pdf", "svg"):
                raise InputError(
                    f"--figure: {place} ends in {Path(place).suffix or 'nothing'}; give a .png, .pdf or .svg file"
                )
            places.setdefault(os.path.realpath(place), []).append(option)
    if options.command != "report":  # which has formats of its own: see ``report_command.check``
        kind = _kind(options.output or "")
        options.format = agreed(options, kind if kind in ("csv", "json") else None) or "table"
    for place, both in places.items():
        if len(both) > 1:
            raise InputError(
                f"{both[0]} and {both[1]} both name {os.path.basename(place)}; give each a file of its own"
            )
    if options.command == "backtest":
        return
    if given("fit") and (
        idle := given(
            "runs",
            "y",
            "column",
            "where",
            "train",
            "se",
            "drift",
            "df",
            "smooth",
            "draws",
            "warmup",
            "chains",
            *(["seed"] if not getattr(options, "candidates", None) else []),
        )
    ):
        raise InputError(
            f"--fit is a fit already made, and {idle[0]} would go unheeded; give one or the other"
        )
    if not given("then") and (idle := given("then_y", "then_train", "then_save")):
        raise InputError(f"{idle[0]} needs --then, the second law")
    if (many := len(getattr(options, "law", ()))) > 1:
        if options.command not in ("forecast", "report", "plan"):
            raise InputError(
                f"--law names {many} laws, and {options.command} takes one; forecast, report and plan average several, backtest sets them beside one another"
            )
        for name, why in (
            ("fit", "is a fit already made, of one law"),
            ("save", "keeps the fit of one law, not an average"),
        ):
            if given(name):
                raise InputError(f"--{name} {why}, and --law names {many}; give one law")
    elif given("weights"):
        raise InputError(
            "--weights are those of several laws, and --law names one; name several or leave --weights out"
        )


def _forecast(options, say):
    from bayes_scaling.cli.commands.forecast import forecast

    return forecast(options, say)


def _report(options, say):
    from bayes_scaling.cli.commands.report import report

    return report(options, say)


def _check(options, say):
    from bayes_scaling.cli.commands.validate import check

    return check(options, say)


def _backtest(options, say):
    from bayes_scaling.cli.commands.validate import backtest

    return backtest(options, say)


def _compare(options, say):
    from bayes_scaling.cli.commands.compare import compare

    return compare(options, say)


def _plan(options, say):
    from bayes_scaling.cli.commands.plan import plan

    return plan(options, say)


_COMMANDS = {
    "forecast": _forecast,
    "plan": _plan,
    "fit": _fit,
    "check": _check,
    "backtest": _backtest,
    "compare": _compare,
    "report": _report,
    "laws": _laws,
    "data": _data,
}
