r"""DiLoCo: loss, optimal learning rate and optimal batch size of training with many replicas.

.. math:: y(N, R) = A N^{\alpha_N} R^{\beta_R}

One product for the loss, the inner learning rate and the batch size; signs are the source's, and
there is no floor.
Source: Charles et al. 2025, arXiv 2503.09799.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, level
from bayes_scaling.law.prior import Prior, half_normal, lognormal, normal
from bayes_scaling.models._types import Values


def mean(x: Values, A: Array | float, alpha_N: Array, beta_R: Array) -> Array:
    """Return the loss, learning rate or batch size."""
    return A * power(x["N"], alpha_N) * power(x["R"], beta_R)


def _parameters(
    alpha_N: Prior, beta_R: Prior, scale: float, unit: str, range_N: str, range_R: str
) -> tuple[Parameter, ...]:
    """Parameters of the product: two exponents and an amplitude."""
    return (
        Parameter(
            "alpha_N",
            alpha_N,
            unit="1",
            meaning="exponent of the parameter count, signed",
            reason=range_N,
        ),
        Parameter(
            "beta_R",
            beta_R,
            unit="1",
            meaning="exponent of the number of replicas, signed",
            reason=range_R,
        ),
        level(
            "A",
            lambda x, p: mean(x, 1.0, p["alpha_N"], p["beta_R"]),
            lognormal(1.0, scale),
            unit=f"{unit} x parameters^-alpha_N",
            meaning="amplitude of the product",
        ),
    )


def _published(A: float, alpha_N: float, beta_R: float) -> dict[str, Published]:
    """Return the joint fit of the source."""
    return {
        "Charles 2025, joint": Published(
            {"A": A, "alpha_N": alpha_N, "beta_R": beta_R},
            checked="paper",
            source="arXiv 2503.09799",
            note="joint fit over sizes and 1 to 8 replicas",
        )
    }


diloco = Law(
    name="diloco",
    title="DiLoCo: loss from parameters and replicas",
    formula="L(N, R) = A N^alpha_N R^beta_R",
    latex=r"L(N, R) = A\, N^{\alpha_N} R^{\beta_R}",
    inputs={"N": "parameters", "R": "replicas, 1 or more"},
    parameters=_parameters(
        normal(-0.1, 0.05),
        normal(0.0, 0.05),
        0.3,
        "nats",
        "-0.12 to -0.05 published for laws without a floor",
        "replicas change the loss by a few percent",
    ),
    function=mean,
    scale=lambda x: x["N"],
    applies=(
        "runs at a fixed ratio of tokens to parameters, every run with its own tuned learning rate "
        "and batch"
    ),
    fails="has no floor: too low far above the largest run",
    citation=(
        "Charles et al. 2025, Communication-Efficient Language Model Training Scales Reliably and "
        "Robustly"
    ),
    arxiv="2503.09799",
    bibtex="""@article{charles2025communication,
  title={Communication-Efficient Language Model Training Scales Reliably and Robustly: Scaling \
Laws for DiLoCo},
  author={Charles, Zachary and Teston, Gabriel and Dery, Lucio and others},
  journal={arXiv preprint arXiv:2503.09799},
  year={2025}
}""",
    published=_published(19.226, -0.0985, 0.0116),
    decreasing=("N",),
    example={
        "N": tuple(n for n in (3.5e7, 1.8e8, 5.5e8, 1.3e9, 2.4e9) for _ in range(4)),
        "R": (1.0, 2.0, 4.0, 8.0) * 5,
    },
)

diloco_lr = replace(
    diloco,
    name="diloco_lr",
    title="DiLoCo: optimal inner learning rate",
    formula="lr*(N, R) = A N^alpha_N R^beta_R",
    latex=r"\eta^{*}(N, R) = A\, N^{\alpha_N} R^{\beta_R}",
    outcome="lr",
    unit="learning rate",
    parameters=_parameters(
        normal(-0.7, 0.4),
        normal(0.0, 0.4),
        0.7,
        "1",
        "larger models take smaller steps: -1.5 to 0",
        "replicas may raise or lower it",
    ),
    scale=None,
    noise=Noise(link="log", grows=False, sigma=half_normal(0.4)),
    applies=(
        "optimal inner learning rates from parabolas fitted over a grid; residuals of 0.05 to 0.6 "
        "in log"
    ),
    fails="its constants hold for one parametrization and optimizer",
    published=_published(22256.0, -0.8827, 0.2929),
)

diloco_batch = replace(
    diloco_lr,
    name="diloco_batch",
    title="DiLoCo: optimal batch size",
    formula="B*(N, R) = A N^alpha_N R^beta_R",
    latex=r"B^{*}(N, R) = A\, N^{\alpha_N} R^{\beta_R}",
    outcome="batch",
    unit="tokens",
    parameters=_parameters(
        normal(0.4, 0.3),
        normal(0.0, 0.4),
        0.7,
        "tokens",
        "larger models take larger batches: -0.2 to 1",
        "replicas may raise or lower it",
    ),
    applies="optimal batch sizes from parabolas fitted over a grid; residuals of about 0.3 in log",
    decreasing=(),
    published=_published(14.521, 0.4695, 0.3399),
)
