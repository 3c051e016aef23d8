"""Alternative text and metadata of figures."""

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TEXTS: WeakKeyDictionary["Axes", str] = WeakKeyDictionary()


def set_alt_text(ax: "Axes", text: str) -> None:
    """Store the alternative text of Axes, which ``alt`` returns."""
    _TEXTS[ax] = text


def alt(figure: Any) -> str:
    """Return the alternative text of a figure: what a reader who cannot see it should know.

    Parameters
    ----------
    figure : matplotlib Axes, list or array of Axes, or Figure
        What a function of this package returned, or the Figure of it.

    Returns
    -------
    str
        A few sentences; empty where this package has drawn nothing on it.
    """
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    is_figure = isinstance(figure, Figure)
    axes = figure.axes if is_figure else np.atleast_1d(np.asarray(figure, object)).ravel()
    texts = [_TEXTS.get(ax, "") for ax in axes if isinstance(ax, Axes)]
    return " ".join(dict.fromkeys(filter(None, texts)))


def metadata(figure: Any, kind: str) -> dict[str, str | None]:
    """Return the metadata of an image file, for ``savefig(metadata=...)``.

    It holds the alternative text and no date: the same figure gives the same file.

    Parameters
    ----------
    figure : matplotlib Axes, list or array of Axes, or Figure
        As for ``alt``.
    kind : {"png", "svg", "pdf"}
        Format of the file.

    Returns
    -------
    dict of str to str or None
        Names and values of the file's metadata.
    """
    fields: dict[str, dict[str, str | None]] = {
        "png": {"Description": alt(figure)},
        "svg": {"Description": alt(figure), "Date": None},
        "pdf": {"Subject": alt(figure), "CreationDate": None},
    }
    return fields[kind]
