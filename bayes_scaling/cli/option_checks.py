"""Checks of options that any command may have, before any work is done."""

import os
from argparse import Namespace
from pathlib import Path
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling.cli.output import agreed_format, file_ending

_FILES = ("output", "save", "then_save", "figure", "forecasts", "mapping")
_INPUTS = ("runs", "targets", "fit", "paths", "candidates")
# endings that name other formats than those of an answer
_OTHER_FILES = "xlsx xls ods parquet feather tsv jsonl yaml html pdf png svg nc zip gz".split()
_FIGURES = ("png", "pdf", "svg")
_OF_A_FIT = ("runs", "y", "column", "where", "train", "se", "drift", "df", "smooth")
_OF_SAMPLING = ("draws", "warmup", "chains", "seed")


def check_options(options: Namespace) -> None:
    """Refuse files that cannot be written, and options that would have no effect."""
    _check_files(options)
    _convert_budgets(options)
    if options.command != "report":  # which has formats of its own
        ending = file_ending(options.output or "")
        kind = ending if ending in ("csv", "json") else None
        if ending in _OTHER_FILES:
            raise InputError(
                f"--output is {options.output!r}, and an answer is text, CSV or JSON; end its name"
                " in .txt, .csv or .json"
            )
        options.format = agreed_format(options, kind) or "table"
    if options.command == "backtest":
        return
    if given_options(options, "fit"):
        _check_saved_fit(options)
    if not given_options(options, "then"):
        for option in given_options(options, "then_y", "then_train", "then_save"):
            raise InputError(f"{option} needs --then, the second law")
    _check_number_of_laws(options)
    given = vars(options)
    if given.get("checkpoints") == "all" and given.get("df") not in (None, "normal"):
        raise InputError(
            f"--df is {options.df:g}, and --checkpoints all gives each run an effect beside Normal"
            " noise; leave --df out"
        )


def _convert_budgets(options: Namespace) -> None:
    """Bring budgets, as the column C, from the user's way of counting FLOPs to 6 N D."""
    budgets, count = vars(options).get("budget"), vars(options).get("flops_per_nd")
    if budgets and count:
        options.budget = [budget * (6 / count) for budget in budgets]


def given_options(options: Namespace, *names: str) -> list[str]:
    """Those of the named options that the command has and that were given, as typed."""
    values = vars(options)
    return [f"--{name.replace('_', '-')}" for name in names if values.get(name) not in (None, [])]


def _check_files(options: Namespace) -> None:
    paths: dict[str, list[str]] = {}
    for name in _FILES:
        path = vars(options).get(name)
        if path is not None:
            option = f"--{name.replace('_', '-')}"
            _check_file(option, path)
            paths.setdefault(os.path.realpath(path), []).append(option)
    for name in _INPUTS:
        for source in _as_list(vars(options).get(name)):
            for option in paths.get(os.path.realpath(os.path.expanduser(source)), []):
                raise InputError(
                    f"{option} is {os.path.basename(source)}, which is read; name another file"
                )
    for path, names in paths.items():
        if len(names) > 1:
            raise InputError(
                f"{names[0]} and {names[1]} both name {os.path.basename(path)}; "
                "give each a file of its own"
            )


def _as_list(given: Any) -> list[str]:
    """The paths of an option that takes one, several or none."""
    texts = [given] if isinstance(given, str) else given or []
    return [text for text in texts if isinstance(text, str)]


def _check_file(option: str, path: str) -> None:
    """Refuse a file that cannot be written, or a figure of an unknown kind."""
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise InputError(f"{option}: there is no folder {folder}; make it first")
    is_special = os.path.exists(path) and not os.path.isfile(path)
    if not path or not os.access(folder, os.W_OK) or is_special:
        raise InputError(
            f"{option}: {path!r} cannot be written; name a file in a folder of your own"
        )
    if option == "--figure" and file_ending(path) not in _FIGURES:
        ending = Path(path).suffix or "nothing"
        raise InputError(f"--figure: {path} ends in {ending}; give a .png, .pdf or .svg file")


def _check_saved_fit(options: Namespace) -> None:
    """Refuse options that a saved fit has settled already."""
    settled = [*_OF_A_FIT, *_OF_SAMPLING]
    if vars(options).get("candidates"):  # whose outcomes are simulated from the seed
        settled.remove("seed")
    for option in given_options(options, *settled):
        raise InputError(
            f"--fit is a saved fit, for which {option} would be ignored; give one or the other"
        )


def _check_number_of_laws(options: Namespace) -> None:
    """Refuse several laws where one is needed, and weights of one law."""
    count = len(vars(options).get("law", ()))
    if count <= 1:
        if given_options(options, "weights"):
            raise InputError(
                "--weights are those of several laws, and --law names one; "
                "name several or leave --weights out"
            )
        return
    if options.command not in ("forecast", "report", "plan"):
        raise InputError(
            f"--law names {count} laws, and {options.command} takes one; "
            "forecast, report and plan average several, and backtest compares several"
        )
    for name, why in (
        ("fit", "is a saved fit of one law"),
        ("save", "saves the fit of one law, not an average"),
    ):
        if given_options(options, name):
            raise InputError(f"--{name} {why}, and --law names {count}; give one law")
