r"""Dense models and mixtures of experts in one law: active parameters, tokens and experts.

.. math::

    L = a \hat X^{\delta} N_a^{\alpha + \gamma \ln \hat X}
    + b \hat X^{\omega} D^{\beta + \zeta \ln \hat X} + c, \qquad
    \frac{1}{\hat X} = \frac{1}{X - 1 + (1/E_{start} - 1/E_{max})^{-1}} + \frac{1}{E_{max}}

Signs are the source's: alpha and beta are negative.
Source: Ludziejewski et al. 2025, arXiv 2502.05172.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.parameter import Parameter, amplitude, floor
from bayes_scaling.law.prior import Prior, lognormal, normal
from bayes_scaling.models._types import Values
from bayes_scaling.models.routed import EXPERTS, saturated
from bayes_scaling.models.routed_floor import routed_floor


def _term(size: Array, log_experts: Array, power_X: Array, power_size: Array, mix: Array) -> Array:
    """Return X^power_X size^(power_size + mix ln X)."""
    return jnp.exp(power_X * log_experts + (power_size + mix * log_experts) * jnp.log(size))


def _log_experts(x: Values, p: Values) -> Array:
    """Return the log of the saturated count of experts."""
    return jnp.log(saturated(x["X"], p["E_start"], p["E_max"]))


def mean(x: Values, **p: Array) -> Array:
    """Return the loss in nats/token."""
    k = _log_experts(x, p)
    return (
        p["a"] * _term(x["N_a"], k, p["delta"], p["alpha_N"], p["gamma"])
        + p["b"] * _term(x["D"], k, p["omega"], p["beta_D"], p["zeta"])
        + p["c"]
    )


def _mix(name: str, prior: Prior, size: str) -> Parameter:
    """Interaction of experts with parameters or tokens."""
    return Parameter(
        name,
        prior,
        unit="1",
        meaning=f"how experts change the exponent of {size}",
        reason="small compared with the exponent; 0.01 and -0.03 published",
    )


def _slope(name: str, mix: str, size: str) -> Parameter:
    """Exponent of parameters or tokens, negative, from that at the mean number of experts."""
    return Parameter(
        name,
        lognormal(0.2, 0.5),
        unit="1",
        meaning=f"exponent of {size} when the saturated count is one, negative",
        reason="0.08 to 0.53; 0.19 and 0.18 published",
        sampled=f"slope_{name}",
        sampled_meaning=f"minus the exponent of {size} at the mean number of experts",
        publish=lambda s, ref, p: -s[f"slope_{name}"] - p[mix] * _log_experts(ref, p),
    )


def _experts(name: str, mix: str, size: str, term: str) -> Parameter:
    """Exponent of experts in one term, from that at the mean size."""
    return Parameter(
        name,
        normal(-0.04, 0.06),
        unit="1",
        meaning=f"exponent of the saturated count in the {term} term of one unit of size",
        reason="experts change a term by -10% to 4% for each factor e; -0.03 and -0.06 published",
        sampled=f"gain_{name}",
        sampled_meaning=f"exponent of the saturated count in the {term} term at the mean size",
        publish=lambda s, ref, p: s[f"gain_{name}"] - p[mix] * jnp.log(ref[size]),
    )


joint_moe = Law(
    name="joint_moe",
    title="Joint law of dense models and mixtures of experts",
    formula=(
        "L = a X'^delta N_a^(alpha_N + gamma ln X') + b X'^omega D^(beta_D + zeta ln X') + c, 1/X' "
        "= 1/(X - 1 + 1/(1/E_start - 1/E_max)) + 1/E_max"
    ),
    latex=(
        r"L = a \hat X^{\delta} N_a^{\alpha + \gamma \ln \hat X} + b \hat X^{\omega} D^{\beta + "
        r"\zeta \ln \hat X} + c, \quad \frac{1}{\hat X} = \frac{1}{X - 1 + (1/E_{start} - "
        r"1/E_{max})^{-1}} + \frac{1}{E_{max}}"
    ),
    inputs={
        "N_a": "active parameters",
        "D": "training tokens",
        "X": "experts, 1 of a dense model",
    },
    parameters=(
        *EXPERTS,
        _mix("gamma", normal(0.0, 0.02), "parameters"),
        _mix("zeta", normal(0.0, 0.03), "tokens"),
        _slope("alpha_N", "gamma", "parameters"),
        _slope("beta_D", "zeta", "tokens"),
        _experts("delta", "gamma", "N_a", "parameter"),
        _experts("omega", "zeta", "D", "data"),
        floor("c"),
        amplitude(
            "a",
            lambda x, p: _term(x["N_a"], _log_experts(x, p), p["delta"], p["alpha_N"], p["gamma"]),
            lognormal(0.6, 0.7),
            unit="nats x parameters^-alpha_N",
            meaning="amplitude of the parameter term",
            reason="the term adds 0.15 to 2.4 nats at the mean training run",
        ),
        amplitude(
            "b",
            lambda x, p: _term(x["D"], _log_experts(x, p), p["omega"], p["beta_D"], p["zeta"]),
            lognormal(0.5, 0.7),
            unit="nats x tokens^-beta_D",
            meaning="amplitude of the data term",
            reason="the term adds 0.12 to 2 nats at the mean training run",
        ),
    ),
    function=mean,
    scale=lambda x: x["N_a"] * x["D"],
    decreasing=("N_a", "D"),
    applies="dense models and mixtures of 1 to 32 experts over a grid of active size and tokens",
    fails="granularity one; eleven parameters: the saturation rests on its priors in small grids",
    citation=routed_floor.citation,
    arxiv=routed_floor.arxiv,
    bibtex=routed_floor.bibtex,
    published={
        "Ludziejewski 2025": Published(
            {
                "a": 35.91,
                "alpha_N": -0.1889,
                "delta": -0.2285,
                "gamma": 0.0098,
                "b": 35.98,
                "beta_D": -0.1775,
                "omega": 0.5529,
                "zeta": -0.0259,
                "E_start": 2.0732,
                "E_max": 290.4521,
                "c": 1.3637,
            },
            checked="paper",
            source="arXiv 2502.05172",
            note="over 280 runs of up to 2.7B active parameters",
        )
    },
    example={
        "N_a": tuple(n for n in (5e7, 2e8, 8e8, 2.7e9) for _ in range(12)),
        "D": (2e9, 2e9, 2e9, 1e10, 1e10, 1e10, 4e10, 4e10, 4e10, 1.2e11, 1.2e11, 1.2e11) * 4,
        "X": (1.0, 8.0, 32.0, 1.0, 2.0, 16.0, 1.0, 4.0, 32.0, 1.0, 8.0, 16.0) * 4,
    },
)
