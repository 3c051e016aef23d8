"""What the scale of each law is, in words: read off the law's own function."""

from collections.abc import Mapping
from typing import cast

from bayes_scaling.law.law import Law


class _Symbol:
    """A stand-in for an input that records the products and sums that it enters."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __mul__(self, other: "_Symbol") -> "_Symbol":
        return _Symbol(f"{self.text} {other.text}")

    def __add__(self, other: "_Symbol") -> "_Symbol":
        return _Symbol(f"({self.text} + {other.text})")


def scale_text(law: Law) -> str:
    """Return a law's scale, the size with which its noise and its drift vary, as a formula.

    Parameters
    ----------
    law : Law
        A scale is a product or a sum of inputs, or ``exp(-L)`` of a law along the loss.

    Returns
    -------
    str
        Such as "N D", or "none".
    """
    if law.scale is None:
        return "none"
    if law.along_loss:
        return "exp(-L)"
    symbols = {name: _Symbol(name) for name in law.inputs}
    return cast(_Symbol, law.scale(cast(Mapping, symbols))).text
