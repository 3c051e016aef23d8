r"""Effective data transferred: the value of pretraining in units of fine-tuning data.

.. math:: D_T(D_F, N) = k\, D_F^{\alpha_F} N^{\beta_N}

Source: Hernandez et al. 2021, arXiv 2102.01293.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import exponent
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._parts import at_mean
from bayes_scaling.models._types import Values


def _product(x: Values, p: Values) -> Array:
    """Return the law without k."""
    return power(x["D_F"], p["alpha_F"]) * power(x["N"], p["beta_N"])


def mean(x: Values, alpha_F: Array, beta_N: Array, k: Array) -> Array:
    """Return the effective data transferred, in the unit of D_F."""
    return k * _product(x, {"alpha_F": alpha_F, "beta_N": beta_N})


transfer = Law(
    name="transfer",
    title="Transfer: effective data from pretraining",
    formula="D_T(D_F, N) = k D_F^alpha_F N^beta_N",
    latex=r"D_T(D_F, N) = k\, D_F^{\alpha_F} N^{\beta_N}",
    inputs={"D_F": "fine-tuning data", "N": "parameters"},
    outcome="effective_data",
    unit="unit of D_F",
    parameters=(
        exponent(
            "alpha_F",
            lognormal(0.2, 0.6),
            meaning="exponent of the fine-tuning data",
            reason="0.18 published for text to Python: 0.06 to 0.65",
        ),
        exponent(
            "beta_N",
            lognormal(0.35, 0.5),
            meaning="exponent of the model size",
            reason="0.38 published for text to Python: 0.13 to 0.93",
        ),
        at_mean(
            "k", _product, unit="unit of D_F^(1 - alpha_F) / parameters^beta_N", meaning="amplitude"
        ),
    ),
    function=mean,
    noise=Noise(grows=False, sigma=half_normal(0.3)),
    applies=(
        "the low-data regime: fine-tuning data well below what training from scratch would need"
    ),
    fails=(
        "the high-data regime, where pretraining can hurt; the outcome is itself derived from two "
        "fitted curves"
    ),
    citation="Hernandez et al. 2021, Scaling Laws for Transfer",
    arxiv="2102.01293",
    bibtex="""@article{hernandez2021scaling,
  title={Scaling Laws for Transfer},
  author={Hernandez, Danny and Kaplan, Jared and Henighan, Tom and McCandlish, Sam},
  journal={arXiv preprint arXiv:2102.01293},
  year={2021}
}""",
    published={
        "text to Python": Published(
            {"alpha_F": 0.18, "beta_N": 0.38, "k": 1.9e4},
            checked="third-party notes",
            source="arXiv 2102.01293",
            note="k holds only in the source's own unit of data",
        ),
    },
    example={
        "D_F": tuple(d for d in (1e5, 1e6, 1e7, 1e8, 1e9) for _ in range(4)),
        "N": (1e6, 1e7, 1e8, 1e9) * 5,
    },
)
