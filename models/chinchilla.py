r"""Loss as the sum of a floor, a parameter term and a data term.

.. math:: L(N, D) = E + A N^{-\alpha_N} + B D^{-\alpha_D}

Source: Hoffmann et al. 2022, arXiv 2203.15556; values as corrected by Besiroglu et al. 2024, arXiv
2404.10102.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import amplitude, exponent, floor
from bayes_scaling.models._types import Values


def mean(x: Values, E: Array, A: Array, B: Array, alpha_N: Array, alpha_D: Array) -> Array:
    """Return the loss of a run from its parameters and training tokens.

    Parameters
    ----------
    x : mapping of str to jax.Array
        Inputs: ``N`` parameters and ``D`` training tokens, one value per run.
    E, A, B, alpha_N, alpha_D : jax.Array
        Published parameters; they broadcast against the inputs.

    Returns
    -------
    jax.Array
        Loss in nats/token, in the shape of the inputs.
    """
    return E + A * power(x["N"], -alpha_N) + B * power(x["D"], -alpha_D)


def _sardana(E: float, A: float, B: float, alpha_N: float, alpha_D: float, runs: str) -> Published:
    """Refit of arXiv 2401.00448 on a subset of its runs."""
    return Published(
        {"E": E, "A": A, "B": B, "alpha_N": alpha_N, "alpha_D": alpha_D},
        checked="third-party notes",
        source="arXiv 2401.00448",
        note=f"refit on {runs}, of 47 models of 150M to 6B parameters; rounded",
    )


_EXAMPLE = {
    "N": (
        7e7, 7e7, 7e7, 1.6e8, 1.6e8, 1.6e8, 4e8, 4e8, 4e8, 4e8, 1e9, 1e9, 1e9, 2.5e9, 2.5e9,
        2.5e9, 6e9, 6e9, 1.2e10, 1.2e10,
    ),
    "D": (
        7e8, 3e9, 3e10, 1e9, 6e9, 6e10, 1e9, 4e9, 2e10, 1e11, 2e9, 2e10, 1e11, 4e9, 3e10, 2e11,
        1e10, 1e11, 3e10, 3e11,
    ),
}  # fmt: skip

chinchilla = Law(
    name="chinchilla",
    title="Chinchilla: separate terms for parameters and data",
    formula="L(N, D) = E + A/N^alpha_N + B/D^alpha_D",
    latex=r"L(N, D) = E + \frac{A}{N^{\alpha_N}} + \frac{B}{D^{\alpha_D}}",
    inputs={"N": "parameters", "D": "training tokens"},
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the parameter count"),
        exponent("alpha_D", meaning="exponent of the token count"),
        amplitude(
            "A",
            lambda x, p: power(x["N"], -p["alpha_N"]),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the parameter term",
        ),
        amplitude(
            "B",
            lambda x, p: power(x["D"], -p["alpha_D"]),
            unit="nats x tokens^alpha_D",
            meaning="amplitude of the data term",
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D"),
    applies=(
        "final losses of runs with a tuned recipe and a schedule that ends with the run; N and D "
        "both varied"
    ),
    fails=(
        "treats N and D as independent: inaccurate when small models are trained very long or "
        "large ones briefly (see coupled)"
    ),
    citation="Hoffmann et al. 2022, Training Compute-Optimal Large Language Models",
    arxiv="2203.15556",
    bibtex="""@article{hoffmann2022training,
  title={Training Compute-Optimal Large Language Models},
  author={Hoffmann, Jordan and Borgeaud, Sebastian and Mensch, Arthur and others},
  journal={arXiv preprint arXiv:2203.15556},
  year={2022}
}""",
    published={
        "Besiroglu 2024, 240 points": Published(
            {"E": 1.8169, "A": 482.0, "B": 2085.4, "alpha_N": 0.3478, "alpha_D": 0.3658},
            checked="authors' code",
            source="arXiv 2404.10102",
            note="refit of the digitized points, without the five highest losses",
        ),
        "Besiroglu 2024, all points": Published(
            {"E": 1.89, "A": 463.3, "B": 12530.0, "alpha_N": 0.345, "alpha_D": 0.452},
            checked="third-party notes",
            source="arXiv 2404.10102",
            note="with the five highest losses, which change B by a factor of six",
        ),
        "Hoffmann 2022": Published(
            {"E": 1.6934, "A": 406.4, "B": 410.7, "alpha_N": 0.3392, "alpha_D": 0.2849},
            checked="third-party notes",
            source="arXiv 2203.15556",
            note="the optimizer stopped early: see arXiv 2404.10102",
        ),
        "Sardana 2023, M to 100": _sardana(
            0.17, 7.199, 25.97, 0.08, 0.13, "runs of at most 100 tokens per parameter"
        ),
        "Sardana 2023, M to 250": _sardana(
            0.98, 14.23, 39.54, 0.13, 0.16, "runs of at most 250 tokens per parameter"
        ),
        "Sardana 2023, M to 500": _sardana(
            0.95, 17.07, 35.80, 0.13, 0.16, "runs of at most 500 tokens per parameter"
        ),
        "Sardana 2023, all": _sardana(
            1.45, 33.66, 138.9, 0.18, 0.24, "runs of 10 to 10000 tokens per parameter"
        ),
    },
    example=_EXAMPLE,
)
