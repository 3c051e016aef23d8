r"""pass@k of a benchmark from the pass counts of its problems.

.. math:: \mathrm{pass@}k = 1 - \frac{B(\alpha_p, \beta_p + k)}{B(\alpha_p, \beta_p)}

Source: Schaeffer et al. 2025, arXiv 2502.17578.
"""

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import gammaln

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.counts import ItemBetaBinomial
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, alpha_p: Array, beta_p: Array) -> Array:
    """Return the fraction of problems solved within k attempts."""
    k = x["k"]
    return -jnp.expm1(
        gammaln(beta_p + k)
        + gammaln(alpha_p + beta_p)
        - gammaln(alpha_p + beta_p + k)
        - gammaln(beta_p)
    )


pass_at_k = Law(
    name="pass_at_k",
    title="pass@k: problems whose pass rates have a Beta distribution",
    formula="pass@k = 1 - B(alpha_p, beta_p + k) / B(alpha_p, beta_p)",
    latex=r"\mathrm{pass@}k = 1 - \frac{B(\alpha_p, \beta_p + k)}{B(\alpha_p, \beta_p)}",
    inputs={"k": "attempts at a problem"},
    outcome="pass_rate",
    unit="fraction of attempts that pass",
    parameters=(
        Parameter(
            "alpha_p",
            lognormal(0.3, 0.7),
            unit="1",
            meaning="shape of the pass-rate distribution near 0: 1 - pass@k falls as k^-alpha_p",
            reason="0.08 to 1.2: most problems are hard",
        ),
        Parameter(
            "beta_p",
            lognormal(3.0, 1.0),
            unit="1",
            meaning="shape of the pass-rate distribution near 1",
            reason="0.4 to 21: few problems are almost always solved",
        ),
    ),
    function=mean,
    noise=ItemBetaBinomial(),
    known=("k",),
    applies=(
        "one row per problem: the fraction of its items (independent attempts) that passed, with k "
        "= 1; forecasts at any k, with of='mean' for a benchmark's pass@k"
    ),
    fails=(
        "a problem that cannot be solved at all does not fit a Beta distribution: 1 - pass@k then "
        "levels off"
    ),
    citation="Schaeffer et al. 2025, How Do Large Language Monkeys Get Their Power (Laws)?",
    arxiv="2502.17578",
    bibtex="""@article{schaeffer2025monkeys,
  title={How Do Large Language Monkeys Get Their Power (Laws)?},
  author={Schaeffer, Rylan and Kazdan, Joshua and Hughes, John and others},
  journal={arXiv preprint arXiv:2502.17578},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"alpha_p": 0.35, "beta_p": 2.5},
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        )
    },
    example={"k": (1.0,) * 40, "items": (100.0, 50.0) * 20},
)
