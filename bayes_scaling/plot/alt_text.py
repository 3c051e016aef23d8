"""Alternative text and metadata of figures."""

import numpy as np


def alt(drawn):
    """One sentence for those who can not see a figure.

    Parameters
    ----------
    drawn : Axes that a function of this module returned, several of them, or their Figure.

    Returns
    -------
    str, empty where nothing of this module is on it.
    """
    axes = (
        drawn.axes
        if hasattr(drawn, "axes") and hasattr(drawn, "savefig")
        else np.atleast_1d(np.asarray(drawn, object)).ravel()
    )
    return " ".join(dict.fromkeys(text for ax in axes if (text := getattr(ax, "alt_text", ""))))


def metadata(figure, kind):
    """What ``savefig(metadata=...)`` takes: the alt text, and no date, so that the same figure is the same file.

    Parameters
    ----------
    figure : matplotlib Figure, or Axes as for ``alt``.
    kind : "png", "svg" or "pdf".

    Returns
    -------
    dict
    """
    return {
        "png": {"Description": alt(figure)},
        "svg": {"Description": alt(figure), "Date": None},
        "pdf": {"Subject": alt(figure), "CreationDate": None},
    }[kind]
