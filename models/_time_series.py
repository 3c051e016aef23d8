"""Published values of power laws of time-series models: Yao et al. 2024, arXiv 2410.12360."""

from bayes_scaling.law.law import Published

_NOTES = {
    "own": "on its own distribution",
    "LSF": "on long sequences of another distribution (LSF)",
    "Monash": "on the Monash archive, of another distribution",
}


def time_series_values(
    constant: str,
    exponent: str,
    encoder: dict[str, tuple[float, float]],
    decoder: dict[str, tuple[float, float]],
    note: str = "",
) -> dict[str, Published]:
    """Return the values of one power law (x_c / x)^alpha for both architectures.

    Parameters
    ----------
    constant, exponent : str
        Published names of x_c and alpha.
    encoder, decoder : mapping of str to (float, float)
        x_c and alpha by evaluation set.
    note : str
        What else to note of each.

    Returns
    -------
    dict of str to Published
        The encoder on its own distribution is "Yao 2024".
    """
    found = {}
    for kind, values in (("encoder", encoder), ("decoder", decoder)):
        for where, (x_c, alpha) in values.items():
            first = kind == "encoder" and where == "own"
            found["Yao 2024" if first else f"Yao 2024, {kind}, {where}"] = Published(
                {constant: x_c, exponent: alpha},
                checked="authors' code",
                source="arXiv 2410.12360",
                note=f"time-series {kind}, packed negative log-likelihood {_NOTES[where]}{note}; "
                "read off the authors' figure with two digits",
            )
    return found
