r"""Optimal learning rate and batch size from parameters and tokens: the Step law.

.. math:: \eta^{*}(N, D) = \eta_0 N^{a} D^{b}, \qquad B^{*}(D) = B_0 D^{c}

``lr_batch`` is the loss around this optimum.
Source: Li et al. 2025, arXiv 2503.04715.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, level
from bayes_scaling.law.prior import half_normal, lognormal, normal
from bayes_scaling.models._types import Values


def learning_rate(x: Values, eta_0: Array | float, a: Array, b: Array) -> Array:
    """Return the optimal learning rate."""
    return eta_0 * power(x["N"], a) * power(x["D"], b)


def batch_size(x: Values, B_0: Array | float, c: Array) -> Array:
    """Return the optimal batch size in tokens."""
    return B_0 * power(x["D"], c)


_N = (6e7, 1.2e8, 2.1e8, 2.7e8, 4.3e8, 5.4e8, 1.07e9)

step_lr = Law(
    name="step_lr",
    title="Step law: optimal learning rate from parameters and tokens",
    formula="lr*(N, D) = eta_0 N^a D^b",
    latex=r"\eta^{*}(N, D) = \eta_0\, N^{a} D^{b}",
    inputs={"N": "parameters without embeddings", "D": "training tokens"},
    outcome="lr",
    unit="learning rate",
    parameters=(
        Parameter(
            "a",
            normal(-0.6, 0.3),
            unit="1",
            meaning="exponent of the parameter count, negative",
            reason="larger models take smaller steps: -1.2 to 0; -0.71 published",
        ),
        Parameter(
            "b",
            normal(0.2, 0.25),
            unit="1",
            meaning="exponent of the token count",
            reason="either sign, because longer runs were reported to take smaller steps too; "
            "0.31 published",
        ),
        level(
            "eta_0",
            lambda x, p: learning_rate(x, 1.0, p["a"], p["b"]),
            lognormal(1.0, 0.7),
            unit="learning rate x parameters^-a x tokens^-b",
            meaning="amplitude of the optimal learning rate",
        ),
    ),
    function=learning_rate,
    scale=lambda x: x["N"] * x["D"],
    noise=Noise(link="log", grows=False, sigma=half_normal(0.4)),
    decreasing=("N",),
    applies="best learning rates of sweeps over learning rate and batch size at several N and D",
    fails="its constants hold for one optimizer, schedule and parametrization",
    citation="Li et al. 2025, Predictable Scale: Part I, Optimal Hyperparameter Scaling Law",
    arxiv="2503.04715",
    bibtex="""@article{li2025steplaw,
  title={Predictable Scale: Part I -- Optimal Hyperparameter Scaling Law in Large Language Model \
Pretraining},
  author={Li, Houyi and Zheng, Wenzhen and Hu, Jingcheng and others},
  journal={arXiv preprint arXiv:2503.04715},
  year={2025}
}""",
    published={
        "Step law": Published(
            {"eta_0": 1.79735, "a": -0.71292, "b": 0.30749},
            checked="authors' code",
            source="arXiv 2503.04715",
            note="means over bootstrap samples; their sds are 0.030 of a and 0.019 of b",
        )
    },
    example={"N": tuple(n for n in _N for _ in range(3)), "D": (2e9, 2e10, 1e11) * 7},
)

step_batch = replace(
    step_lr,
    name="step_batch",
    title="Step law: optimal batch size from tokens",
    formula="B*(D) = B_0 D^c",
    latex=r"B^{*}(D) = B_0\, D^{c}",
    inputs={"D": "training tokens"},
    outcome="batch",
    unit="tokens",
    parameters=(
        exponent(
            "c",
            lognormal(0.5, 0.4),
            meaning="exponent of the token count",
            reason="between a quarter and one; 0.57 published",
        ),
        level(
            "B_0",
            lambda x, p: batch_size(x, 1.0, p["c"]),
            lognormal(1.0, 0.7),
            unit="tokens^(1 - c)",
            meaning="amplitude of the optimal batch size",
        ),
    ),
    function=batch_size,
    scale=lambda x: x["D"],
    decreasing=(),
    applies="best batch sizes of sweeps over learning rate and batch size at several D",
    fails="its constants hold for one optimizer and schedule, and below the critical batch size",
    published={
        "Step law": Published(
            {"B_0": 0.580688, "c": 0.57094},
            checked="authors' code",
            source="arXiv 2503.04715",
            note="means over bootstrap samples; their sd is 0.019 of c",
        )
    },
    example={"D": tuple(10.0 ** (9.3 + 0.09 * i) for i in range(20))},
)
