r"""Loss as a power law in compute: without a floor, with one, and compute-optimal.

.. math::

    L(C) = \left(\frac{C_c}{C}\right)^{\alpha_C}, \qquad L(C) = E + A C^{-\alpha_C}

Source: Henighan et al. 2020, arXiv 2010.14701; Kaplan et al. 2020, arXiv 2001.08361; Porian et al.
2024, arXiv 2406.19146.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._time_series import time_series_values
from bayes_scaling.models._types import Values


def bare(x: Values, C_c: Array, alpha_C: Array) -> Array:
    """Return the loss without a floor in nats/token."""
    return power(C_c / x["C"], alpha_C)


def floored(x: Values, E: Array, A: Array, alpha_C: Array) -> Array:
    """Return the loss with a floor in nats/token."""
    return E + A * power(x["C"], -alpha_C)


def constant(name: str, size: str, slope: str, unit: str, meaning: str) -> Parameter:
    """Return a constant x_c of a law (x_c / x)^slope, sampled as the loss at the mean training run.

    Parameters
    ----------
    name : str
        Published name; ``<name>_level`` is sampled.
    size, slope : str
        Names of the input x and of its exponent.
    unit, meaning : str
        Unit and meaning of the constant.

    Returns
    -------
    Parameter
    """
    return Parameter(
        name,
        lognormal(1.0, 0.3),
        unit=unit,
        meaning=meaning,
        reason="the mean training run lies within the range of observed losses",
        sampled=f"{name}_level",
        sampled_meaning=(
            "loss at the mean training run divided by the geometric mean of the smallest and "
            "largest observed losses"
        ),
        publish=lambda s, ref, p: (
            ref[size]
            * power(s[f"{name}_level"] * (ref["y_min"] * ref["y_max"]) ** 0.5, 1 / p[slope])
        ),
    )


def _days(**values: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """Return constants of PF-days in FLOPs, with their exponents."""
    return {name: (8.64e19 * days, alpha) for name, (days, alpha) in values.items()}


_COMPUTE = tuple(10.0 ** (17 + 0.25 * i) for i in range(24))

power_law = Law(
    name="power_law",
    title="Power law of compute without a floor",
    formula="L(C) = (C_c/C)^alpha_C",
    latex=r"L(C) = \left(\frac{C_c}{C}\right)^{\alpha_C}",
    inputs={"C": "training FLOPs"},
    parameters=(
        exponent(
            "alpha_C",
            lognormal(0.08, 0.5),
            meaning="exponent of compute",
            reason="published exponents without a floor: 0.05 to 0.12",
        ),
        constant("C_c", "C", "alpha_C", "FLOPs", "compute at which the loss would be one nat"),
    ),
    function=bare,
    scale=lambda x: x["C"],
    decreasing=("C",),
    applies="losses far above their floor, over two or three decades",
    fails=(
        "has no floor: long extrapolations are too low, and its exponent falls as larger runs are "
        "added"
    ),
    citation="Kaplan et al. 2020, Scaling Laws for Neural Language Models",
    arxiv="2001.08361",
    bibtex="""@article{kaplan2020scaling,
  title={Scaling Laws for Neural Language Models},
  author={Kaplan, Jared and McCandlish, Sam and Henighan, Tom and others},
  journal={arXiv preprint arXiv:2001.08361},
  year={2020}
}""",
    published={
        "Kaplan 2020, optimally allocated compute": Published(
            {"C_c": 2.6784e28, "alpha_C": 0.05},
            checked="third-party notes",
            source="arXiv 2001.08361",
            note="C_c is 3.1e8 PF-days at 8.64e19 FLOPs per PF-day",
        ),
        **time_series_values(
            "C_c",
            "alpha_C",
            _days(own=(1.5e7, 0.024), LSF=(3.9e26, 0.020), Monash=(2.8e29, 0.020)),
            _days(own=(6.0e23, 0.014), LSF=(1.9e33, 0.017), Monash=(1.4e47, 0.013)),
            ", C_c in PF-days there",
        ),
    },
    example={"C": _COMPUTE},
)

power_law_floor = Law(
    name="power_law_floor",
    title="Power law of compute with a floor",
    formula="L(C) = E + A/C^alpha_C",
    latex=r"L(C) = E + \frac{A}{C^{\alpha_C}}",
    inputs={"C": "training FLOPs"},
    parameters=(
        floor("E"),
        exponent(
            "alpha_C",
            lognormal(0.15, 0.6),
            meaning="exponent of compute",
            reason="half of the 0.2 to 0.5 of parameters and tokens; 0.05 to 0.5",
        ),
        amplitude(
            "A",
            lambda x, p: power(x["C"], -p["alpha_C"]),
            half_normal(2.0),
            unit="nats x FLOPs^alpha_C",
            meaning="amplitude of the compute term",
            reason="the term adds 0 to 4.5 nats at the mean training run, little near a floor",
        ),
    ),
    function=floored,
    scale=lambda x: x["C"],
    decreasing=("C",),
    applies="runs of one recipe whose allocation follows one rule as compute grows",
    fails="E and alpha_C trade off within two decades: interpret the forecast, not the floor",
    citation="Henighan et al. 2020, Scaling Laws for Autoregressive Generative Modeling",
    arxiv="2010.14701",
    bibtex="""@article{henighan2020scaling,
  title={Scaling Laws for Autoregressive Generative Modeling},
  author={Henighan, Tom and Kaplan, Jared and Katz, Mor and others},
  journal={arXiv preprint arXiv:2010.14701},
  year={2020}
}""",
    published={
        "illustration": Published(
            {"E": 1.8, "A": 1500.0, "alpha_C": 0.165},
            checked="illustration",
            source="illustrative values",
            note=(
                "no constant of the source is verified; round values near the frontier of arXiv "
                "2404.10102"
            ),
        ),
    },
    example={"C": _COMPUTE},
)

loss_frontier = replace(
    power_law_floor,
    name="loss_frontier",
    title="Loss of compute-optimal runs",
    formula="L*(C) = E + A/C^alpha_C",
    latex=r"L^{*}(C) = E + \frac{A}{C^{\alpha_C}}",
    applies=(
        "the loss at the optimal model size of each compute budget (see compute_optimal_allocation)"
    ),
    fails=(
        "the lowest of many noisy losses is too low, and more so the more runs a budget has (the "
        "winner's curse)"
    ),
    citation=(
        "Porian et al. 2024, Resolving Discrepancies in Compute-Optimal Scaling of Language Models"
    ),
    arxiv="2406.19146",
    bibtex="""@article{porian2024resolving,
  title={Resolving Discrepancies in Compute-Optimal Scaling of Language Models},
  author={Porian, Tomer and Wortsman, Mitchell and Jitsev, Jenia and others},
  journal={arXiv preprint arXiv:2406.19146},
  year={2024}
}""",
    published={
        "chinchilla's frontier": Published(
            {"E": 1.8169, "A": 2708.45, "alpha_C": 0.178286},
            checked="recomputed",
            source="arXiv 2404.10102",
            note="values of the chinchilla law from that source, along its optimum",
        ),
        "refinedweb, tuned": Published(
            {"E": 1.6703, "A": 86.551, "alpha_C": 0.091824},
            checked="recomputed",
            source="arXiv 2406.19146",
            note=(
                "least squares on the log of the lowest loss of each of twelve budgets; the "
                "source's own fit has E 2.01 and alpha_C 0.106"
            ),
        ),
    },
)
