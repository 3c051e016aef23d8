"""Values of options: numbers, standard deviations, degrees of freedom."""

import argparse
import math
from collections.abc import Callable

from bayes_scaling.runs.quantities import parse_quantity


def number(text: str) -> float:
    """Read a number such as 7e9."""
    try:
        return float(text)
    except ValueError:
        message = f"{text!r} is no number; write it as 7e9 or 0.9"
        raise argparse.ArgumentTypeError(message) from None


def size(name: str) -> Callable[[str], float]:
    """A reader of a size, such as 7e9, 7B or 140GTok.

    Parameters
    ----------
    name : str
        Which size it is: N, D, C or M.
    """

    def read(text: str) -> float:
        value = parse_quantity(text, name)
        value = number(text) if value is None else value
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"{text!r} is no positive number; give one")
        return value

    return read


def drift_sd(text: str) -> float:
    """Read the standard deviation of a drift, which may be 0."""
    sd = number(text)
    if not 0 <= sd < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no sd; give a number from 0, such as 0.005")
    return sd


def degrees_of_freedom(text: str) -> float | str:
    """Read degrees of freedom, or "normal"."""
    if text == "normal":
        return text
    try:
        df = float(text)
    except ValueError:
        df = 0.0
    if not 0 < df < math.inf:
        message = f"{text!r} is no number above 0; give one, such as 4, or normal"
        raise argparse.ArgumentTypeError(message)
    return df
